"""Immunisation tables become one update for each vaccination; a row that cannot be placed waits, and alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.update import Occurred, Precision, Refusal, Translated, Update
from tests.contract.adapter import check, counted, outcomes, samples
from tests.unit.adapters.health_messages import BAD_NUMBER, CHILD, refusal, update
from tests.unit.adapters.imms_tables import NATIONAL, STAMPED, imms, national, school


def test_a_row_of_the_national_batch_is_a_vaccination() -> None:
    record = update(check(national({}), canaries=[CHILD, "Fernie"]))

    assert (record.code, record.action, record.polarity) == ("hv.immunisation.given", "assert", "happened")
    assert record.record_id == "https://ids.example|v-1"
    assert record.person.local_id == CHILD
    assert (record.person.sex, record.person.birth_dates) == ("female", ("2018-05-04",))
    assert record.occurred == Occurred("2025-07-30T11:52:50+01:00", Precision.INSTANT)
    assert (record.headline, record.detail) == ("MMR, second dose", "Dose: 2\nBatch: B1, expires 20260101")
    assert (record.recorded_at_source, record.organisation) == ("2025-07-30", "Z9HV1")


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        ("20250730T11525000", "2025-07-30T11:52:50+00:00"),
        ("20250730T115250", "2025-07-30T11:52:50+01:00"),
        ("20250730", "2025-07-30"),
        ("30/07/2025", "2025-07-30"),
        ("20250230T11525000", ""),
        ("20250730T11525058", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_date_is_read_as_it_is_written_and_a_wrong_one_is_a_defect(stated: str, known: str) -> None:
    record = update(check(national({"DATE_AND_TIME": stated})))

    assert record.occurred.start == known
    assert bool(record.defects) == (not known)


@pytest.mark.parametrize("number", ["", "0", "0000000000"])
def test_neither_nothing_nor_a_zero_is_a_number(number: str) -> None:
    record = update(check(national({"NHS_NUMBER": number})))

    assert record.person.identifiers == ()
    assert record.person.local_id == "ZZ99 1AA|2018-05-04|ada fernie"
    assert bool(record.defects) == bool(number)


def test_a_number_that_does_not_hold_is_told_apart_by_name_and_birth_date() -> None:
    ada, ben = check(national({"NHS_NUMBER": BAD_NUMBER}, {"NHS_NUMBER": BAD_NUMBER, "PERSON_FORENAME": "BEN"}))

    assert isinstance(ada, Update)
    assert isinstance(ben, Update)
    assert ada.person.local_id != ben.person.local_id
    assert ada.person.local_id != BAD_NUMBER


def test_a_deletion_takes_back_what_it_names() -> None:
    record = update(check(national({"ACTION_FLAG": "delete"})))

    assert (record.action, record.record_id) == ("retract", "https://ids.example|v-1")


def test_a_deletion_needs_no_more_than_the_id() -> None:
    blank = dict.fromkeys(NATIONAL, "")
    kept = {"UNIQUE_ID": "v-1", "UNIQUE_ID_URI": "https://ids.example", "ACTION_FLAG": "DELETE"}

    assert update(check(national(blank | kept))).action == "retract"


def test_of_one_moment_a_deletion_is_the_last_and_a_new_row_the_first() -> None:
    rows = [{"ACTION_FLAG": flag} for flag in ("delete", "update", "new")]
    orders = [one.order for one in check(national(*rows)) if isinstance(one, Update)]

    assert orders == sorted(orders, reverse=True)
    assert len(set(orders)) == 3


def test_deliveries_are_ordered_by_the_instant_in_their_names() -> None:
    early = update(check(national({"ACTION_FLAG": "delete"}, name=STAMPED)))
    late = update(check(national({}, name=STAMPED.replace("0406T", "0413T"))))

    assert early.order == "2024-04-06T06:00:00.000000+00:00|2"
    assert early.order < late.order


@pytest.mark.parametrize(
    ("changed", "reason", "column"),
    [
        ({"UNIQUE_ID": ""}, "no-record-id", "unique_id"),
        ({"UNIQUE_ID_URI": ""}, "no-record-id", "unique_id"),
        ({"ACTION_FLAG": ""}, "unmapped-code", "action_flag"),
        ({"ACTION_FLAG": "amend"}, "unmapped-code", "action_flag"),
        ({"NHS_NUMBER": "", "PERSON_FORENAME": "", "PERSON_SURNAME": ""}, "no-subject", "nhs_number"),
    ],
)
def test_a_row_that_cannot_be_placed_waits_and_the_others_go_in(
    changed: dict[str, str], reason: str, column: str
) -> None:
    found = check(national({}, changed, {"UNIQUE_ID": "v-2"}), canaries=[CHILD, "fernie"])

    assert counted(found) == {"update": 2, reason: 1}
    assert found[1].place == f"row 3, column {column}"


def test_what_was_not_given_did_not_happen() -> None:
    columns = NATIONAL | {"NOT_GIVEN": "TRUE", "REASON_NOT_GIVEN_TERM": "Consent not given"}
    record = update(check(imms("|".join(columns) + "\n" + "|".join(columns.values()) + "\n")))

    assert (record.code, record.polarity) == ("hv.immunisation.missed", "did-not-happen")
    assert "Reason: Consent not given" in record.detail


def test_a_row_in_windows_characters_is_read_and_said() -> None:
    content = national({"PERSON_SURNAME": "FÉRNIE"}).content.decode().encode("cp1252")
    record = update(check(imms(content)))

    assert record.person.family == "FÉRNIE"
    assert [part.code for part in record.defects] == ["wrong-encoding"]


def test_bars_and_commas_inside_marks_stay_what_they_are() -> None:
    record = update(check(national({"VACCINATION_PROCEDURE_TERM": "MMR, or | MMRV"})))

    assert record.headline == "MMR, or | MMRV"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not-this-format"),
        (b"name,dob\nx,y\n", "not-this-format"),
        (b"UNIQUE_ID|ACTION_FLAG\nx|y\n", "not-this-format"),
        (b"DATE_OF_VACCINATION,PERSON_DOB\nx,y\n", "not-this-format"),
        (b"\xff\xfeU\x00N\x00", "not-this-format"),
        (b"%PDF-1.4\x00", "not-this-format"),
    ],
)
def test_what_is_no_table_of_vaccinations_is_one_refusal_that_keeps_it(content: bytes, reason: str) -> None:
    waiting = refusal(check(imms(content)) if content else outcomes(imms(content)))

    assert (waiting.reason, waiting.original) == (reason, content)


def test_a_mark_and_windows_line_ends_change_nothing() -> None:
    plain = update(check(national({})))
    marked = update(check(imms(b"\xef\xbb\xbf" + national({}).content.replace(b"\n", b"\r\n"))))

    assert (plain.record_id, plain.headline, plain.person) == (marked.record_id, marked.headline, marked.person)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from([national({}, {"UNIQUE_ID": "v-2"}).content, school({}, {"VACCINATED": "N"}).content]),
    st.integers(0),
    st.integers(0, 60),
    st.binary(max_size=6),
)
def test_a_table_with_bytes_lost_or_changed_never_stops(file: bytes, where: int, length: int, put: bytes) -> None:
    start = where % len(file)
    content = file[:start] + put + file[start + length :]

    for one in outcomes(imms(content)):
        assert isinstance(one, Update | Refusal)
        said = f"{one.message}{one.next_step}" if isinstance(one, Refusal) else ""
        assert not any(word in f"{said}{one.place}" for word in (CHILD, "FERNIE", "Fernie"))


PUBLISHED = {
    "imms_batch/test-batch-data.csv": {"update": 3},
    "mavis_school_imms/valid_hpv.csv": {"update": 11},
    "mavis_school_imms/valid_hpv_with_changes.csv": {"update": 1},
    "mavis_school_imms/valid_hpv_with_instruction_row.csv": {"update": 11},
    "mavis_school_imms/duplicate_row.csv": {"update": 2},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_row_is_an_update(shared: Path, name: str) -> None:
    path = shared / "samples" / name

    assert counted(check(imms(path.read_bytes(), path.name))) == PUBLISHED[name]


def test_a_published_id_on_two_children_is_two_people(shared: Path) -> None:
    content = (shared / "samples" / "imms_batch" / "test-batch-data.csv").read_bytes()
    one, two = (found for found in check(imms(content))[1:] if isinstance(found, Update))

    assert one.record_id == two.record_id
    assert one.person.local_id != two.person.local_id


def test_a_published_row_stated_twice_is_asked_about(shared: Path) -> None:
    content = (shared / "samples" / "mavis_school_imms" / "duplicate_row.csv").read_bytes()
    found: tuple[Translated, ...] = check(imms(content))

    assert [one.question for one in found if isinstance(one, Update)] == ["", "stated-twice"]


def test_our_own_samples_are_all_updates_without_defects() -> None:
    found = [one for delivery in samples("imms-csv") for one in outcomes(delivery)]

    assert len(found) == 10
    assert all(isinstance(one, Update) and not one.defects for one in found)
