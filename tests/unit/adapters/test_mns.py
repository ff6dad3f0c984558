"""A thin notice becomes one update about the person it names, and one that lacks anything is never completed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import sources
from adapters.maps.table import rows
from hub.update import Delivery, Occurred, Precision, Translated, Update
from hub.vocabulary import terms
from tests.contract.adapter import check, counted, outcomes
from tests.unit.adapters.health_messages import CHILD, OTHER_CHILD, Node, refusal, update

PATIENT = "https://demographics.example/FHIR/R4/Patient/"


def mns(content: object) -> Delivery:
    return Delivery("mns", "n.json", content if isinstance(content, bytes) else json.dumps(content).encode())


def a_notice(**more: object) -> Node:
    plain: Node = {
        "specversion": "1.0",
        "id": "n-1",
        "source": "uk.nhs.personal-demographics-service",
        "type": "pds-change-of-gp-2",
        "time": "2020-06-01T13:00:00Z",
        "dataref": PATIENT + CHILD,
        "subject": CHILD,
    }
    return {name: value for name, value in (plain | more).items() if value is not None}


def an_old_notice(kind: str = "nhs-number-change-1", identity: str = "n-1", **data: str) -> Node:
    return {
        "id": identity,
        "type": kind,
        "subject": {"dob": "2018-05-04", "familyName": "FERNIE", "nhsNumber": CHILD},
        "source": {"name": "Demographics", "identifier": {"system": "https://asid.example", "value": "9990"}},
        "time": "2022-04-05T17:31:00.000Z",
        "data": {"fullUrl": PATIENT + CHILD, **data},
    }


def a_part(name: str, **value: object) -> Node:
    return {"name": name, **value}


def a_signal(kind: str = "pds-change-of-gp-2", focus: str = PATIENT + CHILD, events: int = 1) -> Node:
    told: list[Node] = [
        {
            "name": "notification-event",
            "part": [
                a_part("event-number", valueString=str(number)),
                a_part("timestamp", valueInstant="2020-06-01T13:00:00Z"),
                a_part("focus", valueReference={"reference": focus}),
            ],
        }
        for number in range(1, events + 1)
    ]
    context = [
        a_part("event-type", valueString=kind),
        a_part("source", valueUri="uk.nhs.personal-demographics-service"),
        a_part("subject", valueReference={"identifier": {"value": CHILD}}),
    ]
    parameters = [*told, {"name": "additional-context", "part": context}]
    resource = {"resourceType": "Parameters", "id": "n-1", "parameter": parameters}
    return {"resourceType": "Bundle", "type": "history", "entry": [{"resource": resource}]}


def test_a_cloudevent_is_a_notice_about_its_subject_with_nothing_in_it() -> None:
    record = update(outcomes(mns(a_notice())))

    assert (record.code, record.headline) == ("hv.gp.changed", "Change of GP practice")
    assert record.detail == "A notice without content: what changed is held by its sender."
    assert record.person.local_id == CHILD
    assert record.occurred == Occurred("2020-06-01T13:00:00+00:00", Precision.INSTANT)
    assert CHILD not in record.headline + record.detail


def test_a_notice_is_known_by_source_type_what_it_points_to_and_its_id() -> None:
    ids = {
        update(outcomes(mns(a_notice(**changed)))).record_id
        for changed in (
            {},
            {"id": "n-2"},
            {"type": "pds-death-notification-2"},
            {"source": "another"},
            {"dataref": "https://immunisations.example/Immunization/1"},
            {"dataref": None},
        )
    }

    assert len(ids) == 6


def test_the_same_notice_as_cloudevent_and_as_signal_is_one_record() -> None:
    as_event, as_signal = update(outcomes(mns(a_notice()))), update(outcomes(mns(a_signal())))

    assert (as_event.record_id, as_event.version) == (as_signal.record_id, as_signal.version)
    assert (as_event.headline, as_event.detail, as_event.occurred) == (
        as_signal.headline,
        as_signal.detail,
        as_signal.occurred,
    )


@pytest.mark.parametrize("missing", ["id", "source", "type", "time", "specversion"])
def test_a_cloudevent_without_what_it_must_have_is_refused_and_given_nothing(missing: str) -> None:
    waiting = refusal(check(mns(a_notice(**{missing: None})), canaries=[CHILD]))

    assert (waiting.reason, waiting.place) == ("cloudevent-incomplete", f"/{missing}")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"specversion": "0.3"}, "cloudevent-version"),
        ({"specversion": 1.0}, "cloudevent-incomplete"),
        ({"time": "yesterday"}, "no-time"),
        ({"time": "2020-06-01"}, "no-time"),
        ({"id": ""}, "cloudevent-incomplete"),
        ({"subject": None}, "no-subject"),
        ({"subject": {"nhsNumber": CHILD}}, "no-subject"),
        ({"type": "something-new-9"}, "unmapped-code"),
        ({"subject": OTHER_CHILD}, "two-identities"),
        ({"dataref": f"https://flags.example/PatientFlag?patient={OTHER_CHILD}"}, "two-identities"),
    ],
)
def test_a_notice_that_cannot_be_placed_waits_with_its_reason(changed: Node, reason: str) -> None:
    assert refusal(check(mns(a_notice(**changed)), canaries=[CHILD, OTHER_CHILD])).reason == reason


def test_an_extension_that_is_an_object_is_tolerated_and_said() -> None:
    filtering = {"immunisationtype": "MMR", "action": "CREATE", "sourceorganisation": "Z9HV1", "subjectage": 4}
    record = update(check(mns(a_notice(type="imms-vaccination-record-change-1", filtering=filtering))))

    assert [(part.code, part.place) for part in record.defects] == [("cloudevent-extension", "/filtering")]
    assert record.detail.endswith("Immunisation: MMR\nAction: CREATE")
    assert record.organisation == "Z9HV1"


def test_an_extensions_name_is_not_quoted_where_it_could_be_content() -> None:
    record = update(check(mns(a_notice(**{"Ada Fernie": {}})), canaries=["Ada"]))

    assert [part.place for part in record.defects] == ["/?"]


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (a_notice(type="nhs-number-change-2"), ""),
        (an_old_notice(nhsNumberStatus="I"), "NHS number: invalidated"),
        (an_old_notice(nhsNumberStatus="R"), "NHS number: replaced by another"),
        (an_old_notice(nhsNumberStatus="Q"), "NHS number: Q"),
    ],
)
def test_a_changed_number_asks_a_person_and_re_keys_nobody(notice: Node, said: str) -> None:
    record = update(check(mns(notice)))

    assert (record.code, record.question, record.action) == ("hv.number.changed", "number-changed", "assert")
    assert record.person.local_id == CHILD
    assert said in record.detail


def test_a_changed_number_may_point_to_the_new_one_and_is_still_of_the_old() -> None:
    record = update(outcomes(mns(a_notice(type="nhs-number-change-2", dataref=PATIENT + OTHER_CHILD))))

    assert (record.person.local_id, record.question) == (CHILD, "number-changed")


def test_a_changed_flag_is_restricted_and_asked_about() -> None:
    record = update(check(mns(a_notice(type="patientflags-change-1"))))

    assert (record.sensitivity, record.question) == ("restricted", "patient-flags-changed")
    assert record.person.restricted is False


def test_the_first_version_is_read_though_it_is_no_cloudevent() -> None:
    record = update(check(mns(an_old_notice("pds-change-of-gp-1"))))

    assert record.code == "hv.gp.changed"
    assert (record.person.family, record.person.birth_dates) == ("FERNIE", ("2018-05-04",))
    assert record.author.organisation == "Demographics"


def test_a_first_version_death_that_is_taken_back_takes_back_the_one_before() -> None:
    told = update(check(mns(an_old_notice("pds-death-notification-1", "n-1", deathNotificationStatus="2"))))
    gone = update(check(mns(an_old_notice("pds-death-notification-1", "n-2", deathNotificationStatus="U"))))

    assert (told.code, told.action, gone.action) == ("hv.death.notified", "assert", "retract")
    assert told.record_id == gone.record_id
    assert told.version != gone.version


def test_a_number_that_does_not_hold_is_nobodys_id() -> None:
    record = update(check(mns(a_notice(subject="1234567890", dataref=None))))

    assert record.person.local_id == ""
    assert [part.value for part in record.person.identifiers] == ["1234567890"]


def test_a_list_gives_a_record_each_and_the_bad_ones_do_not_hold_up_the_good() -> None:
    found = check(mns([a_notice(), 5, [a_notice()], a_notice(time=None), a_notice(id="n-2")]))

    assert counted(found) == {"update": 2, "not-this-format": 2, "cloudevent-incomplete": 1}
    assert [one.place for one in found] == ["/0", "/1", "/2", "/3/time", "/4"]


def test_a_signal_with_several_events_gives_a_record_each() -> None:
    found = check(mns(a_signal(events=3)))

    assert counted(found) == {"update": 3}
    assert len({one.record_id for one in found if isinstance(one, Update)}) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({}, "cloudevent-incomplete"),
        ([], "not-this-format"),
        ("notice", "not-this-format"),
        ({"resourceType": "Bundle", "entry": []}, "not-this-format"),
        ({"resourceType": "Bundle", "entry": [5]}, "not-a-notice"),
        ({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}, "not-a-notice"),
        ({"resourceType": "Parameters", "parameter": [a_part("type", valueCode="heartbeat")]}, "not-a-notice"),
        (b"<Bundle/>", "json-malformed"),
        (b'{"id": "1", "id": "2"}', "json-duplicate-key"),
        (b"", "empty"),
        (b"[" * 200_000, "json-too-deep"),
        (b'{"id": "\\ud800"}', "wrong-encoding"),
        (b'{"id": "\xe9"}', "wrong-encoding"),
    ],
)
def test_what_is_no_notice_is_one_refusal(content: object, reason: str) -> None:
    assert refusal(check(mns(content))).reason == reason


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from([a_notice(), an_old_notice(nhsNumberStatus="I"), a_signal()]),
    st.integers(0),
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4) | st.lists(st.integers(), max_size=2),
)
def test_a_notice_with_any_value_of_another_kind_is_an_update_or_waits(notice: Node, which: int, value: object) -> None:
    content = json.loads(json.dumps(notice))
    holders = [(node, key) for node in _objects(content) for key in node]
    node, key = holders[which % len(holders)]
    node[key] = value

    check(mns(content), canaries=[CHILD])


def _objects(node: object) -> list[Node]:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [*([node] if isinstance(node, dict) else []), *(found for part in below for found in _objects(part))]


def test_every_code_and_word_of_the_map_is_in_the_vocabulary() -> None:

    assert all(row["hub"] in terms() and row["words"] for row in rows("mns"))


def test_every_published_notice_is_one_update(shared: Path) -> None:
    paths = sorted((shared / "samples" / "mns_signals").glob("*.json"))
    found: list[Translated] = [one for path in paths for one in check(mns(path.read_bytes()))]

    assert len(paths) == 7
    assert counted(found) == {"update": 7}
    assert len({one.record_id for one in found if isinstance(one, Update)}) == 7
    assert sorted(one.code for one in found if isinstance(one, Update)) == [
        "hv.death.notified",
        "hv.flags.changed",
        "hv.gp.changed",
        "hv.gp.changed",
        "hv.gp.changed",
        "hv.gp.changed",
        "hv.immunisation.record_changed",
    ]


def test_the_record_of_a_notice_is_the_event_itself() -> None:
    assert sources.source("mns").reads == "event"
