"""What each reader is shown, why, and how it is recorded."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from consent.decision import Redacted, Shown, Withheld
from hub.api.shapes import disclosure_to_json, explanation_to_json
from hub.errors import BadInput, NothingToShow, NotPermitted
from tests.builders import somebody, stage
from tests.fix_hub import TestHub
from tests.stories import (
    ADOPTION,
    AUDIT,
    CONCERN,
    MOTHER,
    NUMBER,
    ORDINARY,
    PLAN,
    PRIVATE,
    PROTECTION,
    entry_of,
    entry_on,
    now_of,
    on,
    positions_of,
    read,
    recorded,
    settled,
    stranger,
    take,
    told,
)


@pytest.mark.parametrize(
    ("who", "asked", "expected"),
    [
        ("dr-anwar", PLAN, {ORDINARY: "Shown", CONCERN: "Shown", MOTHER: "Shown", PRIVATE: "Shown", ADOPTION: ""}),
        ("morag", PLAN, {ORDINARY: "Shown", CONCERN: "Shown", MOTHER: "Redacted", PRIVATE: "", ADOPTION: ""}),
        ("fiona", PLAN, {ORDINARY: "Shown", CONCERN: "Shown", MOTHER: "Redacted", PRIVATE: "", ADOPTION: "Shown"}),
        ("catriona", PLAN, {ORDINARY: "Shown", CONCERN: "Redacted", MOTHER: "Redacted", PRIVATE: "", ADOPTION: ""}),
        ("callum", PLAN, {ORDINARY: "Redacted", CONCERN: "Withheld", MOTHER: "Redacted", PRIVATE: "", ADOPTION: ""}),
        ("eilidh", AUDIT, {ORDINARY: "Withheld", CONCERN: "Withheld", MOTHER: "Withheld", PRIVATE: "", ADOPTION: ""}),
    ],
)
def test_each_reader_meets_each_entry_at_the_level_of_the_policy(
    hub: TestHub, who: str, asked: dict[str, str], expected: dict[str, str]
) -> None:
    found = read(hub, who, settled(hub), **asked)

    seen = {day: entry_on(found, day) for day in expected}
    assert {day: type(entry).__name__ if entry else "" for day, entry in seen.items()} == expected


def test_every_entry_held_back_says_by_which_rule_why_and_whom_to_ask(hub: TestHub) -> None:
    found = read(hub, "callum", settled(hub))

    closed = [entry for entry in found.entries if not isinstance(entry, Shown)]
    by_id = {rule.id: rule for rule in hub.house.policy.rules}
    assert {entry.rule for entry in closed} >= {"plan-teacher-summary", "plan-teacher-concern"}
    for entry in closed:
        assert entry.reason == by_id[entry.rule].sentence
        assert entry.ask == by_id[entry.rule].ask


def test_a_withheld_entry_says_whose_it_is_and_the_day_and_nothing_more(hub: TestHub) -> None:
    entry = entry_on(read(hub, "callum", settled(hub)), CONCERN)

    assert isinstance(entry, Withheld)
    assert entry.agency.value == "gp"
    assert (entry.when.start, entry.when.precision) == (CONCERN, "day")
    assert entry.rule == "plan-teacher-concern"


def test_a_redacted_entry_is_the_shared_label_and_none_of_the_agencys_words(hub: TestHub) -> None:
    entry = entry_on(read(hub, "callum", settled(hub)), ORDINARY)

    assert isinstance(entry, Redacted)
    assert (entry.code, entry.summary) == ("gp.consultation.summary", "GP consultation")


def test_only_an_agencys_own_entries_may_be_taken_out_and_none_that_speak_of_somebody_else(hub: TestHub) -> None:
    found = read(hub, "dr-anwar", settled(hub))

    exportable = [e.when.start for e in found.entries if isinstance(e, Shown) and e.exportable]
    assert exportable == ["2020-02-01", ORDINARY, "2024-09-02T09:41:07+01:00", PRIVATE]


def test_confidential_health_is_sealed_for_a_plan_and_withheld_from_the_allocated_worker_in_protection(
    hub: TestHub,
) -> None:
    child = settled(hub)
    take(hub, [told("sw", "registered", code="sw.register.added", facts=(stage("registered"),))])

    assert entry_on(read(hub, "fiona", child), PRIVATE) is None
    assert isinstance(entry_on(read(hub, "fiona", child, **PROTECTION), PRIVATE), Withheld)


def test_an_explanation_names_the_rule_the_sentence_and_the_event_behind_each_fact(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_on(read(hub, "callum", child), CONCERN)
    assert entry is not None

    found = hub.house.hub.disclosure.explain(hub.person("callum"), child, entry.entry, **PLAN)

    assert (found.answer.level.name, found.answer.rule) == ("WITHHELD", "plan-teacher-concern")
    assert found.answer.sentence == entry.reason
    facts = {fact.name: (fact.value, fact.position) for fact in found.facts}
    positions = positions_of(hub)
    assert facts["relation"] == ("involved", positions["EntryRecorded", "enrolled"])
    assert facts["plan"] == ("multi-agency", positions["EntryRecorded", "planned"])


def test_a_sealed_entry_and_one_that_does_not_exist_are_explained_alike(hub: TestHub) -> None:
    child = settled(hub)
    sealed = entry_of(hub, child, ADOPTION)
    gate, callum = hub.house.hub.disclosure, hub.person("callum")

    answers = []
    for entry in (sealed, uuid4()):
        with pytest.raises(NothingToShow) as caught:
            gate.explain(callum, child, entry, **PLAN)
        answers.append((type(caught.value), caught.value.message, caught.value.next_step, caught.value.status))

    assert answers[0] == answers[1]
    sealed_one, no_one = recorded(hub)[-2:]
    assert replace(sealed_one, originator_id=no_one.originator_id, entry=no_one.entry) == no_one
    assert (sealed_one.action, sealed_one.outcome) == ("explanation", "nothing-to-show")


def test_an_explanation_does_not_tell_facts_that_its_rule_does_not_rest_on(hub: TestHub) -> None:
    """That a child is on the register is no business of a teacher who asks about her own school's entry."""
    child = settled(hub)
    take(hub, [told("sw", "registered", code="sw.register.added", facts=(stage("registered"),))])
    own = entry_of(hub, child, "2024-08-15", who="callum")

    found = hub.house.hub.disclosure.explain(hub.person("callum"), child, own, **PLAN)

    assert "registered" not in explanation_to_json(found).decode()
    assert {fact.name for fact in found.facts} == {"registration", "relation", "agreement", "ground"}


def test_a_reading_is_recorded_with_its_counts_its_facts_and_the_events_behind_them(hub: TestHub) -> None:
    child = settled(hub)

    found = read(hub, "callum", child)

    last, positions = recorded(hub)[-1], positions_of(hub)
    assert last.originator_id == found.reading
    assert (last.reader, last.role, last.agency, last.organisation) == (
        "callum",
        "class-teacher",
        "education",
        "SCH-ROWANBANK",
    )
    assert (last.child, last.purpose, last.basis, last.policy) == (child, "child-plan", "public-task", found.policy)
    facts = {name: (value, position) for name, value, position in last.facts}
    assert facts["relation"] == ("involved", positions["EntryRecorded", "enrolled"])
    assert facts["plan"] == ("multi-agency", positions["EntryRecorded", "planned"])
    assert facts["agreement"][0] == "current"
    # One of the directory's organisations, each stated by an event of its own; this is the last of them.
    assert 0 < facts["agreement"][1] <= positions["OrganisationStated", ""]
    counted = {level: sum(d.entries for d in last.decisions if d.level == level) for level in range(5)}
    assert counted == {0: 0, 1: 1, 2: 5, 3: 0, 4: 1}


def test_the_record_of_a_reading_holds_nothing_of_a_record(hub: TestHub) -> None:
    child = settled(hub)
    read(hub, "dr-anwar", child)

    text = repr(recorded(hub))

    for word in ("canary", "Isla", "Reid", NUMBER):
        assert word not in text


def test_a_governance_lead_reads_the_log_and_everybody_else_is_refused_and_both_are_recorded(hub: TestHub) -> None:
    child = settled(hub)
    read(hub, "callum", child)
    hub.house.catch_up()
    governance = hub.house.hub.governance

    lines = governance.readings(hub.person("eilidh"))
    for who in ("morag", "callum", "fiona", "rab"):
        with pytest.raises(NotPermitted):
            governance.readings(hub.person(who))

    assert [(one.reader, one.action, one.outcome) for one in lines] == [("callum", "chronology", "shown")]
    assert (lines[0].shown, lines[0].redacted, lines[0].withheld, lines[0].child) == (1, 5, 1, child)
    looks = [(one.reader, one.action, one.outcome) for one in recorded(hub)[1:]]
    assert looks == [
        ("eilidh", "access-log", "shown"),
        *[(who, "access-log", "refused") for who in ("morag", "callum", "fiona", "rab")],
    ]
    hub.house.catch_up()
    assert [one.outcome for one in governance.readings(hub.person("eilidh"))][:4] == ["refused"] * 4


def test_a_question_the_policy_does_not_know_is_an_error_that_names_what_it_knows(hub: TestHub) -> None:
    child = settled(hub)

    for asked in ({"purpose": "curiosity"}, {"basis": "because"}):
        with pytest.raises(BadInput, match="not one the policy knows") as caught:
            read(hub, "morag", child, **asked)
        assert "State one of" in caught.value.next_step


def test_entries_of_one_child_are_never_in_anothers_story(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "finn", person=stranger()), told("gp", "namesake", person=somebody("gp-other", ""))])

    text = disclosure_to_json(read(hub, "dr-anwar", child)).decode()

    assert len(hub.children()) == 3
    assert "canary-finn" not in text
    assert "canary-namesake" not in text


def test_since_a_moment_only_what_became_known_after_it_is_shown(hub: TestHub) -> None:
    child = settled(hub)
    moment = now_of(hub)
    take(hub, [told("gp", "later", occurred=on("2021-05-05"))])

    found = read(hub, "dr-anwar", child, since=moment)

    assert [entry.when.start for entry in found.entries] == ["2021-05-05"]
