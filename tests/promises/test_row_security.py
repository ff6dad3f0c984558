"""The second line: were the gate's own filter forgotten, the database would still let nothing out that is sealed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import LiteralString
from uuid import UUID, uuid4

import pytest

from hub.errors import NothingToShow
from hub.events.sharing import ConsentGiven
from hub.store.database import Cursor
from projections import story
from tests.builders import stage, works_with
from tests.fix_hub import TestHub
from tests.stories import (
    CONSENT,
    PLAN,
    PROTECTION,
    consent,
    everyone,
    graded,
    now_of,
    on,
    read,
    settled,
    stranger,
    take,
    told,
)

EVERY_ROW: LiteralString = "select headline || detail from read.entries"
EVERY_NAME: LiteralString = "select family from identity.statements"
READERS = ("fiona", "callum", "catriona", "morag", "dr-anwar", "shona", "rab", "eilidh")
GROUNDS = (PLAN, PROTECTION, CONSENT, {"purpose": "direct-care", "basis": "public-task"})

# What somebody could forget or break in the gate's own statement, and what takes its place.
FORGOTTEN = {
    "the level": ("g.level > 0", "true"),
    "every level": (
        "select least(x.then, x.now) as level, case when x.now < x.then then t.standing else e.decision_key end as key",
        "select 4 as level, e.decision_key as key",
    ),
    "the child": ("where l.child = %(child)s and", "where %(child)s::uuid is not null and"),
    "the newest version": ("else read.standing_key(e.stream) end as standing", "else e.decision_key end as standing"),
}


@contextmanager
def as_reader(hub: TestHub) -> Iterator[Cursor]:
    with hub.house._database.transaction("hub_reader", snapshot=True) as cursor:
        yield cursor


def test_without_a_decision_the_reader_of_the_tables_sees_no_entry_and_no_name(hub: TestHub) -> None:
    settled(hub)

    with as_reader(hub) as cursor:
        assert cursor.execute(EVERY_ROW).fetchall() == []
        assert cursor.execute("select count(*) from read.entries").fetchone() == (0,)
        assert cursor.execute(EVERY_NAME).fetchall() == []


def test_a_connection_that_was_used_for_somebody_remembers_nothing_of_it(hub: TestHub) -> None:
    child = settled(hub)
    for _ in range(10):
        assert read(hub, "fiona", child).entries
        with as_reader(hub) as cursor:
            assert cursor.execute(EVERY_ROW).fetchall() == []
            assert cursor.execute(EVERY_NAME).fetchall() == []


def test_the_owner_of_the_tables_may_not_be_the_service(hub: TestHub) -> None:
    settled(hub)

    with hub.as_owner() as connection:
        rows = connection.execute(
            "select c.oid::regclass::text, pg_get_userbyid(c.relowner) from pg_class c "
            "where c.oid in ('read.entries'::regclass, 'identity.statements'::regclass) and c.relrowsecurity"
        ).fetchall()
        bypasses = connection.execute("select rolname from pg_roles where rolbypassrls and rolname like 'hub_%'")
        assert {name for name, _ in rows} == {"read.entries", "identity.statements"}
        assert "hub_reader" not in {owner for _, owner in rows}
        assert bypasses.fetchall() == []


def world(hub: TestHub) -> list[UUID]:
    """Isla, of whom something is on each rung and one record was made more private later, and Finn; and nobody."""
    take(hub, [*everyone(), *graded(), told("gp", "enquiry", code="gp.not_brought", facts=(stage("concern"),))])
    turned = told("gp", "turned", occurred=on("2024-10-01"), order="2026-01-01T00:00:00Z")
    take(hub, [turned])
    take(hub, [told("gp", "finn", person=stranger(), facts=(works_with("gp-practice", "Z99104"),))])
    hub.clock.at = now_of(hub)
    take(hub, [replace(turned, version="2", order="2026-02-01T00:00:00Z", code="sw.adoption.step")])
    consent(hub, ConsentGiven, hub.children()[0])
    return [*hub.children(), uuid4()]


def seen(hub: TestHub, child: UUID, who: str, ground: dict[str, str], known_at: datetime | None) -> set[UUID]:
    try:
        return {entry.entry for entry in read(hub, who, child, **ground, known_at=known_at).entries}
    except NothingToShow:
        return set()


@pytest.mark.parametrize("forgotten", FORGOTTEN)
def test_a_filter_that_is_forgotten_lets_no_sealed_entry_out(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:
    children = world(hub)
    asked = list(product(children, READERS, GROUNDS, (None, hub.clock.at)))
    before = [seen(hub, *one) for one in asked]
    assert sum(map(len, before)) > 100
    text, instead = FORGOTTEN[forgotten]
    assert text in story.READ
    monkeypatch.setattr(story, "READ", story.READ.replace(text, instead))
    monkeypatch.setattr(story, "CARD", story.CARD.replace(text, instead))

    after = [seen(hub, *one) for one in asked]

    assert [one for one, then, now in zip(asked, before, after, strict=True) if now - then] == []


def test_without_the_second_line_the_same_forgetting_is_seen_by_this_test(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = world(hub)
    asked = list(product(children, READERS, GROUNDS, (None, hub.clock.at)))
    before = [seen(hub, *one) for one in asked]
    with hub.as_owner() as connection:
        connection.execute("alter table read.entries disable row level security")
    for text, instead in FORGOTTEN.values():
        with monkeypatch.context() as patched:
            patched.setattr(story, "READ", story.READ.replace(text, instead))
            after = [seen(hub, *one) for one in asked]
        assert [one for one, then, now in zip(asked, before, after, strict=True) if now - then], text
