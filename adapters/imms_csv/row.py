"""What every immunisation table says in the same columns: the child, who gave it, and the batch."""

from __future__ import annotations

from adapters.imms_csv.codes import means
from adapters.imms_csv.dose import known_as, labelled
from adapters.imms_csv.table import Cells
from adapters.reading.unreadable import TEXT_MEDIA, Unreadable
from hub.update import Author, Identifier, Person

_AGAIN = "Correct the row in the system that holds the vaccination and send it again."


def person_of(cells: Cells) -> Person:
    """The child of a row. Neither an empty number nor a zero is a number."""
    number, born = cells.text("nhs_number"), cells.day("person_dob")
    if number and not number.strip("0 "):
        cells.defect("no-number", "nhs_number", "A zero stands where the number should be.")
        number = ""
    sex = cells.text("person_gender_code")
    person = Person(
        "",
        (Identifier("nhs-number", number),) if number else (),
        family=cells.text("person_surname"),
        given=tuple(filter(None, (cells.text("person_forename"),))),
        birth_dates=(born,) if born else (),
        sex=means("sex", sex) or sex,
        postcode=cells.text("person_postcode"),
    )
    own = cells.text("local_patient_id")
    return known_as(person, f"{cells.text('local_patient_id_uri')}/{own}" if own else "")


def author_of(cells: Cells) -> Author:
    """Who gave it, by name; an e-mail address is not read."""
    names = (cells.text(f"performing_professional_{part}") for part in ("forename", "surname"))
    return Author(" ".join(filter(None, names)), organisation=cells.text("organisation_code", "site_code"))


def batch(cells: Cells) -> str:
    """The batch and when it expires."""
    expires = cells.text("batch_expiry_date", "expiry_date")
    said = cells.text("batch_number")
    return labelled("Batch", f"{said}, expires {expires}" if said and expires else said)


def wrong(cells: Cells, reason: str, column: str, message: str) -> Unreadable:
    """Why a row cannot be placed, for its sender."""
    return Unreadable(reason, cells.place(column), message, _AGAIN, TEXT_MEDIA)
