"""People who work with one child look up each other, and record consent and a secret address, in a real browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
import uvicorn

from consent.statements import DutySaid
from hub.api.app import create
from hub.demo.issuer import DemoIssuer
from tests.acceptance.browser import Browser, browser, missing
from tests.acceptance.test_browser import WIDTHS, faults
from tests.fix_hub import TestHub
from tests.stories import settled

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]

TALL = 5000
"""High enough for every page, so that all of it is on the picture."""
FILL = "document.querySelector(arguments[0]).value = arguments[1]"


@pytest.fixture
def served(hub: TestHub, tmp_path: Path) -> Iterator[tuple[str, UUID]]:
    """A running service's address, over a real hub, and Isla's id."""
    child = settled(hub)
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
        yield f"http://127.0.0.1:{port}", child
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Browser]:
    with browser(tmp_path / "profile") as opened:
        yield opened


@pytest.fixture
def look(window: Browser, tmp_path: Path) -> Callable[[str], list[str]]:
    """Take a picture at each width, and tell what is wrong with the page there."""

    def looked(name: str) -> list[str]:
        found = []
        for width in WIDTHS:
            window.size(width, TALL)
            window.picture(tmp_path / f"{name}-{width}.png")
            found += [f"{name} at {width}: {fault}" for fault in faults(window)]
            if window.run("return document.documentElement.scrollWidth") > width:
                found.append(f"{name} at {width}: wider than the window")
        window.size(WIDTHS[0], TALL)
        return found + [f"{name}: {line}" for line in window.complaints()]

    return looked


def sign_in(window: Browser, address: str, who: str) -> None:
    window.complaints()
    window.open(f"{address}/sign-in")
    window.follow(f"button[value='{who}']")


def test_people_who_work_with_one_child_find_each_other_and_record_consent_and_a_secret_address(
    hub: TestHub, served: tuple[str, UUID], window: Browser, look: Callable[[str], list[str]]
) -> None:
    address, child = served
    lead = DutySaid("lead-professional", "Z9HV1", cover="The duty health visitor")
    hub.house.hub.casework.record_duty(hub.person("fiona"), child, lead)

    sign_in(window, address, "callum")
    window.follow(".hub-child__name a")
    window.size(WIDTHS[0], TALL)
    window.run("document.querySelector('.hub-about').open = true")  # the driver clicks on nothing in a closed one
    window.follow("a[href$='/working-with']")
    found = look("card")
    assert "Rowan Street Medical Practice" in window.text()
    assert "0131 496 0104" in window.text()
    assert window.text().index("Lead Professional") < window.text().index("GP practice")

    window.follow("a[href$='/consents']")
    found += look("before")
    window.click("#form-consents summary")
    for name, value in {"what": "give", "recipient": "education", "category": "health", "given_by": "parent"}.items():
        window.run(FILL, f"#consents-{name}", value)
    window.run(FILL, "#consents-evidence", "Blue form in the school office.")
    window.run(FILL, "#consents-since", "31/2/2026")
    window.follow("#form-consents button")
    found += [line for line in look("wrong") if "422" not in line]
    assert "not a real date" in window.text()
    window.run(FILL, "#consents-since", "1/2/2026")
    window.follow("#form-consents button")
    assert "The decision about consent is recorded." in window.text()
    assert "Blue form in the school office." in window.text()
    assert "Health, to Education" in window.text()

    window.click("#form-safe-address summary")
    window.run(FILL, "#safe-address-reason", "Moved away in the night.")
    window.follow("#form-safe-address button")
    found += look("recorded")
    assert "has to be kept secret, and whatever would give it away" in window.text()
    window.open(f"{address}/children/{child}/working-with")
    found += look("secret")
    assert "Rowan Street Medical Practice" not in window.text()
    assert "0131 496 0104" not in window.text()

    window.follow("a[href$='/consents']")
    window.follow("a[href$='/tie']")
    found += look("tie")
    window.follow("main form button")
    found += look("declared")
    assert "their record is closed to you" in window.text()
    window.open(f"{address}/children/{child}/working-with")
    assert "Nothing to show" in window.text()

    assert found == []
