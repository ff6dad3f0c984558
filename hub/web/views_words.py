"""How the pages speak of what follows from entries: headings, what is said where nothing follows, and tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TITLES: Final[Mapping[str, str]] = {
    "seen": "When the child was last seen",
    "clocks": "What is expected by a day",
    "concerns": "Small concerns that lie close together",
    "missing": "Times when the child was missing",
    "placements": "Where the child lived while looked after",
    "silences": "Silences",
    "alike": "One happening, perhaps told twice",
}
NONE: Final[Mapping[str, str]] = {
    "seen": "No entry that you may know of says that the child was seen, or was not.",
    "clocks": "Nothing can be said of what is expected.",
    "concerns": "No such pattern in the entries that you may know of.",
    "missing": "No entry that you may know of says that the child was missing.",
    "placements": "No entry that you may know of speaks of a placement.",
    "silences": "No silence of 90 days or more in the entries that you may know of.",
    "alike": "No two entries that you may know of look like the same happening.",
}
TAGS: Final[Mapping[str, tuple[str, str]]] = {
    "overdue": ("Overdue", "red"),
    "open": ("Not returned", "red"),
    "not-done": ("No record", "grey"),
    "not-seen": ("Not seen", "orange"),
    "due": ("Due", "orange"),
    "done-late": ("Done late", "orange"),
    "recorded-late": ("Told late", "grey"),
    "no-return": ("No return recorded", "orange"),
    "no-report": ("No report recorded", "orange"),
    "maybe": ("To look at", "orange"),
    "listed": ("Pattern", "orange"),
    "lasts": ("Lasts", "grey"),
    "unknown": ("Cannot be said", "grey"),
    "goes-on": ("Goes on", "grey"),
    "done": ("Done", "green"),
    "joined": ("One happening", "green"),
    "apart": ("Two happenings", "grey"),
    "ended": ("Ended", "grey"),
    "returned": ("Returned", "grey"),
    "not-yet-due": ("Not yet due", "grey"),
}
"""The word and colour of a state that has a tag."""
QUIET: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "clocks": (("done", "not-yet-due", "ended", "not-done"), "done, not yet due or no longer expected"),
    "silences": (("silence", "longest"), "that did not last"),
}
"""States that wait behind a heading of their own, so that what asks for somebody is not lost among them."""
DONE: Final[Mapping[str, str]] = {
    "join": "Recorded: one happening. Both entries stay what they are.",
    "keep-apart": "Recorded: two happenings.",
    "compare-anew": "Taken back. Whether they are one is open again.",
}
