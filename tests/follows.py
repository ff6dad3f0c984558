"""Entries as one reader may know them, for tests of what follows from them: only what the test cares about is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from consent.clock_data import Reckoning, read_reckoning
from consent.decision import Entry, Redacted, Shown, When, Withheld
from consent.derived import Known, Section, Statement, Verdict, happenings, pair_of
from consent.derived_ages import Born
from consent.derived_views import Material, derive
from hub.people import Agency
from hub.update import Marks, Seen
from hub.vocabulary import terms

SPACE = UUID("5e9f6a3b-6f8d-4c0a-9a55-7f1d3f0c2b11")
WHOSE = {
    "gp": Agency.GP,
    "hv": Agency.HEALTH_VISITING,
    "sw": Agency.SOCIAL_WORK,
    "ed": Agency.EDUCATION,
    "police": Agency.POLICE,
    "ts": Agency.THIRD_SECTOR,
    "any": Agency.SOCIAL_WORK,
}
BORN = date(2026, 1, 5)


@cache
def reckoning() -> Reckoning:
    """The clocks and patterns of the project's own folder."""
    return read_reckoning(Path(__file__).resolve().parents[1] / "policies")


def entry(code: str, start: str, *, seen: Seen = "", **fields: Any) -> Shown:  # noqa: ANN401 - any field of an entry
    """An entry shown whole: its agency follows from its code, and its id from its code and day."""
    term = terms()[code]
    precision = {4: "year", 7: "month", 10: "day", 0: "unknown"}.get(len(start), "instant")
    plain = Shown(
        entry=uuid5(SPACE, f"{code} {start} {seen} {fields.get('agency', '')}"),
        agency=WHOSE[code.partition(".")[0]],
        when=When(start, precision),
        rule="R01",
        reason="",
        code=code,
        summary=term.label,
        significance=term.significance,
        polarity="happened",
        valence=term.valence,
        headline="",
        detail="",
        author="",
        organisation="",
        source="",
        recorded_at_source="",
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        revision=1,
        third_party=False,
        defects=0,
        exportable=False,
        marks=Marks(seen=seen) if seen else None,
    )
    return replace(plain, **fields)


def lasting(code: str, start: str, end: str) -> Shown:
    """An entry of a period."""
    return entry(code, start, when=When(start, "day", end))


def summary(one: Shown) -> Redacted:
    """The same entry, to somebody who may know its summary."""
    return Redacted(
        one.entry,
        one.agency,
        one.when,
        "R02",
        "",
        "",
        one.code,
        one.summary,
        one.significance,
        one.polarity,
        one.valence,
    )


def closed(one: Shown) -> Withheld:
    """The same entry, to somebody who may know that there is one."""
    return Withheld(one.entry, one.agency, one.when, "R03", "", "")


def known(*entries: Entry, told: dict[UUID, date] | None = None) -> list[Known]:
    """Entries as happenings."""
    return happenings(entries, told=told)


def joined(one: Entry, other: Entry, what: str = "joined") -> Verdict:
    """What the health visitor said of two entries."""
    return Verdict(pair_of(one.entry, other.entry), what, Agency.HEALTH_VISITING, date(2026, 6, 1))


def material(entries: Sequence[Entry], today: str, **fields: Any) -> Material:  # noqa: ANN401 - any other part of it
    """What a reader may know of a child born on 5 January 2026."""
    return replace(Material(date.fromisoformat(today), entries, Born(BORN, ""), {}), **fields)


def view(name: str, entries: Sequence[Entry], today: str, **fields: Any) -> Section:  # noqa: ANN401 - likewise
    """One view of such a child."""
    return next(one for one in derive(material(entries, today, **fields), reckoning()) if one.view == name)


def states(section: Section, *names: str) -> list[tuple[str, str]]:
    """The states of a view's statements, each with what it is of; of some names alone where they are given."""
    return [(one.name, one.status) for one in section.statements if not names or one.name in names]


def only(found: Section | Iterable[Statement], name: str) -> Statement:
    """The one statement of a name; fails where there are more or none."""
    (one,) = [one for one in (found.statements if isinstance(found, Section) else found) if one.name == name]
    return one
