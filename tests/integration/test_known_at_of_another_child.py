"""What was another child's all along: of its past, too, who works with the first is told no word."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

import pytest

from consent.decision import Redacted, Shown, Withheld
from hub.api.shapes import disclosure_to_json
from hub.audit.trail import Told
from hub.errors import NothingToShow
from hub.events.access import unpacked
from projections import story
from tests.builders import somebody, works_with
from tests.fix_hub import TestHub
from tests.recalling import moved
from tests.stories import NUMBER, PLAN, entry_on, now_of, on, read, recorded, settled, stranger, take, told

SENTENCE = "This was recorded here by mistake: it is of another child."
READERS = ("dr-anwar", "fiona", "callum", "morag")


class Mistaken(NamedTuple):
    """A record of Finn that was Isla's until it was found out; and a moment before."""

    isla: UUID
    finn: UUID
    entry: UUID
    before: datetime


def mistaken(hub: TestHub) -> Mistaken:
    isla = settled(hub)
    wrong = somebody("gp-wrong", NUMBER)
    take(hub, [told("gp", "wrong", person=wrong, occurred=on("2024-10-10"))])
    take(hub, [told("gp", "finn", person=stranger(), facts=(works_with("gp-practice", "Z99104"),))])
    finn = next(one for one in hub.children() if one != isla)
    found = entry_on(read(hub, "dr-anwar", isla), "2024-10-10")
    assert isinstance(found, Shown)
    return Mistaken(isla, finn, found.entry, now_of(hub))


def test_of_a_record_that_was_moved_its_past_says_that_it_was_here_and_no_word_of_it(hub: TestHub) -> None:
    of = mistaken(hub)
    assert b"canary-wrong" in disclosure_to_json(read(hub, "fiona", of.isla, known_at=of.before))

    moved(hub, of.entry, of.finn)

    for who in READERS:
        found = read(hub, who, of.isla, known_at=of.before)
        assert b"canary-wrong" not in disclosure_to_json(found)
        one = next((one for one in found.entries if one.entry == of.entry), None)
        assert one is None or isinstance(one, Withheld)
    one = next(one for one in read(hub, "fiona", of.isla, known_at=of.before).entries if one.entry == of.entry)
    assert isinstance(one, Withheld)
    assert (one.rule, one.reason, one.ask) == ("moved", SENTENCE, "Ask GP practice, which keeps the record.")
    assert of.entry not in {one.entry for one in read(hub, "fiona", of.isla).entries}


def test_the_log_says_of_it_that_it_was_told_of_and_under_no_rule(hub: TestHub) -> None:
    of = mistaken(hub)
    whole = recorded_counts(hub, of)
    moved(hub, of.entry, of.finn)

    assert recorded_counts(hub, of) == whole - 1
    assert Told(of.entry, 0, 1) in unpacked(recorded(hub)[-1].entries)


def recorded_counts(hub: TestHub, of: Mistaken) -> int:
    read(hub, "fiona", of.isla, known_at=of.before)
    return sum(one.entries for one in recorded(hub)[-1].decisions)


def test_all_else_of_that_moment_stays_byte_for_byte(hub: TestHub) -> None:
    of = mistaken(hub)
    before = rest(hub, of)

    moved(hub, of.entry, of.finn)

    assert rest(hub, of) == before
    assert len(before) > 3


def rest(hub: TestHub, of: Mistaken) -> list[object]:
    return [
        one for who in READERS for one in read(hub, who, of.isla, known_at=of.before).entries if one.entry != of.entry
    ]


def test_what_came_back_is_read_as_it_was_again(hub: TestHub) -> None:
    of = mistaken(hub)
    before = disclosure_to_json(read(hub, "fiona", of.isla, known_at=of.before))

    moved(hub, of.entry, of.finn)
    moved(hub, of.entry, of.isla)

    assert disclosure_to_json(read(hub, "fiona", of.isla, known_at=of.before)) == before


def test_a_record_whose_next_version_names_another_child_is_told_no_further_either(hub: TestHub) -> None:
    isla = settled(hub)
    alone = replace(somebody("", NUMBER), local_id="")
    take(hub, [told("gp", "mixed", person=alone, occurred=on("2024-10-11"))])
    take(hub, [told("gp", "finn", person=stranger(), facts=(works_with("gp-practice", "Z99104"),))])
    before = now_of(hub)
    take(hub, [told("gp", "mixed", version="2", order="2026-01-01T00:00:00Z", person=stranger())])
    with hub.as_owner() as owner:
        assert owner.execute("select count(*) from read.entries where headline like 'canary-mixed%'").fetchone() == (2,)

    found = entry_on(read(hub, "fiona", isla, known_at=before), "2024-10-11")

    assert isinstance(found, Withheld)
    assert found.rule == "moved"


def test_a_name_that_only_the_moved_record_stated_is_not_told(hub: TestHub) -> None:
    of = mistaken(hub)
    moved(hub, of.entry, of.finn)

    found = read(hub, "fiona", of.isla, known_at=of.before)

    assert found.card.child == of.isla
    assert all(not isinstance(one, Shown | Redacted) for one in found.entries if one.entry == of.entry)


def test_who_knew_of_it_is_told_to_nobody_who_works_with_the_first_child(hub: TestHub) -> None:
    of = mistaken(hub)
    fiona = hub.person("fiona")
    hub.house.catch_up()
    assert of.entry in {one.entry for one in hub.house.hub.knowing.matrix(fiona, of.isla, at=of.before).entries}

    moved(hub, of.entry, of.finn)

    told_of = {one.entry for one in hub.house.hub.knowing.matrix(fiona, of.isla, at=of.before).entries}
    assert of.entry not in told_of
    assert told_of


def test_views_and_quality_of_that_moment_repeat_no_word_of_it(hub: TestHub) -> None:
    of = mistaken(hub)
    moved(hub, of.entry, of.finn)
    fiona = hub.person("fiona")

    views = hub.house.hub.views.of(fiona, of.isla, **PLAN, known_at=of.before)
    whole = hub.house.hub.quality.look(fiona, of.isla, **PLAN, known_at=of.before)

    assert "canary-wrong" not in repr(views) + repr(whole)
    with pytest.raises(NothingToShow):
        hub.house.hub.disclosure.explain(fiona, of.isla, of.entry, **PLAN)


def test_the_database_lets_it_out_to_nobody_who_names_no_moment(hub: TestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    of = mistaken(hub)
    moved(hub, of.entry, of.finn)
    forgotten: LiteralString = "l.known_from <= %(at)s and l.known_to > %(at)s"
    assert forgotten in story.READ

    monkeypatch.setattr(story, "READ", story.READ.replace(forgotten, "true"))

    assert entry_on(read(hub, "fiona", of.isla), "2024-10-10") is None
