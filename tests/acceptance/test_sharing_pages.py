"""A teacher asks, a practice answers, and a governance lead looks on, in a real browser without scripts."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
import uvicorn

from hub.api.app import create
from hub.demo.issuer import DemoIssuer
from tests.acceptance.browser import Browser, browser, missing
from tests.acceptance.test_browser import WIDTHS, faults
from tests.asking import entry, kind
from tests.fix_hub import TestHub
from tests.stories import read, settled

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]


@contextmanager
def serving(hub: TestHub, folder: Path) -> Iterator[str]:
    """The address of the whole service over this hub."""
    issuer = DemoIssuer(folder / "keys", hub.house.directory.people())
    house = hub.house
    app = create(house.hub, issuer.verifier(hub.clock), sources=house.translate, demo=issuer, ready=house.ready)
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


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def sign_in(window: Browser, address: str, person: str) -> None:
    window.open(f"{address}/sign-in")
    window.follow(f"button[value='{person}']")


def write(window: Browser, **fields: str) -> None:
    """Fill in the form as somebody would."""
    for name, text in fields.items():
        window.run("document.getElementById(arguments[0]).value = arguments[1]", name, text)


def look(window: Browser, folder: Path, name: str, width: int) -> list[str]:
    """Keep a picture of the page, and say what is wrong with it."""
    window.picture(folder / f"{name}-{width}.png")
    wide = window.run("return document.documentElement.scrollWidth")
    return [*faults(window), *([f"{name} is {wide} wide"] if wide > width else []), *window.complaints()]


@pytest.mark.parametrize("width", WIDTHS)
def test_asked_answered_and_shared_as_people_do_it(hub: TestHub, window: Browser, tmp_path: Path, width: int) -> None:
    child = settled(hub)
    named = entry(hub, child)
    found: dict[str, list[str]] = {}
    window.media("screen")
    window.size(width, 7000)  # the whole of the longest form
    with serving(hub, tmp_path) as address:
        ask(window, address, child, found, tmp_path, width)
        answer(window, address, named, found, tmp_path, width)
        sign_in(window, address, "callum")
        window.open(f"{address}/children/{child}/sharing")
        found["list of who asked"] = look(window, tmp_path, "shared", width)
        assert "Shared" in window.text()
        assert "The school plans support." not in window.text()
        sign_in(window, address, "eilidh")
        window.open(f"{address}/sharing-ledger")
        found["ledger"] = look(window, tmp_path, "ledger", width)
        assert "Part shared" in window.text()
        assert "Only this one" not in window.text()

    assert kind(read(hub, "callum", child)) == "Shown"
    assert found == {page: [] for page in found}


def ask(  # noqa: PLR0913, PLR0917 - the step of one walk
    window: Browser, address: str, child: UUID, found: dict[str, list[str]], folder: Path, width: int
) -> None:
    """The teacher asks the practice; the first time without saying why."""
    sign_in(window, address, "callum")
    window.follow(".hub-child__name a")
    window.open(f"{address}/children/{child}/sharing/ask")
    write(window, asked="Z99104", wanted="Which appointments were missed.")
    window.follow("main form button[type='submit']")
    found["ask, with an error"] = [
        one for one in look(window, folder, "ask", width) if "422" not in one
    ]  # the browser's console says that the form came back
    assert "Say why it is needed." in window.text()
    assert window.run("return document.getElementById('wanted').value") == "Which appointments were missed."
    write(window, why="To plan the review.")
    window.follow("main form button[type='submit']")
    assert "Asked, and not answered yet" in window.text()


def answer(  # noqa: PLR0913, PLR0917 - likewise
    window: Browser, address: str, named: UUID, found: dict[str, list[str]], folder: Path, width: int
) -> None:
    """The doctor shares one entry of what was asked; the first time something is missing."""
    sign_in(window, address, "dr-anwar")
    window.open(f"{address}/requests")
    found["requests"] = look(window, folder, "requests", width)
    window.follow(".hub-matter a.ds_button")
    found["decide"] = look(window, folder, "decide", width)
    window.click(f"label[for='entry-{named}']")
    window.click("label[for='outcome-share-part']")
    window.click("label[for='informed-yes']")
    write(window, reasons="The school plans support.", withheld="Only this one is needed.")
    window.follow("main form button[type='submit']")
    found["decide, with an error"] = [one for one in look(window, folder, "decide-again", width) if "422" not in one]
    assert "Say why this is necessary and proportionate." in window.text()
    assert window.run("return document.getElementById(arguments[0]).checked", f"entry-{named}") is True
    write(window, necessity="Nothing less would do.")
    window.follow("main form button[type='submit']")
    found["list of who decided"] = look(window, folder, "decided", width)
    assert "The school plans support." in window.text()
