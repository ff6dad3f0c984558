"""One child of a class or cohort list: who it is, on whose list, and by what the row is known when it comes again.

A list has no ids of its own. A child is known by a right number, the first of NHS number, UPN and SCN; any other by a
digest of name, birth date and postcode, all of them, because two children of one name and birthday must never share a
story. The class does not stand in for a postcode: it is another one next year. So a corrected name keeps the record of
a numbered child (another given name is a conflict that a person decides), while an unnumbered child whose name, birth
date or postcode is corrected, or who gains a number, comes as a new record, and the old one is missed from the next
list: a question for a person, which is the honest answer.

Whatever it is known by, the record is that of the school, or of whom the file's name gives where the row has no
school: what one school says of a child is no correction of another's, nor is it an answer to what another says. A
number in a list that names nobody stands for that child in all such lists; each of its rows says so (`no-keeper`).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from adapters.class_list.numbers import right
from adapters.maps.table import rows
from adapters.reading.dates import day_of
from adapters.reading.kept_columns import Line, spelling
from hub.update import Defect, Identifier, Person

GIVEN, FAMILY, BORN = "CHILD_FIRST_NAME", "CHILD_LAST_NAME", "CHILD_DATE_OF_BIRTH"
NUMBER, SCHOOL, GROUP = "CHILD_NHS_NUMBER", "CHILD_SCHOOL_URN", "CHILD_REGISTRATION"
POSTCODE, YEAR, SEX = "CHILD_POSTCODE", "CHILD_YEAR_GROUP", "CHILD_GENDER"
NUMBERS = {"nhs-number": NUMBER, "upn": "CHILD_UPN", "scn": "CHILD_SCN"}
"""The column of each number, the surest first."""
KNOWN_AS = ("CHILD_PREFERRED_FIRST_NAME", "CHILD_PREFERRED_LAST_NAME")
_MAP = rows("class-list")
COLUMNS = {spelling(row["said"]): row["means"] for row in _MAP if row["kind"] == "column"}
"""Every heading that is read, by its spelling, and the name under which the column is kept."""
NO_SCHOOL = {row["said"]: (row["means"], row["words"]) for row in _MAP if row["kind"] == "school"}
"""Numbers in the school's place that name no school: what they mean, and the words for it."""

MAY_REPEAT = frozenset({GIVEN, FAMILY, *KNOWN_AS, GROUP, YEAR, SEX})
"""Columns that a list may have twice under two headings. A number, a birth date or a school it may not."""

_TELEPHONE = 6
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}")


@dataclass(frozen=True)
class Child:
    """One row, read. `school` is empty, one of NO_SCHOOL, or the school's number; `named` is whom the file names."""

    line: Line
    school: str
    named: str = ""
    defects: list[Defect] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The cell, trimmed; empty where there is none."""
        return self.line.cells.get(name, "")

    @cached_property
    def right(self) -> dict[str, str]:
        """Its numbers of right check digits, by system, without blanks; the surest first."""
        found = {system: right(system, self.text(column)) for system, column in NUMBERS.items()}
        return {system: number for system, number in found.items() if number}

    @cached_property
    def born(self) -> str:
        """The birth date as `YYYY-MM-DD`; empty when it is none."""
        return day_of(self.text(BORN))

    @property
    def keeper(self) -> str:
        """Whose record it is: the school's, or theirs who are named by the file; empty where nobody is."""
        return self.school if self.at_school else self.named

    @cached_property
    def known_by(self) -> str:
        """What tells this child from every other of its keeper; empty where nothing does."""
        return next(iter(self.right.values()), "") or self._digest()

    @property
    def own_id(self) -> str:
        """The keeper's own id of the child, for the person and the record alike. A school's `|` is none of ours."""
        return f"{quote(self.keeper, safe='')}|{self.known_by}"

    @property
    def at_school(self) -> bool:
        """Whether the row names a school that is one."""
        return bool(self.school) and self.school not in NO_SCHOOL

    def _digest(self) -> str:
        postcode = "".join(self.text(POSTCODE).upper().split())
        stated = (self.keeper, self.text(FAMILY), self.text(GIVEN), self.born, postcode)
        if not all(stated) or not _POSTCODE.fullmatch(postcode):
            return ""
        return hashlib.sha256("\n".join(folded(part) for part in stated).encode()).hexdigest()[:32]


def child_of(line: Line, named: str) -> Child:
    """Read a row. `named` is the school that the file's name gives, for lists of one school without the column."""
    child = Child(line, line.cells.get(SCHOOL, "") or named, named, list(line.defects))
    if child.text(BORN) and not child.born:
        child.defects.append(Defect("bad-date", f"{line.place}, column {BORN}", "Not a date."))
    for system, column in NUMBERS.items():
        if child.text(column) and system not in child.right:
            note = "Its shape or its check digit is wrong, so nobody is known by it."
            child.defects.append(Defect("bad-number", f"{line.place}, column {column}", note))
    if not child.keeper:
        note = "Neither the row nor the file's name says whose list it is, so the child is one in all such lists."
        child.defects.append(Defect("no-keeper", f"{line.place}, column {SCHOOL}", note))
    return child


def person_of(child: Child) -> Person:
    """The child as the list has it."""
    return Person(
        local_id=child.own_id,
        identifiers=tuple(Identifier(system, child.text(name)) for system, name in NUMBERS.items() if child.text(name)),
        family=child.text(FAMILY),
        given=(child.text(GIVEN),) if child.text(GIVEN) else (),
        birth_dates=(child.born,) if child.born else (),
        sex=child.text(SEX),
        postcode=child.text(POSTCODE),
    )


def shifted(line: Line) -> bool:
    """Whether a contact stands where the child's own words should: then no column of the row can be believed."""
    names = [line.cells.get(name, "") for name in (GIVEN, FAMILY, *KNOWN_AS)]
    digits = any(sum(letter.isdigit() for letter in name) >= _TELEPHONE for name in names)
    return digits or any("@" in cell for cell in line.cells.values())


def folded(text: str) -> str:
    """A text as it is compared: however its capitals, accents' marks and blanks are written."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
