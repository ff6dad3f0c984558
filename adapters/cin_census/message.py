"""The head of a census: whose it is, when it was made, and how one record of it is cut out so as to be read alone.

A record's original is a small census of its own: the head, the child's identifiers, the referral and closure dates of
the episode, and that one element. Its `Message` says which record it holds and which of several of one day it is, in
two attributes of a namespace of the hub's own: nothing inside the record could tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from adapters.cin_census.part import Part
from hub.update import Defect, Snapshot

MEDIA = "application/xml"
_ALONE = "urn:chronology-hub:one-record"
RECORD, ORDINAL = f"{{{_ALONE}}}record", f"{{{_ALONE}}}ordinal"
_LEA = re.compile(r"[0-9A-Za-z]{1,10}")
_COUNCIL = re.compile(r"[0-9]{3}")
_YEAR = re.compile(r"(\d{4})(?:-\d\d-\d\d)?")
_HERE = ZoneInfo("Europe/London")
_SERIAL_DIGITS = 8
_COLLECTION, _SOURCE = ("Collection", "Year", "ReferenceDate"), ("LEA", "SerialNo", "DateTime")

Fields = tuple[tuple[str, str], ...]
"""Elements of one text each: name and text."""


class NotPlaced(Exception):
    """The file cannot be taken as a census of one council; why, where, and what its sender should do."""

    def __init__(self, reason: str, place: str, message: str, next_step: str) -> None:
        super().__init__(message)
        self.reason, self.place, self.message, self.next_step = reason, place, message, next_step


@dataclass(frozen=True, slots=True)
class Alone:
    """Which one record a document holds that was cut out of a census, and its number among those of its day."""

    record: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Head:
    """Whose census it is. `council`: the code of the authority. `collection`, `source`: the head's own words."""

    council: str
    snapshot: Snapshot
    collection: Fields
    source: Fields
    alone: Alone | None
    defects: tuple[Defect, ...] = ()


def head_of(message: Part) -> Head:
    """The head of a census; raises NotPlaced where its children could not be told from another council's."""
    header = message.first("Header") or message
    collection, source = header.first("CollectionDetails"), _source(header)
    if collection is not None and collection.text("Collection").upper() not in {"", "CIN"}:
        raise NotPlaced("not-this-format", collection.place, "The file is not of the children in need census.", _STEP)
    council = source.text("LEA")
    if not _LEA.fullmatch(council):
        raise NotPlaced("no-publisher", f"{source.place}/LEA", "The head does not say which council sends it.", _STEP)
    if not _COUNCIL.fullmatch(council):
        source.defect("bad-publisher", "", "The code of the council is not three digits.")
    scope, order = f"{council}|cin{_year(collection)}", _order(source, collection)
    given = _fields(collection, _COLLECTION), _fields(source, _SOURCE)
    defects = (*message.defects, *header.defects, *source.defects, *(collection.defects if collection else ()))
    return Head(council, Snapshot(scope, order), *given, _alone(message.element), defects)


_STEP = "Send one children in need census as the system exported it, with the council's LEA code in its head."


def _source(header: Part) -> Part:
    """The head may name several sources; of one council only."""
    sources = header.all("Source") or [header]
    if len({one.text("LEA") for one in sources} - {""}) > 1:
        message = "The head names several councils, and the children do not say whose they are."
        raise NotPlaced("several-publishers", header.place, message, "Send each council's census by itself.")
    return max(sources, key=lambda one: (bool(one.text("LEA")), _instant(one.text("DateTime"))))


def _year(collection: Part | None) -> str:
    """A census is whole for one year: a case that was closed in an earlier one is rightly not in the next."""
    stated = (collection.text("Year") or collection.text("ReferenceDate")) if collection else ""
    found = _YEAR.fullmatch(stated)
    return f"|{found[1]}" if found else ""


def _order(source: Part, collection: Part | None) -> str:
    """When the file was made, then its serial number; else the day it refers to."""
    stated, serial = source.text("DateTime"), source.text("SerialNo")
    made = _instant(stated)
    if not made:
        source.defect("no-order" if not stated else "bad-date", "", "The head does not say when the file was made.")
        made = collection.day("ReferenceDate") if collection else ""
    if serial and serial.isascii() and serial.isdigit() and len(serial) <= _SERIAL_DIGITS:
        return f"{made}|{serial.zfill(_SERIAL_DIGITS)}"
    return made


def _instant(text: str) -> str:
    """An instant in UTC; one without a zone is the council's local time."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=_HERE)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


def _fields(part: Part | None, names: Iterable[str]) -> Fields:
    return tuple((name, text) for name in names if part is not None and (text := part.text(name)))


def _alone(message: etree._Element) -> Alone | None:
    record, ordinal = message.get(RECORD, ""), message.get(ORDINAL, "")
    if not record or not re.fullmatch(r"[0-9]{1,6}", ordinal):
        return None
    return Alone(record, int(ordinal))


def cut_out(head: Head, children: Iterable[etree._Element], alone: Alone | None = None) -> bytes:
    """A census of these children alone."""
    message = etree.Element("Message", nsmap={"hub": _ALONE} if alone else None)
    if alone:
        message.set(RECORD, alone.record)
        message.set(ORDINAL, str(alone.ordinal))
    header = etree.SubElement(message, "Header")
    for name, fields in (("CollectionDetails", head.collection), ("Source", head.source)):
        header.append(element(name, fields))
    held = etree.SubElement(message, "Children")
    held.extend(children)
    return etree.tostring(message, encoding="utf-8", xml_declaration=True)


def element(name: str, fields: Fields, inside: Iterable[etree._Element] = ()) -> etree._Element:
    """An element of one-text elements, and copies of others after them."""
    made = etree.Element(name)
    for field, text in fields:
        etree.SubElement(made, field).text = text
    made.extend(copied(one) for one in inside)
    return made


def copied(one: etree._Element) -> etree._Element:
    """A copy without the text that followed it."""
    copy = deepcopy(one)
    copy.tail = None
    return copy
