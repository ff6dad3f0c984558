"""What is expected by a day: the eleven contacts of the health visiting pathway, and the steps that have clocks."""

from __future__ import annotations

from datetime import date

import pytest

from consent.decision import Shown
from consent.derived_ages import DISPUTED, NOT_BORN, NOT_EXACT, Born, born_of
from tests.follows import closed, entry, only, reckoning, states, summary, view

VISIT = "hv.contact.completed"
ON_TIME = ("2026-01-17", "2026-01-27", "2026-02-05", "2026-03-01")
"""Contacts at 12 days, at 3 and 4 weeks, and at 7 weeks, of a child born on 5 January 2026."""


def visits(*days: str) -> list[Shown]:
    return [entry(VISIT, day) for day in days]


def overdue(entries: list[Shown], today: str) -> list[str]:
    return [one.name for one in view("clocks", entries, today).statements if one.status == "overdue"]


def test_the_pathway_has_eleven_contacts_each_with_its_source() -> None:
    pathway = [clock for clock in reckoning().clocks if clock.id.startswith("uhvp.")]

    assert len(pathway) == 11
    assert all(clock.source for clock in reckoning().clocks)


def test_a_child_of_five_months_with_none_after_the_eighth_week_has_two_overdue() -> None:
    assert overdue(visits(*ON_TIME), "2026-06-05") == ["uhvp.3m", "uhvp.4m"]


def test_a_child_of_five_months_with_every_contact_has_none_overdue() -> None:
    assert overdue(visits(*ON_TIME, "2026-04-04", "2026-05-07"), "2026-06-05") == []


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-03-22", "not-yet-due"),
        ("2026-03-23", "due"),
        ("2026-05-04", "due"),
        ("2026-05-05", "overdue"),
    ],
)
def test_the_contact_at_three_months_comes_due_and_overdue_on_its_days(today: str, state: str) -> None:
    assert only(view("clocks", visits(*ON_TIME), today), "uhvp.3m").status == state


@pytest.mark.parametrize(("today", "state"), [("2031-01-04", "overdue"), ("2031-01-05", "not-done")])
def test_of_a_child_past_the_whole_pathway_nobody_waits_for_an_earlier_contact(today: str, state: str) -> None:
    assert only(view("clocks", visits(*ON_TIME, "2030-03-01"), today), "uhvp.3m").status == state


def test_a_late_contact_ends_the_waiting_and_that_it_was_late_stays_said() -> None:
    late = only(view("clocks", visits(*ON_TIME, "2026-04-04", "2026-06-25"), "2027-01-01"), "uhvp.4m")

    assert (late.status, late.number) == ("done-late", 21)
    assert late.words.endswith("done on 25 Jun 2026, 21 days after its last day, 4 Jun 2026.")
    assert late.entries == (entry(VISIT, "2026-06-25").entry,)


def test_a_contact_in_time_of_which_the_hub_was_told_late_is_done_and_that_it_was_told_late_stays_said() -> None:
    seen = visits(*ON_TIME, "2026-04-04")
    told = {seen[-1].entry: date(2026, 7, 1)}

    found = only(view("clocks", seen, "2026-08-01", told=told), "uhvp.3m")

    assert (found.status, found.number) == ("recorded-late", 58)
    assert "done on 4 Apr 2026, in time" in found.words


def test_two_contacts_are_expected_between_three_and_five_weeks_and_one_is_not_both() -> None:
    assert overdue(visits("2026-01-17", "2026-01-27", "2026-03-01"), "2026-03-20") == ["uhvp.3-5w.2"]


def test_of_the_antenatal_contact_nothing_is_guessed() -> None:
    assert only(view("clocks", [], "2026-02-01"), "uhvp.antenatal").status == "unknown"
    assert only(view("clocks", visits("2025-11-20"), "2026-02-01"), "uhvp.antenatal").status == "done"


def test_a_contact_that_did_not_happen_does_not_count() -> None:
    planned = [entry(VISIT, "2026-04-04", polarity="did-not-happen")]

    assert "uhvp.3m" in overdue([*visits(*ON_TIME), *planned], "2026-06-05")


def test_a_withheld_entry_of_the_agency_may_be_the_contact_and_that_is_said() -> None:
    hidden = closed(entry("hv.contact.missed", "2026-04-10"))

    found = only(view("clocks", [*visits(*ON_TIME), hidden], "2026-05-06"), "uhvp.3m")

    assert found.status == "overdue"
    assert found.words.endswith("1 entry of Health visiting since it was expected is withheld from you, and may be it.")
    assert found.entries == (hidden.entry,)


def test_to_whom_contacts_are_not_open_nothing_is_overdue() -> None:
    found = view("clocks", [], "2026-06-05", closed=frozenset({VISIT}))

    assert [one.name for one in found.statements if one.name.startswith("uhvp.")] == []
    assert "What Health visiting records of this is not open to you, so it cannot be said." in found.unknown


@pytest.mark.parametrize(
    ("stated", "born"),
    [
        (["2026-01-05"], Born(date(2026, 1, 5), "")),
        (["2026-01-05", "2026-01-05"], Born(date(2026, 1, 5), "")),
        (["2026-01-05", "2026-01"], Born(date(2026, 1, 5), "")),
        ([], Born(None, NOT_BORN)),
        ([""], Born(None, NOT_BORN)),
        (["2026-01"], Born(None, NOT_EXACT)),
        (["2026-01-05", "2026-01-06"], Born(None, DISPUTED)),
        (["2026-01-05", "2025"], Born(None, DISPUTED)),
    ],
    ids=["one", "same", "agrees", "none", "empty", "month", "differ", "contradict"],
)
def test_a_birth_date_that_is_not_certain_is_said_and_not_guessed(stated: list[str], born: Born) -> None:
    assert born_of(stated) == born


def test_without_a_certain_birth_date_no_contact_is_judged() -> None:
    found = view("clocks", visits(*ON_TIME), "2026-06-05", born=Born(None, DISPUTED))

    assert found.statements == ()
    assert DISPUTED in found.unknown


REGISTERED = entry("sw.register.added", "2026-03-02")


@pytest.mark.parametrize(
    ("more", "today", "state"),
    [
        ([], "2026-03-17", "due"),
        ([], "2026-03-18", "overdue"),
        ([entry("sw.core_group.held", "2026-03-17")], "2026-05-01", "done"),
        ([entry("sw.core_group.held", "2026-03-20")], "2026-05-01", "done-late"),
        ([entry("sw.register.removed", "2026-03-10")], "2026-05-01", "ended"),
        ([entry("sw.register.removed", "2026-04-10")], "2026-05-01", "not-done"),
    ],
    ids=["due", "overdue", "in-time", "late", "removed-before", "never"],
)
def test_the_first_core_group_is_within_fifteen_days_of_registration(more: list[Shown], today: str, state: str) -> None:
    assert only(view("clocks", [REGISTERED, *more], today), "cp.core-group").status == state


@pytest.mark.parametrize(
    ("meeting", "state"), [("2026-03-29", "done"), ("2026-03-30", "done-late"), ("", "overdue")], ids=str
)
def test_a_planning_meeting_is_within_28_days_of_an_investigation(meeting: str, state: str) -> None:
    held = [entry("sw.cppm.held", meeting)] if meeting else []

    found = view("clocks", [entry("sw.investigation.started", "2026-03-01"), *held], "2026-05-01")

    assert only(found, "cp.meeting").status == state


def test_the_first_review_is_within_six_months_and_the_first_meeting_is_no_review() -> None:
    meeting = entry("sw.cppm.held", "2026-03-02")

    assert only(view("clocks", [REGISTERED, meeting], "2026-09-03"), "cp.first-review").status == "overdue"


def test_a_registered_child_is_to_be_seen_each_week() -> None:
    days = ("2026-03-05", "2026-03-12", "2026-03-24")
    seen = [entry("sw.child.seen", day) for day in days]

    found = view("clocks", [REGISTERED, *seen], "2026-04-02")

    assert states(found, "cp.seen") == [("cp.seen", "done-late"), ("cp.seen", "done"), ("cp.seen", "overdue")]
    late, in_time, now = (one for one in found.statements if one.name == "cp.seen")
    assert (late.number, late.entries) == (5, (seen[1].entry, seen[2].entry))
    assert in_time.number == 2
    assert (now.since, now.until, now.number) == ("2026-03-24", "2026-03-31", 2)


def test_a_visit_in_which_social_work_saw_the_child_counts_as_seen_and_one_of_the_school_does_not() -> None:
    theirs = entry("sw.plan.reviewed", "2026-03-08", seen="seen-alone")
    schools = entry("ed.wellbeing.noted", "2026-03-08", seen="seen")

    assert ("cp.seen", "done") in states(view("clocks", [REGISTERED, theirs], "2026-03-09"))
    assert ("cp.seen", "done") not in states(view("clocks", [REGISTERED, schools], "2026-03-09"))


def test_reviews_of_a_looked_after_child_follow_each_other_in_six_weeks_three_months_and_six_months() -> None:
    begun = entry("sw.looked_after.started", "2026-01-10")
    reviews = [entry("sw.looked_after.reviewed", day) for day in ("2026-02-20", "2026-05-20")]

    now = view("clocks", [begun, *reviews], "2026-06-01")

    assert [(one.status, one.until) for one in now.statements if one.name == "lac.review"] == [
        ("done", ""),
        ("due", "2026-11-20"),
    ]


@pytest.mark.parametrize(
    ("held", "told", "state"),
    [
        ("2026-03-02", "2026-03-02", []),
        ("2026-03-02", "2026-03-03", [("cp.entry", "recorded-late")]),
        ("2026-03-07", "2026-03-09", []),
        ("2026-03-07", "2026-03-10", [("cp.entry", "recorded-late")]),
    ],
    ids=["same-day", "next-day", "weekend", "after-the-weekend"],
)
def test_each_stage_is_to_be_entered_on_the_same_working_day(held: str, told: str, state: list[object]) -> None:
    meeting = entry("sw.cppm.held", held)

    found = view("clocks", [meeting], "2026-04-01", told={meeting.entry: date.fromisoformat(told)})

    assert states(found, "cp.entry") == state


def test_a_summary_is_enough_for_a_clock() -> None:
    seen = [summary(one) for one in visits(*ON_TIME)]

    assert only(view("clocks", seen, "2026-03-20"), "uhvp.6-8w").status == "done"
