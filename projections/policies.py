"""The versions of the policy: who proposed each, who put it in force, and which was in force when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import LiteralString

import orjson

from hub.events.policy import PolicyActivated, PolicyEvent, PolicyInstalled, PolicyProposed
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "policies"
LOG: LiteralString = "ledger"
# What leans on another table comes before it: they are emptied in this order.
TABLES: tuple[LiteralString, ...] = ("read.policy_terms", "read.policy_proposals", "read.policies")

CREATE: LiteralString = """
create table if not exists read.policies (
    fingerprint text   primary key,
    files       jsonb  not null,
    position    bigint not null
);
create table if not exists read.policy_proposals (
    position    bigint      primary key,
    fingerprint text        not null references read.policies,
    author      text        not null check (author <> ''),
    reason      text        not null,
    scenarios   jsonb       not null,
    proposed_at timestamptz not null,
    unique (position, fingerprint, author)
);
create index if not exists policy_proposals_of_version on read.policy_proposals (fingerprint, position);
create table if not exists read.policy_terms (
    position    bigint      primary key,
    fingerprint text        not null references read.policies,
    proposal    bigint      unique,
    author      text,
    approver    text        check (approver <> '' and approver <> author),
    reason      text        not null,
    proof       jsonb       not null,
    scenarios   jsonb,
    rises       text        not null,
    falls       text        not null,
    known_from  timestamptz not null,
    known_to    timestamptz not null check (known_to > known_from),
    foreign key (proposal, fingerprint, author) references read.policy_proposals (position, fingerprint, author),
    check (num_nulls(proposal, author, approver) in (0, 3)),
    exclude using gist (tstzrange(known_from, known_to) with &&)
);
create unique index if not exists policy_in_force on read.policy_terms (known_to) where known_to = 'infinity';
grant select on read.policies, read.policy_proposals, read.policy_terms to hub_reader, hub_auditor;
grant select, insert, update on read.policies, read.policy_proposals, read.policy_terms to hub_writer;
"""

KEEP: LiteralString = (
    "insert into read.policies (fingerprint, files, position) values (%s, %s, %s) on conflict (fingerprint) do nothing"
)
PROPOSE: LiteralString = (
    "insert into read.policy_proposals (position, fingerprint, author, reason, scenarios, proposed_at) "
    "values (%s, %s, %s, %s, %s, %s)"
)
END: LiteralString = "update read.policy_terms set known_to = %s where known_to = 'infinity'"
BEGIN: LiteralString = (
    "insert into read.policy_terms (position, fingerprint, proposal, author, approver, reason, proof, scenarios, "
    "rises, falls, known_from, known_to) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'infinity')"
)
IN_FORCE: LiteralString = "select fingerprint from read.policy_terms where known_to = 'infinity'"
FILES: LiteralString = "select files from read.policies where fingerprint = %s"
# The first version came with its stories; the stories of any other are those of its proposal.
STORIES: LiteralString = """
select coalesce(t.scenarios, p.scenarios, '{}'::jsonb)
  from read.policy_terms t left join read.policy_proposals p on p.position = t.proposal
 where t.known_to = 'infinity'
"""
NAMED: LiteralString = "select fingerprint from read.policies where starts_with(fingerprint, %s) limit 2"
PROVEN_BY: LiteralString = "select 1 from read.policy_terms where fingerprint = %s and proof->>'code' = %s limit 1"
WAITING: LiteralString = """
select p.position, p.fingerprint, p.author, p.reason, p.proposed_at from read.policy_proposals p
 where not exists (select from read.policy_terms t where t.proposal = p.position)
 order by p.position desc
"""
OPEN: LiteralString = """
select p.position, p.author, p.scenarios, p.proposed_at from read.policy_proposals p
 where p.fingerprint = %s and not exists (select from read.policy_terms t where t.proposal = p.position)
 order by p.position desc limit 1
"""
TERMS: LiteralString = """
select position, fingerprint, coalesce(author, ''), coalesce(approver, ''), reason, known_from,
       nullif(known_to, 'infinity'), rises, falls, proof
  from read.policy_terms order by position desc
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version that waits to be put in force. position: of the proposal in the log."""

    position: int
    fingerprint: str
    author: str
    reason: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class Term:
    """A version while it was in force; author and approver empty for the installation's own; known_to None: still."""

    position: int
    fingerprint: str
    author: str
    approver: str
    reason: str
    known_from: datetime
    known_to: datetime | None
    rises: str
    falls: str
    proof: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Open:
    """The newest proposal of one version on which no activation rests yet."""

    position: int
    author: str
    scenarios: dict[str, str]
    proposed_at: datetime


def in_force(cursor: Cursor) -> str:
    """The fingerprint of the version in force; empty where there is none yet."""
    row = cursor.execute(IN_FORCE, prepare=True).fetchone()
    return str(row[0]) if row else ""


def files_of(cursor: Cursor, fingerprint: str) -> dict[str, str]:
    """A version's files, text by name; empty for a version that was never proposed."""
    row = cursor.execute(FILES, [fingerprint]).fetchone()
    return dict(row[0]) if row else {}


def stories_in_force(cursor: Cursor) -> dict[str, str]:
    """The stories of the version in force, text by file name; empty where it has none."""
    row = cursor.execute(STORIES).fetchone()
    return dict(row[0]) if row else {}


def named(cursor: Cursor, beginning: str) -> str:
    """The fingerprint that begins so; empty where none does, or more than one."""
    found = cursor.execute(NAMED, [beginning]).fetchall()
    return str(found[0][0]) if len(found) == 1 else ""


def was_proven_by(cursor: Cursor, fingerprint: str, code: str) -> bool:
    """Whether this very program proved the version when it came into force."""
    return cursor.execute(PROVEN_BY, [fingerprint, code]).fetchone() is not None


def proposal_of(cursor: Cursor, fingerprint: str) -> Open | None:
    """The proposal that an activation of this version would rest on."""
    row = cursor.execute(OPEN, [fingerprint]).fetchone()
    return Open(*row) if row else None


def waiting(cursor: Cursor) -> list[Proposal]:
    """Every proposal that is not in force and never was, newest first."""
    return [Proposal(*row) for row in cursor.execute(WAITING)]


def terms(cursor: Cursor) -> list[Term]:
    """Which version was in force when, newest first."""
    return [Term(*row) for row in cursor.execute(TERMS)]


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    for one in recorded:
        if isinstance(one.event, PolicyEvent):
            _take(cursor, one, one.event)


def _take(cursor: Cursor, one: Recorded, event: PolicyEvent) -> None:
    match event:
        case PolicyProposed():
            cursor.execute(KEEP, [event.fingerprint, _json(event.files), one.position])
            scenarios = _json(event.scenarios)
            made = (event.fingerprint, event.author, event.reason, scenarios, one.recorded_at)
            cursor.execute(PROPOSE, [one.position, *made])
        case PolicyInstalled():
            cursor.execute(KEEP, [event.fingerprint, _json(event.files), one.position])
            proven = _json(asdict(event.proof)), _json(event.scenarios)
            _begin(cursor, one, event.fingerprint, (None, None, None, ""), proven, ("", ""))
        case PolicyActivated():
            who = (event.proposal, event.author, event.approver, event.reason)
            anew = _json(asdict(event.proof)), None
            _begin(cursor, one, event.fingerprint, who, anew, (event.rises, event.falls))


def _begin(  # noqa: PLR0913, PLR0917 - the parts of one row, as the two events hold them
    cursor: Cursor,
    one: Recorded,
    fingerprint: str,
    who: tuple[int | None, str | None, str | None, str],
    how: tuple[str, str | None],
    moved: tuple[str, str],
) -> None:
    cursor.execute(END, [one.recorded_at])
    cursor.execute(BEGIN, [one.position, fingerprint, *who, *how, *moved, one.recorded_at])


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
