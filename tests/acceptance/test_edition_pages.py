"""A social worker prepares an edition and freezes it; a teacher and a doctor read it, each in a copy of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.acceptance.browser import Browser, browser, missing
from tests.acceptance.test_browser import WIDTHS
from tests.acceptance.test_sharing_pages import look, serving, sign_in, write
from tests.asking import PRACTICE, SCHOOL, entry, lead
from tests.fix_hub import TestHub
from tests.stories import settled

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]

KEEP = "main form button[type='submit']"
Found = dict[str, list[str]]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.parametrize("width", WIDTHS)
def test_an_edition_is_prepared_frozen_and_read_as_people_do_it(
    hub: TestHub, window: Browser, tmp_path: Path, width: int
) -> None:
    child = settled(hub)
    lead(hub, child)
    found: Found = {}
    window.media("screen")
    window.size(width, 4000)
    with serving(hub, tmp_path) as address:
        edition = prepare(window, address, child, found, tmp_path, width)
        choose(window, edition, entry(hub, child, who="fiona"), found, tmp_path, width)
        say(window, edition, found, tmp_path, width)
        freeze(window, edition, found, tmp_path, width)
        own = window.text()
        sign_in(window, address, "callum")
        window.open(edition)
        found["the teacher's copy"] = look(window, tmp_path, "teacher", width)
        theirs = window.text()
        window.media("print")
        printed = window.text()
        look(window, tmp_path, "printed", width)

    assert "canary-concern-headline" in own
    assert "canary-concern-headline" not in theirs
    assert "Isla wants to stay at her school." in own
    assert "Isla wants to stay at her school." in theirs
    assert mark_of(own) != mark_of(theirs)
    assert "Copy of Callum Reid" in printed
    assert "Copy of Callum Reid" not in theirs
    assert found == {page: [] for page in found}


def prepare(  # noqa: PLR0913, PLR0917 - the step of one walk
    window: Browser, address: str, child: UUID, found: Found, folder: Path, width: int
) -> str:
    """The Lead Professional begins an edition for the school and the practice; the first time with no real date."""
    sign_in(window, address, "fiona")
    window.open(f"{address}/children/{child}/quality")
    found["what could be better"] = look(window, folder, "quality", width)
    window.open(f"{address}/children/{child}/editions")
    found["no editions"] = look(window, folder, "none", width)
    window.follow("main a.ds_button")
    for one in (SCHOOL, PRACTICE):
        if not window.run("return document.getElementById(arguments[0]).checked", f"to-{one}"):
            window.click(f"label[for='to-{one}']")
    write(window, purpose="assistance", since="31/2/2024")
    found["prepare"] = look(window, folder, "prepare", width)
    window.follow(KEEP)
    found["prepare, with an error"] = [one for one in look(window, folder, "prepare-again", width) if "422" not in one]
    assert "The first day must be a real date" in window.text()
    write(window, since="")
    window.follow(KEEP)
    found["draft"] = look(window, folder, "draft", width)
    return str(window.run("return location.href"))


def choose(  # noqa: PLR0913, PLR0917 - likewise
    window: Browser, edition: str, concern: UUID, found: Found, folder: Path, width: int
) -> None:
    """They take in what the hub left out, and leave out what it took in, with a reason for both."""
    window.open(f"{edition}/entries")
    found["entries"] = look(window, folder, "entries", width)
    was = window.run("return document.getElementById(arguments[0]).checked", f"entry-{concern}")
    assert was is True
    left = "input[name^='entry-']:not(:checked)"
    other = window.run(f'return document.querySelector("{left}").id')
    window.click(f"label[for='{other}']")
    window.follow(KEEP)
    found["entries, with an error"] = [one for one in look(window, folder, "entries-again", width) if "422" not in one]
    assert window.run("return document.getElementById(arguments[0]).checked", other) is True
    write(window, reason="The school asked about it.")
    window.follow(KEEP)
    assert "The school asked about it." in window.text()


def say(window: Browser, edition: str, found: Found, folder: Path, width: int) -> None:
    """They write what it means, and what the child says."""
    window.open(f"{edition}/write/child-view")
    found["write"] = look(window, folder, "write", width)
    write(window, text="Isla wants to stay at her school.")
    window.follow(KEEP)
    window.open(f"{edition}/write/meaning")
    write(window, text="Missed appointments go with the moves.")
    window.run("document.querySelector('main details').open = true")
    window.click("main details .ds_checkbox__label")
    found["write, with entries"] = look(window, folder, "write-meaning", width)
    window.follow(KEEP)
    window.open(f"{edition}/asked")
    write(window, organisation=PRACTICE, answer="contributed")
    window.follow(KEEP)
    found["asked"] = look(window, folder, "asked", width)
    window.open(f"{edition}/audience")
    found["audience"] = look(window, folder, "audience", width)
    window.open(edition)
    found["draft, written"] = look(window, folder, "draft-written", width)


def freeze(window: Browser, edition: str, found: Found, folder: Path, width: int) -> None:
    """They freeze it, and read it."""
    window.open(f"{edition}/freeze")
    found["freeze"] = look(window, folder, "freeze", width)
    window.follow(KEEP)
    found["frozen"] = look(window, folder, "done", width)
    window.open(edition)
    found["the maker's copy"] = look(window, folder, "own", width)


def mark_of(text: str) -> str:
    """The mark of a copy, as its page has it."""
    return text.partition("The mark of your copy: ")[2].partition(".")[0].strip()
