"""Knowing a person by NHS number only where that number holds: eleven patients have been seen to share a wrong one."""

from __future__ import annotations

from stdnum.gb import nhs

from adapters.fhir import people
from hub.update import Person


def number_of(person: Person) -> str:
    """The first NHS number whose check digit holds, without spaces; empty where there is none.

    One digit ten times over passes the check and stands for no number at all.
    """
    for part in person.identifiers:
        number = str(nhs.compact(part.value))
        if part.system == "nhs-number" and nhs.is_valid(number) and len(set(number)) > 1:
            return number
    return ""


def local_id(person: Person) -> str:
    """The NHS number where it holds; else number, date of birth and name together; empty without enough of them."""
    return number_of(person) or people.combination(person)
