"""Editions as a person sees them at a prompt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from consent.decision import Entry, Redacted, Shown
from consent.edition_shapes import PARTS, Chosen, Compared, Drafted, EditionLine, EditionView
from hub.tables import plain, row, table, when

WHYS: Final = {
    "": "",
    "chosen": "chosen by hand",
    "always-in": "always in at this stage",
    "significant-enough": "significant enough at this stage",
    "routine": "routine at this stage",
    "outside-window": "outside the window",
    "duplicate": "the same said again",
    "taken-back": "taken back",
    "not-open-to-maker": "not open to whoever prepared it",
}
NOT_AS_FROZEN: Final = "This is not what was frozen: do not rely on it, and tell your governance lead."
SINCE: Final = {"": "", "corrected": "corrected since", "taken-back": "taken back since"}


def drafted(done: Drafted) -> str:
    """A draft in a sentence."""
    counts = f"{done.included} entries are in it, {done.left_out} are left out"
    new = f", {done.new} are new to it" if done.new else ""
    return f"Edition {done.edition}, version {done.version}: {counts}{new}."


def listed(found: Sequence[EditionLine]) -> RenderableType:
    """The editions of a child."""
    shown = table("edition", "for", "about", "known at", "state")
    for one in found:
        state = f"frozen {one.frozen_at:%Y-%m-%d}" if one.frozen_at else "draft"
        state += ", superseded" if one.superseded_by else ""
        about = f"{one.since or '...'} to {one.until or '...'}"
        row(shown, str(one.edition), one.purpose, about, f"{one.known_at:%Y-%m-%d %H:%M}", state)
    return shown


def viewed(found: EditionView) -> RenderableType:
    """An edition: what is in it, what was left out, and what is written."""
    state = f"frozen {found.frozen_at:%Y-%m-%d}" if found.frozen_at else f"draft, version {found.version}"
    title = f"{found.card.name or found.card.child}: {found.purpose}, {state}"
    parts = [found.written[part] for part in PARTS if part in found.written]
    notes = [f"{one.part}: {one.text or one.none}" for one in parts]
    asked = [f"Asked: {one.organisation}, {one.answer}. {one.reason}" for one in found.asked]
    closed = ["Something in it is closed to you since it was frozen."] if found.closed else []
    altered = [] if found.whole else [NOT_AS_FROZEN]
    ground = (
        [] if found.frozen_at else [f"What its readers are shown is decided for {found.decided_for}, {found.basis}."]
    )
    lines = (Text(plain(line)) for line in (*altered, *ground, *notes, *asked, *closed))
    return Group(entries(found.entries, title), entries(found.left_out, "Left out"), *lines)


def entries(found: Iterable[Chosen], title: str) -> RenderableType:
    """Entries of an edition, each with why."""
    shown = table("when", "agency", "what", "why", title=title)
    for one in found:
        why = "; ".join(filter(None, (WHYS[one.why], one.words, SINCE[one.since])))
        row(shown, when(one.entry.when), one.entry.agency.label, _what(one.entry), why)
    return shown


def compared(found: Compared) -> RenderableType:
    """What is otherwise in the newer."""
    written = f"Written otherwise: {', '.join(found.written) or 'nothing'}."
    return Group(
        entries(found.added, "Added"),
        entries(found.left_out, "Left out"),
        entries(found.changed, "In another version"),
        Text(written),
    )


def _what(entry: Entry) -> str:
    if isinstance(entry, Shown):
        return f"{entry.summary}: {entry.headline}"
    return entry.summary if isinstance(entry, Redacted) else "Withheld"
