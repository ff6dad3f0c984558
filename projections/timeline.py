"""What was stated of one thing, day by day, and when the hub knew it so.

From its first day on a statement takes the place of what was stated before; earlier days stay as they were. Nothing is
overwritten: a row that no longer holds is closed at the moment it stopped being what the hub knew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from hub.store.database import Cursor
from hub.store.rows import as_json

# Each table of this kind begins with these columns. since and until are days, both included; infinite where open.
COLUMNS: LiteralString = """
    stream     uuid        not null,
    version    bigint      not null,
    ordinal    int         not null,
    since      date        not null,
    until      date        not null,
    known_from timestamptz not null,
    known_to   timestamptz not null,
    position   bigint      not null,
    primary key (stream, version, ordinal),
    check (since <= until)
"""
# As text too, the one comes before every date and the other after: "-" sorts before every digit.
FIRST: LiteralString = "-infinity"
LAST: LiteralString = "infinity"
_FIRST_DAY, _LAST_DAY = date.min.isoformat(), date.max.isoformat()
_OPEN: LiteralString = (
    "select stream, version, ordinal, since::text, until::text, known_from, position, "
    "to_jsonb(t) - '{stream,version,ordinal,since,until,known_from,known_to,position}'::text[] "
)
_HEAD = ("stream", "version", "ordinal", "since", "until", "known_from", "known_to", "position")


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included, as `YYYY-MM-DD`; an open side is infinite. values: what is so meanwhile, by column."""

    since: str
    until: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether it holds no day."""
        return self.since > self.until

    def before(self, day: str) -> Span:
        """What of it comes before a day; empty where nothing does."""
        if day == FIRST:
            return replace(self, since=LAST, until=FIRST)
        return replace(self, until=day_before(day)) if self.reaches(day) else self

    def reaches(self, day: str) -> bool:
        """Whether any day of it comes no earlier than this one."""
        return self.until >= day


@dataclass(frozen=True, slots=True)
class Statement:
    """One version of what is stated under a stream. first: from which day it takes the place of earlier versions."""

    stream: UUID
    version: int
    first: str
    spans: tuple[Span, ...]
    at: datetime
    position: int


@dataclass(slots=True)
class _Row:
    stream: UUID
    version: int
    ordinal: int
    span: Span
    known_from: datetime
    known_to: datetime | None
    position: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A table of dated statements: its name, and its own columns with their types beside the common ones."""

    table: LiteralString
    names: tuple[LiteralString, ...]
    types: tuple[LiteralString, ...]

    def tell(self, cursor: Cursor, statements: Sequence[Statement]) -> None:
        """Take statements in, in the order of the log."""
        if not statements:
            return
        held = self._held(cursor, {one.stream for one in statements if one.version > 1})
        closed: list[_Row] = []
        fresh: list[_Row] = []
        for one in statements:
            standing = held.get(one.stream, [])
            ended = [row for row in standing if row.span.reaches(one.first)]
            rows = list(_rows(one, ended))
            for row in ended:
                row.known_to = one.at
            held[one.stream] = [row for row in standing if row.known_to is None] + rows
            closed += (row for row in ended if not row.fresh)
            fresh += rows
        self._close(cursor, closed)
        self._keep(cursor, fresh)

    def _held(self, cursor: Cursor, streams: set[UUID]) -> dict[UUID, list[_Row]]:
        held: dict[UUID, list[_Row]] = {}
        if not streams:
            return held
        query = _OPEN + "from " + self.table + " t where stream = any(%s) and known_to = 'infinity' order by 1, 2, 3"
        for stream, version, ordinal, since, until, known_from, position, values in cursor.execute(
            query, [list(streams)]
        ).fetchall():
            row = _Row(stream, version, ordinal, Span(since, until, values), known_from, None, position, fresh=False)
            held.setdefault(stream, []).append(row)
        return held

    def _close(self, cursor: Cursor, rows: Sequence[_Row]) -> None:
        if rows:
            cursor.execute(
                "update "  # noqa: S608 - the names are this project's own constants
                + self.table
                + " t set known_to = w.at from json_to_recordset(%s::json) as w "
                "(stream uuid, version bigint, ordinal int, at timestamptz) "
                "where t.stream = w.stream and t.version = w.version and t.ordinal = w.ordinal",
                [
                    as_json(
                        ("stream", "version", "ordinal", "at"),
                        [(row.stream, row.version, row.ordinal, row.known_to) for row in rows],
                    )
                ],
            )

    def _keep(self, cursor: Cursor, rows: Sequence[_Row]) -> None:
        names: LiteralString = "stream, version, ordinal, since, until, known_from, known_to, position, "
        names += ", ".join(self.names)
        typed: LiteralString = ", ".join([name + " " + kind for name, kind in zip(self.names, self.types, strict=True)])
        if rows:
            cursor.execute(
                "insert into "  # noqa: S608 - the names are this project's own constants
                + self.table
                + " ("
                + names
                + ") select * from json_to_recordset(%s::json) as w "
                "(stream uuid, version bigint, ordinal int, since date, until date, known_from timestamptz, "
                "known_to timestamptz, position bigint, " + typed + ")",
                [as_json((*_HEAD, *self.names), [self._values(row) for row in rows])],
            )

    def _values(self, row: _Row) -> tuple[object, ...]:
        head = (row.stream, row.version, row.ordinal, row.span.since, row.span.until, row.known_from)
        own = (row.span.values[name] for name in self.names)
        return (*head, row.known_to or "infinity", row.position, *own)


def _rows(one: Statement, ended: Sequence[_Row]) -> Iterator[_Row]:
    """What is known from this statement on: what was before its first day, still with its own event, and its own."""
    spans = [(row.span.before(one.first), row.position) for row in ended]
    spans += [(span, one.position) for span in one.spans]
    for ordinal, (span, position) in enumerate(((s, p) for s, p in spans if not s.empty), start=1):
        yield _Row(one.stream, one.version, ordinal, span, one.at, None, position, fresh=True)


def first_day(text: str) -> str:
    """A first day as written, where an empty one leaves the past open, and so does the first day that there is.

    Raises ValueError for what is no day.
    """
    found = date.fromisoformat(text).isoformat() if text else FIRST
    return FIRST if found == _FIRST_DAY else found


def last_day(text: str) -> str:
    """A last day as written, where an empty one leaves the future open, and so does the last day that there is.

    Raises ValueError for what is no day.
    """
    found = date.fromisoformat(text).isoformat() if text else LAST
    return LAST if found == _LAST_DAY else found


def day_before(day: str) -> str:
    """The day before."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def day_after(day: str) -> str:
    """The day after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
