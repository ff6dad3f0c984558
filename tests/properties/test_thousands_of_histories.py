"""Thousands of random histories: whatever order their records arrive in, the read models hold the same; and rebuilt."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import LiteralString

from hub.update import Author, Update
from hub.wiring import group_names
from tests.fix_hub import TestHub
from tests.properties.histories import CODES, DATES, Version, updates

HISTORIES = int(os.environ.get("HUB_HISTORIES", "500"))  # noqa: TID251 - the tests' own edge
"""Histories, each told in two orders. 3,000 take some minutes."""
SEED = int(os.environ.get("HUB_SEED", "20261122"))  # noqa: TID251 - likewise
DELIVERY = 500

# Of each child, what stands and what was ever held, without ids and without when it came.
HELD: LiteralString = """
select e.author, e.organisation, l.child, e.known_to = 'infinity' and not e.retracted, e.code, e.occurred_sort,
       e.occurred_start, e.precision, e.occurred_end, e.approximate, e.significance, e.polarity, e.valence, e.headline,
       e.detail, e.source_order, e.retracted, k.agency, k.category, k.sensitivity, k.third_party
  from read.entries e
  join read.decision_keys k on k.number = e.decision_key
  join identity.links l on l.person_record = e.person_record and l.known_to = 'infinity'
"""
WORKS: LiteralString = """
select l.child, 'works', i.duty, i.organisation, i.worker, i.since, i.until
  from read.involvement i join identity.links l using (person_record)
 where i.known_to = 'infinity' and l.known_to = 'infinity'
"""
STAGES: LiteralString = """
select l.child, 'stage', s.kind, '', '', s.since, s.until
  from read.status s join identity.links l using (person_record)
 where s.known_to = 'infinity' and l.known_to = 'infinity'
"""
DIGEST: LiteralString = (
    "select md5(coalesce(string_agg(e::text, '|' order by stream, revision), '')) from read.entries e"
)


def test_thousands_of_histories_end_the_same_in_any_order_and_rebuilt(hub: TestHub) -> None:
    chance = Random(SEED)  # noqa: S311 - an example, not a secret
    told = [_history(chance) for _ in range(HISTORIES)]
    in_order = [one for n, history in enumerate(told) for one in _of(history, n, "first", 2 * n)]
    anyhow = [one for n, history in enumerate(told) for one in _of(history, n, "second", 2 * n + 1)]
    chance.shuffle(anyhow)

    for delivery in _deliveries(in_order):
        hub.house.hub.intake.receive(delivery)
    for delivery in _deliveries(anyhow):
        hub.house.hub.intake.receive(delivery)
    hub.house.catch_up()

    first, second = _held(hub)
    assert len(first) == len(second) == HISTORIES
    assert [pair for pair in first if first[pair] != second[pair]] == []
    live = _digest(hub)
    for name in group_names():
        assert hub.house.rebuild(name, lambda _: None).swapped
    assert _digest(hub) == live
    assert [
        pair
        for held, again in zip((first, second), _held(hub), strict=True)
        for pair in held
        if held[pair] != again[pair]
    ] == []


def _history(chance: Random) -> list[Version]:
    """Two to five records of two children, each in one to four versions."""
    return [version for record in range(chance.randint(2, 5)) for version in _record(chance, record)]


def _record(chance: Random, record: int) -> list[Version]:
    agency, person = chance.choice(sorted(CODES)), chance.randint(0, 1)
    return [
        Version(
            agency,
            record,
            order,
            person,
            code=chance.randrange(len(CODES[agency])),
            date=chance.randrange(len(DATES)),
            retract=chance.random() < 0.25,
            fact=chance.random() < 0.5,
            stage=chance.choice((None, 0, 1, 2)),
            third=chance.random() < 0.5,
        )
        for order in range(chance.randint(1, 4))
    ]


def _of(history: Sequence[Version], pair: int, twin: str, tag: int) -> list[Update]:
    """One telling of a history: its author says which history, its organisation which telling."""
    return [replace(one, author=Author(str(pair)), organisation=twin) for one in updates(history, str(10_000 + tag))]


def _deliveries(told: Sequence[Update]) -> Iterator[Sequence[Update]]:
    return (told[start : start + DELIVERY] for start in range(0, len(told), DELIVERY))


Held = dict[str, list[tuple[tuple[str, ...], ...]]]


def _held(hub: TestHub) -> tuple[Held, Held]:
    """For each history its children, each as all that is held of it, by the telling."""
    with hub.as_owner() as connection:
        facts: dict[object, list[tuple[object, ...]]] = defaultdict(list)
        for child, *fact in (*connection.execute(WORKS).fetchall(), *connection.execute(STAGES).fetchall()):
            facts[child].append(tuple(fact))
        rows = connection.execute(HELD).fetchall()
    children: dict[tuple[str, str, object], list[tuple[object, ...]]] = defaultdict(list)
    for pair, twin, child, *row in rows:
        children[twin, pair, child].append(tuple(row))
    found: dict[str, Held] = {"first": defaultdict(list), "second": defaultdict(list)}
    for (twin, pair, child), held in children.items():
        found[twin][pair].append(_plain((*held, *facts[child])))
    return _sorted(found["first"]), _sorted(found["second"])


def _plain(rows: Iterable[tuple[object, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(tuple(map(str, row)) for row in rows))


def _sorted(held: Held) -> Held:
    return {pair: sorted(children) for pair, children in held.items()}


def _digest(hub: TestHub) -> str:
    with hub.as_owner() as connection:
        row = connection.execute(DIGEST).fetchone()
    assert row is not None
    return str(row[0])
