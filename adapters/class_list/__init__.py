"""What schools and immunisation teams keep as class and cohort lists: which child is on which school's list.

A list holds a child's name, birth date, school and class, and beside them parents' names, e-mails, telephones and the
address. Of all that only the columns of `maps/class-list.csv` are read; the rest is dropped before anything is stored,
and a row too broken to tell its columns leaves nothing but its digest. A list has no dates of its own: its name may
begin with the school and the day, as in `123456_2026-09-07_class.csv`. A row without a single value is no record.
Rows of one list that share an id and contradict one another are refused together, whichever comes first.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from adapters.class_list.identities import unlike
from adapters.class_list.rows import (
    BORN,
    COLUMNS,
    FAMILY,
    GIVEN,
    GROUP,
    KNOWN_AS,
    MAY_REPEAT,
    NO_SCHOOL,
    NUMBERS,
    POSTCODE,
    SCHOOL,
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
from adapters.reading.limits import MOST_RECORDS
from hub.update import Delivery, InvolvementFact, Occurred, Precision, Refusal, Snapshot, Translated, Update
from hub.vocabulary import terms

SOURCE = "class-list"
_NAMED = re.compile(r"([A-Za-z0-9-]{3,40})_(?:(\d{4}-\d\d-\d\d)_)?(class|cohort)(?:[_.-].*)?", re.IGNORECASE)
_CODES = {"unknown": "ed.school.unknown", "home": "ed.school.home"}
_PLACES = 20
_SHORT_GROUP = re.compile(r"[0-9A-Za-z]{1,4}")


@dataclass(frozen=True, slots=True)
class _List:
    """What the file's name says: the school of a list of one school, the day, class or cohort; all may be empty."""

    school: str = ""
    day: str = ""
    kind: str = "list"


def translate(delivery: Delivery) -> Iterator[Translated]:
    """One update or refusal for each row of the list, in its order and as they are asked for.

    Unlike rows of one id are one refusal, which stands where the first of them does and holds them all.
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
    told = _told_by(delivery.name)
    doubtful, refused, empty = _doubtful(delivery.content, told), set[str](), True
    for line in found:
        empty = False
        child = _child(line, told)
        if child is None or child.own_id not in doubtful:
            yield _one(line, child, told)
        elif child.own_id not in refused:
            refused.add(child.own_id)
            yield _two_identities(doubtful[child.own_id])
    if empty:
        yield not_kept.refuse(SOURCE, "no-records", "", delivery.content)


def _children(content: bytes, told: _List) -> Iterator[Child]:
    found = (_child(line, told) for line in islice(_lines(content), MOST_RECORDS))
    return (child for child in found if child is not None)


def _doubtful(content: bytes, told: _List) -> dict[str, list[Line]]:
    """The rows of every id under which rows are unlike. The list is read once more, so that it is never held whole."""
    ids = unlike(_children(content, told))
    rows: dict[str, list[Line]] = {own_id: [] for own_id in ids}
    for child in _children(content, told) if ids else ():
        if child.own_id in rows:
            rows[child.own_id].append(child.line)
    return rows


def _lines(content: bytes) -> Iterator[Line | Lost]:
    table = read_table(content, frozenset())
    named = {COLUMNS.get(spelling(name)) for name in table.names}
    if missing := [name for name in (GIVEN, FAMILY, BORN) if name not in named]:
        raise Unreadable("not-this-format", f"row 1, column {missing[0]}", "", "")
    return lines(table, COLUMNS, may_repeat=MAY_REPEAT)


def _told_by(name: str) -> _List:
    found = _NAMED.fullmatch(name)
    return _List(found[1], day_of(found[2] or ""), found[3].lower()) if found else _List()


def _child(line: Line | Lost, told: _List) -> Child | None:
    """The child of a row whose columns can be told."""
    return None if isinstance(line, Lost) or shifted(line) else child_of(line, told.school)


def _one(line: Line | Lost, child: Child | None, told: _List) -> Translated:
    if isinstance(line, Lost):
        return not_kept.refuse(SOURCE, line.reason, line.place, line.content)
    if child is None:
        return not_kept.refuse(SOURCE, "columns-shifted", line.place, as_table(line.cells))
    return _update(child, told) if child.known_by else _nobody(line)


def _nobody(line: Line) -> Refusal:
    message = (
        "The row has no right NHS number, UPN or SCN, and not all of what a child without one is known by: both names,"
        " the birth date, the postcode and the school. So it cannot be told whose it is."
    )
    step = (
        f"Send the list again with {', '.join(NUMBERS.values())}, or with {GIVEN}, {FAMILY}, {BORN}, {POSTCODE} and"
        f" {SCHOOL}; the school may be in the file's name instead, as in SCHOOL_2026-09-07_class.csv."
    )
    return Refusal(SOURCE, "no-subject", line.place, message, step, as_table(line.cells), CSV_MEDIA)


def _two_identities(rows: list[Line]) -> Refusal:
    """All the rows of one id, in one refusal: read again together, they are refused again, and a person sees both."""
    message = (
        "Rows of this list have one number, or one name, birth date and postcode, and contradict one another in given"
        " name, birth date, another number or class. They may be two children, so none of them was taken."
    )
    step = "Give each child its own number, or the one child the same details in every row, and send the list again."
    place = ", ".join([line.place for line in rows[:_PLACES]] + (["and more"] if len(rows) > _PLACES else []))
    return Refusal(SOURCE, "two-identities", place, message, step, as_table(*(line.cells for line in rows)), CSV_MEDIA)


def _update(child: Child, told: _List) -> Update:
    means, words = NO_SCHOOL.get(child.school, ("", "On the school's list of pupils"))
    code = _CODES.get(means, "ed.school.listed")
    return Update(
        source=SOURCE,
        record_id=child.own_id,
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
