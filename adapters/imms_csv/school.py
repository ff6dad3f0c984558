"""Vaccinations in school, as the school-age services and their record systems export them: given, or not and why.

A row has no id of its own unless it states one (`UUID`); without it a vaccination is known by whose it is, the
programme and the day: a corrected row corrects, and where one file says it twice and not alike, a person is asked.
"""

from __future__ import annotations

from adapters.fhir import times
from adapters.imms_csv.codes import means
from adapters.imms_csv.dose import Dose, labelled
from adapters.imms_csv.row import author_of, batch, person_of, wrong
from adapters.imms_csv.table import Cells
from hub.update import Occurred, Person, Precision

NEEDED = frozenset({"date_of_vaccination", "person_surname", "person_forename", "person_dob"})
READ = NEEDED | {
    *("nhs_number", "person_gender_code", "person_postcode", "local_patient_id", "local_patient_id_uri", "uuid"),
    *("organisation_code", "school_urn", "school_name", "clinic_name", "programme", "vaccine_given", "vaccinated"),
    *("vaccination_type", "reason_not_vaccinated", "batch_number", "batch_expiry_date", "anatomical_site", "notes"),
    *(
        "dose_sequence",
        "time_of_vaccination",
        "performing_professional_forename",
        "performing_professional_surname",
        "consent_type",
    ),
}
UUID_SYSTEM = "http://manage-vaccinations-in-schools.nhs.uk/vaccination_records"
"""Under which the same service's FHIR records carry the same ids."""


def dose_of(cells: Cells) -> Dose:
    """What one row says; raises Unreadable where it cannot be placed."""
    person = person_of(cells)
    if not person.local_id:
        raise wrong(cells, "no-subject", "nhs_number", "The row does not say well enough whom it is about.")
    given = _given(cells)
    programme = cells.text("programme", "vaccination_type", "vaccine_given")
    if not programme:
        raise wrong(cells, "no-vaccine", "programme", "The row does not say which vaccine it is about.")
    return Dose(
        _record_id(cells, person, programme),
        person,
        _occurred(cells),
        headline=_headline(cells, programme, given=given),
        details=_details(cells, given=given),
        given=given,
        organisation=cells.text("organisation_code"),
        author=author_of(cells),
        defects=tuple(cells.defects),
    )


def _record_id(cells: Cells, person: Person, programme: str) -> str:
    if uuid := cells.text("uuid"):
        return f"{UUID_SYSTEM}|{uuid}"
    day = cells.day("date_of_vaccination") or cells.text("date_of_vaccination")
    return f"school|{person.local_id}|{programme.casefold()}|{day}"


def _given(cells: Cells) -> bool:
    """Whether it was given; a row that says nothing of it, or both, is refused: the one is not the other's mistake."""
    said, reason = cells.text("vaccinated"), cells.text("reason_not_vaccinated")
    known = means("vaccinated", said)
    if said and not known:
        raise wrong(cells, "unmapped-code", "vaccinated", "VACCINATED is neither yes nor no in the hub's list.")
    if known == "given" and reason:
        raise wrong(cells, "unclear-outcome", "vaccinated", "The row says both that it was given and why it was not.")
    vaccine = cells.text("vaccine_given", "vaccination_type")
    if not known and bool(vaccine) == bool(reason):
        raise wrong(cells, "unclear-outcome", "vaccinated", "The row does not say whether the vaccine was given.")
    return known == "given" or (not known and not reason)


def _occurred(cells: Cells) -> Occurred:
    day, time = cells.day("date_of_vaccination"), cells.text("time_of_vaccination")
    exact = times.moment(f"{day}T{time}") if day and time else None
    if exact:
        return Occurred(exact.value, exact.precision, zone_assumed=exact.zone_assumed)
    if not day and not cells.text("date_of_vaccination"):
        cells.defect("no-date", "date_of_vaccination", "No date is given.")
    return Occurred(day, Precision.DAY if day else Precision.UNKNOWN)


def _headline(cells: Cells, programme: str, *, given: bool) -> str:
    vaccine = cells.text("vaccine_given") if given else ""
    return programme if vaccine in {"", programme} else f"{programme}: {vaccine}"


def _details(cells: Cells, *, given: bool) -> tuple[str, ...]:
    return (
        labelled("Reason", "" if given else _reason(cells)),
        labelled("Dose", cells.text("dose_sequence")),
        batch(cells) if given else "",
        labelled("Site", cells.text("anatomical_site")) if given else "",
        labelled("Place", cells.text("school_name", "clinic_name")),
        labelled("Consent", cells.text("consent_type")),
        labelled("Notes", cells.text("notes")),
    )


def _reason(cells: Cells) -> str:
    sent = cells.text("reason_not_vaccinated")
    if not sent:
        cells.defect("no-reason", "reason_not_vaccinated", "Not given, and no reason is stated.")
        return ""
    if known := means("reason", sent):
        return known
    cells.defect("unmapped-reason", "reason_not_vaccinated", "The reason is not in the hub's code list; kept as sent.")
    return sent
