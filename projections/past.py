"""The facts of past moments: the very statement that a decision rests on, asked for many moments at once.

And the moments at which any of them can have changed: when something was recorded, and the days that were stated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import RawCursor

from hub.people import Practitioner
from projections.session import Cursor
from projections.standing import ALL, Standing

HERE: Final = ZoneInfo("Europe/London")
_OF_READER: Final = ("child", "agency", "organisation", "worker", "person", "duties", "purpose")
_OF_MOMENT: Final = {"at": "p.at", "moment": "p.at", "day": "p.day", "on": "p.day::date"}


def _placed(found: re.Match[str]) -> str:
    name = found[1]
    return _OF_MOMENT.get(name) or f"${_OF_READER.index(name) + 1}"


# The statement of `projections.standing`, with the moment as a column in place of an argument.
_MANY: LiteralString = """
select p.n, f.* from unnest($8::timestamptz[], $9::text[]) with ordinality as p (at, day, n)
 cross join lateral ({all}) as f (kind, value, detail, more, position)
 order by p.n, f.position, f.kind, f.value, f.detail
"""
MANY: Final = _MANY.replace("{all}", re.sub(r"%\((\w+)\)s", _placed, ALL)).encode()

# What is stated again and again by record after record is one span, so that there are no more moments than changes.
MOMENTS: LiteralString = """
with mine as materialized (select distinct person_record from identity.links where child = %(child)s),
spans (span) as (
    select tstzrange(known_from, known_to) from identity.links where child = %(child)s
    union all
    select unnest(range_agg(tstzrange(known_from, known_to))) from read.involvement join mine using (person_record)
     group by person_record, agency, duty, organisation, worker, since, until
    union all
    select unnest(range_agg(tstzrange(known_from, known_to))) from read.status join mine using (person_record)
     group by person_record, kind, since, until
    union all
    select tstzrange(known_from, known_to) from read.consent where child = %(child)s
    union all
    select tstzrange(known_from, known_to) from read.capacity where child = %(child)s
    union all
    select tstzrange(known_from, known_to) from read.duties where child = %(child)s
    union all
    select tstzrange(known_from, known_to) from read.ties where child = %(child)s
    union all
    select tstzrange(known_from, known_to) from read.safe_addresses where child = %(child)s
    union all
    select tstzrange(known_from, known_to) from read.releases where child = %(child)s and known_from < known_to
    union all
    select tstzrange(known_from, known_to) from read.organisations where code = any (%(organisations)s)
    union all
    select tstzrange(known_from, known_to) from read.agreements where organisation = any (%(organisations)s)
    union all
    select tstzrange(known_from, known_to) from read.registrations where person = any (%(people)s)
    union all
    select tstzrange(known_from, known_to) from read.policy_terms
    union all
    select tstzrange(s.known_from, 'infinity') from identity.statements s join mine using (person_record)
)
select distinct m.moment from spans cross join lateral (values (lower(span)), (upper(span))) as m (moment)
 where not isempty(span) and m.moment > %(after)s and m.moment <= %(at)s
"""
DAYS: LiteralString = """
with mine as materialized (select distinct person_record from identity.links where child = %(child)s),
stated (since, until) as (
    select since, until from read.involvement join mine using (person_record)
    union select since, until from read.status join mine using (person_record)
    union select since::text, until::text from read.consent where child = %(child)s
    union select since::text, until::text from read.capacity where child = %(child)s
    union select since::text, until::text from read.duties where child = %(child)s
    union select since::text, until::text from read.ties where child = %(child)s
    union select since::text, until::text from read.safe_addresses where child = %(child)s
    union select since::text, until::text from read.releases where child = %(child)s
    union select since::text, until::text from read.agreements where organisation = any (%(organisations)s)
    union select since::text, until::text from read.registrations where person = any (%(people)s)
)
select since, until from stated
"""


@dataclass(frozen=True, slots=True)
class About:
    """Whose facts can have changed: the child's, of these organisations and people; after a moment up to another."""

    child: UUID
    organisations: Sequence[str]
    people: Sequence[str]
    after: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose facts, of which child, for what. duties: those by which agencies' records can tie them to the child."""

    child: UUID
    reader: Practitioner
    purpose: str
    duties: Sequence[str]


def moments(cursor: Cursor, about: About) -> list[datetime]:
    """When anything that a decision about this child rests on was recorded, or its first or last day came; in order."""
    arguments = {
        "child": about.child,
        "organisations": list(about.organisations),
        "people": list(about.people),
        "after": about.after,
        "at": about.at,
    }
    found = {row[0] for row in cursor.execute(MOMENTS, arguments)}
    days = {day for row in cursor.execute(DAYS, arguments) for day in _turns(*row)}
    turned = {datetime(day.year, day.month, day.day, tzinfo=HERE) for day in days}
    return sorted(found | {moment for moment in turned if about.after < moment <= about.at})


def facts_at(cursor: Cursor, whom: Whom, at: Sequence[datetime]) -> list[list[Standing]]:
    """All that was on record of one reader and child at each of these moments, as the hub knew it then."""
    reader = whom.reader
    who = [whom.child, reader.agency.value, reader.organisation, reader.worker, reader.id, list(whom.duties)]
    days = [moment.astimezone(HERE).date().isoformat() for moment in at]
    with RawCursor(cursor.connection) as raw:
        rows = raw.execute(MANY, [*who, whom.purpose, list(at), days], prepare=True).fetchall()
    found = {n: [Standing(*row[1:]) for row in group] for n, group in groupby(rows, key=lambda row: int(row[0]))}
    return [found.get(n, []) for n in range(1, len(at) + 1)]


def _turns(since: str, until: str) -> Iterator[date]:
    """The first day, and the day after the last; what is no day, or none that can be reached, turns nothing."""
    for text, later in ((since, 0), (until, 1)):
        try:
            yield date.fromisoformat(text) + timedelta(days=later)
        except (ValueError, OverflowError):
            continue
