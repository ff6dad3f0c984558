"""One child's chronology as several people are shown it, side by side: a line for each entry, a column for each reader.

Each of the columns is one reading of its own, in the access log as such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from consent.decision import Disclosure, Entry, Redacted, Shown
from hub.people import Practitioner
from hub.tables import plain, when

MOST_REASONS: Final = 2
"""How many of the reasons are printed of each reader; the pages and the command line give them all."""
_SHOWN: Final = Text("in full", style="green")
_REDACTED: Final = Text("summary", style="yellow")
_WITHHELD: Final = Text("withheld", style="red")
_ABSENT: Final = Text("")


def show(console: Console, seen: Mapping[Practitioner, Disclosure]) -> None:
    """Print what each reader was shown, and why the rest is held back from them."""
    console.print(_table(seen))
    for reader, found in seen.items():
        console.print(Padding(Group(*_counted(reader, found)), (0, 2)))


def _table(seen: Mapping[Practitioner, Disclosure]) -> RenderableType:
    what = Column("what", no_wrap=True, overflow="ellipsis", ratio=1)
    people = (Column(reader.name.split()[-2], no_wrap=True) for reader in seen)
    when_, agency = (Column(name, no_wrap=True) for name in ("when", "agency"))
    shown = Table(when_, agency, what, *people, box=box.SIMPLE_HEAD, expand=True)
    held = [{one.entry: one for one in found.entries} for found in seen.values()]
    for entry in dict.fromkeys(one for found in held for one in found):
        each = [found.get(entry) for found in held]
        fullest = max((one for one in each if one is not None), key=_rank)
        shown.add_row(_day(fullest), fullest.agency.label, _what(fullest), *map(_level, each))
    return shown


def _counted(reader: Practitioner, found: Disclosure) -> Iterator[Text]:
    closed = [one for one in found.entries if not isinstance(one, Shown)]
    who = f"{reader.name}, {reader.role.value.replace('-', ' ')}"
    yield Text(plain(f"{who}: {len(found.entries)} entries, {len(closed)} with content not shown."))
    often = Counter(f"{one.reason} [{one.rule}]" for one in closed)
    for why, count in sorted(often.items(), key=lambda one: (-one[1], one[0]))[:MOST_REASONS]:
        yield Text(plain(f"- {count}: {why}"), style="italic")


def _rank(entry: Entry) -> int:
    return 2 if isinstance(entry, Shown) else 1 if isinstance(entry, Redacted) else 0


def _level(entry: Entry | None) -> Text:
    return _ABSENT if entry is None else (_WITHHELD, _REDACTED, _SHOWN)[_rank(entry)]


def _what(entry: Entry) -> Text:
    if not isinstance(entry, Shown | Redacted):
        return Text("not shown to any of the three")
    headline = entry.headline if isinstance(entry, Shown) else ""
    more = "" if headline.casefold() in {"", entry.summary.casefold()} else f": {headline}"
    return Text(plain(f"{entry.summary}{more}").replace("\n", " "))


def _day(entry: Entry) -> str:
    return when(entry.when)[: len("2026-01-31")]
