"""The ways to read the same child: bare, as the hub does it, over HTTP, and with casbin asked for every entry."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import LiteralString
from uuid import UUID

import casbin
import orjson

from consent.decision import Asked, DecisionKey
from consent.facts import gather
from consent.policy import Policy, point_of
from consent.table import ANY, CONDITIONS, Point
from hub.api.shapes import disclosure_to_json
from hub.people import Practitioner
from hub.store.database import Connection, Cursor
from hub.wiring import House
from projections import chronology
from tests.bench.town import BASIS, PURPOSE

NAMES = {1: "withheld", 2: "redacted", 3: "shown", 4: "exportable"}

# The columns of the hub's own statement, unredacted, of every entry that stands.
ROWS: LiteralString = (
    "select e.stream, e.decision_key, e.occurred_start, e.precision, e.occurred_end, e.approximate, e.occurred_sort, "
    "e.code, e.significance, e.polarity, e.valence, e.headline, e.detail, e.author, e.organisation, e.source, "
    "e.recorded_at_source, e.received_at, e.revision, e.defects "
    "from identity.links l join read.entries e on e.person_record = l.person_record "
    "where l.child = %s and l.known_to = 'infinity' and e.known_to = 'infinity' and not e.retracted "
)
FLOOR: LiteralString = ROWS + "and e.decision_key = any(%s) order by e.occurred_sort, e.stream limit 501"
NAIVE: LiteralString = ROWS + "order by e.occurred_sort, e.stream"


@dataclass(frozen=True, slots=True)
class Question:
    """Who reads which child; `keys` are the decision keys that should be open to them, `now` the moment."""

    reader: Practitioner
    child: UUID
    keys: list[int]
    now: datetime


@dataclass(frozen=True, slots=True)
class Bare:
    """The floor: one prepared statement on a connection of its own, and its rows as JSON."""

    connection: Connection
    question: Question

    def read(self) -> bytes:
        """One reading."""
        asked = [self.question.child, self.question.keys]
        return orjson.dumps(self.connection.execute(FLOOR, asked, prepare=True).fetchall())


@dataclass(frozen=True, slots=True)
class Audited:
    """As the hub does it: decided, recorded durably, then handed over as JSON."""

    house: House
    question: Question

    def read(self) -> bytes:
        """One reading, recorded."""
        asked = self.question
        shown = self.house.hub.disclosure.chronology(asked.reader, asked.child, purpose=PURPOSE, basis=BASIS, limit=500)
        return disclosure_to_json(shown)


class PerEntry:
    """The naive way: casbin asked about each entry, from the highest level down. Nothing is recorded."""

    def __init__(self, house: House, reading: Callable[[], AbstractContextManager[Cursor]], question: Question) -> None:
        self._house, self._reading, self._question = house, reading, question
        self._enforcer = enforcer(house.policy)

    def read(self) -> bytes:
        """One reading: visible rows with their level's name in front."""
        asked = Asked(self._question.reader, PURPOSE, BASIS)
        with self._reading() as session:
            facts = gather(session, asked, self._question.child, now=self._question.now)
            keys = {row[0]: DecisionKey(*row) for row in chronology.keys(session)}
            rows = session.execute(NAIVE, [self._question.child], prepare=True).fetchall()
        found = ((self._level(point_of(asked, facts, keys[row[1]])), row) for row in rows)
        return orjson.dumps([(NAMES[level], *row) for level, row in found if level])

    def _level(self, point: Point) -> int:
        values = [getattr(point, column) for column in CONDITIONS]
        return next((level for level in (4, 3, 2, 1) if self._enforcer.enforce(*values, level)), 0)


def enforcer(policy: Policy) -> casbin.Enforcer:
    """An enforcer over the policy's own model and rows, with nothing of the proof's tracing to slow it down."""
    model = casbin.Enforcer.new_model(text=policy.model)
    for rule in policy.rules:
        model.add_policy("p", "p", [rule.id, rule.effect, str(rule.level.value), *rule.cells])
    made = casbin.Enforcer(model)
    made.add_function("lvl", lambda effect, row, asked: asked <= int(row) if effect == "allow" else asked > int(row))
    made.add_function("has", lambda cell, value: cell == ANY or value in _members(cell))
    made.add_function("seen", lambda _rule: True)
    return made


@cache
def _members(cell: str) -> frozenset[str]:
    return frozenset(cell.split("|"))


def repeated(read: Callable[[], bytes]) -> Callable[[int], None]:
    """The same reading, as many times as told."""
    return partial(_repeat, read)


def _repeat(read: Callable[[], bytes], times: int) -> None:
    for _ in range(times):
        read()
