"""Immunisations: the national batch, school-age exports, and FHIR R4; which of them a file is, its content tells.

Every row or resource becomes one update or one refusal. A deletion takes the record back, a vaccine that was refused or
not given did not happen, and nobody's contact details are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from adapters.imms_csv import fhir as imms_fhir
from adapters.imms_csv import national as imms_national
from adapters.imms_csv import resource as imms_resource
from adapters.imms_csv import school as imms_school
from adapters.imms_csv.dose import SOURCE, Dose, update_of
from adapters.imms_csv.table import Cells, Sheet, read_sheet, without_contacts
from adapters.reading import Unreadable, read_json, unreadable_refusal
from adapters.reading.csv_rows import CSV_MEDIA, BadRow
from adapters.reading.limits import until_hopeless
from adapters.reading.no_records import or_no_records
from hub.update import Delivery, Refusal, Translated, Update

_READ = imms_national.READ | imms_school.READ
_MARK = b"\xef\xbb\xbf"
_ASKED = "stated-twice"
Read = Callable[[Cells], Dose]


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Updates and refusals, one for each row or resource, in the file's order and as they are asked for.

    A file that is none of the known formats is one refusal, `not-this-format`; a table without rows, `no-records`.
    """
    start = delivery.content[:64].removeprefix(_MARK).lstrip()
    try:
        if start[:1] in {b"{", b"["}:
            media, value = imms_resource.MEDIA, read_json(delivery.content)
            found, kept = imms_fhir.translated(value, delivery), delivery
        else:
            media, sheet = CSV_MEDIA, read_sheet(delivery.content, _READ)
            kept = replace(delivery, content=without_contacts(delivery.content, sheet))
            found = or_no_records(_asked_about(_rows(sheet, _format(sheet, delivery.name))), kept)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    yield from until_hopeless(found, kept, media)


def _format(sheet: Sheet, name: str) -> Read:
    """Which table it is, by its columns; raises Unreadable for any other."""
    names = frozenset(sheet.where)
    if "unique_id" in names or "action_flag" in names:
        _complete(imms_national.NEEDED - names)
        return lambda cells: imms_national.dose_of(cells, name)
    if "date_of_vaccination" not in names:
        raise _not_known("The columns are those of no table of vaccinations that the hub reads.")
    _complete(imms_school.NEEDED - names)
    return imms_school.dose_of


def _complete(missing: frozenset[str]) -> None:
    if missing:
        raise _not_known(f"The table has no column {', '.join(sorted(missing))}.")


def _not_known(message: str) -> Unreadable:
    step = "Send the national batch, a school-age vaccination table, or FHIR R4 immunisations in JSON."
    return Unreadable("not-this-format", "row 1", message, step, CSV_MEDIA)


def _rows(sheet: Sheet, read: Read) -> Iterator[Translated]:
    for row in sheet.rows:
        if isinstance(row, BadRow):
            yield Refusal(SOURCE, row.reason, row.place, row.message, row.next_step, row.original, CSV_MEDIA)
            continue
        try:
            yield update_of(read(row), row.row.original, CSV_MEDIA, f"row {row.row.number}")
        except Unreadable as error:
            said = (error.reason, error.place, str(error.args[0]), error.next_step)
            yield Refusal(SOURCE, *said, row.row.original, CSV_MEDIA)


def _asked_about(found: Iterator[Translated]) -> Iterator[Translated]:
    """One vaccination stated twice in one file, and not the same: the later stands, and a person is asked.

    The national batch says by its actions which row is the newer; the others have nothing but the order of rows.
    """
    seen: dict[str, bytes] = {}
    for one in found:
        if isinstance(one, Update) and not one.order:
            before = seen.setdefault(one.record_id, one.original)
            yield one if before == one.original else replace(one, question=_ASKED)
        else:
            yield one
