"""A concern that nobody of another agency answered is listed with its age, as of any day, to those it is open to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.facts import day_of
from consent.inbox_terms import Word, read_terms
from consent.statements import DutySaid
from hub.errors import BadInput, HalfConfigured, NothingToShow, NotPermitted
from hub.events.access import unpacked
from hub.people import Agency
from hub.update import Account, Marks
from tests.emergencies import EMERGENCY, opened, seen
from tests.fix_hub import ROOT, TestHub
from tests.stating import acknowledged
from tests.stories import entry_of, everyone, now_of, on, recorded, stranger, take, told

ACTING = Word("acting", doing="A visit to the home.", due="2027-01-15")


@pytest.fixture
def child(hub: TestHub) -> UUID:
    """Isla, of whom the practice recorded that she was not brought; three weeks ago, by the hub's clock."""
    take(hub, [*everyone(), concern()])
    pass_by(hub, 21)
    return hub.only_child()


def concern(record: str = "concern", **fields: Any) -> Any:  # noqa: ANN401 - any field of an Update, by its name
    return told("gp", record, code="gp.not_brought", occurred=on("2024-09-02"), **fields)


def pass_by(hub: TestHub, days: int) -> date:
    """So many days after what was taken in; the day it is then."""
    hub.clock.at = now_of(hub) + timedelta(days=days)
    return day_of(hub.clock.at)


def listed(hub: TestHub, who: str, child: UUID, at: date | None = None) -> list[tuple[str, int]]:
    found = hub.house.hub.inbox.unanswered(hub.person(who), child, at=at)
    return [(one.agency.value, one.age) for one in found.concerns]


def counted(hub: TestHub, at: date | None = None) -> dict[Agency, tuple[int, ...]]:
    return hub.house.hub.inbox.all_unanswered(hub.person("eilidh"), at=at).counts


def say(hub: TestHub, who: str, child: UUID, said: Word) -> None:
    entry = entry_of(hub, child, "2024-09-02", who)
    hub.house.catch_up()
    hub.house.hub.inbox.acknowledge(hub.person(who), child, entry, said)
    hub.house.catch_up()


def outcome(hub: TestHub, child: UUID, **fields: Any) -> Any:  # noqa: ANN401 - any field of an Update, by its name
    entry = entry_of(hub, child, "2024-09-02", "fiona")
    cites = Marks(cites=(entry,))
    return told("sw", "outcome", code="any.outcome.added", occurred=on("2024-10-01"), marks=cites, **fields)


def test_a_concern_is_listed_to_those_to_whom_it_is_open_and_to_nobody_else(hub: TestHub, child: UUID) -> None:
    assert listed(hub, "fiona", child) == [("gp", 21)]
    assert listed(hub, "morag", child) == [("gp", 21)]
    assert listed(hub, "catriona", child) == [], "a summary alone is not open"
    assert listed(hub, "callum", child) == []
    for who, of in (("shona", child), ("eilidh", child), ("fiona", uuid4())):
        with pytest.raises(NothingToShow):
            listed(hub, who, of)


def test_it_is_listed_from_the_fourteenth_day_on_as_of_any_day(hub: TestHub, child: UUID) -> None:
    came = day_of(now_of(hub))

    ages = [listed(hub, "fiona", child, came + timedelta(days=days)) for days in (0, 13, 14, 20)]

    assert ages == [[], [], [("gp", 14)], [("gp", 20)]]
    with pytest.raises(BadInput):
        listed(hub, "fiona", child, came + timedelta(days=22))


def test_who_of_another_agency_acts_answers_it_from_then_on_and_the_past_stays(hub: TestHub) -> None:
    take(hub, [*everyone(), concern()])
    child, today = hub.only_child(), day_of(now_of(hub))
    hub.clock.at = now_of(hub)
    say(hub, "dr-anwar", child, ACTING)
    say(hub, "morag", child, Word("seen"))
    later = pass_by(hub, 30)
    assert listed(hub, "fiona", child) == [("gp", 30)], "seen is no answer, nor what its own agency does"

    say(hub, "fiona", child, Word("acting", "A visit.", (later + timedelta(days=3)).isoformat()))

    assert listed(hub, "fiona", child) == []
    assert counted(hub) == {}
    say(hub, "fiona", child, Word("not-for-me", passed_to="health-visitor"))
    assert listed(hub, "fiona", child) == [("gp", 30)], "the newest word of each counts"
    assert today < later


def test_an_outcome_answers_it_however_late_and_what_was_listed_before_stays_so(hub: TestHub, child: UUID) -> None:
    assert listed(hub, "fiona", child) == [("gp", 21)]

    take(hub, [outcome(hub, child)])

    assert listed(hub, "fiona", child) == []
    assert listed(hub, "morag", child) == []
    assert counted(hub) == {}


def test_a_view_or_a_disagreement_is_no_answer(hub: TestHub, child: UUID) -> None:
    cites = Marks(cites=(entry_of(hub, child, "2024-09-02", "fiona"),))
    for code in ("any.view.parent", "any.disagreement.raised"):
        take(hub, [told("sw", code, code=code, occurred=on("2024-10-01"), marks=cites)])

    assert listed(hub, "fiona", child) == [("gp", 21)]


def test_an_outcome_that_is_sealed_to_the_reader_tells_them_nothing(hub: TestHub, child: UUID) -> None:
    take(hub, [outcome(hub, child, sensitivity="adoption")])

    assert listed(hub, "fiona", child) == [], "it is her own agency's"
    assert listed(hub, "morag", child) == [("gp", 21)], "an answer she may not know of is no answer she is told of"
    assert counted(hub) == {}


def test_what_its_own_record_says_was_done_answers_it(hub: TestHub, child: UUID) -> None:
    newer = {"version": "2", "order": "2026-01-01T00:00:00Z"}
    take(hub, [concern(account=Account(action_taken="Rang the mother; seen the next day."), **newer)])

    assert listed(hub, "fiona", child) == []


def test_a_correction_does_not_make_a_concern_younger(hub: TestHub, child: UUID) -> None:
    take(hub, [concern(version="2", order="2026-01-01T00:00:00Z", headline="Put right")])

    assert listed(hub, "fiona", child) == [("gp", 21)]


@pytest.mark.parametrize(
    "fields",
    [{"valence": "neutral"}, {"significance": "routine"}, {"action": "retract"}],
    ids=["neutral", "routine", "taken-back"],
)
def test_what_is_no_concern_of_weight_is_not_listed(hub: TestHub, child: UUID, fields: dict[str, Any]) -> None:
    take(hub, [concern(version="2", order="2026-01-01T00:00:00Z", **fields)])

    assert listed(hub, "fiona", child) == []
    assert counted(hub) == {}


def test_a_look_is_recorded_with_what_it_told(hub: TestHub, child: UUID) -> None:
    before = len(recorded(hub))

    found = hub.house.hub.inbox.unanswered(hub.person("fiona"), child)

    lines = recorded(hub)[before:]
    assert {(one.action, one.child, one.outcome) for one in lines} == {("unanswered", child, "shown")}
    told_of = [one for line in lines for one in unpacked(line.entries)]
    assert [(one.entry, one.revision, one.level) for one in told_of] == [(found.concerns[0].entry, 1, 2)]


def test_governance_is_told_counts_and_ids_by_agency_and_age(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "finn", code="gp.not_brought", person=stranger(), occurred=on("2024-09-02"))])
    pass_by(hub, 60)

    found = hub.house.hub.inbox.all_unanswered(hub.person("eilidh"))

    assert (found.ages, found.counts, found.total) == ((14, 28, 56), {Agency.GP: (0, 0, 2)}, 2)
    assert {one.child for one in found.oldest} == {child, *hub.children()}
    assert "canary" not in repr(found)
    assert (recorded(hub)[-1].action, recorded(hub)[-1].child, recorded(hub)[-1].purpose) == (
        "unanswered",
        None,
        "audit",
    )
    with pytest.raises(NotPermitted):
        hub.house.hub.inbox.all_unanswered(hub.person("fiona"))


def test_how_long_things_count_is_data_with_its_source(tmp_path: Any) -> None:  # noqa: ANN401 - a folder
    terms = read_terms(ROOT / "policies")

    assert (terms.news.days, terms.answer.days) == (56, 14)
    assert terms.news.source
    assert terms.answer.source
    for wrong in ("", "name,value,source\n", "name,value,source\nnews-days,x,y\nanswer-days,14,z\n"):
        (tmp_path / "inbox.csv").write_text(wrong, encoding="utf-8")
        with pytest.raises(HalfConfigured):
            read_terms(tmp_path)
    with pytest.raises(HalfConfigured):
        read_terms(tmp_path / "nowhere")


# Who answers it, and for how long


def test_a_promise_answers_until_its_day_and_the_grace_have_passed_and_then_the_list_says_so(
    hub: TestHub, child: UUID
) -> None:
    due, grace = day_of(now_of(hub)) + timedelta(days=30), read_terms(ROOT / "policies").grace.days
    say(hub, "fiona", child, Word("acting", "A visit.", due.isoformat()))
    pass_by(hub, 90)

    for days, open_ in ((0, False), (grace, False), (grace + 1, True)):
        at = due + timedelta(days=days)
        found = hub.house.hub.inbox.unanswered(hub.person("morag"), child, at=at).concerns
        assert [one.promised for one in found] == [due] * open_
        assert bool(counted(hub, at)) is open_

    take(hub, [outcome(hub, child)])
    assert listed(hub, "morag", child) == [], "an outcome answers for good"


def test_who_reads_in_an_emergency_alone_answers_nothing(hub: TestHub, child: UUID) -> None:
    (concern,) = hub.house.hub.inbox.unanswered(hub.person("fiona"), child).concerns
    opened(hub, "shona", child)
    assert concern.entry in {one.entry for one in seen(hub, "shona", child).entries}

    for ground in (EMERGENCY, {}):
        with pytest.raises(NothingToShow):
            hub.house.hub.inbox.acknowledge(hub.person("shona"), child, concern.entry, ACTING, **ground)
    hub.house.catch_up()

    assert listed(hub, "fiona", child) == [("gp", 21)]


def test_a_word_of_a_service_that_is_sealed_to_the_reader_takes_no_line_from_them(hub: TestHub, child: UUID) -> None:
    refuge = DutySaid("works-with", "TS-BRAMBLE", sensitivity="gender-based-violence")
    hub.house.hub.casework.record_duty(hub.person("fiona"), child, refuge)
    entry = entry_of(hub, child, "2024-09-02", "fiona")
    assert listed(hub, "morag", child) == [("gp", 21)]

    acknowledged(hub, child, entry, "rab", "acting", due="2027-01-15")
    hub.house.catch_up()

    assert listed(hub, "morag", child) == [("gp", 21)]
    assert counted(hub) == {}
    hub.house.hub.casework.record_duty(hub.person("fiona"), child, DutySaid("works-with", "TS-HAVEN"))
    acknowledged(hub, child, entry, "nadia", "acting", due="2027-01-15")
    hub.house.catch_up()
    assert listed(hub, "morag", child) == [], "of this one she may know that they work with the child"
