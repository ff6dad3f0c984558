"""Somebody is told that there is something new, reads it, and says what they do about it, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.browser import Browser, missing
from tests.acceptance.test_browser import WIDTHS
from tests.acceptance.test_sharing_pages import look, serving, sign_in, window, write
from tests.fix_hub import TestHub
from tests.stories import everyone, now_of, on, read, take, told

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]
__all__ = ["window"]


@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_inbox_to_an_answer(hub: TestHub, window: Browser, tmp_path: Path, width: int) -> None:
    take(hub, everyone())
    child = hub.only_child()
    read(hub, "fiona", child)
    hub.house.catch_up()
    concern = told("gp", "concern", code="gp.not_brought", occurred=on("2024-09-02"), headline="Not brought to clinic")
    take(hub, [concern, told("hv", "visit", occurred=on("2024-09-03"), headline="Home visit")])
    hub.clock.at = now_of(hub) + timedelta(days=20)
    due = (hub.clock.at + timedelta(days=10)).strftime("%d/%m/%Y")
    found: dict[str, list[str]] = {}
    window.media("screen")
    window.size(width, 3000)

    with serving(hub, tmp_path) as address:
        sign_in(window, address, "fiona")
        assert "2 new entries in your inbox" in window.text()
        window.follow("a[href='/inbox']")
        assert window.text().count("Read it") == 2
        assert "Not brought" not in window.text()
        found["inbox"] = look(window, tmp_path, "inbox", width)

        window.follow(".hub-child__name a")
        assert "Only what was added or corrected since you last looked" in window.text()
        assert "Home visit" in window.text()
        assert "canary-enrolled" not in window.text()
        found["since"] = look(window, tmp_path, "since", width)

        window.follow("a[href*='what=acting']")
        assert window.run("return document.getElementById('what-acting').checked")
        write(window, doing="A visit with the health visitor.")
        window.follow(".hub-form button")
        assert "It was not recorded" in window.text()
        assert "A visit with the health visitor." in window.run("return document.getElementById('doing').value")
        assert ["422" in one for one in window.complaints()] == [True]
        found["answer"] = look(window, tmp_path, "answer", width)
        write(window, due=due)
        window.follow(".hub-form button")
        assert "Recorded. You are acting on it." in window.text()
        hub.house.catch_up()

        window.open(f"{address}/inbox")
        assert "Nothing new." in window.text()
        window.open(f"{address}/children/{child}/unanswered")
        found["unanswered"] = look(window, tmp_path, "unanswered", width)
        window.open(f"{address}/children/{child}")
        assert "You are acting on it. A visit with the health visitor." in window.text()
        window.click(".entry:has(form) .hub-why summary")
        window.follow(".entry__answers form button")
        assert "Recorded. You have seen it." in window.text()

        sign_in(window, address, "eilidh")
        window.open(f"{address}/unanswered")
        assert "Concerns without an answer" in window.text()
        found["overseen"] = look(window, tmp_path, "overseen", width)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
