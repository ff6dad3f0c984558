"""What schools and immunisation teams keep as class and cohort lists: which child is on which school's list.

A list holds a child's name, birth date, school and class, and beside them parents' names, e-mails, telephones and the
address. Of all that only the columns of `maps/class-list.csv` are read; the rest is dropped before anything is stored,
and a row too broken to tell its columns leaves nothing but its digest. A list has no dates of its own: its name may
begin with the school and the day, as in `123456_2026-09-07_class.csv`. A row without a single value is no record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.class_list.rows import (
    BORN,
    COLUMNS,
    FAMILY,
    GIVEN,
    GROUP,
    KNOWN_AS,
    MAY_REPEAT,
    NO_SCHOOL,
    YEAR,
    Child,
    child_of,
    person_of,
    shifted,
)
from adapters.reading import Unreadable, not_kept
from adapters.reading.csv_rows import CSV_MEDIA, read_table
from adapters.reading.dates import day_of
from adapters.reading.kept_columns import Line, Lost, as_table, lines, spelling
from hub.update import Delivery, InvolvementFact, Occurred, Precision, Refusal, Snapshot, Translated, Update
from hub.vocabulary import terms

SOURCE = "class-list"
_NAMED = re.compile(r"([A-Za-z0-9-]{3,40})_(?:(\d{4}-\d\d-\d\d)_)?(class|cohort)(?:[_.-].*)?", re.IGNORECASE)
_CODES = {"unknown": "ed.school.unknown", "home": "ed.school.home"}
_SHORT_GROUP = re.compile(r"[0-9A-Za-z]{1,4}")


@dataclass(frozen=True, slots=True)
class _List:
    """What the file's name says: the school of a list of one school, the day, class or cohort; all may be empty."""

    school: str = ""
    day: str = ""
    kind: str = "list"


def translate(delivery: Delivery) -> Iterator[Translated]:
    """One update or refusal for each child of the list, in its order and as they are asked for.

    A file that is no such list, or holds no child, is one refusal. Nothing of a refused row or file is kept unless
    its columns could be told, and then only those that are read.
    """
    if refused := not_kept.again(delivery):
        yield refused
        return
    yield from not_kept.bounded(_translated(delivery), delivery)


def _translated(delivery: Delivery) -> Iterator[Translated]:
    try:
        found = _lines(delivery.content)
    except Unreadable as error:
        yield not_kept.refuse(SOURCE, error.reason, error.place, delivery.content)
        return
    told, empty = _told_by(delivery.name), True
    for line in found:
        empty = False
        yield _one(line, told)
    if empty:
        yield not_kept.refuse(SOURCE, "no-records", "", delivery.content)


def _lines(content: bytes) -> Iterator[Line | Lost]:
    table = read_table(content, frozenset())
    named = {COLUMNS.get(spelling(name)) for name in table.names}
    if missing := [name for name in (GIVEN, FAMILY, BORN) if name not in named]:
        raise Unreadable("not-this-format", f"row 1, column {missing[0]}", "", "")
    return lines(table, COLUMNS, may_repeat=MAY_REPEAT)


def _told_by(name: str) -> _List:
    found = _NAMED.fullmatch(name)
    return _List(found[1], day_of(found[2] or ""), found[3].lower()) if found else _List()


def _one(line: Line | Lost, told: _List) -> Translated:
    if isinstance(line, Lost):
        return not_kept.refuse(SOURCE, line.reason, line.place, line.content)
    if shifted(line):
        return not_kept.refuse(SOURCE, "columns-shifted", line.place, as_table(line.cells))
    child = child_of(line, told.school)
    return _update(child, told) if child.known_by else _nobody(line)


def _nobody(line: Line) -> Refusal:
    message = (
        "The row has neither a right NHS number nor both names and a birth date, so it cannot be told whose it is."
    )
    step = "Complete the row in the school's system and send the list again."
    return Refusal(SOURCE, "no-subject", line.place, message, step, as_table(line.cells), CSV_MEDIA)


def _update(child: Child, told: _List) -> Update:
    means, words = NO_SCHOOL.get(child.school, ("", "On the school's list of pupils"))
    code = _CODES.get(means, "ed.school.listed")
    return Update(
        source=SOURCE,
        record_id=f"{child.school}|{child.known_by}",
        version="",
        order=told.day,
        action="assert",
        person=person_of(child),
        code=code,
        # The list says that it is so, and not since when.
        occurred=Occurred("", Precision.UNKNOWN),
        original=as_table(child.line.cells),
        media_type=CSV_MEDIA,
        place=child.line.place,
        headline=words,
        detail=_detail(child),
        organisation=child.school if child.at_school else "",
        sensitivity=terms()[code].sensitivity,
        facts=(InvolvementFact("school", child.school),) if child.at_school else (),
        defects=tuple(child.defects),
        snapshot=_snapshot(child, told),
    )


def _detail(child: Child) -> str:
    known_as = " ".join(child.text(name) for name in KNOWN_AS if child.text(name))
    stated = (("Year group", child.text(YEAR)), ("Registration group", child.text(GROUP)), ("Known as", known_as))
    return " ".join(f"{words}: {said}." for words, said in stated if said)


def _snapshot(child: Child, told: _List) -> Snapshot | None:
    """A list is whole for one school, and for one class of it where the rows name their class.

    Children of no known school are on many lists at once, none of them whole, so nobody is missed from those.
    """
    if not child.at_school:
        return None
    group = child.text(GROUP)
    if group and not _SHORT_GROUP.fullmatch(group):
        # A class may be called after its teacher, and a scope never names a person.
        group = hashlib.sha256(group.encode()).hexdigest()[:12]
    return Snapshot(f"{child.school}|{told.kind}|{group}", told.day)
