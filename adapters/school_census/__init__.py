"""What schools send with the termly census: who is enrolled, who left, exclusions, and attendance.

One file holds one table, told by its columns; every row becomes one update or one refusal. Contacts of
parents and the like are not in these tables and would not be read. A term orders as its calendar does:
`2024-1-spring`, `2024-2-summer`, `2024-3-autumn`, `2025-1-spring`. The census gives records no versions, so an
unchanged row of a later term is a repeat, and a changed one a revision that the later term wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from adapters.reading import Unreadable, unreadable_refusal
from adapters.reading.csv_rows import CSV_MEDIA, BadRow, read_table
from adapters.reading.no_records import or_no_records
from adapters.school_census.cells import ROLLS, Cells, Term, term_of
from adapters.school_census.codes import COLUMNS, words_for
from hub.update import (
    Coding,
    Defect,
    Delivery,
    Fact,
    Identifier,
    InvolvementFact,
    Occurred,
    Person,
    Precision,
    Refusal,
    Snapshot,
    Translated,
    Update,
)
from hub.vocabulary import terms

SOURCE = "school-census"

_AGAIN = "Correct the row in the school's system and send the table again."


Translate = Callable[[Cells, Term], Translated]


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Updates and refusals, one for each row, in the file's order and as they are asked for.

    A file that holds none of the known tables is one refusal, `not-this-format`; a table without rows, `no-records`.
    """
    return or_no_records(_found(delivery), delivery)


def _found(delivery: Delivery) -> Iterator[Translated]:
    try:
        table = read_table(delivery.content, COLUMNS)
        where = {name: at for at, name in reversed(list(enumerate(table.names)))}
        one = _table(where)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    term = term_of(delivery.name)
    for row in table.rows:
        yield _refused(row) if isinstance(row, BadRow) else _one(Cells(row, where), term, one)


def _table(where: dict[str, int]) -> Translate:
    """Which table it is; raises Unreadable when it is none that the hub reads."""
    for kind, needed, one in _TABLES:
        if kind in where:
            missing = [name for name in needed if name not in where]
            if not missing:
                return one
            raise _not_known(f"The table has no column {', '.join(missing)}.")
    raise _not_known("The columns are those of no census table that the hub reads.")


def _not_known(message: str) -> Unreadable:
    step = "Send pupils on or off roll, exclusions, or session details, comma-separated, with the header row."
    return Unreadable("not-this-format", "row 1", message, step, CSV_MEDIA)


def _refused(row: BadRow) -> Refusal:
    return Refusal(SOURCE, row.reason, row.place, row.message, row.next_step, row.original, CSV_MEDIA)


def _refusal(cells: Cells, reason: str, column: str, message: str, step: str = _AGAIN) -> Refusal:
    return Refusal(SOURCE, reason, cells.place(column), message, step, cells.row.original, CSV_MEDIA)


def _one(cells: Cells, term: Term, one: Translate) -> Translated:
    if not cells.pupil:
        return _refusal(cells, "no-subject", _roll(cells), "The row does not say which pupil it is about.")
    if not cells.school:
        return _refusal(cells, "no-organisation", "nativeid", "The row does not say which school it comes from.")
    return one(cells, term)


def _roll(cells: Cells) -> str:
    return ROLLS[0] if ROLLS[0] in cells.where else ROLLS[1]


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says, once it is read. `lasting`: it is sent again each term for as long as it is so."""

    record_id: str
    code: str
    occurred: Occurred
    headline: str
    detail: str = ""
    person: Person | None = None
    codings: tuple[Coding, ...] = ()
    facts: tuple[Fact, ...] = ()
    lasting: bool = False


def _update(cells: Cells, term: Term, said: Said) -> Update:
    return Update(
        source=SOURCE,
        record_id=said.record_id,
        version="",
        order=term.order,
        action="assert",
        person=said.person or Person(_local_id(cells)),
        code=said.code,
        occurred=said.occurred,
        original=cells.row.original,
        media_type=CSV_MEDIA,
        place=f"row {cells.row.number}",
        headline=said.headline,
        detail=said.detail,
        organisation=cells.school,
        codings=said.codings,
        sensitivity=terms()[said.code].sensitivity,
        facts=said.facts,
        defects=tuple(cells.defects),
        snapshot=_snapshot(cells, term, lasting=said.lasting),
    )


def _snapshot(cells: Cells, term: Term, *, lasting: bool) -> Snapshot:
    """What the delivery is whole for: one table of one school; of what happened in a term, that term's alone."""
    kind = next(kind for kind, _, _ in _TABLES if kind in cells.where).removesuffix("tableid")
    scope = f"{quote(cells.school, safe='')}|{kind}"
    return Snapshot(scope if lasting else f"{scope}|{term.version}", term.order)


def _local_id(cells: Cells) -> str:
    """A school numbers its own pupils: pupil 1 of one school is not pupil 1 of another."""
    return f"{quote(cells.school, safe='')}|{cells.pupil}"


def _pupil(cells: Cells) -> Person:
    identifiers = [("upn", cells.text("upn"), True), ("upn", cells.text("formerupn"), False)]
    identifiers.append(("uln", cells.text("uniquelearnernumber"), True))
    born = cells.day("dob")
    return Person(
        local_id=_local_id(cells),
        identifiers=tuple(Identifier(system, value, verified) for system, value, verified in identifiers if value),
        family=cells.text("surname"),
        given=tuple(name for name in (cells.text("forename"), cells.text("middlenames")) if name),
        birth_dates=(born,) if born else (),
        sex=cells.text("sex") or cells.text("gender"),
    )


def _on(cells: Cells, column: str, day: str) -> Occurred:
    """A day; or not known, with a defect."""
    if day:
        return Occurred(day, Precision.DAY)
    if not cells.text(column):
        cells.defect("no-date", column, "No date is given.")
    return Occurred("", Precision.UNKNOWN)


def _enrolled(cells: Cells, term: Term) -> Translated:
    person, since = _pupil(cells), cells.day("entrydate")
    occurred = _on(cells, "entrydate", since)
    facts = (InvolvementFact("school", cells.school, since=since),)
    record_id = f"pupil|{cells.pupil}|{cells.school}|on-roll"
    said = Said(
        record_id, "ed.enrolled", occurred, "Enrolled at school", _absences(cells), person, facts=facts, lasting=True
    )
    return _update(cells, term, said)


def _left(cells: Cells, term: Term) -> Translated:
    person, since, left = _pupil(cells), cells.day("entrydate"), cells.day("leavingdate")
    occurred = _on(cells, "leavingdate", left)
    # Without the day, the school works with the child no longer than the term in which it says so.
    if not (until := left or term.until):
        cells.defect("no-end", "leavingdate", "It cannot be told when the pupil left, so the school stays involved.")
    facts = (InvolvementFact("school", cells.school, since=since, until=until),) if until else ()
    record_id = f"pupil|{cells.pupil}|{cells.school}|off-roll"
    said = Said(record_id, "ed.left", occurred, "Left school", _absences(cells), person, facts=facts)
    return _update(cells, term, said)


def _absences(cells: Cells) -> str:
    """The term's totals that ride on a pupil's row, in words."""
    possible = cells.count("termlysessionspossible")
    if not possible:
        return ""
    excused = cells.count("termlysessionsauthorised") or 0
    unexcused = cells.count("termlysessionsunauthorised") or 0
    return f"Of {_sessions(possible)} in the term, absent with leave from {excused} and without leave from {unexcused}."


def _sessions(count: int | None) -> str:
    if count is None:
        return "number of sessions not stated"
    return "1 session" if count == 1 else f"{count} sessions"


def _exclusion(roll: str, cells: Cells, term: Term) -> Translated:
    own_id = cells.text(f"termlyexclusions{roll}tableid")
    if not own_id:
        return _refusal(cells, "no-record-id", f"termlyexclusions{roll}tableid", "The row has no id of its own.")
    kind = words_for("category", cells.text("category"))
    if kind is None:
        return _unmapped(cells, "category", "The kind of exclusion is not in the hub's code list.")
    occurred = _on(cells, "startdate", cells.day("startdate"))
    headline = f"{kind.words}: {_sessions(cells.count('sessions'))}"
    reasons = [_reason(cells, column) for column in ("reason1", "reason2", "reason3") if cells.text(column)]
    detail = f"Reason given: {'; '.join(reason.display for reason in reasons)}." if reasons else ""
    record_id = f"exclusion|{cells.school}|{own_id}"
    said = Said(record_id, kind.event, occurred, headline, detail, codings=tuple(reasons))
    return _update(cells, term, said)


def _reason(cells: Cells, column: str) -> Coding:
    code = cells.text(column)
    known = words_for("reason", code)
    if known is None:
        cells.defect("unmapped-reason", column, "The reason is not in the hub's code list; kept as sent.")
    return Coding("dfe-exclusion-reason", code, known.words if known else f"code {code} as sent by the school")


def _attendance(roll: str, cells: Cells, term: Term) -> Translated:
    own_id = cells.text(f"termlysessiondetails{roll}tableid")
    if not own_id:
        return _refusal(cells, "no-record-id", f"termlysessiondetails{roll}tableid", "The row has no id of its own.")
    code = cells.text("attendancereason")
    known = words_for("attendance", code)
    if known is None:
        return _unmapped(cells, "attendancereason", "The attendance code is not in the hub's code list.")
    headline = f"{_capital(_sessions(cells.count('sessions')))}: {known.words}"
    coding = Coding("dfe-attendance-code", code, known.words)
    # Ids of this table are made anew each term, so the term is part of the record's id.
    record_id = f"attendance|{cells.school}|{term.version}|{own_id}"
    said = Said(record_id, "ed.attendance.summary", _over(cells, term), headline, codings=(coding,))
    return _update(cells, term, said)


def _over(cells: Cells, term: Term) -> Occurred:
    """The whole term: the census counts sessions and does not date them."""
    if term.since:
        return Occurred(term.since, Precision.DAY, term.until)
    cells.defects.append(Defect("term-unknown", f"row {cells.row.number}", "The file's name does not say the term."))
    return Occurred("", Precision.UNKNOWN)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _unmapped(cells: Cells, column: str, message: str) -> Refusal:
    step = "Ask the hub's keepers to add the code to the census code list, then retry the record."
    return _refusal(cells, "unmapped-code", column, message, step)


_ON, _OFF = "onroll", "offroll"
_TABLES: tuple[tuple[str, tuple[str, ...], Translate], ...] = (
    ("termlyexclusionsonrolltableid", (ROLLS[0], "nativeid", "category", "startdate"), partial(_exclusion, _ON)),
    ("termlyexclusionsoffrolltableid", (ROLLS[1], "nativeid", "category", "startdate"), partial(_exclusion, _OFF)),
    ("termlysessiondetailsonrolltableid", (ROLLS[0], "nativeid", "attendancereason"), partial(_attendance, _ON)),
    ("termlysessiondetailsoffrolltableid", (ROLLS[1], "nativeid", "attendancereason"), partial(_attendance, _OFF)),
    ("pupilonrolltableid", ("nativeid", "entrydate"), _enrolled),
    ("pupilnolongeronrolltableid", ("nativeid", "leavingdate"), _left),
)
"""How each table is told: the column that only it has, the columns it cannot do without, and its translation."""
