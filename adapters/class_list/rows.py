"""One child of a class or cohort list: who it is, at which school, and by what the row is known when it comes again.

A list has no ids of its own. A child with a right NHS number is known by it; any other by a digest of school, name,
birth date and postcode, all four, because two children of one name and birthday must never share a story. So a
corrected name keeps the record of a numbered child (another given name is a conflict that a person decides), while an
unnumbered child whose name, birth date or postcode is corrected, or who gains a number, comes as a new record, and the
old one is missed from the next list: a question for a person, which is the honest answer.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field

from stdnum.gb import nhs

from adapters.maps.table import rows
from adapters.reading.dates import day_of
from adapters.reading.kept_columns import Line, spelling
from hub.update import Defect, Identifier, Person

GIVEN, FAMILY, BORN = "CHILD_FIRST_NAME", "CHILD_LAST_NAME", "CHILD_DATE_OF_BIRTH"
NUMBER, SCHOOL, GROUP = "CHILD_NHS_NUMBER", "CHILD_SCHOOL_URN", "CHILD_REGISTRATION"
POSTCODE, YEAR, SEX = "CHILD_POSTCODE", "CHILD_YEAR_GROUP", "CHILD_GENDER"
KNOWN_AS = ("CHILD_PREFERRED_FIRST_NAME", "CHILD_PREFERRED_LAST_NAME")
_MAP = rows("class-list")
COLUMNS = {spelling(row["said"]): row["means"] for row in _MAP if row["kind"] == "column"}
"""Every heading that is read, by its spelling, and the name under which the column is kept."""
NO_SCHOOL = {row["said"]: (row["means"], row["words"]) for row in _MAP if row["kind"] == "school"}
"""Numbers in the school's place that name no school: what they mean, and the words for it."""

MAY_REPEAT = frozenset({GIVEN, FAMILY, *KNOWN_AS, GROUP, YEAR, SEX})
"""Columns that a list may have twice under two headings. A number, a birth date or a school it may not."""

_TELEPHONE = 6
_TEN_DIGITS = re.compile(r"[0-9]{10}")


@dataclass(frozen=True, slots=True)
class Child:
    """One row, read. `school` is empty, one of NO_SCHOOL, or the school's own number."""

    line: Line
    school: str
    defects: list[Defect] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The cell, trimmed; empty where there is none."""
        return self.line.cells.get(name, "")

    @property
    def number(self) -> str:
        """The NHS number without spaces, if its ten digits are right; else empty."""
        digits = re.sub(r"[\s-]", "", self.text(NUMBER))
        right = _TEN_DIGITS.fullmatch(digits) and nhs.is_valid(digits) and len(set(digits)) > 1
        return digits if right else ""

    @property
    def born(self) -> str:
        """The birth date as `YYYY-MM-DD`; empty when it is none."""
        return day_of(self.text(BORN))

    @property
    def known_by(self) -> str:
        """What tells this child from every other of the source; empty where nothing does."""
        if self.number:
            return self.number
        stated = (self.text(FAMILY), self.text(GIVEN), self.born)
        if not all(stated):
            return ""
        parts = (self.school, *stated, self.text(POSTCODE).replace(" ", ""))
        return hashlib.sha256("\n".join(_folded(part) for part in parts).encode()).hexdigest()[:32]

    @property
    def at_school(self) -> bool:
        """Whether the row names a school that is one."""
        return bool(self.school) and self.school not in NO_SCHOOL


def child_of(line: Line, named: str) -> Child:
    """Read a row. `named` is the school that the file's name gives, for lists of one school without the column."""
    child = Child(line, line.cells.get(SCHOOL, "") or named, list(line.defects))
    if child.text(BORN) and not child.born:
        child.defects.append(Defect("bad-date", f"{line.place}, column {BORN}", "Not a date."))
    if child.text(NUMBER) and not child.number:
        note = "Not ten digits with a right check digit; the child is known by name, birth date and postcode."
        child.defects.append(Defect("bad-number", f"{line.place}, column {NUMBER}", note))
    return child


def person_of(child: Child) -> Person:
    """The child as the list has it."""
    stated = (("nhs-number", NUMBER), ("upn", "CHILD_UPN"), ("scn", "CHILD_SCN"))
    return Person(
        local_id=child.known_by,
        identifiers=tuple(Identifier(system, child.text(name)) for system, name in stated if child.text(name)),
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


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
