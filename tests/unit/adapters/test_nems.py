"""A child health message becomes one update about the child, whatever its order, its repeats and its traps."""

from __future__ import annotations

import pytest

from adapters.nems import translate
from hub.update import Delivery, InvolvementFact, Occurred, Precision, Refusal
from tests.contract.adapter import check
from tests.unit.adapters.health_messages import (
    BAD_NUMBER,
    CHILD,
    MOTHER,
    OTHER_CHILD,
    a_birth,
    a_message,
    a_routing,
    an_xml_encounter,
    an_xml_patient,
    nems,
    refusal,
    update,
)

CODES = {
    "pds-change-of-gp-1": "hv.gp.changed",
    "pds-change-of-address-1": "hv.family.moved",
    "pds-death-notification-1": "hv.death.notified",
    "pds-record-change-1": "hv.record.changed",
    "newborn-hearing-1": "hv.screening.hearing",
    "blood-spot-test-outcome-1": "hv.screening.blood_spot",
    "nipe-outcome-1": "hv.screening.newborn_examination",
    "vaccinations-1": "hv.immunisation.given",
    "professional-contacts-1": "hv.service.started",
    "something-new-9": "hv.event.other",
}
DIED = '<deceasedDateTime value="2020-01-02T03:00:00Z"/>'
DEATH_STATUS = """<extension url="https://x/Extension-CareConnect-DeathNotificationStatus-1">
  <extension url="deathNotificationStatus"><valueCodeableConcept><coding><code value="{}"/></coding>
  </valueCodeableConcept></extension></extension>"""
IMMUNISATION = """<Immunization><id value="f1"/>
  <extension url="https://x/Extension-CareConnect-VaccinationProcedure-1"><valueCodeableConcept><coding>
    <system value="http://snomed.info/sct"/><code value="1"/><display value="MMR, second dose"/></coding>
  </valueCodeableConcept></extension>
  <identifier><system value="s"/><value value="imm-1"/></identifier><status value="completed"/>
  <notGiven value="{}"/><vaccineCode><text value="MMR"/></vaccineCode>
  <patient><reference value="urn:uuid:p1"/></patient><date value="2019-04-05"/><primarySource value="true"/>
  <explanation><reasonNotGiven><coding><code value="310376006"/><display value="Consent not given"/></coding>
  </reasonNotGiven></explanation></Immunization>"""


@pytest.mark.parametrize(("event", "code"), sorted(CODES.items()))
def test_each_event_code_has_its_word_and_an_unknown_one_a_general_word(event: str, code: str) -> None:
    record = update(translate(nems(a_message(an_xml_encounter(), an_xml_patient(), event=event))))

    assert record.code == code
    assert record.person.local_id == CHILD


def test_a_birth_is_the_childs_and_the_mother_is_a_third_person() -> None:
    record = update(translate(nems(a_birth())))

    assert record.code == "hv.birth.notified"
    assert {part.value for part in record.person.identifiers} == {CHILD}
    assert record.person.local_id == CHILD
    assert record.occurred == Occurred("2018-05-04", Precision.DAY)
    assert [(part.relation, part.local_id) for part in record.third_persons] == [("mother", MOTHER)]


def test_what_a_birth_says_of_the_mother_is_kept_with_her() -> None:
    record = update(translate(nems(a_birth())))

    assert record.detail == "Birth weight: 3400 gram"
    assert record.third_persons[0].text == "Births at delivery: 1"


@pytest.mark.parametrize("related_to", ["mum", "nobody"])
def test_a_birth_that_does_not_make_plain_who_was_born_waits(related_to: str) -> None:
    assert refusal(translate(nems(a_birth(related_to=related_to)))).reason == "no-subject"


def test_a_birth_where_mother_and_child_share_a_number_waits() -> None:
    assert refusal(translate(nems(a_birth(mother_number=CHILD)))).reason == "two-identities"


def test_a_birth_without_a_mother_is_the_newborns_and_an_adult_alone_is_nobodys() -> None:
    communication = '<Communication><id value="f1"/><status value="completed"/></Communication>'

    def alone(born: str) -> str:
        return a_message(communication, an_xml_patient(born=born), event="pds-birth-notification-1")

    assert update(translate(nems(alone("2018-05-04")))).person.local_id == CHILD
    assert refusal(translate(nems(alone("1990-01-02")))).reason == "no-subject"


def test_two_numbers_in_one_message_are_for_a_person_to_decide() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient(number=OTHER_CHILD), event="pds-death-notification-1")
    waiting = refusal(translate(nems(message)))

    assert waiting.reason == "two-identities"
    assert waiting.original == message.encode()
    assert not any(number in f"{waiting.message}{waiting.next_step}{waiting.place}" for number in (CHILD, OTHER_CHILD))


def test_a_new_message_about_a_known_thing_is_a_later_version_of_the_same_record() -> None:
    resources = (an_xml_encounter(), an_xml_patient())
    first = update(translate(nems(a_message(*resources))))
    second = update(translate(nems(a_message(*resources, message_id="m2", updated="2018-05-08T09:00:00+01:00"))))

    assert first.record_id == second.record_id
    assert first.version != second.version
    assert first.order < second.order


def test_messages_that_reuse_a_message_id_are_still_different_records() -> None:
    hearing = update(translate(nems(a_message(an_xml_encounter(), an_xml_patient(), message_id="same"))))
    given = a_message(IMMUNISATION.format("false"), an_xml_patient(), message_id="same", event="vaccinations-1")

    assert hearing.record_id != update(translate(nems(given))).record_id


def test_order_is_by_last_update_and_not_by_the_messages_own_time() -> None:
    message = a_message(
        an_xml_encounter(), an_xml_patient(), updated="2018-05-09T10:00:00+01:00", timestamp="2018-05-01T00:00:00Z"
    )

    assert update(translate(nems(message))).order == "2018-05-09T09:00:00.000000+00:00"


def test_an_impossible_time_is_a_defect_and_the_other_time_orders_the_record() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient(), timestamp="2018-05-07T09:00:00+58:00")
    record = update(translate(nems(message)))

    assert record.order == "2018-05-07T09:00:00.000000+00:00"
    assert any(part.code == "date-invalid" and part.place.endswith("/timestamp") for part in record.defects)


def test_without_a_last_update_the_messages_own_time_orders_it() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient(), updated="", timestamp="2018-05-07T10:00:00+01:00")
    record = update(translate(nems(message)))

    assert (record.order, record.version) == ("2018-05-07T09:00:00.000000+00:00", "2018-05-07T10:00:00+01:00")


def test_a_deletion_without_a_patient_takes_back_the_record_by_its_identifier() -> None:
    told = update(translate(nems(a_message(an_xml_encounter(), an_xml_patient()))))
    gone = update(translate(nems(a_message(an_xml_encounter("entered-in-error", ""), kind="delete"))))

    assert (gone.action, gone.record_id) == ("retract", told.record_id)
    assert (gone.person.local_id, gone.person.restricted) == (CHILD, False)


def test_a_message_that_holds_back_the_patient_is_restricted() -> None:
    record = update(translate(nems(a_message(an_xml_encounter(subject="")))))

    assert (record.person.restricted, record.sensitivity) == (True, "restricted")


def test_a_death_taken_back_under_the_name_of_a_new_one_is_a_retraction() -> None:
    def death(status: str) -> str:
        patient = an_xml_patient(more=DEATH_STATUS.format(status)).replace("</Patient>", f"{DIED}</Patient>")
        return a_message(patient, event="pds-death-notification-1", focus="p1")

    formal, removed = update(translate(nems(death("2")))), update(translate(nems(death("U"))))

    assert (formal.action, removed.action) == ("assert", "retract")
    assert formal.record_id == removed.record_id
    assert formal.occurred.start == "2020-01-02T03:00:00+00:00"


def test_dates_of_birth_that_differ_are_all_kept_and_noted() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient(born="2013-10-12"), routing=a_routing(born="2018-05-04"))
    record = update(translate(nems(message)))

    assert record.person.birth_dates == ("2013-10-12", "2018-05-04")
    assert "birth-date-conflict" in [part.code for part in record.defects]


def test_names_that_differ_are_noted() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient(), routing=a_routing(family="MEIKLE"))

    assert "name-conflict" in [part.code for part in update(translate(nems(message))).defects]


def test_a_number_that_fails_its_check_never_pools_two_children() -> None:
    def born(day: str) -> str:
        routing = a_routing(BAD_NUMBER, born=day)
        return update(
            translate(nems(a_message(an_xml_encounter(), an_xml_patient(number=BAD_NUMBER, born=day), routing=routing)))
        ).person.local_id

    assert born("2018-05-04") != born("2018-05-05")
    assert born("2018-05-04") == born("2018-05-04") != BAD_NUMBER


def test_one_digit_ten_times_is_nobodys_number() -> None:
    routing = a_routing("0000000000")
    record = update(translate(nems(a_message(an_xml_encounter("x", ""), routing=routing, kind="delete"))))

    assert record.person.local_id != "0000000000"


def test_a_message_with_no_number_waits() -> None:
    assert refusal(translate(nems(a_message(an_xml_encounter(subject=""), routing="")))).reason == "no-subject"


def test_health_visiting_begins_with_a_team_a_worker_and_an_organisation() -> None:
    episode = """<EpisodeOfCare><id value="f1"/><identifier><system value="s"/><value value="e"/></identifier>
      <status value="active"/><type><text value="Health visiting service"/></type>
      <patient><reference value="urn:uuid:p1"/></patient>
      <period><start value="2018-11-01T09:00:00Z"/><end value="2019-11-01"/></period>
      <team><reference value="urn:uuid:t1"/></team></EpisodeOfCare>"""
    team = """<CareTeam><id value="t1"/><name value="Hill team"/>
      <participant><member><reference value="urn:uuid:w1"/></member></participant></CareTeam>"""
    worker = """<Practitioner><id value="w1"/><identifier><value value="HV-7"/></identifier>
      <name><family value="Orr"/><given value="Jean"/></name></Practitioner>"""
    record = update(
        translate(nems(a_message(episode, team, worker, an_xml_patient(), event="professional-contacts-1")))
    )

    assert record.facts == (
        InvolvementFact("health-visiting-team", "Z9HV1", "HV-7", "Hill team", "2018-11-01", "2019-11-01"),
    )
    assert (record.headline, record.author.name, record.organisation) == (
        "Health visiting service",
        "Jean Orr",
        "Z9HV1",
    )


def test_a_change_of_gp_names_the_new_practice_and_ends_the_old_one() -> None:
    patient = an_xml_patient().replace(
        "</Patient>", '<generalPractitioner><reference value="urn:uuid:new"/></generalPractitioner></Patient>'
    )
    new = """<Organization><id value="new"/><identifier>
      <system value="https://fhir.nhs.uk/Id/ods-organization-code"/><value value="Z99002"/></identifier>
      <name value="Dale Practice"/></Organization>"""
    old = """<EpisodeOfCare><id value="old"/><status value="finished"/>
      <patient><reference value="urn:uuid:p1"/></patient><managingOrganization>
      <reference value="https://directory.spineservices.nhs.uk/STU3/Organization/Z99001"/>
      <display value="Hill Practice"/></managingOrganization>
      <period><start value="2018-06-01"/><end value="2020-02-01"/></period></EpisodeOfCare>"""
    communication = """<Communication><id value="f1"/><status value="completed"/>
      <subject><reference value="urn:uuid:p1"/></subject><sent value="2020-02-02"/></Communication>"""
    record = update(translate(nems(a_message(communication, patient, new, old, event="pds-change-of-gp-1"))))

    assert record.facts == (
        InvolvementFact("gp-practice", "Z99002", name="Dale Practice"),
        InvolvementFact("gp-practice", "Z99001", name="Hill Practice", since="2018-06-01", until="2020-02-01"),
    )
    assert record.occurred == Occurred("2020-02-02", Precision.DAY)


def test_a_move_happened_on_the_day_the_new_home_was_first_lived_in_and_its_address_is_not_told() -> None:
    homes = """<address><use value="old"/><postalCode value="ZZ99 1AA"/>
      <period><end value="2020-03-01"/></period></address>
      <address><use value="home"/><line value="9 New Road"/><postalCode value="ZZ99 2BB"/>
      <period><start value="2020-03-02"/></period></address>"""
    patient = an_xml_patient().replace("</Patient>", f"{homes}</Patient>")
    communication = """<Communication><id value="f1"/><status value="completed"/>
      <subject><reference value="urn:uuid:p1"/></subject><sent value="2020-05-05"/></Communication>"""
    record = update(translate(nems(a_message(communication, patient, event="pds-change-of-address-1"))))

    assert record.occurred == Occurred("2020-03-02", Precision.DAY)
    assert record.person.postcode == "ZZ99 2BB"
    assert "New Road" not in record.headline + record.detail


def test_a_vaccine_given_and_one_refused_are_told_apart() -> None:
    given, refused = (
        update(translate(nems(a_message(IMMUNISATION.format(word), an_xml_patient(), event="vaccinations-1"))))
        for word in ("false", "true")
    )

    assert (given.code, given.polarity) == ("hv.immunisation.given", "happened")
    assert (refused.code, refused.polarity) == ("hv.immunisation.missed", "did-not-happen")
    assert (refused.headline, refused.detail) == ("MMR, second dose", "Consent not given")


def test_who_works_with_the_child_is_not_said_without_an_organisation() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient(), event="professional-contacts-1")

    assert [fact.duty for fact in _facts(message)] == ["health-visiting-team"]
    assert _facts(message.replace('<reference value="urn:uuid:org"/>', "")) == ()


def _facts(message: str) -> tuple[InvolvementFact, ...]:
    return tuple(fact for fact in update(translate(nems(message))).facts if isinstance(fact, InvolvementFact))


def test_a_screening_is_headed_by_its_outcome() -> None:
    outcome = """<Procedure><id value="pr"/><status value="completed"/><code><text value="Hearing test"/></code>
      <subject><reference value="urn:uuid:p1"/></subject><outcome><text value="Clear response"/></outcome>
      <note><text value="Settled."/></note></Procedure>"""
    record = update(translate(nems(a_message(an_xml_encounter(), an_xml_patient(), outcome))))

    assert (record.headline, record.detail) == ("Clear response", "Hearing test: Clear response\nSettled.")


def test_a_record_change_is_known_by_its_message_and_not_by_the_patients_number() -> None:
    def changed(message_id: str) -> str:
        message = a_message(an_xml_patient(), event="pds-record-change-1", focus="p1", message_id=message_id)
        return update(translate(nems(message))).record_id

    assert changed("m1") != changed("m2")
    assert CHILD not in changed("m1")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<Children><Child/></Children>", "not-this-format"),
        ('<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle>', "not-this-format"),
        ('<Bundle><type value="message"/></Bundle>', "not-this-format"),
        ('<Patient xmlns="http://hl7.org/fhir"/>', "not-this-format"),
        ('<Bundle xmlns="http://hl7.org/fhir"><type value="message"/></Bundle>', "no-header"),
    ],
)
def test_a_foreign_file_is_one_refusal_that_keeps_it_whole(content: str, reason: str) -> None:
    waiting = refusal(translate(nems(content)))

    assert (waiting.reason, waiting.original) == (reason, content.encode())


def test_two_messages_in_one_file_wait() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient())
    entry = message[message.index("<entry>") : message.index("</entry>") + len("</entry>")]

    assert refusal(translate(nems(message.replace(entry, entry * 2)))).reason == "several-messages"


def test_a_message_without_an_event_code_waits() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient(), event="")

    assert refusal(translate(nems(message))).reason == "no-event-code"


def test_the_original_is_the_whole_message_as_received() -> None:
    message = a_message(an_xml_encounter(), an_xml_patient())

    assert update(translate(nems(message))).original == message.encode()


def test_a_message_of_more_elements_than_any_has_is_refused_with_its_bytes() -> None:
    content = b'<Bundle xmlns="http://hl7.org/fhir">' + b"<a/>" * 250_000 + b"</Bundle>"

    (refused,) = check(Delivery("nems", "x.xml", content))

    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.original) == ("xml-too-many-elements", content)
