"""Emergency access in a real browser over the real hub: opened, announced, reviewed, and nothing inaccessible."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn

from hub.api.app import create
from hub.demo.issuer import DemoIssuer
from tests.acceptance.browser import Browser, browser, missing
from tests.acceptance.test_browser import faults
from tests.fix_hub import TestHub
from tests.stories import NUMBER, settled

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]
OVERFLOW = "return document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def address(hub: TestHub, tmp_path: Path) -> Iterator[str]:
    """The real hub, served."""
    issuer = DemoIssuer(tmp_path / "keys", hub.house.directory.people())
    verifier = issuer.verifier(hub.clock)
    app = create(hub.house.hub, verifier, sources=hub.house.translate, demo=issuer, ready=hub.house.ready)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


class Walk:
    """One window in which one person after another signs in; each page is looked at and its picture kept."""

    def __init__(self, window: Browser, address: str, folder: Path) -> None:
        self.window, self.address, self.folder = window, address, folder
        self.found: dict[str, list[str]] = {}

    def sign_in(self, who: str) -> None:
        self.window.size(1280, 1600)
        self.window.open(f"{self.address}/sign-in")
        self.window.follow(f"button[value='{who}']")

    def fill(self, css: str, text: str) -> None:
        self.window.run("document.querySelector(arguments[0]).value = arguments[1]", css, text)

    def look(self, name: str, width: int = 1280) -> str:
        self.window.size(width, 1600)
        self.window.picture(self.folder / f"{name}.png")
        assert self.window.run(OVERFLOW) <= 0
        self.found[name] = faults(self.window)
        self.window.size(1280, 1600)
        return " ".join(self.window.text().split())


def test_from_opening_to_review(hub: TestHub, address: str, tmp_path: Path) -> None:
    settled(hub)
    with browser(tmp_path / "profile") as window:
        walk = Walk(window, address, tmp_path)
        walk.sign_in("shona")
        window.follow("a[href='/emergency']")
        assert "Somebody else reviews every use." in walk.look("1-start")
        window.follow("form[action='/emergency'] button")
        assert "There is a problem" in walk.look("2-nothing-typed", 360)
        walk.fill("#value", NUMBER)
        window.click("label[for='later']")
        window.follow("form[action='/emergency'] button")
        hub.clock.at += timedelta(minutes=14, seconds=20)
        window.open(str(window.run("return location.href")))
        assert "Emergency access, ends at 15:00 (2 h 45 min left)" in walk.look("3-chronology")
        walk.look("4-chronology-narrow", 360)
        assert "Somebody" not in str(window.run("return document.title + location.href"))

        walk.sign_in("fiona")
        assert "Emergency access was opened to a child you answer for." in walk.look("5-lead-professional")
        window.follow(".hub-emergency a")
        assert "Not given yet." in walk.look("6-told", 360)
        window.follow("form[action$='/noted'] button")

        walk.sign_in("shona")
        window.follow("a[href='/emergency']")
        walk.fill("textarea", "Her mother was found unconscious; who cares for her had to be known at once.")
        walk.look("7-yours")
        window.follow("form[action$='/reason'] button")
        window.follow("form[action$='/end'] button")

        hub.house.catch_up()
        walk.sign_in("eilidh")
        window.follow("a[href='/emergency/reviews']")
        assert "in full, 0 in summary, 0 withheld" in walk.look("8-review")
        window.click("summary")
        walk.look("9-review-narrow", 360)
        window.click("label[for^='justified']")
        window.follow("form[action$='/review'] button")
        assert "Nothing waits for a review." in walk.look("10-done")
        assert [line for line in window.complaints() if "422" not in line] == []

    assert walk.found == {name: [] for name in walk.found}
