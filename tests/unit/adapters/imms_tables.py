"""Tiny invented tables of vaccinations, for the tests to bend."""

from __future__ import annotations

from hub.update import Delivery
from tests.unit.adapters.health_messages import CHILD

STAMPED = "Vaccinations_v5_Z9HV1_20240406T06000000.csv"
NATIONAL = {
    "NHS_NUMBER": CHILD,
    "PERSON_FORENAME": "ADA",
    "PERSON_SURNAME": "FERNIE",
    "PERSON_DOB": "20180504",
    "PERSON_GENDER_CODE": "2",
    "PERSON_POSTCODE": "ZZ99 1AA",
    "DATE_AND_TIME": "20250730T11525001",
    "SITE_CODE": "Z9HV1",
    "UNIQUE_ID": "v-1",
    "UNIQUE_ID_URI": "https://ids.example",
    "ACTION_FLAG": "new",
    "RECORDED_DATE": "20250730",
    "VACCINATION_PROCEDURE_CODE": "170433008",
    "VACCINATION_PROCEDURE_TERM": "MMR, second dose",
    "DOSE_SEQUENCE": "2",
    "BATCH_NUMBER": "B1",
    "EXPIRY_DATE": "20260101",
}
SCHOOL = {
    "ORGANISATION_CODE": "Z9SA1",
    "SCHOOL_NAME": "Rowanbank Primary School",
    "NHS_NUMBER": CHILD,
    "PERSON_FORENAME": "Ada",
    "PERSON_SURNAME": "Fernie",
    "PERSON_DOB": "20180504",
    "PERSON_GENDER_CODE": "Female",
    "PERSON_POSTCODE": "ZZ99 1AA",
    "DATE_OF_VACCINATION": "20241008",
    "PROGRAMME": "Flu",
    "VACCINATED": "Y",
    "VACCINE_GIVEN": "Fluenz",
    "BATCH_NUMBER": "B1",
    "REASON_NOT_VACCINATED": "",
}
INSTRUCTIONS = "Required,Optional,Optional,Required,Required\n"


def imms(content: bytes | str, name: str = "t.csv") -> Delivery:
    return Delivery("imms-csv", name, content if isinstance(content, bytes) else content.encode())


def national(*rows: dict[str, str], name: str = "t.csv") -> Delivery:
    full = [NATIONAL | row for row in rows]
    lines = ["|".join(NATIONAL), *("|".join(f'"{value}"' for value in row.values()) for row in full)]
    return imms("\n".join(lines) + "\n", name)


def school(*rows: dict[str, str], between: str = "", columns: dict[str, str] | None = None) -> Delivery:
    plain = columns or SCHOOL
    lines = [",".join(plain) + "\n", between, *(",".join((plain | row).values()) + "\n" for row in rows)]
    return imms("".join(lines))
