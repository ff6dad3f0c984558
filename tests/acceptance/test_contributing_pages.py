"""A social worker adds an entry, a health visitor disagrees, and it is put right: in a real browser without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.browser import Browser, browser, missing
from tests.acceptance.test_browser import WIDTHS
from tests.acceptance.test_sharing_pages import look, serving, sign_in, write
from tests.fix_hub import TestHub
from tests.stories import settled

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]
SEND = "main form button[type='submit']"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.parametrize("width", WIDTHS)
def test_added_disputed_and_put_right_as_people_do_it(
    hub: TestHub, window: Browser, tmp_path: Path, width: int
) -> None:
    child = settled(hub)
    pages: dict[str, list[str]] = {}
    window.media("screen")
    window.size(width, 9000)  # the whole of the longest form
    with serving(hub, tmp_path) as address:
        sign_in(window, address, "fiona")
        window.open(f"{address}/children/{child}/add")
        pages["add"] = look(window, tmp_path, "add", width)
        write(window, start="20/10/2026", headline="Home visit", detail="Food in the house.", impact="She is calmer.")
        window.click("label[for='assertion-opinion']")
        window.follow(SEND)
        # The browser's console says that the form came back.
        pages["add, with an error"] = [one for one in look(window, tmp_path, "again", width) if "422" not in one]
        assert "Say how whoever recorded it came to know." in window.text()
        assert window.run("return document.getElementById('headline').value") == "Home visit"
        write(window, source_kind="direct-observation")
        window.click("label[for='wellbeing-safe']")
        window.follow(SEND)
        _taken_in(hub, window, f"{address}/children/{child}")
        pages["chronology"] = look(window, tmp_path, "chronology", width)
        added = window.run("return document.querySelector('.entry').innerText")
        assert all(words in added for words in ("Professional opinion", "She is calmer.", "Safe", "Fiona Adeyemi"))

        sign_in(window, address, "morag")
        window.open(f"{address}/children/{child}")
        window.click(".entry .hub-why summary")
        window.follow(".entry__add a")
        pages["add to it"] = look(window, tmp_path, "about", width)
        write(window, code="any.disagreement.raised", start="21/10/2026", headline="There was little food")
        write(window, source_kind="direct-observation")
        window.click("label[for='assertion-opinion']")
        window.follow(SEND)
        _taken_in(hub, window, f"{address}/children/{child}")
        pages["disputed"] = look(window, tmp_path, "disputed", width)
        assert "Disputed" in window.text()
        assert "Disagreement with an entry, 21 Oct 2026, Health visiting: There was little food" in window.text()

        sign_in(window, address, "fiona")
        window.open(f"{address}/children/{child}")
        window.click(".entry:has(.entry__beside) .hub-why summary")
        window.follow(".entry:has(.entry__beside) .entry__add a")
        window.follow("a[href*='/correct']")
        pages["correct"] = look(window, tmp_path, "correct", width)
        write(window, headline="Home visit, some food")
        window.follow(SEND)
        _taken_in(hub, window, f"{address}/children/{child}")
        assert "Home visit, some food" in window.text()
        assert "Version 2" in window.text()

    assert pages == {page: [] for page in pages}


def _taken_in(hub: TestHub, window: Browser, address: str) -> None:
    """Open a page once the read models have what was recorded; nobody follows the log in this test."""
    hub.house.catch_up()
    window.open(address)
