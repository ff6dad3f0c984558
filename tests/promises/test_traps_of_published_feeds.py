"""The traps that published child health messages hold: each ends where a person who knows the family would put it.

Each was found in a national example file. The messages here are invented and bent into the same shape.
"""

from __future__ import annotations

import pytest

from adapters import sources
from hub.update import Delivery, Update
from tests.fix_hub import TestHub
from tests.stories import take
from tests.unit.adapters.health_messages import (
    CHILD,
    MOTHER,
    OTHER_CHILD,
    a_birth,
    a_message,
    a_routing,
    an_xml_encounter,
    an_xml_patient,
)

CLEAR = an_xml_encounter().replace("Newborn Hearing Screening", "Clear response")
REFERRED = an_xml_encounter().replace("Newborn Hearing Screening", "Referred to audiology")
EARLY, LATE = "2018-05-07T09:00:00+00:00", "2018-05-09T09:00:00+00:00"
DIED = """<extension url="https://x/Extension-CareConnect-DeathNotificationStatus-1">
  <extension url="deathNotificationStatus"><valueCodeableConcept><coding><code value="{}"/></coding>
  </valueCodeableConcept></extension></extension>"""
RESTRICTED = '<meta><security><code value="{}"/></security></meta>'


def sent(hub: TestHub, *messages: str) -> list[str]:
    """How each message ends: the reason where there is one, else the outcome."""
    return [end for message in messages for end in _ends(hub, Delivery("nems", "message.xml", message.encode()))]


def _ends(hub: TestHub, delivery: Delivery) -> list[str]:
    found = sources.translate(delivery, record_limit=2**20, file_limit=2**26)
    return [one.reason or str(one.outcome) for one in hub.house.hub.intake.receive(found).results]


def standing(hub: TestHub) -> list[str]:
    """The headlines that stand, in all stories together."""
    hub.house.catch_up()
    with hub.as_owner() as connection:
        rows = connection.execute(
            "select headline from read.entries where known_to = 'infinity' and not retracted order by headline"
        )
        return [row[0] for row in rows]


def a_death(status: str, number: str = CHILD, updated: str = EARLY, routing: str | None = None) -> str:
    patient = an_xml_patient(number=number, more=DIED.format(status))
    patient = patient.replace("</Patient>", '<deceasedDateTime value="2020-01-02T03:00:00Z"/></Patient>')
    about = a_routing(number) if routing is None else routing
    return a_message(patient, event="pds-death-notification-1", focus="p1", updated=updated, routing=about)


def test_an_update_that_says_new_revises_what_it_is_about(hub: TestHub) -> None:
    first = a_message(REFERRED, an_xml_patient(), kind="new", message_id="m1")
    again = a_message(CLEAR, an_xml_patient(), kind="new", message_id="m2", updated=LATE)

    assert sent(hub, first, again) == ["accepted", "newer-version"]
    assert standing(hub) == ["Clear response"]


def test_two_messages_that_share_an_id_are_two_records(hub: TestHub) -> None:
    hearing = a_message(CLEAR, an_xml_patient(), message_id="same")
    other = an_xml_encounter().replace("enc-1", "enc-2").replace("Newborn Hearing Screening", "Heel prick")
    blood_spot = a_message(other, an_xml_patient(), message_id="same", event="blood-spot-test-outcome-1")

    assert sent(hub, hearing, blood_spot) == ["accepted", "accepted"]
    assert standing(hub) == ["Clear response", "Heel prick"]


def test_a_death_and_its_removal_that_share_an_id_are_both_heard(hub: TestHub) -> None:
    assert sent(hub, a_death("2"), a_death("U", updated=LATE)) == ["accepted", "retracted-by-source"]


def test_one_version_with_two_contents_is_a_conflict_and_not_a_repeat(hub: TestHub) -> None:
    assert sent(hub, a_message(REFERRED, an_xml_patient()), a_message(CLEAR, an_xml_patient())) == [
        "accepted",
        "same-version-other-content",
    ]
    assert standing(hub) == ["Referred to audiology"]


def test_a_birth_whose_first_patient_is_the_mother_is_the_childs(hub: TestHub) -> None:
    assert sent(hub, a_birth()) == ["accepted"]

    child = hub.house.hub.intake.find_child_digest("nhs-number", CHILD)
    mother = hub.house.hub.intake.find_child_digest("nhs-number", MOTHER)
    with hub.as_owner() as connection:
        known = {bytes(row[0]) for row in connection.execute("select digest from identity.identifiers")}
    assert child in known
    assert mother not in known
    hub.only_child()


@pytest.mark.parametrize("message", [a_death("2", OTHER_CHILD, routing=a_routing()), a_birth(mother_number=CHILD)])
def test_two_identities_in_one_message_wait_for_a_person(hub: TestHub, message: str) -> None:
    assert sent(hub, message) == ["two-identities"]
    assert hub.children() == []
    with hub.as_owner() as connection:
        assert connection.execute("select kind, reason from intake.quarantine").fetchall() == [
            ("quarantined", "two-identities")
        ]


def test_a_death_taken_back_under_the_name_of_a_new_one_no_longer_stands(hub: TestHub) -> None:
    formal, removed = a_death("2"), a_death("U", updated=LATE)
    assert 'code value="new"' in removed

    assert sent(hub, formal, removed) == ["accepted", "retracted-by-source"]
    assert standing(hub) == []


def test_a_death_taken_back_before_it_arrives_never_stands(hub: TestHub) -> None:
    assert sent(hub, a_death("U", updated=LATE), a_death("2")) == ["retracted-by-source", "older-version-kept"]
    assert standing(hub) == []


def test_a_deletion_without_a_patient_takes_back_what_it_names(hub: TestHub) -> None:
    told = a_message(CLEAR, an_xml_patient())
    gone = a_message(an_xml_encounter("entered-in-error", ""), kind="delete", message_id="m2", updated=LATE)

    assert sent(hub, told, gone) == ["accepted", "retracted-by-source"]
    assert standing(hub) == []


def test_a_deletion_that_overtakes_its_record_still_deletes_it(hub: TestHub) -> None:
    told = a_message(CLEAR, an_xml_patient())
    gone = a_message(an_xml_encounter("entered-in-error", ""), kind="delete", message_id="m2", updated=LATE)

    assert sent(hub, gone, told) == ["retracted-by-source", "older-version-kept"]
    assert standing(hub) == []


def test_messages_out_of_order_stand_in_the_order_of_their_last_update(hub: TestHub) -> None:
    newer = a_message(CLEAR, an_xml_patient(), updated=LATE, timestamp="2018-05-01T00:00:00Z", message_id="m2")
    older = a_message(REFERRED, an_xml_patient(), updated=EARLY, timestamp="2018-05-20T00:00:00Z")

    assert sent(hub, newer, older) == ["accepted", "older-version-kept"]
    assert standing(hub) == ["Clear response"]


def test_a_time_with_an_impossible_zone_orders_nothing(hub: TestHub) -> None:
    odd = a_message(CLEAR, an_xml_patient(), updated=LATE, timestamp="2018-05-09T09:00:00+58:00", message_id="m2")

    assert sent(hub, odd, a_message(REFERRED, an_xml_patient())) == ["accepted", "older-version-kept"]
    assert standing(hub) == ["Clear response"]


def test_a_revision_that_would_move_an_event_to_another_child_is_a_conflict(hub: TestHub) -> None:
    his = a_message(CLEAR, an_xml_patient())
    hers = a_message(
        REFERRED,
        an_xml_patient(number=OTHER_CHILD),
        kind="update",
        message_id="m2",
        updated=LATE,
        routing=a_routing(OTHER_CHILD),
    )

    assert sent(hub, his, hers) == ["accepted", "would-move"]
    assert standing(hub) == ["Clear response"]
    hub.only_child()


def test_one_record_id_on_two_children_of_one_day_is_a_conflict(hub: TestHub) -> None:
    hers = a_message(REFERRED, an_xml_patient(number=OTHER_CHILD), routing=a_routing(OTHER_CHILD))

    assert sent(hub, a_message(CLEAR, an_xml_patient()), hers) == ["accepted", "would-move"]
    assert standing(hub) == ["Clear response"]


def test_two_dates_of_birth_in_one_message_are_both_kept_and_said(hub: TestHub) -> None:
    message = a_message(CLEAR, an_xml_patient(), routing=a_routing(born="2017-10-02"))
    (found,) = sources.translate(Delivery("nems", "", message.encode()), record_limit=2**20, file_limit=2**26)

    assert isinstance(found, Update)
    assert found.person.birth_dates == ("2018-05-04", "2017-10-02")
    assert "birth-date-conflict" in {defect.code for defect in found.defects}
    assert sent(hub, message) == ["accepted"]


@pytest.mark.parametrize("mark", ["R", "V"])
def test_a_restricted_patient_is_restricted_whatever_else_the_message_carries(hub: TestHub, mark: str) -> None:
    patient = an_xml_patient(more=RESTRICTED.format(mark))

    assert sent(hub, a_message(CLEAR, patient)) == ["accepted"]
    assert sensitivities(hub) == ["restricted"]


def test_what_is_not_for_the_patients_eyes_is_restricted(hub: TestHub) -> None:
    marked = CLEAR.replace('<Encounter><id value="f1"/>', '<Encounter><id value="f1"/>' + RESTRICTED.format("NOPAT"))

    assert sent(hub, a_message(marked, an_xml_patient())) == ["accepted"]
    assert sensitivities(hub) == ["restricted"]


def test_a_message_that_holds_back_the_patient_is_restricted(hub: TestHub) -> None:
    assert sent(hub, a_message(an_xml_encounter(subject=""))) == ["accepted"]
    assert sensitivities(hub) == ["restricted"]


def sensitivities(hub: TestHub) -> list[str]:
    """How sensitive what stands is."""
    hub.house.catch_up()
    with hub.as_owner() as connection:
        rows = connection.execute(
            "select k.sensitivity from read.entries e join read.decision_keys k on k.number = e.decision_key "
            "where e.known_to = 'infinity' and not e.retracted"
        )
        return [row[0] for row in rows]


def test_a_familys_telephone_e_mail_and_address_are_kept_nowhere(hub: TestHub) -> None:
    contacts = """<telecom><system value="phone"/><value value="01632 960000"/></telecom>
      <contact><name><family value="Kinsman"/></name></contact>
      <address><line value="7 Heron Court"/><postalCode value="ZZ99 3CZ"/></address>"""
    message = a_message(CLEAR, an_xml_patient().replace("</Patient>", f"{contacts}</Patient>"))
    (found,) = sources.translate(Delivery("nems", "", message.encode()), record_limit=2**20, file_limit=2**26)

    assert isinstance(found, Update)
    assert found.person.postcode == "ZZ99 3CZ"
    assert not any(word in repr(found) for word in ("01632", "Kinsman", "Heron"))
    take(hub, [found])
    assert standing(hub) == ["Clear response"]
