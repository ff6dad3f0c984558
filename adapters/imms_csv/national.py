"""The national immunisation batch: a row for each vaccination, new, updated or deleted, known by its unique id."""

from __future__ import annotations

import re

from adapters.fhir import times
from adapters.imms_csv.dose import Dose, labelled
from adapters.imms_csv.row import author_of, batch, person_of, wrong
from adapters.imms_csv.table import Cells
from hub.update import Coding, Defect, Occurred

NEEDED = frozenset({"unique_id", "unique_id_uri", "action_flag"})
READ = NEEDED | {
    *("nhs_number", "person_forename", "person_surname", "person_dob", "person_gender_code", "person_postcode"),
    *("date_and_time", "recorded_date", "site_code", "location_code", "dose_sequence", "batch_number", "expiry_date"),
    *("performing_professional_forename", "performing_professional_surname", "primary_source"),
    *("vaccination_procedure_code", "vaccination_procedure_term", "vaccine_product_code", "vaccine_product_term"),
    *("site_of_vaccination_term", "route_of_vaccination_term", "indication_code", "not_given"),
    *("reason_not_given_code", "reason_not_given_term"),
}
_SNOMED = "http://snomed.info/sct"
_ACTIONS = {"new": "0", "update": "1", "delete": "2"}
"""Each action with its rank among rows of one moment, so that a deletion that overtakes its record still deletes it."""
_STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?")
_ZONES = {"": "", "00": "+00:00", "01": "+01:00"}
_NAMED_STAMP = re.compile(r"_([0-9]{8}T[0-9]{6})([0-9]{2})?(?=[._]|$)")


def dose_of(cells: Cells, delivery: str) -> Dose:
    """What one row says; raises Unreadable where it cannot be placed. `delivery` is the name of its file."""
    unique = cells.text("unique_id_uri"), cells.text("unique_id")
    if not all(unique):
        raise wrong(cells, "no-record-id", "unique_id", "The row has no UNIQUE_ID, or no UNIQUE_ID_URI.")
    rank = _ACTIONS.get(cells.text("action_flag").casefold())
    if rank is None:
        raise wrong(cells, "unmapped-code", "action_flag", "The ACTION_FLAG is none of new, update and delete.")
    deleted = rank == _ACTIONS["delete"]
    person = person_of(cells)
    if not deleted and not (person.identifiers or person.family or person.given):
        raise wrong(cells, "no-subject", "nhs_number", "The row does not say whom it is about.")
    recorded = cells.day("recorded_date")
    occurred, defects = _occurred(cells)
    return Dose(
        "|".join(unique),
        person,
        occurred,
        headline=cells.text("vaccination_procedure_term", "vaccine_product_term"),
        details=_details(cells),
        given=cells.text("not_given").casefold() != "true",
        action="retract" if deleted else "assert",
        order=f"{_sent(delivery) or recorded}|{rank}",
        recorded=recorded,
        organisation=cells.text("site_code"),
        author=author_of(cells),
        codings=_codings(cells),
        defects=tuple(cells.defects) + defects,
    )


def stamp(text: str) -> str:
    """`20250730T11525000`, with or without its zone of two digits, as an instant; empty for anything else."""
    found = _STAMP.fullmatch(text)
    if found is None or (zone := _ZONES.get(found[7] or "")) is None:
        return ""
    return f"{found[1]}-{found[2]}-{found[3]}T{found[4]}:{found[5]}:{found[6]}{zone}"


def _occurred(cells: Cells) -> tuple[Occurred, tuple[Defect, ...]]:
    said, place = cells.text("date_and_time"), cells.place("date_and_time")
    if not said:
        return times.happened("", "", place)[0], (Defect("no-date", place, "No date is given."),)
    exact = stamp(said)
    return times.happened(exact or cells.day("date_and_time"), "", place)


def _sent(delivery: str) -> str:
    """The instant that the file's name ends with, by which the deliveries of a sender are ordered."""
    found = _NAMED_STAMP.search(delivery)
    exact = times.moment(stamp(found[1]) + "Z") if found else None
    return exact.order if exact else ""


def _details(cells: Cells) -> tuple[str, ...]:
    headed = cells.text("vaccination_procedure_term")
    return (
        labelled("Reason", cells.text("reason_not_given_term", "reason_not_given_code")),
        labelled("Vaccine", cells.text("vaccine_product_term") if headed else ""),
        labelled("Dose", cells.text("dose_sequence")),
        batch(cells),
        labelled("Site", cells.text("site_of_vaccination_term")),
        labelled("Route", cells.text("route_of_vaccination_term")),
        labelled("Place", cells.text("location_code")),
    )


def _codings(cells: Cells) -> tuple[Coding, ...]:
    pairs = (
        ("vaccination_procedure_code", "vaccination_procedure_term"),
        ("vaccine_product_code", "vaccine_product_term"),
        ("indication_code", ""),
        ("reason_not_given_code", "reason_not_given_term"),
    )
    return tuple(Coding(_SNOMED, cells.text(code), cells.text(term)) for code, term in pairs if cells.text(code))
