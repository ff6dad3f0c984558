"""From what the logs say of one entry to rows of the matrix: of people, of their organisations, of their agencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from consent.decision import Level
from consent.facts import HERE
from consent.knowing_available import spans
from consent.knowing_shapes import Knower, Span
from hub.people import Agency
from projections.known_when import Said, Told

Who = tuple[str, str, str]
"""Agency, organisation, person; an empty text in place of the latter for all of theirs."""
ORDER: Final = {agency.value: place for place, agency in enumerate(Agency)}


@dataclass(slots=True)
class Row:
    """What is known of one person, organisation or agency so far."""

    available: list[tuple[datetime, datetime]] = field(default_factory=list)
    recorded: datetime | None = None
    delivered: datetime | None = None
    opened: tuple[datetime, int] | None = None
    acknowledged: datetime | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """Of whom a reader may be told. services: how far they may know of each, None for everything.

    own: the reader's organisation, of which they may know everything.
    """

    own: str = ""
    services: Mapping[tuple[str, str], Level] | None = None

    def seen(self, agency: str, organisation: str, person: str) -> list[Who]:
        """The rows in which somebody counts: as themselves, as of their organisation, as of their agency; or none."""
        level = Level.SHOWN
        if self.services is not None and organisation != self.own:
            level = self.services.get((agency, organisation), Level.SEALED)
        rows = [(agency, "", ""), (agency, organisation, ""), (agency, organisation, person)]
        rows = rows[: int(min(level, Level.SHOWN))]
        return list(dict.fromkeys(rows))


class Rows:
    """The rows of one entry."""

    def __init__(self, sight: Sight, at: datetime) -> None:
        self._sight, self._at = sight, at
        self._rows: dict[Who, Row] = {}

    def recorded(self, agency: str, organisation: str, at: datetime) -> None:
        """Its own agency has known it since then; organisation: of the directory, empty where none is known."""
        self._row((agency, "", "")).recorded = at
        if organisation:
            for who in self._sight.seen(agency, organisation, ""):
                self._row(who).recorded = at

    def available(
        self, agency: str, organisation: str, person: str, found: Iterable[tuple[datetime, datetime]]
    ) -> None:
        """It was open to somebody in these spans."""
        found = list(found)
        for who in self._sight.seen(agency, organisation, person) if found else ():
            self._row(who).available += found

    def told(self, one: Told) -> None:
        """It was told to somebody; in any order."""
        for who in self._sight.seen(one.agency, one.organisation, one.reader):
            row = self._row(who)
            row.delivered = min(row.delivered or one.told_at, one.told_at)
            if one.opened_at is not None and one.opened_at <= self._at:
                opened = (one.opened_at, one.revision)
                row.opened = min(row.opened or opened, opened)

    def said(self, one: Said) -> None:
        """Somebody said what they do about it; in the order in which they said it. The newest word counts."""
        for who in self._sight.seen(one.agency, one.organisation, one.by):
            row = self._row(who)
            row.acknowledged, row.what = row.acknowledged or one.at, one.what

    def knowers(self, *, by_day: bool) -> tuple[Knower, ...]:
        """All of them in order: an agency before its organisations, an organisation before its people."""
        ordered = sorted(self._rows.items(), key=lambda one: (ORDER.get(one[0][0], len(ORDER)), *one[0]))
        return tuple(_knower(who, row, self._at, by_day=by_day) for who, row in ordered)

    def _row(self, who: Who) -> Row:
        return self._rows.setdefault(who, Row())


def own_time(stated: str, received: datetime) -> datetime:
    """Since when an agency knew what it recorded: as it states itself, where that is a time before the hub's own."""
    try:
        said = datetime.fromisoformat(stated)
    except ValueError:
        return received
    said = said.replace(tzinfo=HERE) if said.tzinfo is None else said
    return min(said, received)


def day(moment: datetime) -> datetime:
    """The beginning of a moment's day, in UTC."""
    return datetime.combine(_date(moment), time(), UTC)


def _date(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _knower(who: Who, row: Row, at: datetime, *, by_day: bool) -> Knower:
    opened, revision = row.opened or (None, 0)
    one = Knower(
        *who, row.recorded, spans(row.available, at), row.delivered, opened, revision, row.acknowledged, row.what
    )
    return _by_day(one) if by_day else one


def _by_day(one: Knower) -> Knower:
    told = tuple(Span(day(span.since), None if span.until is None else day(span.until)) for span in one.available)
    return Knower(
        one.agency,
        one.organisation,
        one.person,
        _floor(one.recorded),
        _merged(told),
        _floor(one.delivered),
        _floor(one.opened),
        one.revision,
        _floor(one.acknowledged),
        one.what,
    )


def _merged(told: Sequence[Span]) -> tuple[Span, ...]:
    """Spans of days: what began again on the day on which it ended went on."""
    found: list[Span] = []
    for one in told:
        if found and found[-1].until is not None and one.since <= found[-1].until:
            found[-1] = Span(found[-1].since, one.until)
        else:
            found.append(one)
    return tuple(found)


def _floor(moment: datetime | None) -> datetime | None:
    return None if moment is None else day(moment)
