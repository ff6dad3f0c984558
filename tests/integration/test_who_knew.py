"""Who knew what when: a story told at set times, and the matrix of it as somebody wrote it down by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.decision import Asked
from consent.knowing_shapes import EntryKnown, Knower, Matrix
from consent.means import CASEWORK
from consent.policy import Policy
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.events.access import unpacked
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from hub.people import Agency
from projections import story as chronology
from tests.fix_hub import TestHub, hubs
from tests.fix_postgres import Postgres
from tests.knowing_oracle import known
from tests.leaking.listening import asked
from tests.recalling import corrected
from tests.staging import Stages, moment_of
from tests.stating import acknowledged
from tests.stories import consent, everyone, on, read, recorded, take, told

CARE = {"purpose": "direct-care", "basis": "public-task"}
CONSENT = {"purpose": "child-plan", "basis": "consent"}
DAYS = {"2020-02-01": "joined", "2020-03-01": "began", "2024-01-01": "planned", "2024-08-15": "enrolled"}
PEOPLE = ("fiona", "callum", "catriona", "morag", "dr-anwar", "shona")
LATER = "2026-04-01 12:00"


@dataclass(frozen=True, slots=True)
class Told:
    """The story: its hub, its child, and its entries by name."""

    hub: TestHub
    child: UUID
    entries: dict[str, UUID]
    then: dict[datetime, set[tuple[str, UUID]]]

    def matrix(self, who: str = "eilidh", at: str = LATER) -> Matrix:
        return self.hub.house.hub.knowing.matrix(self.hub.person(who), self.child, at=moment_of(at))

    def rows(self, entry: str, who: str = "eilidh", at: str = LATER) -> list[str]:
        found = {one.entry: one for one in self.matrix(who, at).entries}
        return [line(one) for one in found[self.entries[entry]].knowers]


@pytest.fixture(scope="module")
def story(
    postgres: Postgres, template: tuple[str, str], policy: Policy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    with hubs(postgres, template, policy, tmp_path_factory.mktemp("who_knew")) as make, told_in(make()) as found:
        yield found


@contextmanager
def told_in(hub: TestHub) -> Iterator[Told]:
    """Four agencies; no plan, so that health services may read one another's entries and the school needs consent."""
    then: dict[datetime, set[tuple[str, UUID]]] = {}
    stages = Stages(hub, lambda: then.update({hub.clock(): open_now(hub)}))
    fever: dict[str, Any] = {"occurred": on("2026-01-11"), "organisation": "Z99104"}
    stated = {"recorded_at_source": "2026-01-11T16:00:00Z", "author": told("gp", "x").author}
    with stages.at("2026-01-05 09:00"):
        take(hub, everyone(plan=False, until="2026-02-28"))
    child = hub.only_child()
    with stages.at("2026-01-12 10:00"):
        take(hub, [told("gp", "fever", **fever, **stated)])
    with stages.at("2026-01-13 11:00"):
        read(hub, "morag", child, **CARE)
    entries = by_name(hub, child)
    with stages.at("2026-01-14 08:30"):
        acknowledged(hub, child, entries["fever"], "morag", "acting")
    with stages.at("2026-01-20 10:00"):
        consent(hub, ConsentGiven, child, since="2026-01-20")
    with stages.at("2026-01-21 09:00"):
        read(hub, "catriona", child, **CONSENT)
    with stages.at("2026-01-21 09:05"):
        acknowledged(hub, child, entries["fever"], "catriona")
    with stages.at("2026-01-22 15:00"):
        read(hub, "fiona", child)
    with stages.at("2026-02-01 10:00"):
        acknowledged(hub, child, entries["fever"], "morag")
    with stages.at("2026-02-10 10:00"):
        consent(hub, ConsentWithdrawn, child, since="2026-02-10")
    with stages.at("2026-02-11 09:00"):
        read(hub, "callum", child, **CONSENT)
    with stages.at("2026-02-12 12:00"):
        corrected(hub, "gp", "fever", 1, **fever, **stated, headline="A cold")
    with stages.at("2026-02-13 09:00"):
        read(hub, "dr-anwar", child)
    with stages.at("2026-02-20 14:00"):
        consent(hub, ConsentGiven, child, since="2026-02-20", until="2026-02-24")
    for quiet in ("2026-02-24 23:59", "2026-02-25 00:00", "2026-02-28 23:59", "2026-03-01 00:00"):
        with stages.at(quiet):
            pass
    with stages.at("2026-03-05 09:00"):
        take(hub, [told("gp", "late", occurred=on("2026-03-04"))])
    with stages.at("2026-03-31 09:00"):
        read(hub, "dr-anwar", child)
    stages.settle()
    hub.clock.at = moment_of(LATER)
    yield Told(hub, child, by_name(hub, child), then)


def open_now(hub: TestHub) -> set[tuple[str, UUID]]:
    """Who could be shown at least the summary of which entry at this moment, as the gate itself decides."""
    means, found = hub.house.hub.disclosure._means, set()
    for child in hub.children():
        for who in map(hub.person, PEOPLE):
            for purpose in CASEWORK:
                for basis in ("public-task", "consent"):
                    with means.reading() as session:
                        decided = means.decide(session, Asked(who, purpose, basis), child, lasting=True)
                        rows = chronology.read(session, chronology.Question(child, decided.levels()))
                        found |= {(who.id, row.entry) for row in rows if row.level >= 2 and decided.works_with}
    return found


def by_name(hub: TestHub, child: UUID) -> dict[str, UUID]:
    """The entries of the story, by the names it gives them."""
    with hub.as_owner() as owner:
        rows = owner.execute("select stream, occurred_start from read.entries where known_to = 'infinity'").fetchall()
    names = DAYS | {"2026-01-11": "fever", "2026-03-04": "late"}
    return {names[day]: entry for entry, day in rows}


def short(moment: datetime | None) -> str:
    return f"{moment:%m-%d %H:%M}" if moment else "-"


def line(one: Knower) -> str:
    who = "/".join(filter(None, (one.agency, one.organisation, one.person)))
    open_ = ", ".join(f"{short(span.since)} to {short(span.until)}" for span in one.available) or "-"
    opened = f"{short(one.opened)} v{one.revision}" if one.opened else "-"
    said = f"{short(one.acknowledged)} {one.what}" if one.acknowledged else "-"
    return f"{who}: recorded {short(one.recorded)}; open {open_}; told {short(one.delivered)}; read {opened}; {said}"


VISITORS = "open 01-12 10:00 to 03-01 00:00; told 01-13 11:00; read 01-13 11:00 v1; 01-14 08:30 seen"
HEAD = "read 01-21 09:00 v1; 01-21 09:05 seen"
SCHOOL = "open 01-20 10:00 to 02-10 10:00, 02-20 14:00 to 02-25 00:00"
BY_HAND = [
    "gp: recorded 01-11 16:00; open 01-12 10:00 to -; told 02-13 09:00; read 02-13 09:00 v2; -",
    "gp/Z99104: recorded 01-11 16:00; open 01-12 10:00 to -; told 02-13 09:00; read 02-13 09:00 v2; -",
    "gp/Z99104/dr-anwar: recorded -; open 01-12 10:00 to -; told 02-13 09:00; read 02-13 09:00 v2; -",
    f"health-visiting: recorded -; {VISITORS}",
    f"health-visiting/Z9HV1: recorded -; {VISITORS}",
    f"health-visiting/Z9HV1/morag: recorded -; {VISITORS}",
    f"education: recorded -; {SCHOOL}; told 01-21 09:00; {HEAD}",
    f"education/SCH-ROWANBANK: recorded -; {SCHOOL}; told 01-21 09:00; {HEAD}",
    f"education/SCH-ROWANBANK/callum: recorded -; {SCHOOL}; told 02-11 09:00; read -; -",
    f"education/SCH-ROWANBANK/catriona: recorded -; {SCHOOL}; told 01-21 09:00; {HEAD}",
]


def test_the_matrix_of_a_story_is_the_one_that_was_written_by_hand(story: Told) -> None:
    assert story.rows("fever") == BY_HAND


def test_what_was_open_to_whom_is_what_the_gate_would_have_shown_them_then(story: Told) -> None:
    rows = [(one.entry, knower) for one in story.matrix().entries for knower in one.knowers if knower.person]

    for moment, open_then in story.then.items():
        matrix = {
            (knower.person, entry)
            for entry, knower in rows
            for span in knower.available
            if span.since <= moment and (span.until is None or moment < span.until)
        }
        assert sorted(matrix ^ open_then, key=str) == [], moment
    assert len(set(map(frozenset, story.then.values()))) == 5


@pytest.mark.parametrize("at", ["2026-01-12 10:00", "2026-01-21 09:00", "2026-02-12 11:59", LATER])
def test_what_was_told_read_and_said_is_what_the_raw_logs_say(story: Told, at: str) -> None:
    matrix, logs = story.matrix(at=at), known(story.hub, story.child, moment_of(at))

    assert {one.entry: one.received for one in matrix.entries} == logs.received
    for one in matrix.entries:
        found = {
            (row.agency, row.organisation, row.person): (row.delivered, row.opened, row.acknowledged, row.what)
            for row in one.knowers
            if row.delivered or row.acknowledged
        }
        expected = {
            who: (row.delivered, row.opened[0] if row.opened else None, row.acknowledged, row.what)
            for who, row in logs.rows[one.entry].items()
        }
        assert found == expected


def test_what_was_withheld_from_others_was_told_to_them_and_never_open(story: Told) -> None:
    assert story.rows("planned") == [
        "social-work: recorded 01-05 09:00; open 01-05 09:00 to -; told 01-22 15:00; read 01-22 15:00 v1; -",
        "social-work/la-990: recorded -; open 01-05 09:00 to -; told 01-22 15:00; read 01-22 15:00 v1; -",
        "social-work/la-990/fiona: recorded -; open 01-05 09:00 to -; told 01-22 15:00; read 01-22 15:00 v1; -",
        "education: recorded -; open -; told 01-21 09:00; read -; -",
        "education/SCH-ROWANBANK: recorded -; open -; told 01-21 09:00; read -; -",
        "education/SCH-ROWANBANK/callum: recorded -; open -; told 02-11 09:00; read -; -",
        "education/SCH-ROWANBANK/catriona: recorded -; open -; told 01-21 09:00; read -; -",
    ]


def test_what_came_when_work_had_ended_was_never_open_to_who_had_left(story: Told) -> None:
    assert [one.partition(":")[0] for one in story.rows("late")] == ["gp", "gp/Z99104", "gp/Z99104/dr-anwar"]


def test_as_of_an_earlier_moment_nothing_is_told_that_came_after(story: Told) -> None:
    assert story.rows("fever", at="2026-01-13 10:59") == [
        "gp: recorded 01-11 16:00; open 01-12 10:00 to -; told -; read -; -",
        "gp/Z99104: recorded 01-11 16:00; open 01-12 10:00 to -; told -; read -; -",
        "gp/Z99104/dr-anwar: recorded -; open 01-12 10:00 to -; told -; read -; -",
        "health-visiting: recorded -; open 01-12 10:00 to -; told -; read -; -",
        "health-visiting/Z9HV1: recorded -; open 01-12 10:00 to -; told -; read -; -",
        "health-visiting/Z9HV1/morag: recorded -; open 01-12 10:00 to -; told -; read -; -",
    ]
    assert len(story.matrix(at="2026-01-06 00:00").entries) == 4


def test_whoever_works_with_the_child_is_told_of_the_entries_that_they_may_see(story: Told) -> None:
    found = story.matrix("dr-anwar")

    names = {entry: name for name, entry in story.entries.items()}
    assert sorted(names[one.entry] for one in found.entries) == ["fever", "joined", "late"]
    assert all(one.agency == "gp" and not one.by_day for one in found.entries)
    # What works with the child, or did, and how far its card tells this reader of it, decides who is named.
    assert story.rows("fever", "dr-anwar") == BY_HAND
    last = recorded(story.hub)[-1]
    assert (last.action, last.child, last.outcome) == ("who-knew", story.child, "shown")
    assert {one.entry for one in unpacked(last.entries)} == {one.entry for one in found.entries}


def test_what_is_sealed_to_somebody_leaves_no_trace_in_what_they_are_told(story: Told) -> None:
    found = story.matrix("callum")

    assert [one.entry for one in found.entries] == [story.entries["enrolled"]]
    assert found.cursor == ""


def test_who_neither_works_with_the_child_nor_governs_for_the_partnership_is_refused(story: Told) -> None:
    knowing = story.hub.house.hub.knowing

    for who in ("shona", "rab", "morag"):
        with pytest.raises(NothingToShow):
            knowing.matrix(story.hub.person(who), story.child)
    with pytest.raises(NothingToShow):
        knowing.matrix(story.hub.person("eilidh"), uuid4())
    with pytest.raises(NothingToShow):
        knowing.matrix(story.hub.person("dr-anwar"), uuid4())
    lead = replace(story.hub.person("eilidh"), agency=Agency.EDUCATION, organisation="SCH-ROWANBANK")
    with pytest.raises(NotPermitted):
        knowing.matrix(lead, story.child)


def test_a_moment_that_is_still_to_come_has_no_answer(story: Told) -> None:
    with pytest.raises(BadInput):
        story.matrix(at="2100-01-01 00:00")


def test_pages_of_it_are_the_whole_of_it(story: Told) -> None:
    whole, knowing, cursor = story.matrix().entries, story.hub.house.hub.knowing, ""
    found: list[EntryKnown] = []
    for _ in whole:
        page = knowing.matrix(story.hub.person("eilidh"), story.child, at=moment_of(LATER), limit=1, cursor=cursor)
        found += page.entries
        cursor = page.cursor

    assert found == list(whole)
    assert cursor == ""
    with pytest.raises(BadInput):
        knowing.matrix(story.hub.person("eilidh"), story.child, cursor="elsewhere")


def test_it_asks_as_many_questions_for_all_entries_as_for_one(story: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    for limit in (1, 100):
        with asked(monkeypatch) as questions:
            story.hub.house.hub.knowing.matrix(story.hub.person("eilidh"), story.child, limit=limit)
        counted.append(len(questions))

    assert counted[0] == counted[1] > 0
