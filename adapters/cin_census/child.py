"""One child of a census: who they are to the council, and how each of their records is named and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from adapters.cin_census.codes import words_for
from adapters.cin_census.message import MEDIA, Alone, Fields, Head, cut_out, element
from adapters.cin_census.part import Part
from hub.update import (
    Coding,
    Defect,
    Fact,
    Identifier,
    Occurred,
    Person,
    Precision,
    Refusal,
    Sensitivity,
    Translated,
    Update,
)
from hub.vocabulary import terms

SOURCE = "cin-census"
AGAIN = "Correct it in the social work system and send the census again."
MAP_STEP = "Ask the hub's keepers to add the code to the census code list, then retry the record."
IDENTIFIERS = (
    "LAchildID",
    "UPN",
    "FormerUPN",
    "UPNunknown",
    "PersonBirthDate",
    "ExpectedPersonBirthDate",
    "GenderCurrent",
    "Sex",
    "PersonDeathDate",
)
_UNKNOWN_UPN = {f"UN{number}" for number in range(1, 11)}


@dataclass(frozen=True, slots=True)
class Child:
    """The child, the head of the census, and how many records of one name and day were seen in the file so far."""

    head: Head
    person: Person
    identifiers: Fields
    seen: Counter[str]
    place: str


@dataclass(frozen=True, slots=True)
class Record:
    """What one element says, before it is known whether it can be placed.

    `date` is what stands in its id; `day` when it happened. `kept`: the elements of the child that its original
    needs. `unmapped`: the place and list of a code that the hub does not know. `undated`: not about a moment.
    """

    name: str
    part: Part
    date: str
    code: str
    headline: str
    kept: tuple[etree._Element, ...]
    day: str = ""
    until: str = ""
    detail: str = ""
    undated: bool = False
    codings: tuple[Coding, ...] = ()
    facts: tuple[Fact, ...] = ()
    sensitivity: Sensitivity | None = None
    unmapped: tuple[str, str] = ("", "")
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is refused, where, and what its sender should do."""

    reason: str
    place: str
    message: str
    next_step: str = AGAIN


@dataclass(slots=True)
class Codes:
    """Codes of one record as they are looked up; the first that is not in its list is remembered."""

    part: Part
    codings: list[Coding] = field(default_factory=list)
    sensitivity: Sensitivity | None = None
    unmapped: tuple[str, str] = ("", "")

    def words(self, kind: str, name: str, *, told: bool = True) -> str:
        """The words of the code in the element of this name; empty when none is stated. `told`: kept as a coding."""
        return self.look_up(kind, self.part.text(name), f"{self.part.place}/{name}", told=told)

    def look_up(self, kind: str, code: str, place: str, *, told: bool = True, shown: bool = True) -> str:
        """The words of a code. `shown`: the words may stand beside the code for every reader of the record."""
        if not code:
            return ""
        known = words_for(kind, code)
        if known is None:
            self.unmapped = self.unmapped if self.unmapped[0] else (place, kind)
            return ""
        self.sensitivity = known.sensitivity or self.sensitivity
        if told:
            self.codings.append(Coding(f"dfe-{kind}", code, known.words if shown else ""))
        return known.words


def person_of(head: Head, part: Part) -> Person:
    """The child as the council knows them. An unborn child has an expected date, which is no date of birth."""
    own_id, born = part.text("LAchildID"), part.day("PersonBirthDate")
    if born and part.text("ExpectedPersonBirthDate"):
        part.defect("born-and-expected", "", "A child who is born still has an expected date of birth.")
    _check_unknown(part)
    stated = [Identifier("upn", part.text("UPN")), Identifier("upn", part.text("FormerUPN"), verified=False)]
    return Person(
        local_id=f"{head.council}|{own_id}",
        identifiers=(
            Identifier("la-child-id", f"{head.council}/{own_id}"),
            *(one for one in stated if one.value),
        ),
        birth_dates=(born,) if born else (),
        sex=_sex(part),
    )


def _check_unknown(part: Part) -> None:
    """Why there is no UPN: a code and no number, and none is due where there is one."""
    why = part.text("UPNunknown")
    if why and part.text("UPN"):
        part.defect("upn-and-unknown", "", "A UPN is given, and a reason why there is none.")
    if why and why.upper() not in _UNKNOWN_UPN:
        part.defect("bad-code", "", "The reason why there is no UPN is not in the census list.")


def _sex(part: Part) -> str:
    stated = part.text("Sex") or part.text("GenderCurrent")
    known = words_for("sex", stated) if stated else None
    if stated and known is None:
        part.defect("bad-code", "", "The child's sex is not in the census list.")
    return known.words if known else ""


def place(child: Child, record: Record) -> Translated:
    """An update of a record, or a refusal when nothing tells it from its neighbours or a code is not known."""
    key = f"{child.person.local_id}|{record.name}|{record.date}"
    ordinal = child.head.alone.ordinal if child.head.alone else child.seen[key]
    child.seen[key] += 1
    if not record.date and not record.undated:
        why = Why("no-record-id", record.part.place, "The record has no date to know it by.")
        return refuse(child, record, why, ordinal)
    if record.unmapped[0]:
        message = f"A code is not in the hub's list of this census: {record.unmapped[1]}."
        return refuse(child, record, Why("unmapped-code", record.unmapped[0], message, MAP_STEP), ordinal)
    return _update(child, record, f"{key}|{ordinal}", ordinal)


def _update(child: Child, record: Record, record_id: str, ordinal: int) -> Update:
    occurred, wrong = _occurred(record)
    return Update(
        source=SOURCE,
        record_id=record_id,
        version="",
        order=child.head.snapshot.order,
        action="assert",
        person=child.person,
        code=record.code,
        occurred=occurred,
        original=_original(child, record, ordinal),
        media_type=MEDIA,
        place=record.part.place,
        headline=record.headline,
        detail=record.detail,
        organisation=f"la-{child.head.council}",
        codings=record.codings,
        sensitivity=record.sensitivity or terms()[record.code].sensitivity,
        facts=record.facts,
        defects=(*child.head.defects, *record.defects, *record.part.defects, *wrong),
        snapshot=child.head.snapshot,
    )


def _occurred(record: Record) -> tuple[Occurred, tuple[Defect, ...]]:
    if not record.day:
        wrong = () if record.undated else (Defect("no-date", record.part.place, "The record has no date."),)
        return Occurred("", Precision.UNKNOWN), wrong
    if record.until and record.until < record.day:
        wrong = (Defect("end-before-start", record.part.place, "The record ends before it starts."),)
        return Occurred(record.day, Precision.DAY), wrong
    return Occurred(record.day, Precision.DAY, record.until), ()


def _original(child: Child, record: Record, ordinal: int) -> bytes:
    one = element("Child", (), [element("ChildIdentifiers", child.identifiers), *record.kept])
    return cut_out(child.head, [one], Alone(record.name, ordinal))


def refuse(child: Child, record: Record, why: Why, ordinal: int = 0) -> Refusal:
    """Keep one element that cannot be placed, with its child's identifiers."""
    original = _original(child, record, ordinal)
    return Refusal(SOURCE, why.reason, why.place, why.message, why.next_step, original, MEDIA)


def refuse_whole(head: Head, why: Why, children: Sequence[etree._Element]) -> Refusal:
    """Keep whole children that cannot be told from one another."""
    return Refusal(SOURCE, why.reason, why.place, why.message, why.next_step, cut_out(head, children), MEDIA)
