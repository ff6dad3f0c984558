"""Which organisations share under which agreements, and who may practise: day by day, and since when the hub knew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import LiteralString

from hub.events.partnership import OrganisationStated, RegistrationStated, Term
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from projections.timeline import (
    COLUMNS,
    FIRST,
    LAST,
    Span,
    Statement,
    Timeline,
    day_after,
    day_before,
    first_day,
    last_day,
)

NAME = "partnership"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.organisations", "read.agreements", "read.registrations")

CREATE: LiteralString = (
    "create table if not exists read.organisations ("
    + COLUMNS
    + """, code text not null, agency text not null, controller text not null check (controller in ('public', 'other')),
    exclude using gist (stream with =, daterange(since, until, '[]') with &&, tstzrange(known_from, known_to) with &&)
);
create index if not exists organisations_by_code on read.organisations (code);
create table if not exists read.agreements ("""
    + COLUMNS
    + """, organisation text not null, purpose text not null,
    exclude using gist (stream with =, purpose with =, daterange(since, until, '[]') with &&,
                        tstzrange(known_from, known_to) with &&)
);
create index if not exists agreements_by_organisation on read.agreements (organisation, purpose);
create table if not exists read.registrations ("""
    + COLUMNS
    + """, person text not null, state text not null check (state in ('active', 'lapsed')),
    exclude using gist (stream with =, daterange(since, until, '[]') with &&, tstzrange(known_from, known_to) with &&)
);
create index if not exists registrations_by_person on read.registrations (person);
grant select on read.organisations, read.agreements, read.registrations to hub_reader, hub_auditor;
grant select, insert, update on read.organisations, read.agreements, read.registrations to hub_writer;
"""
)
_ORGANISATIONS = Timeline("read.organisations", ("code", "agency", "controller"), ("text", "text", "text"))
_AGREEMENTS = Timeline("read.agreements", ("organisation", "purpose"), ("text", "text"))
_REGISTRATIONS = Timeline("read.registrations", ("person", "state"), ("text", "text"))

FACTS: LiteralString = """
select 'agreement', 'current', '', '', g.position from read.agreements g
 where g.organisation = %(organisation)s and g.purpose = %(purpose)s
   and g.since <= %(on)s and g.until >= %(on)s and g.known_from <= %(at)s and g.known_to > %(at)s
union all
select 'controller', o.controller, '', '', o.position from read.organisations o
 where o.code = %(organisation)s and o.known_from <= %(at)s and o.known_to > %(at)s
union all
select 'registration', r.state, '', '', r.position from read.registrations r
 where r.person = %(person)s
   and r.since <= %(on)s and r.until >= %(on)s and r.known_from <= %(at)s and r.known_to > %(at)s
"""
COVERED: LiteralString = """
select purpose from read.agreements
 where organisation = %s and purpose = any (%s) and since <= %s and until >= %s and known_to = 'infinity'
"""
STATED_ORGANISATIONS: LiteralString = """
select o.code, o.agency, o.controller,
       coalesce((select jsonb_agg(jsonb_build_array(a.purpose, a.since, a.until) order by a.purpose, a.since)
                   from read.agreements a where a.stream = o.stream and a.known_to = 'infinity'), '[]')
  from read.organisations o where o.known_to = 'infinity'
"""
STATED_PEOPLE: LiteralString = """
select person, coalesce(jsonb_agg(jsonb_build_array(since, until) order by since) filter (where state = 'active'), '[]')
  from read.registrations where known_to = 'infinity' group by person
"""

Agreed = tuple[tuple[str, str, str], ...]
"""Purpose, first and last day, by purpose and day: how far an organisation's agreements reach, however written."""
Practising = tuple[tuple[str, str], ...]
"""First and last day of each term in which somebody may practise."""


def covered(cursor: Cursor, organisation: str, purposes: Sequence[str], on: str) -> set[str]:
    """Those of these purposes for which the organisation has an agreement on a day."""
    return {row[0] for row in cursor.execute(COVERED, [organisation, list(purposes), on, on], prepare=True)}


def organisations(cursor: Cursor) -> dict[str, tuple[str, str, Agreed]]:
    """Every organisation that was ever stated, by its code: agency, controller, and its agreements."""
    found = cursor.execute(STATED_ORGANISATIONS).fetchall()
    return {code: (agency, control, tuple(map(tuple, agreed))) for code, agency, control, agreed in found}


def people(cursor: Cursor) -> dict[str, Practising]:
    """Everybody of whom it was ever stated when they may practise."""
    return {person: tuple(map(tuple, terms)) for person, terms in cursor.execute(STATED_PEOPLE).fetchall()}


def agreed(event: OrganisationStated) -> Agreed:
    """How far its agreements reach: for each purpose, days without overlap."""
    purposes = sorted({purpose for one in event.agreements for purpose in one.purposes})
    return tuple(
        (purpose, since, until)
        for purpose in purposes
        for since, until in _joined(Term(one.since, one.until) for one in event.agreements if purpose in one.purposes)
    )


def practising(event: RegistrationStated) -> Practising:
    """The days on which the person may practise: registered and not suspended, joined where they meet."""
    left = _joined(event.registered)
    for since, until in _joined(event.suspended):
        left = [part for term in left for part in _without(term, since, until)]
    return tuple(left)


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    stated = [(one, one.event) for one in recorded if isinstance(one.event, OrganisationStated)]
    persons = [(one, one.event) for one in recorded if isinstance(one.event, RegistrationStated)]
    _ORGANISATIONS.tell(cursor, [_statement(one, [_organisation(event)]) for one, event in stated])
    _AGREEMENTS.tell(cursor, [_statement(one, _agreements(event)) for one, event in stated])
    _REGISTRATIONS.tell(cursor, [_statement(one, _terms(event)) for one, event in persons])


def _statement(one: Recorded, spans: Iterable[Span]) -> Statement:
    version = one.event.originator_version if one.event else 0
    return Statement(one.stream, version, FIRST, tuple(spans), one.recorded_at, one.position)


def _organisation(event: OrganisationStated) -> Span:
    return Span(FIRST, LAST, {"code": event.code, "agency": event.agency, "controller": event.controller})


def _agreements(event: OrganisationStated) -> list[Span]:
    return [
        Span(since, until, {"organisation": event.code, "purpose": purpose}) for purpose, since, until in agreed(event)
    ]


def _terms(event: RegistrationStated) -> list[Span]:
    """Every day there is: in a term, or between two."""
    found, after = [], FIRST
    for since, until in practising(event):
        if since != FIRST:
            found.append(Span(after, day_before(since), {"person": event.person, "state": "lapsed"}))
        found.append(Span(since, until, {"person": event.person, "state": "active"}))
        after = day_after(until) if until != LAST else LAST
    if after != LAST:
        found.append(Span(after, LAST, {"person": event.person, "state": "lapsed"}))
    return found


def _joined(terms: Iterable[Term]) -> list[tuple[str, str]]:
    """Terms by day, with those joined that overlap or follow one another at once."""
    found: list[tuple[str, str]] = []
    for since, until in sorted((first_day(one.since), last_day(one.until)) for one in terms):
        last = found[-1][1] if found else ""
        if last == LAST:
            break
        if last and (since == FIRST or since <= day_after(last)):
            found[-1] = (found[-1][0], max(last, until))
        else:
            found.append((since, until))
    return found


def _without(term: tuple[str, str], since: str, until: str) -> list[tuple[str, str]]:
    """What is left of a term outside a span of days."""
    before = (term[0], min(term[1], day_before(since))) if since != FIRST else (LAST, FIRST)
    after = (max(term[0], day_after(until)), term[1]) if until != LAST else (LAST, FIRST)
    return [part for part in (before, after) if part[0] <= part[1]]
