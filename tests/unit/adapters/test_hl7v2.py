"""What hospitals' messages say: what happened, when, what is newer, and what takes it back."""

from __future__ import annotations

import pytest

from hub.update import Precision, Update
from tests.unit.adapters.hospital_messages import (
    a_header,
    a_message,
    a_patient,
    a_result,
    a_value,
    a_visit,
    an_admission,
    an_event,
    an_order,
    read,
    refusal,
    update,
)

REST = (a_patient(), a_visit())


def test_times_without_a_zone_are_local_and_say_so() -> None:
    summer = update(an_admission(begins="20230701100000"))
    winter = update(an_admission(begins="20230101100000"))
    stated = update(an_admission(begins="20230701100000+0000"))

    assert (summer.occurred.start, summer.occurred.zone_assumed) == ("2023-07-01T10:00:00+01:00", True)
    assert (winter.occurred.start, winter.occurred.zone_assumed) == ("2023-01-01T10:00:00+00:00", True)
    assert (stated.occurred.start, stated.occurred.zone_assumed) == ("2023-07-01T10:00:00+00:00", False)


def test_a_time_that_does_not_exist_is_a_defect() -> None:
    content = a_message(a_header(), a_patient(), a_visit(begins="20230230"))
    found = update(content)

    assert found.occurred.precision is Precision.UNKNOWN
    assert "date-invalid" in {defect.code for defect in found.defects}


def test_an_update_revises_the_admission_it_speaks_of() -> None:
    admitted, corrected = update(an_admission()), update(an_admission("A08", ends="20230303090000"))

    assert corrected.record_id == admitted.record_id
    assert corrected.occurred.end == "2023-03-03T09:00:00+00:00"


def test_a_cancelled_admission_is_taken_back() -> None:
    admitted, cancelled = update(an_admission()), update(an_admission("A11"))

    assert (cancelled.record_id, cancelled.action) == (admitted.record_id, "retract")


def test_a_cancelled_discharge_leaves_the_admission() -> None:
    discharged = update(an_admission("A03", ends="20230303090000"))
    cancelled = update(an_admission("A13"))

    assert (cancelled.record_id, cancelled.action) == (discharged.record_id, "retract")
    assert discharged.record_id != update(an_admission()).record_id


def test_a_class_of_patient_that_no_list_has_waits() -> None:
    found = refusal(an_admission("A08", kind="Q"))

    assert found.reason == "unmapped-code"
    assert "class" in found.message


def test_a_kind_of_message_that_no_list_has_waits() -> None:
    assert refusal(an_admission("A99")).reason == "unmapped-code"


def test_one_message_number_on_two_messages_is_two_records() -> None:
    content = an_admission() + an_admission("A03", ends="20230303090000")

    assert len({one.record_id for one in read(content) if isinstance(one, Update)}) == 2


def test_a_later_event_is_the_newer_even_when_it_was_sent_first() -> None:
    sent_late = a_message(a_header(at="20230305100000", number="9"), an_event(at="20230301103000"), *REST)
    sent_early = a_message(a_header("ADT^A08", "20230302100000"), an_event("A08", "20230302100000"), *REST)

    assert update(sent_late).order < update(sent_early).order


def test_each_report_of_a_message_is_a_record_with_its_own_findings() -> None:
    content = a_result(a_value("118"), an_order("L2"), a_value("9"), "NTE|1||Repeat.")
    first, second = (one for one in read(content) if isinstance(one, Update))

    assert (first.record_id, second.record_id) == ("PAS|Z99H2|report|L1", "PAS|Z99H2|report|L2")
    assert first.detail == "Haemoglobin: 118 g/L (usual 105 - 135)"
    assert second.detail == "Haemoglobin: 9 g/L (usual 105 - 135)\nRepeat."


@pytest.mark.parametrize("status", ["D", "W"])
def test_a_result_that_is_deleted_or_wrong_is_taken_back(status: str) -> None:
    gone = update(a_result(a_value(status=status)))

    assert (gone.action, gone.detail) == ("retract", "")
    assert gone.record_id == update(a_result()).record_id


def test_a_corrected_value_revises_and_a_wrong_one_beside_it_is_left_out() -> None:
    found = update(a_result(a_value("121", "C"), a_value("7", "W"), "NTE|1||Of the wrong one."))

    assert found.action == "assert"
    assert found.detail == "Haemoglobin: 121 g/L (usual 105 - 135)"


def test_results_without_their_report_are_refused() -> None:
    assert refusal(a_message(a_header("ORU^R01"), a_patient(), a_value())).reason == "no-report"


def test_a_cancelled_order_did_not_happen() -> None:
    assert update(a_result(order=an_order(status="X"))).polarity == "did-not-happen"
