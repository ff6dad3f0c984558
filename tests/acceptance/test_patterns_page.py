"""What follows from a child's entries, in a real browser without scripts, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.update import Marks
from tests.acceptance.browser import Browser, browser, missing
from tests.acceptance.test_browser import WIDTHS
from tests.acceptance.test_sharing_pages import look, serving, sign_in
from tests.fix_hub import TestHub
from tests.stories import on, settled, take, told

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]

MORE = (
    ("gp", "gp.immunisation.given", "2019-06-03"),
    ("hv", "hv.immunisation.given", "2019-06-04"),
    ("hv", "hv.contact.completed", "2019-04-15"),
    ("hv", "hv.contact.completed", "2020-08-20"),
    ("sw", "sw.missing.reported", "2026-05-01"),
    ("sw", "sw.missing.returned", "2026-05-03"),
    ("sw", "sw.placement.started", "2025-09-01"),
    ("sw", "sw.placement.moved", "2026-02-01"),
    ("gp", "gp.not_brought", "2026-08-01"),
    ("hv", "hv.contact.missed", "2026-08-12"),
    ("school", "ed.not_collected", "2026-09-02"),
)


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def test_a_social_worker_reads_what_follows_and_says_that_two_entries_are_one_happening(
    window: Browser, hub: TestHub, tmp_path: Path
) -> None:
    child = settled(hub)
    entries = [told(agency, f"more-{n}", code=code, occurred=on(day)) for n, (agency, code, day) in enumerate(MORE)]
    seen = told("sw", "seen", code="sw.child.seen", occurred=on("2026-10-20"), marks=Marks(seen="seen-alone"))
    take(hub, [*entries, seen])
    wrong: list[str] = []
    with serving(hub, tmp_path) as address:
        window.size(WIDTHS[0], 900)
        sign_in(window, address, "fiona")
        for width in WIDTHS:
            window.size(width, 900)
            window.open(f"{address}/children/{child}/patterns")
            wrong += look(window, tmp_path, "patterns", width)
        text = window.text()
        window.run("document.querySelectorAll('details').forEach(one => { one.open = true })")
        wrong += look(window, tmp_path, "patterns-open", WIDTHS[1])
        window.size(WIDTHS[0], 900)
        window.open(f"{address}/children/{child}/patterns")
        window.run("document.querySelector(arguments[0]).closest('details').open = true", "form[action$='/join']")
        # A long page glides to where it is clicked, and a click does not wait for that.
        window.run("document.documentElement.style.scrollBehavior = 'auto'")
        window.follow("form[action$='/join'] button")
        joined = window.text()
        wrong += look(window, tmp_path, "patterns-joined", WIDTHS[0])
        window.run("document.documentElement.style.scrollBehavior = 'auto'")
        window.follow(".hub-cited a")
        where = str(window.run("return location.hash"))
        there = window.run("return document.querySelector(arguments[0]) !== null", f"[id='{where[1:]}']")

    assert wrong == []
    assert "The child was last seen alone by Social work, on 20 Oct 2026, 12 days ago." in text
    assert "3 concerns, none of them significant by itself" in text
    assert "1 move from one placement to another" in text
    assert "Recorded: one happening." in joined
    assert there is True
