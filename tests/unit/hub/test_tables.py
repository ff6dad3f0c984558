"""What an agency wrote is shown as it is: no markup is read in it, and it does not steer the terminal."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from rich.console import Console, RenderableType

from consent.decision import FoundChild
from hub import tables
from hub.people import Agency, Practitioner, Role

HOSTILE = "[bold]Mac[/b]Donald :boom: [/] [link=x]"


def printed(what: RenderableType) -> str:
    out = io.StringIO()
    Console(file=out, width=200, force_terminal=True, color_system=None).print(what)
    return out.getvalue()


def a_child(name: str) -> FoundChild:
    return FoundChild(child=uuid4(), name=name, born="2019-03-01", relation=HOSTILE)


def test_a_name_that_looks_like_markup_is_shown_letter_by_letter() -> None:
    shown = printed(tables.children([a_child(HOSTILE)]))

    assert shown.count(HOSTILE) == 2


def test_so_are_a_title_and_the_words_of_the_directory() -> None:
    someone = Practitioner("id", HOSTILE, Role.HEALTH_VISITOR, Agency.HEALTH_VISITING, "org")

    assert HOSTILE in printed(tables.people([someone]))
    assert HOSTILE in printed(tables.table("a", "b", title=HOSTILE))


@pytest.mark.parametrize("code", ["\x1b[31m", "\x1b]0;title\x07", "\x9b2J", "\r", "\x08", "\u202e", "\u2066", "\x7f"])
def test_nothing_that_steers_a_terminal_is_printed(code: str) -> None:
    shown = printed(tables.children([a_child(f"Mac{code}Donald")]))

    assert not set(code) & set("\x1b\x07\x9b\r\x08\u202e\u2066\x7f") & set(shown)
    assert "Mac" in shown
    assert "Donald" in shown


def test_lines_stay_lines_and_letters_stay_letters() -> None:
    assert tables.plain("Càirdeas\nDùn\tÈideann 🙂 حنا") == "Càirdeas\nDùn Èideann 🙂 حنا"
