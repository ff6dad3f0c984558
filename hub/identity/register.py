"""The register of children as tables: current with every identity event, and rebuilt from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hub.events.identity import IdentityQuestioned, PersonDetailsStated, PersonRecordLinked
from hub.identity.matching import Statement
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.store.rows import as_json

NUMBER_CHANGED = "number-changed"
"""The question whether somebody with another number is still the same person."""

TABLES: tuple[LiteralString, ...] = (
    "identity.links",
    "identity.identifiers",
    "identity.statements",
    "identity.questions",
)

LINKS = (
    "select person_record, child, certain from identity.links where person_record = any(%s) and known_to = 'infinity'"
)
STATEMENTS = (
    "select person_record, fingerprint, family, given, birth_dates, readable from identity.statements "
    "where person_record = any(%s) order by position"
)
IDENTIFIERS = (
    "select i.system, i.digest, l.child from identity.identifiers i join identity.links l using (person_record) "
    "join unnest(%s::text[], %s::bytea[]) as w(system, digest) on i.system = w.system and i.digest = w.digest "
    "where i.usable and l.known_to = 'infinity'"
)
NUMBERS = (
    "select l.child, person_record, i.system, i.digest, i.usable "
    "from identity.identifiers i join identity.links l using (person_record) "
    "where l.child = any(%s) and l.known_to = 'infinity'"
)
QUESTIONS = "select person_record, reason, about from identity.questions where person_record = any(%s) and about <> ''"
DOUBTED = "select person_record, about from identity.questions where person_record = any(%s) and reason = %s"
OF_CHILDREN = "select child, person_record from identity.links where child = any(%s) and known_to = 'infinity'"

CLOSE = (
    "update identity.links l set known_to = w.at from unnest(%s::uuid[], %s::timestamptz[]) as w (record, at) "
    "where l.person_record = w.record and l.known_to = 'infinity'"
)
LINK = (
    "insert into identity.links (person_record, child, certain, known_from, known_to, position) "
    "select record, child, certain, since, coalesce(until, 'infinity'), position from "
    "unnest(%s::uuid[], %s::uuid[], %s::bool[], %s::timestamptz[], %s::timestamptz[], %s::bigint[]) "
    "as w (record, child, certain, since, until, position)"
)
STATED = (
    "person_record",
    "fingerprint",
    "family",
    "given",
    "birth_dates",
    "restricted",
    "known_from",
    "position",
    "readable",
)
STATE = (
    "insert into identity.statements "
    "(person_record, fingerprint, family, given, birth_dates, restricted, known_from, position, readable) "
    "select * from json_to_recordset(%s::json) as w (person_record uuid, fingerprint bytea, family text, given text[], "
    "birth_dates text[], restricted bool, known_from timestamptz, position bigint, readable bool) "
    "on conflict do nothing"
)
IDENTIFY = (
    "insert into identity.identifiers (system, digest, person_record, usable) "
    "select system, digest, record, bool_or(usable) from unnest(%s::text[], %s::bytea[], %s::uuid[], %s::bool[]) "
    "as w (system, digest, record, usable) group by system, digest, record "
    "on conflict (system, digest, person_record) do update set usable = identifiers.usable or excluded.usable"
)
ASKED = ("person_record", "reason", "about", "candidates", "asked_at", "position")
ASK = (
    "insert into identity.questions (person_record, reason, about, candidates, asked_at, position) "
    "select * from json_to_recordset(%s::json) as w (person_record uuid, reason text, about text, candidates uuid[], "
    "asked_at timestamptz, position bigint) on conflict do nothing"
)


@dataclass(slots=True)
class Known:
    """What the register holds about the people of one batch; intake keeps it current as it goes.

    numbers_of: by which a child is found. stated_of: whatever numbers an agency's record ever stated. doubted: records,
    and the digest of a new number of theirs about which a person is asked.
    """

    child_of: dict[UUID, UUID] = field(default_factory=dict)
    certain: set[UUID] = field(default_factory=set)
    statements: dict[UUID, list[Statement]] = field(default_factory=dict)
    fingerprints: set[tuple[UUID, bytes]] = field(default_factory=set)
    children_by_identifier: dict[tuple[str, bytes], set[UUID]] = field(default_factory=dict)
    records_of: dict[UUID, set[UUID]] = field(default_factory=dict)
    numbers_of: dict[UUID, set[tuple[str, bytes]]] = field(default_factory=dict)
    stated_of: dict[UUID, set[tuple[str, bytes]]] = field(default_factory=dict)
    asked: set[tuple[UUID, str, str]] = field(default_factory=set)
    doubted: set[tuple[UUID, str]] = field(default_factory=set)

    def statements_of(self, child: UUID) -> list[Statement]:
        """Everything stated about a child by any agency."""
        return [s for record in self.records_of.get(child, ()) for s in self.statements.get(record, ())]

    def doubtful(self, child: UUID) -> set[tuple[str, bytes]]:
        """The numbers of the child about which a person is asked of every record that states them."""
        if not self.doubted:
            return set()
        records = self.records_of.get(child, set())
        sure = {
            number
            for record in records
            for number in self.stated_of.get(record, ())
            if (record, number[1].hex()) not in self.doubted
        }
        return self.numbers_of.get(child, set()) - sure

    def states(self, child: UUID, number: tuple[str, bytes]) -> None:
        """The child can be found by this number from now on."""
        self.children_by_identifier.setdefault(number, set()).add(child)
        self.numbers_of.setdefault(child, set()).add(number)

    def moves(self, record: UUID, child: UUID) -> None:
        """The record belongs to this child from now on; a child whom it leaves had no other record."""
        before = self.child_of.get(record)
        if before is not None:
            self.records_of[before].discard(record)
            for number in self.numbers_of.pop(before, ()):
                self.children_by_identifier[number].discard(before)
                self.states(child, number)
        self.child_of[record] = child
        self.records_of.setdefault(child, set()).add(record)


def look_up(cursor: Cursor, records: Iterable[UUID], identifiers: Iterable[tuple[str, bytes]]) -> Known:
    """Everything the register knows of these person records and of whoever shares an identifier with them."""
    known = Known()
    wanted = set(records)
    pairs = sorted(set(identifiers))
    cursor.execute(IDENTIFIERS, [[p[0] for p in pairs], [p[1] for p in pairs]])
    for system, digest, child in cursor.fetchall():
        known.children_by_identifier.setdefault((system, bytes(digest)), set()).add(child)
    children = {child for found in known.children_by_identifier.values() for child in found}
    cursor.execute(QUESTIONS, [list(wanted)])
    known.asked.update(cursor.fetchall())
    cursor.execute(LINKS, [list(wanted)])
    children |= {row[1] for row in cursor.fetchall()}
    cursor.execute(NUMBERS, [list(children)])
    for child, record, system, digest, usable in cursor.fetchall():
        known.stated_of.setdefault(record, set()).add((system, bytes(digest)))
        if usable:
            known.states(child, (system, bytes(digest)))
    cursor.execute(OF_CHILDREN, [list(children)])
    for child, record in cursor.fetchall():
        known.records_of.setdefault(child, set()).add(record)
        wanted.add(record)
    cursor.execute(LINKS, [list(wanted)])
    for record, child, certain in cursor.fetchall():
        known.child_of[record] = child
        if certain:
            known.certain.add(record)
    cursor.execute(DOUBTED, [list(wanted), NUMBER_CHANGED])
    known.doubted.update(cursor.fetchall())
    _look_up_statements(cursor, wanted, known)
    return known


def _look_up_statements(cursor: Cursor, records: Iterable[UUID], known: Known) -> None:
    cursor.execute(STATEMENTS, [list(records)])
    for record, fingerprint, family, given, birth_dates, readable in cursor.fetchall():
        statement = Statement(family, tuple(given), tuple(birth_dates), readable)
        known.statements.setdefault(record, []).append(statement)
        known.fingerprints.add((record, bytes(fingerprint)))


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Bring the register up to date with identity events, a batch in a few statements; other events pass by."""
    _link(cursor, [(one, one.event) for one in recorded if isinstance(one.event, PersonRecordLinked)])
    _state(cursor, [(one, one.event) for one in recorded if isinstance(one.event, PersonDetailsStated)])
    asked = [
        (one.stream, event.reason, event.about, list(event.candidates), one.recorded_at, one.position)
        for one in recorded
        if isinstance(event := one.event, IdentityQuestioned)
    ]
    if asked:
        cursor.execute(ASK, [as_json(ASKED, asked)])


def _link(cursor: Cursor, links: Sequence[tuple[Recorded, PersonRecordLinked]]) -> None:
    """Each link ends the one before it, whether that was held already or came earlier in the batch."""
    if not links:
        return
    first: dict[UUID, datetime] = {}
    until: dict[UUID, datetime] = {}
    rows = []
    for one, event in reversed(links):
        first[one.stream] = one.recorded_at
        ends = until.get(one.stream)
        rows.append((one.stream, event.child, event.certain, one.recorded_at, ends, one.position))
        until[one.stream] = one.recorded_at
    cursor.execute(CLOSE, [list(first), list(first.values())])
    cursor.execute(LINK, [list(column) for column in zip(*rows, strict=True)])


def _state(cursor: Cursor, statements: Sequence[tuple[Recorded, PersonDetailsStated]]) -> None:
    rows = [
        (
            one.stream,
            bytes.fromhex(event.fingerprint),
            event.family,
            list(event.given),
            list(event.birth_dates),
            event.restricted,
            one.recorded_at,
            one.position,
            _readable(event),
        )
        for one, event in statements
    ]
    numbers = [
        (system, bytes.fromhex(digest), one.stream, fit)
        for one, event in statements
        for system, digest, fit in event.digests
    ]
    if rows:
        cursor.execute(STATE, [as_json(STATED, rows)])
    if numbers:
        cursor.execute(IDENTIFY, [list(column) for column in zip(*numbers, strict=True)])


def _readable(event: PersonDetailsStated) -> bool:
    """Whether anything is left of it: what was sealed under a destroyed key comes back empty, its digests do not."""
    return any(getattr(event, name) for name in event.SEALED)


IS_CHILD = "select from identity.links where child = %s and known_to = 'infinity' limit 1"
BY_IDENTIFIER = (
    "select distinct l.child from identity.identifiers i join identity.links l using (person_record) "
    "where i.system = %s and i.digest = %s and l.known_to = 'infinity' order by 1"
)


def children_with(cursor: Cursor, system: str, digest: bytes) -> list[UUID]:
    """The children of whom any agency states this identifier."""
    return [row[0] for row in cursor.execute(BY_IDENTIFIER, [system, digest])]


def is_child(cursor: Cursor, child: UUID) -> bool:
    """Whether any person record is linked to this child."""
    return cursor.execute(IS_CHILD, [child]).fetchone() is not None


QUESTIONS_ASKED = (
    "select q.reason, l.child, q.candidates, q.asked_at from identity.questions q "
    "left join identity.links l on l.person_record = q.person_record and l.known_to = 'infinity' "
    "order by q.asked_at desc, q.position desc limit %s"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What the hub would not decide alone: about which child, and who else it might be. Opaque ids only."""

    reason: str
    child: UUID | None
    candidates: tuple[UUID, ...]
    asked_at: datetime


def questions(cursor: Cursor, limit: int) -> list[Question]:
    """The newest questions first."""
    rows = cursor.execute(QUESTIONS_ASKED, [limit]).fetchall()
    return [Question(reason, child, tuple(candidates), at) for reason, child, candidates, at in rows]
