"""What one row of a roster says of a pupil: that they are on a school's roll, or that they are in a class of it.

Only pupils have records. Staff and families are context: their rows make no update, are never stored, and are counted.
Ids are the sender's own, so each goes with the sender's code before it, a school's too: user 17 of one sender is not
user 17 of another, and the staff of school 2 are not those of another sender's school 2.
A roster has no versions: the day of change orders what is sent, and the content decides whether anything changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from adapters.oneroster.codes import ROLES, STATES
from adapters.oneroster.tables import Roster, user_ids
from adapters.reading import not_kept
from adapters.reading.dates import day_of
from adapters.reading.kept_columns import Line, spelling
from hub.update import (
    Coding,
    Defect,
    Fact,
    Identifier,
    InvolvementFact,
    Occurred,
    Person,
    Precision,
    Refusal,
    Snapshot,
    Update,
)
from hub.vocabulary import terms

SOURCE = "oneroster"
_AGAIN = "Correct it in the sending system and send it again."
_RETRY = "Ask the hub's keepers to add it to the OneRoster code list, then retry the record."
_NAMES = ("givenName", "familyName", "middleName", "preferredGivenName", "preferredFamilyName")
_TELEPHONE = 6
_GRADE = re.compile(r"(?:[A-Za-z]{0,4} ?[0-9]{1,2}[A-Za-z]?|[A-Za-z]{1,5})")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with what the delivery says beside it: the sender's code, whether its table is whole, the day it is of."""

    roster: Roster
    table: str
    line: Line
    publisher: str
    day: str
    defects: list[Defect] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A cell, trimmed; empty where there is none."""
        return self.line.cells.get(name, "")

    def date(self, name: str) -> str:
        """A cell as `YYYY-MM-DD`; empty, with a defect, when it is something else."""
        day = day_of(self.text(name))
        if self.text(name) and not day:
            self.defects.append(Defect("bad-date", self.place(name), "Not a date."))
        return day

    def place(self, name: str) -> str:
        """Where a cell stands."""
        return f"{self.line.place}, column {name}"

    def local(self, own_id: str) -> str:
        """An id of the sender's with the sender before it, where one is known."""
        return f"{quote(self.publisher, safe='')}|{own_id}" if self.publisher and own_id else own_id

    @property
    def original(self) -> bytes:
        """What is kept of the row; what other files of the delivery say of it is written into it."""
        mode = {"hub.mode": "bulk"} if self.table in self.roster.whole or self.text("hub.mode") else {}
        told = {"hub.publisher": self.publisher} if self.publisher else {}
        cells = {**self.line.cells, **told, **mode}
        if "userIds" in cells:
            # Log-ins stand among the numbers.
            cells["userIds"] = ",".join(f"{{{system}:{value}}}" for system, value in user_ids(cells["userIds"]))
        return self.roster.original(self.table, cells)


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says, once it is read."""

    record: str
    person: Person
    code: str
    occurred: Occurred
    headline: str
    detail: str = ""
    school: str = ""
    codings: tuple[Coding, ...] = ()
    facts: tuple[Fact, ...] = ()


def pupil(row: Row) -> Update | Refusal | None:
    """A user as on the roll; None where it is nobody's record but an adult's."""
    own_id = row.text("sourcedId")
    kind = role_of(row.text("role"))
    if kind != "pupil":
        return _not_a_pupil(row, kind)
    if refused := _whose(row, "sourcedId"):
        return refused
    if not own_id:
        return refuse(row, "no-subject", "sourcedId", "The row has no id, so it cannot be told whose it is.")
    born = row.date("birthDate")
    person = Person(
        local_id=row.local(own_id),
        identifiers=tuple(Identifier(system, value) for system, value in user_ids(row.text("userIds"))),
        family=row.text("familyName"),
        given=tuple(name for name in (row.text("givenName"), row.text("middleName")) if name),
        birth_dates=(born,) if born else (),
        sex=row.text("sex"),
    )
    said = Said("user", person, "ed.school.listed", Occurred("", Precision.UNKNOWN), "On the school's roll")
    return _update(row, own_id, _with_school(row, said))


def _with_school(row: Row, said: Said) -> Said:
    known_as = " ".join(part for part in (row.text("preferredGivenName"), row.text("preferredFamilyName")) if part)
    parts = (("Year group", row.text("grades")), ("Known as", known_as))
    detail = " ".join(f"{words}: {text}." for words, text in parts if text)
    school = row.text("primaryOrgSourcedId") or row.text("orgSourcedIds").split(",")[0].strip()
    return replace(said, detail=detail, school=row.local(school))


def enrolment(row: Row) -> Update | Refusal | None:
    """A pupil's place in a class, which is how the school comes to work with them; None for a teacher's."""
    own_id, user, school = (row.text(name) for name in ("sourcedId", "userSourcedId", "schoolSourcedId"))
    kind = role_of(row.text("role"))
    if kind != "pupil":
        return _not_a_pupil(row, kind)
    if refused := _whose(row, "userSourcedId", "sourcedId", "schoolSourcedId"):
        return refused
    if not user:
        return refuse(row, "no-subject", "userSourcedId", "The row does not say which user it is about.")
    if not own_id:
        return refuse(row, "no-record-id", "sourcedId", "The row has no id of its own.")
    if not school:
        return refuse(row, "no-organisation", "schoolSourcedId", "The row does not say at which school the class is.")
    begin, end = _days(row)
    occurred = Occurred(begin, Precision.DAY, end) if begin else Occurred("", Precision.UNKNOWN)
    school = row.local(school)
    fact = InvolvementFact("school", school, since=begin, until=end)
    coding = Coding("oneroster-class", row.text("classSourcedId"))
    person = Person(row.local(user))
    said = Said("enrolment", person, "ed.class.joined", occurred, "In a class of the school", "", school, (coding,))
    return _update(row, own_id, said, (fact,))


def _days(row: Row) -> tuple[str, str]:
    """The first and the last day in the class; empty where they are not stated."""
    begin, end = row.date("beginDate"), row.date("endDate")
    if begin and end and end < begin:
        row.defects.append(Defect("end-before-start", row.place("endDate"), "It ends before it begins."))
        return begin, ""
    return begin, end


def _update(row: Row, own_id: str, said: Said, facts: tuple[Fact, ...] = ()) -> Update | Refusal:
    action = STATES.get(spelling(row.text("status")))
    if action is None:
        return refuse(row, "unmapped-code", "status", "The status is not in the hub's code list.", _RETRY)
    retracted = action == "retract"
    order = order_of(row)
    return Update(
        source=SOURCE,
        record_id=f"{row.local(own_id)}|{said.record}",
        version="",
        order=order,
        action="retract" if retracted else "assert",
        person=said.person,
        code=said.code,
        occurred=said.occurred,
        original=row.original,
        media_type=row.roster.media_type,
        place=row.line.place,
        headline="" if retracted else said.headline,
        detail="" if retracted else said.detail,
        organisation=said.school,
        codings=() if retracted else said.codings,
        sensitivity=terms()[said.code].sensitivity,
        facts=() if retracted else facts,
        defects=(*row.line.defects, *row.defects),
        snapshot=_snapshot(row),
    )


def _snapshot(row: Row) -> Snapshot | None:
    """A table that the manifest calls bulk holds everything that its sender has of it."""
    if row.table not in row.roster.whole and row.text("hub.mode") != "bulk":
        return None
    return Snapshot(f"{quote(row.publisher, safe='')}|{row.table}", _instant(row.day))


def order_of(row: Row) -> str:
    """When the sender last changed the row, as an instant in UTC; else the day of the delivery; else empty."""
    text = row.text("dateLastModified")
    if not text:
        return _instant(row.day)
    order = _instant(text)
    if not order:
        row.defects.append(Defect("bad-date", row.place("dateLastModified"), "Not a date."))
    return order


def _instant(text: str) -> str:
    """An instant as sortable text; a day is its beginning, and what names no zone is taken as UTC."""
    if _INSTANT.fullmatch(text):
        try:
            at = datetime.fromisoformat(text)
            return _sortable(at.astimezone(UTC) if at.tzinfo else at)
        except (ValueError, OverflowError):
            return ""
    day = day_of(text)
    return _sortable(datetime.fromisoformat(day)) if day else ""


def _sortable(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def role_of(text: str) -> str:
    """What a user's roles make of them: pupil where any does; staff or family; `unknown`, or empty where none is."""
    kinds = [ROLES.get(spelling(part), "unknown") for part in text.split(",") if part.strip()]
    return next((kind for kind in ("pupil", "unknown", "staff", "family") if kind in kinds), "")


def _not_a_pupil(row: Row, kind: str) -> Refusal | None:
    if kind == "unknown":
        return refuse(row, "unmapped-code", "role", "The role is not in the hub's code list.", _RETRY)
    if not kind:
        step = "Send users together with their roles, in one ZIP with its manifest."
        return refuse(row, "no-role", "role", "Nothing says whether this is a pupil.", step)
    return None


def _whose(row: Row, *names: str) -> Refusal | None:
    """A refusal where nothing tells whose ids these are: a plain number is somebody else's pupil elsewhere."""
    plain = [name for name in names if row.text(name) and not _unique(row.text(name))]
    if row.publisher or not plain:
        return None
    message = "The ids are the sender's own, and nothing says who the sender is."
    step = (
        "State source.systemCode in the manifest, or begin the file's name with the sender's code, as in abc_users.csv."
    )
    return refuse(row, "no-publisher", plain[0], message, step)


def _unique(own_id: str) -> bool:
    try:
        UUID(own_id)
    except ValueError:
        return False
    return True


def shifted(line: Line) -> bool:
    """Whether what cannot be a name or a year group stands in its place: then a password may stand anywhere."""
    names = [line.cells.get(name, "") for name in _NAMES]
    odd = any("@" in name or sum(letter.isdigit() for letter in name) >= _TELEPHONE for name in names)
    grades = line.cells.get("grades", "")
    return odd or not all(_GRADE.fullmatch(part.strip()) for part in grades.split(",") if part.strip())


def refuse(row: Row, reason: str, name: str, message: str, step: str = _AGAIN) -> Refusal:
    """Refuse a row and keep what may be kept of it: of somebody who may be a parent, nothing that is an e-mail."""
    may_be_a_parent = role_of(row.text("role")) != "pupil"
    if may_be_a_parent and any("@" in text for text in row.line.cells.values()):
        return not_kept.refuse(SOURCE, reason, row.place(name), row.original)
    return Refusal(SOURCE, reason, row.place(name), message, step, row.original, row.roster.media_type)


def joined(cells: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """The cells, and of the others what they do not say themselves."""
    return {**more, **{name: text for name, text in cells.items() if text or name not in more}}
