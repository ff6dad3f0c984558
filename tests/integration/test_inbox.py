"""Each of a team is told that there is something new of a child they work with, and of nothing they may not know."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from consent.contributing_terms import EntrySaid
from consent.inbox_terms import Word
from hub.errors import BadInput, NothingToShow
from hub.events.access import unpacked
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from projections import second_line
from tests.builders import somebody, works_with
from tests.fix_hub import TestHub
from tests.stories import PLAN, entry_of, everyone, now_of, on, read, recorded, stranger, take, told
from tests.stories import consent as consented

SEEN = Word("seen")
TEAM = ("morag", "fiona", "callum", "catriona", "dr-anwar")
OTHERS = ("shona", "rab", "isobel", "eilidh")
NEWER = {"version": "2", "order": "2026-01-01T00:00:00Z"}


def lines(hub: TestHub, who: str) -> list[tuple[str, str]]:
    """What the inbox of somebody says: of which agency, and which kind of news."""
    found = hub.house.hub.inbox.mine(hub.person(who))
    hub.house.catch_up()
    return sorted((line.agency.value, line.kind) for one in found.children for line in one.lines)


def inboxes(hub: TestHub) -> dict[str, list[tuple[str, str]]]:
    return {who: lines(hub, who) for who in (*TEAM, *OTHERS)}


def nothing_but(**found: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    return {who: [] for who in (*TEAM, *OTHERS)} | {who.replace("_", "-"): one for who, one in found.items()}


def read_up(hub: TestHub, child: UUID, *people: str, **asked: str) -> None:
    """They read all there is."""
    for who in people:
        read(hub, who, child, **asked)
    hub.house.catch_up()


def say(hub: TestHub, who: str, child: UUID, entry: UUID, said: Word = SEEN, **asked: str) -> None:
    hub.house.hub.inbox.acknowledge(hub.person(who), child, entry, said, **asked)
    hub.house.catch_up()


@pytest.fixture
def child(hub: TestHub) -> UUID:
    """Isla, whose four agencies' people have read what there is."""
    take(hub, everyone())
    child = hub.only_child()
    read_up(hub, child, *TEAM)
    return child


@pytest.mark.usefixtures("child")
def test_an_entry_makes_one_line_for_each_who_may_know_it_and_for_nobody_else(hub: TestHub) -> None:
    before = inboxes(hub)

    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])

    assert before == nothing_but()
    assert inboxes(hub) == nothing_but() | {who: [("gp", "new")] for who in TEAM}
    assert inboxes(hub) == nothing_but() | {who: [("gp", "new")] for who in TEAM}, "a line that was listed is still new"


@pytest.mark.usefixtures("child")
def test_what_is_sealed_or_only_withheld_makes_no_line(hub: TestHub) -> None:
    concern = told("gp", "concern", code="gp.not_brought", occurred=on("2024-09-02"))
    private = told("gp", "private", code="gp.parent.mental_health.impact", occurred=on("2024-09-04"))

    take(hub, [concern, private, told("sw", "adoption", code="sw.adoption.step", occurred=on("2024-09-05"))])

    one, own = [("gp", "new")], [("gp", "new"), ("gp", "new")]
    assert inboxes(hub) == nothing_but(
        morag=one, fiona=[*one, ("social-work", "new")], catriona=one, dr_anwar=own, callum=[]
    )


def test_reading_it_takes_the_line_away_and_a_correction_brings_one_back(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])
    read_up(hub, child, "morag", "callum")
    assert (lines(hub, "morag"), lines(hub, "callum"), lines(hub, "fiona")) == ([], [], [("gp", "new")])

    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"), headline="Put right", **NEWER)])

    assert (lines(hub, "morag"), lines(hub, "fiona")) == ([("gp", "corrected")], [("gp", "new")])
    read_up(hub, child, "morag")
    assert lines(hub, "morag") == []


def test_a_correction_of_what_the_summary_hides_is_no_news_to_who_may_see_the_summary_alone(
    hub: TestHub, child: UUID
) -> None:
    concern: dict[str, Any] = {"code": "gp.not_brought", "occurred": on("2024-09-02")}
    take(hub, [told("gp", "concern", **concern)])
    read_up(hub, child, "morag", "catriona")

    take(hub, [told("gp", "concern", detail="Put right", **concern, **NEWER)])

    assert (lines(hub, "morag"), lines(hub, "catriona")) == ([("gp", "corrected")], [])
    third = {"version": "3", "order": "2026-01-02T00:00:00Z", "occurred": on("2024-09-06")}
    take(hub, [told("gp", "concern", detail="Put right", **(concern | third))])
    assert (lines(hub, "morag"), lines(hub, "catriona")) == ([("gp", "corrected")], [("gp", "corrected")])


def test_another_label_alone_is_no_news(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])
    read_up(hub, child, "morag", "dr-anwar")
    say(hub, "fiona", child, entry_of(hub, child, "2024-09-01", "dr-anwar"))
    before = len(recorded(hub))

    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"), sensitivity="concern", **NEWER)])

    assert [lines(hub, who) for who in ("morag", "dr-anwar", "fiona")] == [[], [], []]
    asked = {one.child for one in recorded(hub)[before:]}
    assert asked == {None}, "nobody is even looked at for it"


def test_saying_so_takes_the_line_away_for_who_said_it_alone(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])
    entry = hub.house.hub.inbox.mine(hub.person("catriona")).children[0].lines[0].entry
    hub.house.catch_up()

    say(hub, "catriona", child, entry)

    assert (lines(hub, "catriona"), lines(hub, "callum")) == ([], [("gp", "new")])


def test_a_word_on_a_version_leaves_a_correction_that_came_meanwhile_new(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])
    entry = entry_of(hub, child, "2024-09-01", "morag")
    hub.house.catch_up()
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"), headline="Put right", **NEWER)])

    say(hub, "morag", child, entry)

    assert lines(hub, "morag") == [("gp", "corrected")]


def test_what_somebody_added_by_hand_is_new_to_everybody_but_them(hub: TestHub, child: UUID) -> None:
    hub.clock.at = now_of(hub)
    said = EntrySaid(
        code="any.strength.noted",
        start="2026-01-05",
        headline="A good week",
        assertion="fact",
        source_kind="direct-observation",
        impact="She slept well.",
        no_action_reason="None was needed.",
    )
    hub.house.hub.contributing.add(hub.person("morag"), child, said)
    hub.house.catch_up()

    one = [("health-visiting", "new")]
    assert (lines(hub, "morag"), lines(hub, "fiona"), lines(hub, "dr-anwar")) == ([], one, one)


@pytest.mark.usefixtures("child")
def test_a_retracted_entry_makes_no_line(hub: TestHub) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"), action="retract", **NEWER)])

    assert inboxes(hub) == nothing_but()


def test_consent_opens_lines_and_consent_withdrawn_takes_them_away_at_once(hub: TestHub) -> None:
    take(hub, everyone(plan=False))
    child = hub.only_child()
    read_up(hub, child, *TEAM)
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])
    assert lines(hub, "callum") == []

    consented(hub, ConsentGiven, child)
    assert ("gp", "new") in lines(hub, "callum")

    consented(hub, ConsentWithdrawn, child)
    assert lines(hub, "callum") == []


def test_what_was_there_before_a_team_began_is_no_news_to_them(hub: TestHub) -> None:
    began = (now_of(hub) + timedelta(days=1)).date().isoformat()
    take(hub, [*everyone(), told("hv", "moved", occurred=on("2024-02-01"))])
    child = hub.only_child()
    take(hub, [told("gp", "new-team", facts=(works_with("health-visiting-team", "Z9HV2", since=began),))])
    hub.clock.at = now_of(hub) + timedelta(days=2)

    assert lines(hub, "shona") == []
    assert len(lines(hub, "morag")) == len(read(hub, "morag", child).entries)


@pytest.mark.usefixtures("child")
def test_what_was_not_read_for_eight_weeks_is_no_news_any_more(hub: TestHub) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])

    hub.clock.at = now_of(hub) + timedelta(days=55)
    assert lines(hub, "morag") == [("gp", "new")]
    hub.clock.at = now_of(hub) + timedelta(days=58)
    assert lines(hub, "morag") == []


def test_what_is_passed_on_is_in_the_inbox_of_those_it_is_passed_to_who_may_see_it(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "concern", code="gp.not_brought", occurred=on("2024-09-02"))])
    entry = entry_of(hub, child, "2024-09-02", "fiona")
    read_up(hub, child, *TEAM)
    assert inboxes(hub) == nothing_but()

    say(hub, "fiona", child, entry, Word("not-for-me", passed_to="SCH-ROWANBANK"))

    assert inboxes(hub) == nothing_but(catriona=[("gp", "passed")]), "the class teacher may not see it and is not told"
    assert inboxes(hub) == nothing_but(catriona=[("gp", "passed")]), "it stays until it is opened"
    read_up(hub, child, "catriona")
    assert inboxes(hub) == nothing_but()

    say(hub, "fiona", child, entry, Word("not-for-me", passed_to="health-visitor"))
    assert inboxes(hub) == nothing_but(morag=[("gp", "passed")])
    say(hub, "fiona", child, entry)
    assert inboxes(hub) == nothing_but(), "who takes it back to themselves has passed it on no longer"


@pytest.mark.parametrize(
    "said",
    [
        Word(""),
        Word("done"),
        Word("acting"),
        Word("acting", doing="A visit."),
        Word("acting", due="2026-12-01"),
        Word("acting", doing=" ", due="2026-12-01"),
        Word("acting", doing="A visit.", due="2026-10-31"),
        Word("acting", doing="A visit.", due="2028-12-01"),
        Word("acting", doing="A visit.", due="soon"),
        Word("acting", doing="x" * 4001, due="2026-12-01"),
        Word("acting", doing="A\x00visit.", due="2026-12-01"),
        Word("acting", doing="A visit.", due="2026-12-01", passed_to="social-worker"),
        Word("seen", doing="A visit."),
        Word("seen", due="2026-12-01"),
        Word("not-for-me"),
        Word("not-for-me", passed_to="parent"),
        Word("not-for-me", passed_to="OV-ROWAN"),
        Word("not-for-me", passed_to="somebody"),
    ],
    ids=range(18),
)
def test_what_cannot_be_kept_is_refused_whoever_the_child_is(hub: TestHub, said: Word) -> None:
    with pytest.raises(BadInput) as refused:
        say(hub, "morag", uuid4(), uuid4(), said)

    assert refused.value.next_step


def test_a_word_on_an_entry_that_may_not_be_known_is_as_on_one_that_is_not(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "private", code="gp.parent.mental_health.impact", occurred=on("2024-09-04"))])
    withheld = entry_of(hub, child, "2024-09-04", "dr-anwar")
    asked = [(child, withheld), (child, uuid4()), (uuid4(), withheld), (uuid4(), uuid4())]
    refused = []
    for one in asked:
        with pytest.raises(NothingToShow) as error:
            say(hub, "fiona", *one)
        refused.append((error.value.message, error.value.next_step))
    with pytest.raises(NothingToShow):
        say(hub, "morag", child, withheld, purpose="audit")

    assert len(set(refused)) == 1
    lines = [one for one in recorded(hub) if one.action == "acknowledgement"]
    assert [(one.child, one.entry, one.outcome, one.entries) for one in lines[:4]] == [
        (*one, "nothing-to-show", "") for one in asked
    ]


def test_two_words_at_once_are_both_kept_and_the_newest_counts(hub: TestHub, child: UUID) -> None:
    entry = entry_of(hub, child, "2020-02-01", "fiona")
    failed: list[BaseException] = []

    def one(who: str) -> None:
        try:
            hub.house.hub.inbox.acknowledge(hub.person(who), child, entry, SEEN)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test has to know
            failed.append(error)

    threads = [threading.Thread(target=one, args=[who]) for who in ("morag", "morag", "fiona", "fiona")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hub.house.catch_up()

    assert failed == []
    with hub.as_owner() as connection:
        rows = connection.execute("select by, count(*) from read.acknowledged group by by order by by").fetchall()
    assert rows == [("fiona", 2), ("morag", 2)]


def test_a_listing_is_recorded_and_tells_of_each_entry_at_no_level(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])
    before = len(recorded(hub))

    found = hub.house.hub.inbox.mine(hub.person("morag"))
    nothing = hub.house.hub.inbox.mine(hub.person("shona"))

    told_of, none = recorded(hub)[before:]
    assert (told_of.action, told_of.child, told_of.outcome) == ("inbox", child, "shown")
    assert [(one.entry, one.revision, one.level) for one in unpacked(told_of.entries)] == [
        (found.children[0].lines[0].entry, 1, 0)
    ]
    assert sum(one.entries for one in told_of.decisions) == 0
    assert (nothing.children, none.action, none.child, none.outcome, none.entries) == (
        (),
        "inbox",
        None,
        "nothing-to-show",
        "",
    )


@pytest.mark.usefixtures("child")
def test_a_line_says_nothing_of_what_the_entry_says(hub: TestHub) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])

    found = hub.house.hub.inbox.mine(hub.person("morag"))

    assert "canary" not in repr(found)
    assert "2024" not in repr(found)


def test_without_saying_about_which_child_nobody_reads_what_was_said(hub: TestHub, child: UUID) -> None:
    say(hub, "morag", child, entry_of(hub, child, "2020-02-01", "morag"))
    count = "select count(*) from read.acknowledged"

    with hub.house._database.transaction("hub_reader") as cursor:
        assert cursor.execute(count).fetchone() == (0,)
        second_line.about(cursor, hub.person("morag"), uuid4())
        assert cursor.execute(count).fetchone() == (0,)
        second_line.about(cursor, hub.person("morag"), child)
        assert cursor.execute(count).fetchone() == (1,)
    with hub.house._database.transaction("hub_auditor") as cursor:
        assert cursor.execute(count).fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor.execute("select doing, passed_to from read.acknowledged")


def test_of_whom_the_newest_came_they_are_listed_and_that_there_are_more_is_said(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consent.inbox.CHILDREN", 2)
    monkeypatch.setattr("consent.disclosure.CASELOAD", 2)
    ours = (works_with("health-visiting-team", "Z9HV1"),)
    for n in range(4):
        who = somebody(f"hv-{n}", "", f"Family{n}", f"Given{n}", "2024-01-05")
        take(hub, [told("hv", f"one-{n}", person=who, occurred=on("2026-10-20"), facts=ours)])
    morag, before = hub.person("morag"), len(recorded(hub))

    found, all_of_them = hub.house.hub.inbox.mine(morag), hub.house.hub.disclosure.caseload(morag)

    announced = [one.child for one in recorded(hub)[before:] if one.action == "inbox"]
    assert {one.name for one in found.children} == {"Given3 Family3", "Given2 Family2"}
    assert (found.more, len(all_of_them.children), all_of_them.more) == (True, 2, True)
    assert set(announced) == {one.child for one in found.children}, "of the others nothing was announced"
    hub.house.catch_up()
    read_up(hub, found.children[0].child, "morag")
    read_up(hub, found.children[1].child, "morag")
    rest = hub.house.hub.inbox.mine(morag)
    assert ({one.name for one in rest.children}, rest.more) == ({"Given1 Family1", "Given0 Family0"}, False)


def test_that_there_are_more_is_said_of_nothing_that_is_sealed(hub: TestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consent.inbox.CHILDREN", 1)
    take(hub, everyone())
    finn = {"person": stranger("school-finn")}
    take(hub, [told("school", "finn", facts=(works_with("school", "SCH-ROWANBANK"),), **finn)])
    for child in hub.children():
        read_up(hub, child, "callum", **PLAN)
    private = {"code": "sw.adoption.step", "person": stranger("sw-finn"), "occurred": on("2024-09-05")}
    take(hub, [told("sw", "sealed", **private)])
    take(hub, [told("school", "news", occurred=on("2024-09-01"))])

    found = hub.house.hub.inbox.mine(hub.person("callum"))

    assert (len(found.children), found.more) == (1, False)
