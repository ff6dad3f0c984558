"""Three people open one child's page in a real browser: it looks right, works without scripts, and breaks no policy."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import uvicorn

from hub.people import Practitioner
from tests.acceptance.browser import Browser, browser, missing
from tests.door import Door
from tests.fake_hub import CALUM, CHILD_NAME, EILIDH, MORAG, ONLY_FOR_SOME, RUTH, as_seen_by

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]

AXE = Path(__file__).resolve().parents[2] / "hub" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
WIDTHS = (1280, 360)


@pytest.fixture(scope="module")
def served_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running service's address."""
    app = Door(tmp_path_factory.mktemp("served")).app
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


def sign_in(window: Browser, address: str, person: str, width: int = 1280) -> None:
    """Choose a person and open the first of their children, as they would."""
    window.complaints()
    window.media("screen")
    window.size(width, 1600)
    window.open(f"{address}/sign-in")
    window.follow(f"button[value='{person}']")
    if person != EILIDH.id:
        window.follow(".hub-child__name a")


def faults(window: Browser) -> list[str]:
    """Ask axe-core what is not accessible on the page as it stands."""
    if not AXE.is_file():
        pytest.skip("hub/web/node_modules has no axe-core: run `make test`, which installs it")
    window.run(AXE.read_text(encoding="utf-8"))
    found = window.run_later(
        f"const done = arguments[arguments.length - 1]; axe.run({{runOnly: {RULES}}})"
        ".then(r => done(r.violations.map(v => v.id + ': ' + v.nodes[0].html)))"
    )
    return [str(fault) for fault in found]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("person", [CALUM, MORAG, RUTH], ids=lambda person: person.id)
def test_each_of_three_people_reads_their_own_view_of_one_child(
    window: Browser, served_hub: str, person: Practitioner, width: int, tmp_path: Path
) -> None:
    sign_in(window, served_hub, person.id, width)
    window.picture(tmp_path / f"{person.id}-{width}.png")

    text = window.text()
    assert CHILD_NAME in text
    assert f"{len(as_seen_by(person))} entries" in text
    assert (ONLY_FOR_SOME in text) is (person is not RUTH)
    assert CHILD_NAME not in str(window.run("return document.title + location.href"))
    assert window.run("return document.documentElement.scrollWidth") <= width
    assert window.complaints() == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_an_accessibility_fault_that_a_machine_can_find(
    window: Browser, served_hub: str, width: int
) -> None:
    sign_in(window, served_hub, RUTH.id, width)
    child = window.run("return location.pathname")
    found = {"chronology": faults(window)}
    for name, query in {"as known on": "known=1/6/2024", "an impossible date": "known=31/2/2024"}.items():
        window.open(f"{served_hub}{child}?{query}")
        found[name] = faults(window)
    window.open(f"{served_hub}{child}")
    window.open(str(window.run("return document.querySelector('.entry a[href*=why]').href")))
    found["why"] = faults(window)
    sign_in(window, served_hub, EILIDH.id, width)
    found["log"] = faults(window)
    assert window.run("return document.documentElement.scrollWidth") <= width
    window.open(f"{served_hub}/sign-in")
    found["sign-in"] = faults(window)

    assert found == {page: [] for page in found}


def test_the_band_keeps_the_child_and_the_day_in_sight_while_scrolling(window: Browser, served_hub: str) -> None:
    sign_in(window, served_hub, CALUM.id)
    window.open(str(window.run("return location.href + '?known=1/6/2024'")))
    window.run("window.scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")

    band = window.run("return document.querySelector('.child-band').getBoundingClientRect().top")
    assert window.run("return window.scrollY") > 0
    assert band == 0
    assert "As known on 1 Jun 2024." in str(window.run("return document.querySelector('.child-band').innerText"))


@pytest.mark.parametrize("width", [1280, 1200, 1199, 768, 360])
def test_marks_are_big_enough_to_press_and_do_not_overlap(window: Browser, served_hub: str, width: int) -> None:
    sign_in(window, served_hub, CALUM.id, width)
    lanes = window.run(
        "return [...document.querySelectorAll('.lane__svg')].filter(s => s.getBoundingClientRect().width)"
        ".map(s => [...s.querySelectorAll('.hit')].map(h => { const r = h.getBoundingClientRect();"
        " return [r.left, r.width, r.height]; }))"
    )

    assert len([marks for marks in lanes if marks]) == 5
    for marks in lanes:
        assert all(breadth > 23.9 and height > 23.9 for _, breadth, height in marks)
        assert all(right[0] - left[0] >= 23.5 for left, right in pairwise(marks))


def test_a_mark_leads_to_its_entry_and_the_band_does_not_cover_it(window: Browser, served_hub: str) -> None:
    sign_in(window, served_hub, CALUM.id)
    href = str(window.run("return document.querySelector('.lane__svg--wide a').getAttribute('href')"))
    window.run("document.documentElement.style.scrollBehavior = 'auto'; location.hash = arguments[0]", href)

    assert window.run("return window.scrollY") > 0
    top = window.run("return document.querySelector(':target').getBoundingClientRect().top")
    band = window.run("return document.querySelector('.child-band').getBoundingClientRect().bottom")
    assert top >= band


def test_filters_work_on_a_phone_without_scripts(window: Browser, served_hub: str) -> None:
    sign_in(window, served_hub, CALUM.id, 360)
    window.size(360, 2400)  # the driver clicks only on what is in the window, and on a phone the filters come late
    window.click(".filters summary")
    window.click("label[for='agency-gp']")
    window.follow(".filters button")

    assert "7 of 24 entries" in window.text()
    assert window.run("return document.scripts.length") == 0


def test_on_a_phone_the_story_comes_before_all_that_can_be_done_with_it(window: Browser, served_hub: str) -> None:
    sign_in(window, served_hub, CALUM.id, 360)

    shown = "return [...document.querySelectorAll('{}')].filter(one => one.checkVisibility()).length"
    assert window.run(shown.format(".hub-about a, .entry__add a, .entry__answers a")) == 0
    window.click(".hub-about summary")
    assert window.run(shown.format(".hub-about h2")) == 3
    assert window.run(shown.format(".hub-about a")) >= 9
    window.size(1280, 1600)
    window.open(str(window.run("return location.href")))
    assert window.run(shown.format(".hub-about a")) >= 9
    assert window.run(shown.format(".entry__add a, .entry__answers a")) == 0
    labels = window.run("return [...document.querySelectorAll('.legend li')].map(one => one.innerText.trim())")
    assert len(labels) == len(set(labels))


def test_on_a_wide_screen_the_filters_stand_open_beside_the_list(window: Browser, served_hub: str) -> None:
    sign_in(window, served_hub, CALUM.id)
    on_top = window.run(
        "const r = document.querySelector(`label[for='agency-gp']`).getBoundingClientRect();"
        "return document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2).getAttribute('for')"
    )

    assert on_top == "agency-gp"
    assert window.run("return getComputedStyle(document.querySelector('.filters summary')).display") == "none"


def test_in_forced_colours_marks_keep_their_shapes(window: Browser, served_hub: str) -> None:
    sign_in(window, served_hub, CALUM.id)
    plain = window.run("return getComputedStyle(document.querySelector('.lane .mk--3')).fill")
    window.media("screen", forced_colors="active")

    forced = window.run("return getComputedStyle(document.querySelector('.lane .mk--3')).fill")
    hollow = window.run("return getComputedStyle(document.querySelector('.lane .mk--1')).fill")
    assert forced not in (plain, hollow)


def test_on_paper_the_controls_are_gone_and_the_child_and_the_lanes_stay(window: Browser, served_hub: str) -> None:
    sign_in(window, served_hub, CALUM.id)
    window.media("print")

    shows = "return getComputedStyle(document.querySelector(arguments[0])).display !== 'none'"
    assert not window.run(shows, ".ds_site-header")
    assert not window.run(shows, ".split__side")
    assert window.run(shows, ".lanes")
    assert CHILD_NAME in window.text()


def test_signing_out_closes_the_page(window: Browser, served_hub: str) -> None:
    sign_in(window, served_hub, MORAG.id)
    page = str(window.run("return location.href"))
    window.follow("form[action='/sign-out'] button")
    window.open(page)

    assert CHILD_NAME not in window.text()
