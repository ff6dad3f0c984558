"""A governance lead who is no programmer reads what the hub decides, and where each rule comes from, in a browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from consent import activation, published
from consent.policy import Policy
from consent.published import Edition
from projections.policies import Term
from tests.acceptance.browser import Browser, browser, missing
from tests.acceptance.test_browser import WIDTHS, faults
from tests.door import Door
from tests.fake_hub import EILIDH, RUTH

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]

STORIES = Path(__file__).resolve().parents[2] / "policies" / "scenarios"


class Published:
    """The room of the policy's versions, as far as these pages look into it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    def edition(self) -> Edition:
        return self._edition


@pytest.fixture(scope="module")
def edition(policy: Policy) -> Edition:
    proof = activation.proof_of(policy)
    how: dict[str, Any] = {
        "rules": proof.rules,
        "hit_sets": proof.hit_sets,
        "properties": len(proof.properties),
        "scenarios": 50,
    }
    moment = datetime(2026, 11, 1, 12, tzinfo=UTC)
    term = Term(1, policy.fingerprint, "eilidh", "ross", "Reviewed for the year", moment, None, "", "", how)
    stories = {path.name: path.read_text(encoding="utf-8") for path in STORIES.iterdir()}
    return published.edition(policy, term, stories)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, edition: Edition) -> Iterator[str]:
    """A running service's address."""
    door = Door(tmp_path_factory.mktemp("served"))
    door.hub.policies = Published(edition)  # type: ignore[assignment]  # these pages look into no other room
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(door.app, host="127.0.0.1", port=port, log_level="error", ws="none"))
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
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def sign_in(window: Browser, address: str, person: str, width: int = 1280) -> None:
    """Choose a person; where that leads is another test's concern."""
    window.media("screen")
    window.size(width, 1600)
    window.open(f"{address}/sign-in")
    window.follow(f"button[value='{person}']")
    window.complaints()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_the_rules_says_each_rule_its_source_and_every_promise(
    window: Browser, served: str, edition: Edition, width: int, tmp_path: Path
) -> None:
    sign_in(window, served, EILIDH.id, width)
    window.open(f"{served}/who-sees-what")
    window.follow(".hub-bar__link[href='/rules']")
    window.picture(tmp_path / f"rules-{width}.png")

    text = window.text()
    assert "What the hub decides and where the rules come from" in text
    for one in edition.rules:
        assert one.rule.sentence in text
        assert one.source in text
        assert one.rule.id in text
    assert all(promise in text for promise in edition.promises)
    assert "approved by ross" in text
    assert window.run("return document.documentElement.scrollWidth") <= width
    assert faults(window) == []
    assert window.complaints() == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_the_stories_tells_each_story_and_leads_to_the_rules_that_decide_it(
    window: Browser, served: str, edition: Edition, width: int, tmp_path: Path
) -> None:
    sign_in(window, served, EILIDH.id, width)
    window.open(f"{served}/rules")
    window.follow(".hub-bar__link[href='/who-sees-what']")
    window.picture(tmp_path / f"stories-{width}.png")

    text = window.text()
    assert edition.book is not None
    assert all(story.title in text and story.story in text for story in edition.book.stories)
    assert window.run("return document.documentElement.scrollWidth") <= width
    assert faults(window) == []
    window.open(str(window.run("return document.querySelector('.hub-story__table a').href")))
    assert window.run("return document.querySelector(':target').classList.contains('hub-rule')")
    assert window.complaints() == []


def test_everybody_who_is_signed_in_may_read_the_rules_and_nobody_else(
    window: Browser, served: str, tmp_path: Path
) -> None:
    sign_in(window, served, RUTH.id)
    window.open(f"{served}/who-sees-what")
    window.open(str(window.run("return document.querySelector('.hub-footer a').href")))
    assert "The rules" in window.text()
    window.follow("button.hub-link")
    window.open(f"{served}/rules")

    assert "Sign in" in window.text()
    assert "protection-duty" not in window.text()


def test_on_paper_the_contents_and_the_navigation_are_gone(window: Browser, served: str) -> None:
    sign_in(window, served, EILIDH.id)
    window.open(f"{served}/rules")
    window.media("print")

    shown = "return getComputedStyle(document.querySelector(arguments[0])).display"
    assert window.run(shown, ".hub-contents") == "none"
    assert window.run(shown, ".hub-footer") == "none"
    assert window.run(shown, ".hub-rule") == "block"
    window.media("screen")
