"""What follows from entries: silences, placements, missing episodes, small concerns, the same told twice, last seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import process_time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.decision import Entry, Shown
from consent.derived_gaps import silences
from consent.derived_views import derive
from hub.people import Agency
from tests.follows import (
    closed,
    entry,
    joined,
    lasting,
    material,
    only,
    reckoning,
    states,
    summary,
    view,
)

# Silences.


@pytest.mark.parametrize(("second", "found"), [("2026-04-01", 1), ("2026-03-31", 0)], ids=["90-days", "89-days"])
def test_ninety_days_in_which_nobody_wrote_are_a_silence_that_names_the_entries_at_its_ends(
    second: str, found: int
) -> None:
    entries = [entry("gp.consultation.summary", "2026-01-01"), entry("ed.enrolled", second)]

    quiet = [one for one in view("silences", entries, "2026-04-02").statements if one.name == "everybody"]

    assert len(quiet) == found
    assert all(one.entries == (entries[0].entry, entries[1].entry) for one in quiet)


def test_the_list_of_the_chronology_and_this_view_find_the_same_silences() -> None:
    entries = [entry("gp.consultation.summary", day) for day in ("2024-01-01", "2024-06-01", "2024-07-01", "2025-03")]

    listed = [(gap.after.isoformat(), gap.before.isoformat()) for gap in silences(entries)]

    found = view("silences", entries, "2025-03-02").statements
    assert listed == [(one.since, one.until) for one in found if one.name == "everybody"]
    assert len(listed) == 2


def test_a_period_that_goes_on_is_no_silence() -> None:
    entries = [lasting("ed.attendance.summary", "2026-01-01", "2026-06-30"), entry("ed.enrolled", "2026-07-01")]

    assert view("silences", entries, "2026-07-02").statements == ()


def test_an_agency_that_stopped_writing_is_named_with_its_last_entry() -> None:
    stopped, others = entry("hv.contact.completed", "2026-01-01"), entry("ed.enrolled", "2026-06-01")

    found = only(view("silences", [stopped, others], "2026-06-02"), "health-visiting")

    assert found.words == "Health visiting: nothing that you may know of for 152 days, from 1 Jan 2026 until today."
    assert found.entries == (stopped.entry,)


def test_an_agency_that_works_with_the_child_and_never_wrote_is_named_and_no_number_is_given() -> None:
    found = only(view("silences", [], "2026-06-02", involved=frozenset({Agency.GP})), "gp")

    assert (found.status, found.number) == ("nothing", None)
    assert found.words == "GP practice works with the child, and there is no entry of theirs that you may know of."


# Placements.

FIRST, MOVED, AGAIN = (
    entry("sw.placement.started", "2025-09-01"),
    entry("sw.placement.moved", "2026-01-10"),
    entry("sw.placement.moved", "2026-03-01"),
)


def spells(entries: list[Shown], today: str) -> list[tuple[str, str, int | None]]:
    found = view("placements", entries, today).statements
    return [(one.since, one.until, one.number) for one in found if one.name == "placement"]


def test_placements_follow_each_other_and_the_last_goes_on() -> None:
    assert spells([FIRST, MOVED, AGAIN], "2026-03-31") == [
        ("2025-09-01", "2026-01-10", 131),
        ("2026-01-10", "2026-03-01", 50),
        ("2026-03-01", "", 30),
    ]


def test_moves_of_twelve_months_are_counted_and_the_longest_placement_is_named() -> None:
    found = view("placements", [FIRST, MOVED, AGAIN], "2026-03-31")

    assert (only(found, "moves").number, only(found, "moves").entries) == (2, (MOVED.entry, AGAIN.entry))
    assert (only(found, "longest").number, only(found, "longest").entries) == (131, (FIRST.entry,))


def test_an_earlier_placement_that_arrives_late_changes_what_is_counted() -> None:
    before = view("placements", [MOVED, AGAIN], "2026-03-31")
    after = view("placements", [MOVED, AGAIN, FIRST], "2026-03-31")

    assert (only(before, "moves").number, only(after, "moves").number) == (1, 2)
    assert (only(before, "longest").number, only(after, "longest").number) == (50, 131)


def test_going_home_is_no_move_and_nor_is_coming_back() -> None:
    home = entry("sw.placement.ended", "2026-01-10")
    back = entry("sw.placement.started", "2026-03-01")

    found = view("placements", [FIRST, home, back], "2026-03-31")

    assert only(found, "moves").number == 0
    assert spells([FIRST, home, back], "2026-03-31")[0] == ("2025-09-01", "2026-01-10", 131)


def test_two_records_of_one_day_are_one_placement_that_rests_on_both() -> None:
    twice = entry("sw.placement.started", "2025-09-01", agency=Agency.THIRD_SECTOR)

    (found, *_) = view("placements", [FIRST, twice], "2026-03-31").statements

    assert set(found.entries) == {FIRST.entry, twice.entry}


def test_a_placement_with_a_stated_end_ends_then() -> None:
    short = lasting("sw.placement.started", "2026-01-01", "2026-01-08")

    assert spells([short], "2026-03-31") == [("2026-01-01", "2026-01-08", 7)]


def test_the_end_of_the_one_before_does_not_end_the_one_that_begins_that_day() -> None:
    ended = entry("sw.placement.ended", "2026-01-10")

    assert spells([FIRST, ended, MOVED], "2026-01-20") == [("2025-09-01", "2026-01-10", 131), ("2026-01-10", "", 10)]


# Missing.

GONE, BACK = entry("sw.missing.reported", "2026-05-01"), entry("sw.missing.returned", "2026-05-03")


def test_a_return_that_arrives_before_the_report_belongs_to_it() -> None:
    for order in ([GONE, BACK], [BACK, GONE]):
        episode = only(view("missing", order, "2026-05-04"), "episode")

        assert (episode.status, episode.entries) == ("returned", (GONE.entry, BACK.entry))


def test_a_child_who_has_not_returned_is_said_to_be_missing_since_so_many_days() -> None:
    episode = only(view("missing", [GONE], "2026-05-11"), "episode")

    assert (episode.status, episode.number, episode.entries) == ("open", 10, (GONE.entry,))


def test_each_return_belongs_to_its_own_report() -> None:
    later = [entry("sw.missing.reported", "2026-06-01"), entry("sw.missing.returned", "2026-06-02")]

    found = view("missing", [later[1], BACK, later[0], GONE], "2026-07-01")

    episodes = [one.entries for one in found.statements if one.name == "episode"]
    assert episodes == [(GONE.entry, BACK.entry), (later[0].entry, later[1].entry)]


def test_of_a_report_without_a_return_before_the_next_it_is_said_that_none_is_recorded() -> None:
    again, back = entry("sw.missing.reported", "2026-06-01"), entry("sw.missing.returned", "2026-06-02")

    found = view("missing", [GONE, again, back], "2026-06-03")

    assert states(found, "episode") == [("episode", "no-return"), ("episode", "returned")]


def test_a_return_without_a_report_is_said_too() -> None:
    assert states(view("missing", [BACK], "2026-06-03"), "episode") == [("episode", "no-report")]


def test_two_agencies_reports_of_one_day_are_one_episode() -> None:
    police = entry("police.missing", "2026-05-01")

    episode = only(view("missing", [GONE, police, BACK], "2026-05-04"), "episode")

    assert set(episode.entries) == {GONE.entry, police.entry, BACK.entry}


def test_two_absences_of_one_day_are_two_where_the_hours_are_known() -> None:
    hours = ("09:00", "10:00", "15:00", "16:00")
    codes = ("sw.missing.reported", "sw.missing.returned") * 2
    times = [entry(code, f"2026-05-01T{hour}:00+01:00") for code, hour in zip(codes, hours, strict=True)]

    found = view("missing", times[::-1], "2026-05-02")

    episodes = [one.entries for one in found.statements if one.name == "episode"]
    assert episodes == [(times[0].entry, times[1].entry), (times[2].entry, times[3].entry)]


@pytest.mark.parametrize(
    ("held", "today", "state"),
    [
        ("", "2026-05-06", "due"),
        ("", "2026-05-07", "overdue"),
        ("2026-05-05", "2026-06-01", "done"),
        ("2026-05-20", "2026-06-01", "done-late"),
    ],
    ids=["due", "overdue", "in-time", "late"],
)
def test_the_discussion_after_a_return_is_waited_for(held: str, today: str, state: str) -> None:
    talked = [entry("sw.missing.discussion", held)] if held else []

    assert only(view("missing", [GONE, BACK, *talked], today), "missing.discussion").status == state


# Small concerns.

SMALL = [
    entry("gp.not_brought", "2026-03-01"),
    entry("hv.contact.missed", "2026-03-20"),
    entry("ed.wellbeing.concern", "2026-05-01"),
]


def test_three_small_concerns_of_three_agencies_are_one_pattern_that_lists_them() -> None:
    (found,) = view("concerns", SMALL, "2026-06-01").statements

    assert found.entries == tuple(one.entry for one in SMALL)
    assert found.words == (
        "3 concerns, none of them significant by itself, of GP practice, Health visiting and Education, "
        "from 1 Mar 2026 to 1 May 2026."
    )


@pytest.mark.parametrize(
    "entries",
    [
        SMALL[:2],
        [replace(one, agency=Agency.GP) for one in SMALL],
        [*SMALL[:2], entry("ed.wellbeing.concern", "2026-06-01")],
        [*SMALL[:2], entry("gp.injury.presented", "2026-03-25")],
        [*SMALL[:2], entry("ed.achievement", "2026-03-25")],
    ],
    ids=["two", "one-agency", "too-far-apart", "significant-by-itself", "strength"],
)
def test_what_is_no_pattern(entries: list[Shown]) -> None:
    assert view("concerns", entries, "2026-07-01").statements == ()


def test_what_is_withheld_is_no_concern_and_only_said_to_be_withheld() -> None:
    hidden = closed(entry("police.concern.conduct", "2026-04-01"))

    (found,) = view("concerns", [*SMALL, hidden], "2026-06-01").statements

    assert found.number == 3
    assert found.words.endswith("In the same time 1 entry is withheld from you.")
    assert hidden.entry in found.entries
    assert view("concerns", [*SMALL[:2], hidden], "2026-06-01").statements == ()


def test_a_happening_that_two_agencies_told_counts_once() -> None:
    also = entry("ts.support.missed", "2026-03-01")
    both = (SMALL[0], also)

    apart = view("concerns", [*both, SMALL[1]], "2026-06-01").statements
    together = view("concerns", [*both, SMALL[1]], "2026-06-01", verdicts=[joined(*both)]).statements

    assert [one.number for one in apart] == [3]
    assert together == ()


# The same told twice.

BY_GP, BY_HV = entry("gp.immunisation.given", "2026-03-01"), entry("hv.immunisation.given", "2026-03-02")


@pytest.mark.parametrize(
    ("one", "other", "maybe"),
    [
        (BY_GP, BY_HV, True),
        (BY_GP, entry("hv.immunisation.given", "2026-03-03"), False),
        (BY_GP, entry("hv.contact.completed", "2026-03-01"), False),
        (BY_GP, entry("gp.immunisation.given", "2026-03-02"), False),
        (BY_GP, entry("hv.immunisation.given", "2026-03"), False),
        (summary(BY_GP), summary(BY_HV), True),
        (BY_GP, closed(BY_HV), False),
    ],
    ids=["next-day", "later", "another-kind", "one-agency", "no-exact-day", "summaries", "withheld"],
)
def test_what_may_be_one_happening_told_twice(one: Entry, other: Entry, maybe: bool) -> None:  # noqa: FBT001 - a table
    assert (states(view("alike", [one, other], "2026-06-01")) == [("alike", "maybe")]) is maybe


def test_what_a_person_joined_is_one_with_both_its_entries() -> None:
    (found,) = view("alike", [BY_GP, BY_HV], "2026-06-02", verdicts=[joined(BY_GP, BY_HV)]).statements

    assert (found.status, set(found.entries)) == ("joined", {BY_GP.entry, BY_HV.entry})
    assert found.words == (
        "Immunisation given: one happening, told by GP practice and Health visiting on 1 Mar 2026. "
        "Said by Health visiting on 1 Jun 2026."
    )


def test_what_a_person_kept_apart_is_not_asked_again() -> None:
    found = view("alike", [BY_GP, BY_HV], "2026-06-02", verdicts=[joined(BY_GP, BY_HV, "apart")])

    assert states(found) == [("alike", "apart")]


# Last seen.


def test_the_child_was_last_seen_when_by_whom_and_whether_alone() -> None:
    before = entry("sw.child.seen", "2026-05-01", seen="seen")
    newest = entry("ed.wellbeing.noted", "2026-05-09", seen="seen-alone")

    found = view("seen", [newest, before], "2026-05-12")

    assert [(one.name, one.words, one.entries) for one in found.statements] == [
        (
            "everybody",
            "The child was last seen alone by Education, on 9 May 2026, 3 days ago.",
            (newest.entry,),
        ),
        (
            "social-work",
            "Social work last saw the child: seen, and it is not said that it was alone, on 1 May 2026, 11 days ago.",
            (before.entry,),
        ),
    ]


def test_a_contact_that_does_not_say_that_the_child_was_seen_is_no_sighting() -> None:
    assert view("seen", [entry("hv.contact.completed", "2026-05-01")], "2026-05-12").statements == ()


def test_that_the_child_was_not_seen_since_is_said() -> None:
    seen, missed = entry("sw.child.seen", "2026-05-01"), entry("sw.child.not_seen", "2026-05-08")

    assert only(view("seen", [seen, missed], "2026-05-12"), "not-seen").entries == (missed.entry,)


# All of them.

CODES = (
    "gp.not_brought", "gp.immunisation.given", "hv.immunisation.given", "hv.contact.completed", "hv.contact.missed",
    "sw.register.added", "sw.register.removed", "sw.core_group.held", "sw.child.seen", "sw.placement.started",
    "sw.placement.moved", "sw.placement.ended", "sw.missing.reported", "sw.missing.returned", "police.missing",
    "sw.missing.discussion", "sw.looked_after.started", "sw.looked_after.reviewed", "ed.wellbeing.concern",
)  # fmt: skip
DAYS = st.dates(date(2025, 6, 1), date(2026, 12, 31)).map(date.isoformat)
TIMES = st.one_of(DAYS, DAYS.map(lambda day: day[:7]), DAYS.map(lambda day: f"{day}T09:30:00+00:00"), st.just(""))


@st.composite
def stories(draw: Any) -> list[Entry]:  # noqa: ANN401 - hypothesis's own function
    told = draw(st.lists(st.tuples(st.sampled_from(CODES), TIMES), max_size=30, unique=True))
    entries = [entry(code, start) for code, start in told]
    level = draw(st.lists(st.sampled_from((0, 0, 0, 1, 2)), min_size=len(entries), max_size=len(entries)))
    return [(one, summary(one), closed(one))[at] for one, at in zip(entries, level, strict=True)]


@given(stories(), st.randoms(use_true_random=False), DAYS)
@settings(max_examples=150, deadline=None)
def test_any_order_of_arrival_gives_the_same_views(story: list[Entry], random: Any, today: str) -> None:  # noqa: ANN401
    pairs = [joined(one, other) for one, other in zip(story[::3], story[1::3], strict=False)]
    shuffled, verdicts = random.sample(story, len(story)), random.sample(pairs, len(pairs))

    first = derive(material(story, today, verdicts=_open(pairs, story)), reckoning())
    second = derive(material(shuffled, today, verdicts=_open(verdicts, story)), reckoning())

    assert first == second


@given(stories(), DAYS)
@settings(max_examples=150, deadline=None)
def test_every_statement_names_only_entries_that_there_are_each_once(story: list[Entry], today: str) -> None:
    there = {one.entry for one in story}

    for section in derive(material(story, today), reckoning()):
        for one in section.statements:
            assert set(one.entries) <= there
            assert len(one.entries) == len(set(one.entries))
            assert "score" not in one.words


def _open(verdicts: list[Any], story: list[Entry]) -> list[Any]:
    """As the hub gives them: of entries alone of which the reader may know more than that they exist."""
    withheld = {one.entry for one in story if one.__class__.__name__ == "Withheld"}
    return [one for one in verdicts if withheld.isdisjoint(one.pair)]


@pytest.mark.parametrize(
    "code", ["sw.missing.returned", "sw.register.added", "hv.immunisation.given", "gp.not_brought"]
)
def test_four_times_the_entries_cost_no_more_than_some_times_four(code: str) -> None:
    """Whoever sends the same thing a thousand times slows nobody's page by the square of it."""
    few, many = _cost(code, 500), _cost(code, 2000)

    assert many < 10 * few + 0.05


def test_of_many_pairs_that_look_alike_a_hundred_are_listed_and_it_is_said_that_there_are_more() -> None:
    told = [replace(one, entry=UUID(int=n)) for n, one in enumerate([BY_GP, replace(BY_HV, when=BY_GP.when)] * 30)]

    found = view("alike", told, "2026-06-02")

    assert len(found.statements) == 100
    assert "There are more such pairs than the 100 that are listed." in found.unknown


def _cost(code: str, number: int) -> float:
    """Seconds of work, the least of three."""
    days = (date(2020, 1, 1) + timedelta(days=n % 1500) for n in range(number))
    told = [replace(entry(code, day.isoformat()), entry=UUID(int=n)) for n, day in enumerate(days)]
    spent = []
    for _ in range(3):
        begun = process_time()
        derive(material(told, "2026-06-01"), reckoning())
        spent.append(process_time() - begun)
    return min(spent)
