"""The Scottish returns, as maps of columns and codes: what is known of them is read, and what is not known waits."""

from __future__ import annotations

import pytest

from adapters import sources
from adapters.column_map import translate
from hub.people import Agency
from hub.update import Delivery, InvolvementFact, Occurred, Precision, Refusal, Snapshot, StatusFact, Update
from tests.contract.adapter import counted, outcomes, samples

RETURNS = {
    "chsp-pre-school": Agency.HEALTH_VISITING,
    "scottish-child-protection": Agency.SOCIAL_WORK,
    "scottish-looked-after": Agency.SOCIAL_WORK,
    "seemis-scotxed": Agency.EDUCATION,
}


def read(source: str, name: str, header: str, *rows: str) -> list[Update]:
    found = list(translate(Delivery(source, name, "\n".join((header, *rows, "")).encode())))
    assert all(isinstance(one, Update) for one in found), found
    return [one for one in found if isinstance(one, Update)]


@pytest.mark.parametrize(("source", "agency"), RETURNS.items())
def test_a_return_that_was_never_tried_on_a_real_extract_says_so(source: str, agency: Agency) -> None:
    row = sources.source(source)

    assert row.agency is agency
    assert "not tested against a real extract" in row.note


def test_the_invented_samples_are_read_and_the_unknown_attendance_code_waits() -> None:
    found = {source: sum((counted(outcomes(one)) for one in samples(source)), start=counted(())) for source in RETURNS}

    assert found == {
        "chsp-pre-school": {"update": 2},
        "scottish-child-protection": {"update": 7},
        "scottish-looked-after": {"update": 5},
        "seemis-scotxed": {"update": 4, "unmapped-code": 1},
    }


CONFERENCE = (
    "LaCode,ChildId,ConferenceDate,ConferenceType,Registered,RegistrationDate,"
    "DeRegistered,DeRegistrationDate,DeRegistrationReason"
)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("01", "before birth"), ("2", "First"), ("03", "Review"), ("04", "transfer from another council")],
)
def test_a_conference_is_a_planning_meeting_of_its_kind(kind: str, words: str) -> None:
    (one,) = read(
        "scottish-child-protection", "2025_CONFERENCE.csv", CONFERENCE, f"990,L-1,2024-12-19,{kind},0,,0,1900-01-02,"
    )

    assert one.code == "sw.cppm.held"
    assert words in one.headline


def test_a_registration_lasts_until_the_removal() -> None:
    row = "990,L-1,2025-06-26,03,1,2024-12-19,1,2025-06-26,01"

    meeting, registered, removed = read("scottish-child-protection", "2025_CONFERENCE.csv", CONFERENCE, row)

    assert registered.facts == (StatusFact("registered", "2024-12-19", "2025-06-26"),)
    assert (removed.code, removed.occurred.start) == ("sw.register.ended", "2025-06-26")
    assert meeting.snapshot == Snapshot("990|scottish-child-protection|2025|conference", "2025")


def test_an_earlier_number_of_a_child_is_shown_and_links_nobody() -> None:
    header = "LaCode,ChildId,ScottishCandidateNumber,DateOfBirth,Gender,OriginatingLaCode,PreviousChildId"

    (one,) = read("scottish-child-protection", "2025_CHILD.csv", header, "990,L-1,,2019-03-14,2,991,K-9")

    assert "Earlier number: K-9." in one.detail
    assert [part.value for part in one.person.identifiers] == ["990/L-1"]


def test_a_child_with_two_scns_keeps_both_numbers_in_one_persons_record() -> None:
    header = "LaCode,ChildId,ScottishCandidateNumber,DateOfBirth,Gender"

    found = read("scottish-child-protection", "2025_CHILD.csv", header, "990,L-1,000000417,2019-03-14,2")
    found += read("scottish-child-protection", "2026_CHILD.csv", header, "990,L-1,000000425,2019-03-15,2")

    assert len({one.record_id for one in found}) == 1
    assert [part.value for one in found for part in one.person.identifiers if part.system == "scn"] == [
        "000000417",
        "000000425",
    ]


def test_a_stay_ends_on_its_day_and_the_year_runs_from_august() -> None:
    header = "LA_CODE,CHILD_ID,EPISODE_START_DATE,EPISODE_END_DATE,DESTINATION"

    stay, end = read("scottish-looked-after", "2024-25_episodes.csv", header, "990,L-1,2025-05-12,2025-06-20,01")
    (open_one,) = read("scottish-looked-after", "2024-25_episodes.csv", header, "990,L-1,2025-05-12,,")

    assert stay.facts == (StatusFact("looked-after", "2025-05-12", "2025-06-20"),)
    assert end.code == "sw.looked_after.ended"
    assert open_one.facts == (StatusFact("looked-after", "2025-05-12"),)
    assert stay.snapshot == Snapshot("990|scottish-looked-after|2025|episode", "2025")


def test_a_legal_reason_that_no_list_has_is_shown_as_sent_and_noted() -> None:
    header = "LA_CODE,CHILD_ID,LEGAL_REASON_START_DATE,LEGAL_REASON_END_DATE,LEGAL_REASON"

    (one,) = read("scottish-looked-after", "2024-25_legal.csv", header, "990,L-1,2025-05-12,,07")

    assert one.detail == "Reason: code 07 as sent."
    assert [defect.code for defect in one.defects] == ["unmapped-word"]


def test_a_pupil_without_an_scn_is_known_by_the_schools_own_number() -> None:
    header = "SeedCode,PupilReference,SCN,FamilyName,GivenName,DateOfBirth,Gender,EntryDate,LeavingDate"

    (one,) = read("seemis-scotxed", "2025_pupils.csv", header, "SCH-1,R-1,,Lennox,Isla,2019-03-14,F,2024-08-14,")

    assert one.person.local_id == "SCH-1|R-1"
    assert one.person.identifiers == ()
    assert one.facts == (InvolvementFact("school", "SCH-1", since="2024-08-14"),)


def test_attendance_is_counted_over_the_school_year_and_the_same_code_next_year_is_another_record() -> None:
    header = "SeedCode,PupilReference,SCN,AttendanceCode,Openings"

    (first,) = read("seemis-scotxed", "2025_attendance.csv", header, "SCH-1,R-1,,11,22")
    (second,) = read("seemis-scotxed", "2026_attendance.csv", header, "SCH-1,R-1,,11,22")

    assert first.occurred == Occurred("2024-08-01", Precision.DAY, "2025-07-31")
    assert (first.headline, first.detail) == ("Came late in the first half of the opening", "Half-days: 22.")
    assert first.record_id != second.record_id


def test_a_missed_health_review_is_what_did_not_happen() -> None:
    header = "CHI,Surname,Forename,DateOfBirth,ReviewType,ReviewDate,ReviewStatus,LookedAfterStatus,SpeechLanguage"
    row = "3113190304,Lennox,Isla,14/03/2019,27-30M,08/07/2021"

    missed, held = read("chsp-pre-school", "x.csv", header, f"{row},NOT BROUGHT,N,", f"{row},COMPLETED,A,C")

    assert (missed.code, missed.polarity) == ("hv.review.missed", "did-not-happen")
    assert "Looked after: yes and away from home." in held.detail
    assert held.facts == ()
    assert missed.record_id == held.record_id


def test_a_review_without_a_chi_number_is_nobodys() -> None:
    content = b"CHI,ReviewType,ReviewDate\n,27-30M,08/07/2021\n"

    (one,) = translate(Delivery("chsp-pre-school", "x.csv", content))

    assert isinstance(one, Refusal)
    assert one.reason == "no-subject"
