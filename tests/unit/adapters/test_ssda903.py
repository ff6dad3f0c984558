"""The return on children looked after in England: every row is accounted for, an odd one is flagged, none is mended."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from adapters import sources
from adapters.column_map import translate
from hub.people import Agency
from hub.update import (
    Delivery,
    Identifier,
    InvolvementFact,
    Occurred,
    Precision,
    Refusal,
    Snapshot,
    StatusFact,
    Update,
)
from tests.contract.adapter import check, counted, outcomes, samples

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
NAME = "301_2025_episodes.csv"
PUBLISHED = {
    "episodes.csv": 5050,
    "header.csv": 2675,
    "missing.csv": 43,
    "oc3.csv": 53,
    "placed_for_adoption.csv": 29,
    "previous_permanence.csv": 2675,
    "reviews.csv": 12582,
    "uasc.csv": 132,
}
ENDS = 1169
"""Episodes of the published file whose reason for ceasing says that the child is no longer looked after."""


def read(header: str, *rows: str, name: str = NAME) -> list[Update]:
    found = list(translate(Delivery("ssda903", name, "\n".join((header, *rows, "")).encode())))
    assert all(isinstance(one, Update) for one in found), found
    return [one for one in found if isinstance(one, Update)]


def published(shared: Path, file: str, prefix: str = "") -> Delivery:
    return Delivery("ssda903", f"{prefix}{file}", (shared / "samples" / "ssda903" / file).read_bytes())


@pytest.mark.parametrize(("file", "rows"), PUBLISHED.items())
def test_every_row_of_the_published_files_is_accounted_for(shared: Path, file: str, rows: int) -> None:
    delivery = published(shared, file, "301_2025_")
    assert sum(1 for _ in csv.DictReader(delivery.content.decode().splitlines())) == rows

    found = outcomes(delivery)

    assert counted(found) == {"update": rows + (ENDS if file == "episodes.csv" else 0)}
    assert Counter(one.place for one in found).keys() == {f"row {number}" for number in range(2, rows + 2)}


def test_the_published_rules_are_no_table_of_the_return(shared: Path) -> None:
    assert counted(outcomes(published(shared, "903_2024_25_rule_info.csv"))) == {"not-this-format": 1}


def test_the_published_episodes_are_of_2123_children_and_start_end_and_change_as_they_say(shared: Path) -> None:
    found = [one for one in outcomes(published(shared, "episodes.csv", "301_2025_")) if isinstance(one, Update)]

    assert len({one.person.local_id for one in found}) == 2123
    assert len({one.record_id for one in found}) == len(found)
    codes = Counter(one.code for one in found)
    assert codes["sw.looked_after.started"] == 381
    assert codes["sw.looked_after.ended"] + codes["sw.adoption.step"] + codes["sw.child.died"] == ENDS
    assert Counter(defect.code for one in found for defect in one.defects) == {"no-date": 353}


def test_two_reviews_of_one_day_are_two_records_unless_they_say_the_same(shared: Path) -> None:
    found = [one for one in outcomes(published(shared, "reviews.csv", "301_2025_")) if isinstance(one, Update)]

    assert len({one.record_id for one in found}) == 12580
    assert len({one.original for one in found}) == 12580


@pytest.mark.parametrize("file", ["missing.csv", "oc3.csv", "placed_for_adoption.csv", "uasc.csv"])
def test_the_published_files_keep_the_contract_of_adapters(shared: Path, file: str) -> None:
    check(published(shared, file))


def test_the_published_upns_are_all_wrong_and_none_is_refused(shared: Path) -> None:
    found = [one for one in outcomes(published(shared, "header.csv", "301_2025_")) if isinstance(one, Update)]

    assert len(found) == 2675
    assert sum(1 for one in found for part in one.person.identifiers if part.system == "upn") == 2675


def test_becoming_looked_after_says_since_when_why_and_where() -> None:
    (one,) = read(EPISODES, "L-1,12/05/2025,S,V2,N4,U3,PR1,,,,,,")

    assert (one.code, one.headline) == ("sw.looked_after.started", "Became looked after")
    assert one.occurred == Occurred("2025-05-12", Precision.DAY)
    assert one.facts == (StatusFact("looked-after", "2025-05-12"),)
    assert "Legal status: accommodated by agreement." in one.detail
    assert one.record_id == "301|L-1|episodes|2025-05-12"
    assert one.organisation == "301"


def test_an_end_is_a_happening_of_its_own_and_the_stay_ends_with_it() -> None:
    stay, end = read(EPISODES, "L-1,30/05/2025,T,V2,N4,T3,PR1,20/06/2025,E4A,,,,")

    assert stay.facts == (StatusFact("looked-after", "2025-05-30", "2025-06-20"),)
    assert (end.code, end.occurred.start, end.facts) == ("sw.looked_after.ended", "2025-06-20", ())
    assert stay.record_id != end.record_id


@pytest.mark.parametrize("rec", ["X1", ""])
def test_an_episode_that_another_follows_is_no_end(rec: str) -> None:
    assert len(read(EPISODES, f"L-1,30/05/2025,T,V2,N4,T3,PR1,20/06/2025,{rec},,,,")) == 1


@pytest.mark.parametrize(
    ("row", "which"),
    [
        ("L-1,30/05/2025,T,E1,N4,U6,PR1,,,,,,", 0),
        ("L-1,30/05/2025,T,C2,N4,A5,PR1,,,,,,", 0),
        ("L-1,30/05/2025,T,C2,N4,U6,PR1,20/06/2025,E11,,,,", 1),
        ("L-1,30/05/2025,T,C2,N4,U6,PR1,20/06/2025,E12,,,,", 1),
    ],
)
def test_what_tells_of_adoption_is_guarded_as_adoption(row: str, which: int) -> None:
    assert read(EPISODES, row)[which].sensitivity == "adoption"


def test_adopted_before_is_guarded_as_adoption_and_nothing_before_is_routine() -> None:
    header = "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM"

    adopted, none = read(header, "L-1,14/03/2019,P1,301,01/02/2021", "L-2,14/03/2019,Z1,,")

    assert (adopted.sensitivity, adopted.occurred.start) == ("adoption", "2021-02-01")
    assert (none.significance, none.defects) == ("routine", ())


def test_episodes_that_overlap_or_end_before_they_start_are_flagged_and_left_as_they_are() -> None:
    found = read(
        EPISODES,
        "L-1,01/06/2025,S,V2,N4,U3,PR1,01/05/2025,X1,,,,",
        "L-1,15/05/2025,P,V2,N4,U6,PR1,,,,,,",
    )

    assert [defect.code for defect in found[0].defects] == ["end-before-start"]
    assert found[0].facts == (StatusFact("looked-after", "2025-06-01", "2025-05-01"),)
    assert found[1].occurred == Occurred("2025-05-15", Precision.DAY)


def test_a_reason_for_ceasing_that_is_not_in_the_list_waits_and_the_stay_is_taken() -> None:
    stay, end = translate(
        Delivery("ssda903", NAME, f"{EPISODES}\nL-1,30/05/2025,T,V2,N4,T3,PR1,20/06/2025,E99,,,,\n".encode())
    )

    assert isinstance(stay, Update)
    assert isinstance(end, Refusal)
    assert (end.reason, end.place) == ("unmapped-code", "row 2, column REC")


@pytest.mark.parametrize(
    ("name", "scope", "order"),
    [
        ("301_2025_episodes.csv", "301|ssda903|2025|episodes", "2025"),
        ("301_2024-25_episodes.csv", "301|ssda903|2025|episodes", "2025"),
        ("301_2024_25_episodes.csv", "301|ssda903|2025|episodes", "2025"),
        ("SSDA903_2025_301_episodes.csv", "301|ssda903|2025|episodes", "2025"),
        ("301_2025_2025-07-14_episodes.csv", "301|ssda903|2025|episodes", "2025-07-14"),
    ],
)
def test_the_files_name_says_the_council_the_year_and_the_day(name: str, scope: str, order: str) -> None:
    (one,) = read(EPISODES, "L-1,12/05/2025,S,V2,N4,U3,PR1,,,,,,", name=name)

    assert one.snapshot == Snapshot(scope, order)
    assert one.defects == ()


def test_a_file_whose_name_says_nothing_is_taken_and_compared_with_nothing() -> None:
    (one,) = read(EPISODES, "L-1,12/05/2025,S,V2,N4,U3,PR1,,,,,,", name="episodes.csv")

    assert one.snapshot is None
    assert [defect.code for defect in one.defects] == ["publisher-unknown", "period-unknown"]
    assert one.person.local_id == "unknown|L-1"
    assert one.person.identifiers == ()
    assert one.organisation == ""


def test_the_number_of_a_child_is_the_councils_own_and_one_without_upn_has_none() -> None:
    (one,) = read("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "L-1,1,14/03/2019,WBRI,UN2,,")

    assert one.person.identifiers == (Identifier("la-child-id", "301/L-1"),)
    assert (one.person.sex, one.person.birth_dates) == ("M", ("2019-03-14",))


def test_a_social_worker_works_with_the_child_from_day_to_day() -> None:
    (one,) = read("CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON", "L-1,14/03/2019,SW1,18/10/2024,01/02/2025,X")

    expected = InvolvementFact("allocated-social-worker", "301", "SW1", since="2024-10-18", until="2025-02-01")
    assert one.facts == (expected,)


def test_the_outcomes_of_a_year_are_over_the_year_and_a_conviction_is_guarded() -> None:
    header = "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS"

    plain, convicted = read(header, "L-1,14/03/2019,17,,0,,1", "L-2,14/03/2011,,SDQ2,1,,1")

    assert plain.occurred == Occurred("2024-04-01", Precision.DAY, "2025-03-31")
    assert (plain.sensitivity, convicted.sensitivity) == ("confidential-health", "criminal")
    assert plain.record_id == "301|L-1|oc2|L-1|2025"


def test_being_decided_and_being_matched_are_two_steps_of_adoption() -> None:
    header = "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR"

    decided, matched = read(header, "L-1,14/03/2019,01/05/2024,01/11/2024,0,2,MF,L11")
    (only,) = read(header, "L-1,14/03/2019,01/05/2024,,,,,")

    assert (decided.occurred.start, matched.occurred.start) == ("2024-05-01", "2024-11-01")
    assert {decided.sensitivity, matched.sensitivity, only.sensitivity} == {"adoption"}


def test_the_source_is_social_works_and_its_samples_are_read_whole() -> None:
    assert sources.agency_of("ssda903") is Agency.SOCIAL_WORK
    assert all(counted(outcomes(one)).keys() == {"update"} for one in samples("ssda903"))
