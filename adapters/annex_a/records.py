"""The records of one row of Annex A: each of its dated columns is a happening, as the map of its list says.

The row of a list must have its main day, on which the allocated worker is tied to the child. A worker's name opens
nothing to anybody of that name: only a code can be a worker's own. What a later workbook overtakes (a last visit) is
not withdrawn by being left out, so it takes no part in the comparison of deliveries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from adapters.annex_a.codes import CHILD_LISTS, Column, columns, value_of
from adapters.annex_a.row import ADOPTERS, Fields, Row
from hub.update import (
    Author,
    Coding,
    Fact,
    Identifier,
    InvolvementFact,
    Occurred,
    Person,
    Precision,
    Refusal,
    Sensitivity,
    Snapshot,
    StatusFact,
    Translated,
    Update,
)
from hub.vocabulary import terms

SOURCE = "annex-a"
FORM_MEDIA = "application/json"
AGAIN = "Correct it in the social work system and send the workbook again."
_MAP_STEP = "Ask the hub's keepers to add the value to the list of Annex A's values, then retry the record."
_LONGEST_ID, _LONGEST_DATE = 200, 40
_WORKER_CODE = re.compile(r"[A-Za-z]{0,6}[-/]?[0-9]{2,12}")
_INQUIRY, _NEEDLESS, _CONFERENCE = "inquiry", "inquiry-needless", "conference"


@dataclass(slots=True)
class Told:
    """What the fields beside a day say of the happening."""

    sentences: list[str] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    sensitivity: Sensitivity | None = None
    unmapped: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One dated column of a row. `tail`: its date as stated, and its number among those of one day."""

    column: Column
    day: str
    tail: str
    told: Told


def outcomes(row: Row, seen: Counter[str]) -> Iterator[Translated]:
    """Every record of a row, or one refusal of the row. `seen` counts the records of one day apart."""
    if row.list not in CHILD_LISTS:
        yield _not_a_child(row)
        return
    fields = Fields.of(row)
    children = fields.all("child")
    if len(children) > 1 or len(row.born) > 1:
        yield _refuse(row, "two-identities", row.place(), _TWO, "Give each child an id of its own, and send it again.")
    elif not children or len(next(iter(children))) > _LONGEST_ID:
        yield _refuse(row, "no-subject", fields.place("child"), "The row does not say which child it is about.")
    else:
        yield from _records(fields, _person(fields, children.pop()), seen)


_TWO = "The child's id stands with different dates of birth, or the row with several ids."


def _not_a_child(row: Row) -> Refusal:
    if row.list == ADOPTERS:
        message = "The list is about adopters, who are not children; nothing of the row was kept."
        return _refuse(row, "not-about-a-child", row.place(), message, "Leave this list out of what you send.")
    message = "The sheet is no list of Annex A, or has no header that names the child's id; it was kept and not read."
    step = "Leave it out, or name it after its list (List 1 to List 10) and give it the headers of that list."
    return _refuse(row, "unknown-sheet", row.place(), message, step)


def _refuse(row: Row, reason: str, place: str, message: str, step: str = AGAIN) -> Refusal:
    return Refusal(SOURCE, reason, place, message, step, row.kept(row.record, row.ordinal), FORM_MEDIA)


def _person(fields: Fields, own_id: str) -> Person:
    born, sex = fields.day("born"), fields.text("sex")
    known = value_of("sex", sex) if sex else None
    if sex and known is None:
        fields.defect("bad-code", "sex", "The child's sex is written in a way that the hub does not know.")
    council = fields.row.council
    return Person(
        f"{council}|{own_id}",
        (Identifier("la-child-id", f"{council}/{own_id}"),),
        birth_dates=(born,) if born else (),
        sex=known.code if known and known.code in {"M", "F"} else "",
    )


def _records(fields: Fields, person: Person, seen: Counter[str]) -> Iterator[Translated]:
    row = fields.row
    for column in columns(row.list):
        wanted = column.event and row.record in {"", column.field}
        if wanted and (column.part == "main" or fields.all(column.field) or row.record):
            own = Fields(row, fields.cells, list(fields.defects))
            yield _record(own, person, column, seen)


def _record(fields: Fields, person: Person, column: Column, seen: Counter[str]) -> Translated:
    day = fields.day(column.field) if column.reads == "day" else ""
    date = day or fields.text(column.field)[:_LONGEST_DATE]
    key = f"{person.local_id}|{column.field}|{date}"
    ordinal = fields.row.ordinal if fields.row.record else seen[f"{fields.row.list}|{key}"]
    seen[f"{fields.row.list}|{key}"] += 1
    row = replace(fields.row, record=column.field, ordinal=ordinal)
    if column.reads == "day" and not date:
        message = "The row has no day in the column that its list is about."
        return _refuse(row, "no-record-id", fields.place(column.field), message)
    told = _told(fields, column)
    if told.unmapped:
        message = "A value is not in the hub's list of Annex A's values."
        return _refuse(row, "unmapped-code", fields.place(told.unmapped), message, _MAP_STEP)
    return _update(replace(fields, row=row), person, Happening(column, day, f"{date}|{ordinal}", told))


def _told(fields: Fields, column: Column) -> Told:
    told, known = Told(), {one.field: one for one in columns(fields.row.list)}
    for name in column.tells:
        if text := fields.text(name):
            _tell(told, fields, known[name], text)
    return told


def _tell(told: Told, fields: Fields, column: Column, text: str) -> None:
    reads, _, kind = column.reads.partition(":")
    if reads == "text":
        told.sentences.append(column.label.format(text))
        return
    value = value_of(kind or "yes-no", text)
    if reads == "yes-no":
        if value is None:
            fields.defect("bad-flag", column.field, "Neither yes nor no.")
        yes, _, no = column.label.partition("|")
        told.sentences.append({"Y": yes, "N": no}.get(value.code if value else "", ""))
    elif value is None:
        told.unmapped = told.unmapped or column.field
    else:
        coding = Coding(f"dfe-{kind}", value.code, value.words)
        if coding not in told.codings:
            told.sentences.append(column.label.format(value.words))
            told.codings.append(coding)
        told.sensitivity = value.sensitivity or told.sensitivity


def _update(fields: Fields, person: Person, happening: Happening) -> Update:
    row, column, day, told = fields.row, happening.column, happening.day, happening.told
    until = fields.day(column.until) if column.until else ""
    if until and day and until < day:
        fields.defect("end-before-start", column.until, "The record ends before it starts.")
        until = ""
    team, worker = fields.text("team"), fields.text("worker")
    facts = _facts(fields, column, day, until)
    return Update(
        source=SOURCE,
        record_id=f"{row.council}|list-{row.list}|{person.local_id.partition('|')[2]}|{column.field}|{happening.tail}",
        version="",
        order=row.order,
        action="assert",
        person=person,
        code=column.event,
        occurred=Occurred(day, Precision.DAY, until) if day else Occurred("", Precision.UNKNOWN),
        original=row.kept(row.record, row.ordinal),
        media_type=FORM_MEDIA,
        place=fields.place(column.field),
        headline=column.headline,
        detail=" ".join(filter(None, told.sentences)),
        organisation=f"la-{row.council}",
        author=Author(worker, organisation=team) if worker or team else Author(),
        codings=tuple(told.codings),
        sensitivity=told.sensitivity or terms()[column.event].sensitivity,
        facts=facts,
        defects=(*row.defects, *fields.defects),
        snapshot=None if column.part == "latest" else Snapshot(f"{row.council}|annex-a|list-{row.list}", row.order),
    )


def _facts(fields: Fields, column: Column, day: str, until: str) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    worker = fields.text("worker")
    if column.field == _INQUIRY:
        until = _inquiry_ended(fields, day)
    if worker and column.part == "main" and (column.until or column.status or column.reads == "row"):
        code = worker if _WORKER_CODE.fullmatch(worker) else ""
        council = f"la-{fields.row.council}"
        facts.append(InvolvementFact("allocated-social-worker", council, code, worker, day, until))
    if column.status and day and _holds(fields, column):
        # The map holds the names of the stages that a status fact may have.
        match column.status:
            case "concern" | "registered" | "plan" | "looked-after" as stage:
                facts.append(StatusFact(stage, day, until))
    return tuple(facts)


def _holds(fields: Fields, column: Column) -> bool:
    name, code = column.when
    if not name:
        return True
    value = value_of(name, fields.text(name))
    return value is not None and value.code == code


def _inquiry_ended(fields: Fields, day: str) -> str:
    """With its conference; where none was needed it is over, and no later day is stated than that it began on."""
    met = fields.day(_CONFERENCE)
    if met and met >= day:
        return met
    needless = value_of("yes-no", fields.text(_NEEDLESS))
    return day if needless and needless.code == "Y" else ""
