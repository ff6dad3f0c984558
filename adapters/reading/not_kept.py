"""What is not kept: where secrets cannot be told from the rest, a row or a file leaves its digest behind and no more.

Some sources send passwords, or parents' e-mails and telephone numbers, beside what the hub may hold. A row too broken
to tell its columns may have them anywhere, so its bytes are not stored, not even sealed. The note that stands in their
place is read again as the same refusal; there is nothing in it to retry, and it says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import orjson

from adapters.reading.limits import BAD_IN_A_ROW, MOST_RECORDS
from adapters.reading.unreadable import JSON_MEDIA
from hub.update import Delivery, Refusal, Translated

_NOTE = re.compile(rb'\{"not-kept":"([a-z-]{1,40})","sha256":"[0-9a-f]{64}","bytes":[0-9]{1,20}\}')
_LONGEST_NOTE = 200
_GONE = (
    " What may not be stored (passwords, parents' contacts) could not be told from the rest,"
    " so nothing of it was kept but its digest and its size."
)
_NOT_RETRIED = "Then send it again: nothing is kept here that could be retried."
_AGAIN = "Mend it in the sending system and send it again: nothing is kept here that could be retried."
_ENVELOPE = {
    "cloudevent-attribute": "An attribute of the event is not what CloudEvents 1.0 says.",
    "cloudevent-data": "The event has no payload, two of them, or one that cannot be read.",
    "cloudevent-duplicate-key": "The event states one attribute twice.",
    "cloudevent-extension": "An extension attribute of the event is no simple value.",
    "cloudevent-format": "The event is in another format than that of one event in JSON.",
    "cloudevent-header": "The value of one of the event's headers cannot be read.",
    "cloudevent-incomplete": "It is no CloudEvent that is complete.",
    "cloudevent-other-source": "The event is of another source than its message or its topic.",
    "cloudevent-time": "The event's time is no time of RFC 3339.",
    "cloudevent-tombstone": "The record has a key and no value.",
    "cloudevent-unknown-source": "The event's source names no source of the hub.",
    "cloudevent-version": "The event is not of CloudEvents 1.0.",
}
_SAID = {
    **_ENVELOPE,
    "unreadable": "It cannot be read.",
    "empty": "The file is empty.",
    "not-this-format": "The columns or objects are none that this source is known by.",
    "header-too-long": "The first line is longer than any header of a table.",
    "repeated-column": "One column or key is stated twice, so it cannot be told which of the two is meant.",
    "columns-shifted": "A contact or a telephone number stands in a column of the child's, so the columns are shifted.",
    "no-subject": "It says nothing of a child.",
    "no-role": "Nothing says whether this is a pupil.",
    "no-user": "The user it is about is not here.",
    "unmapped-code": "A role or a state is not in the hub's code list.",
    "no-records": "The list holds no child at all.",
    "only-context": "It holds no pupil's record, only what surrounds one: schools, classes, terms, staff, families.",
    "row-too-large": "The row is larger than 4 MiB.",
    "nul-character": "It holds a NUL character.",
    "wrong-encoding": "It is neither UTF-8 nor Windows-1252 text, or not UTF-8 where that alone is read.",
    "field-too-large": "A field of the row is larger than 128 KiB.",
    "csv-malformed": "The quotation marks in the row do not match, or one is never closed.",
    "ragged-row": "The row has another number of fields than the header.",
    "too-many-bad-rows": f"{BAD_IN_A_ROW} rows running could not be read, so those from here on were not read.",
    "too-many-bad-records": f"{BAD_IN_A_ROW} records running were refused, so those from here on were not read.",
    "too-many-records": f"It holds over {MOST_RECORDS} records, so those from here on were not read.",
    "wrong-type": "Something other than an object stands where one should.",
    "json-malformed": "It is not whole, well-formed JSON.",
    "json-too-deep": "The JSON is nested too deep.",
    "json-too-many-values": "The JSON holds too many values.",
    "json-number": "The JSON holds a number that is too large or none.",
    "json-duplicate-key": "The JSON states one key twice in the same object.",
    "zip-malformed": "It is not a whole ZIP archive, or one of its files cannot be unpacked.",
    "zip-too-many-files": "The archive holds more files than any set of tables.",
    "zip-too-large": "What the archive unpacks to is larger than is read.",
    "zip-ratio": "The archive unpacks to far more than tables do.",
    "zip-encrypted": "A file of the archive is encrypted, or packed in a way that is not read.",
    "zip-repeated-table": "The archive holds one table twice.",
    "zip-missing-table": "The manifest names a table that is not in the archive.",
    "unknown-file": "A file of the archive is no table that is known.",
    "file-too-large": "The file is larger than the limit.",
    "adapter-failed": "The hub's own reading of this source failed.",
    "could-not-be-taken-in": "The hub failed on this record.",
    "record-too-large": "The record is larger than the limit.",
    "other-agency": "The record states another agency than the one that its sender sends for.",
    "no-agency": "The record does not say from which kind of agency it is.",
    "no-record-id": "The record has no id of its own, so later versions could not be told apart.",
    "too-many-people": "The record names more people beside the child than any does.",
    "impossible-text": "The record holds characters that are no text (NUL or half a pair).",
    "too-long": "A code, a date or an organisation in the record is longer than any is.",
}
"""What is said of each reason; a note of any other reason is read as `unreadable`."""


def note(reason: str, content: bytes) -> bytes:
    """What is stored in place of `content`: the reason, its SHA-256 and its size in bytes."""
    digest = hashlib.sha256(content).hexdigest()
    return orjson.dumps({"not-kept": _known(reason), "sha256": digest, "bytes": len(content)})


def refuse(source: str, reason: str, place: str, content: bytes) -> Refusal:
    """Refuse bytes without keeping them."""
    return _refusal(source, _known(reason), place, note(reason, content))


def instead_of(one: Refusal) -> Refusal:
    """The same without its bytes: of an envelope it goes on saying in full what is wrong, none of which is quoted."""
    told = _refusal(one.source, _known(one.reason), one.place, note(one.reason, one.original))
    if one.reason in _ENVELOPE:
        told = replace(told, message=one.message + _GONE, next_step=f"{one.next_step} {_NOT_RETRIED}")
    return replace(told, delivery=one.delivery, sender=one.sender, agency=one.agency)


def again(delivery: Delivery) -> Refusal | None:
    """The refusal that a note stands for, when the delivery is such a note and nothing else."""
    if len(delivery.content) > _LONGEST_NOTE:
        return None
    found = _NOTE.fullmatch(delivery.content.strip())
    if found is None:
        return None
    return _refusal(delivery.source, _known(found[1].decode("ascii")), "", delivery.content)


def bounded(found: Iterable[Translated], delivery: Delivery) -> Iterator[Translated]:
    """The same, as it is made; a thousand refusals running or too many records end it, and the rest is not kept."""
    bad = 0
    for number, one in enumerate(found):
        # One less than what the registry allows: beyond that it would keep the whole file.
        reason = "too-many-bad-records" if bad >= BAD_IN_A_ROW else ""
        if reason or number >= MOST_RECORDS - 1:
            yield refuse(delivery.source, reason or "too-many-records", one.place, delivery.content)
            return
        yield one
        bad = bad + 1 if isinstance(one, Refusal) else 0


def _known(reason: str) -> str:
    return reason if reason in _SAID else "unreadable"


def _refusal(source: str, reason: str, place: str, original: bytes) -> Refusal:
    return Refusal(source, reason, place, _SAID[reason] + _GONE, _AGAIN, original, JSON_MEDIA)
