"""One NEMS message opened: its header, what it is about, and when it says it was made."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml import etree

from adapters.fhir import times
from adapters.fhir.bundle import Bundle, Entry, shelve
from adapters.fhir.quality import check_xml
from adapters.fhir.values import Node, codings, extensions, text
from adapters.fhir.xml import FHIR, to_node
from hub.update import Defect

SOURCE = "nems"
MEDIA = "application/fhir+xml"
BIRTH = "pds-birth-notification-1"
DEATH = "pds-death-notification-1"
_MARKS = frozenset({"NOPAT", "R", "V"})


class Unplaced(Exception):
    """The message cannot be turned into a record; why, where, and what its sender should do."""

    def __init__(self, reason: str, place: str, message: str, next_step: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.place = place
        self.message = message
        self.next_step = next_step


@dataclass(frozen=True, slots=True)
class Message:
    """A message. `event` is its event code, `kind` new, update or delete; `focus` what it is about, if it is there.

    `restricted`: anything in it is marked as restricted, or as not for the patient to see.
    """

    bundle: Bundle
    header: Entry
    event: str
    event_display: str
    kind: str
    focus: Entry | None
    updated: times.Moment
    sent: times.Moment
    defects: tuple[Defect, ...]
    restricted: bool = False

    @property
    def stamp(self) -> times.Moment:
        """What messages are ordered by: when the record was last updated, else the header's own time."""
        return self.updated if self.updated.order else self.sent


def open_message(root: etree._Element) -> Message:
    """The message in a bundle; Unplaced when it is not one message with one header and one event."""
    if root.tag != f"{FHIR}Bundle" or text(_top(root), "type") != "message":
        raise Unplaced(
            "not-this-format",
            "/*",
            "The file is not a NEMS event message.",
            "Send one FHIR STU3 message bundle in XML, as the event service delivers it.",
        )
    bundle = shelve(_entry(index, part) for index, part in enumerate(root.iterchildren(f"{FHIR}entry"), 1))
    headers = bundle.of_type("MessageHeader")
    if len(headers) != 1:
        reason = "several-messages" if headers else "no-header"
        raise Unplaced(reason, "/Bundle", "A file holds one message, with one header.", "Send each message by itself.")
    message = _message(bundle, headers[0], _quality(root))
    return replace(message, restricted=_is_marked(root))


def _top(root: etree._Element) -> Node:
    """The plain values directly below an element; a foreign document is not read any deeper."""
    return {etree.QName(child).localname: child.get("value") for child in root.iterchildren(f"{FHIR}*")}


def _is_marked(root: etree._Element) -> bool:
    """Whoever is marked in it, the whole message is: what it says of one tells of the others."""
    marks = root.iterfind(f".//{FHIR}meta/{FHIR}security/{FHIR}code")
    return any(mark.get("value") in _MARKS for mark in marks)


def _message(bundle: Bundle, header: Entry, quality: tuple[Defect, ...]) -> Message:
    event = next(iter(codings({"concept": {"coding": header.resource.get("event")}}, "concept")), None)
    if event is None or not event.code:
        place = f"{header.place}/event"
        raise Unplaced("no-event-code", place, "The header states no event code.", "Send it with its event code.")
    updated, wrong_update = times.stated(
        text(header.resource, "meta", "lastUpdated"), f"{header.place}/meta/lastUpdated"
    )
    sent, wrong_time = times.stated(text(header.resource, "timestamp"), f"{header.place}/timestamp")
    kind, wrong_kind = _kind(header)
    return Message(
        bundle,
        header,
        event.code,
        event.display,
        kind,
        next(iter(bundle.referred(header.resource, "focus")), None),
        updated,
        sent,
        wrong_update + wrong_time + wrong_kind + quality,
    )


def _kind(header: Entry) -> tuple[str, tuple[Defect, ...]]:
    """Whether the message is new, an update or a deletion; one that does not say is taken as it stands, as new."""
    stated = extensions(header.resource, "MessageEventType-1")
    kind = next((text(part, "valueCodeableConcept", "coding", "code") for part in stated), "")
    if kind in {"new", "update", "delete"}:
        return kind, ()
    return "new", (Defect("event-type-unknown", f"{header.place}/extension", "Neither new, update nor delete."),)


def _entry(index: int, element: etree._Element) -> Entry:
    """An entry by its XPath; one without a resource is kept as an empty one, so that places stay right."""
    resource = _resource(element)
    if resource is None:
        return Entry(f"/Bundle/entry[{index}]", {})
    full_url = element.find(f"{FHIR}fullUrl")
    url = "" if full_url is None else full_url.get("value", "")
    return Entry(_place(index), to_node(resource), url)


def _place(index: int) -> str:
    """The XPath of an entry's resource, without its name: of a kind nobody knows, that may be anything."""
    return f"/Bundle/entry[{index}]/resource/*"


def _resource(element: etree._Element) -> etree._Element | None:
    holder = element.find(f"{FHIR}resource")
    return None if holder is None else next(holder.iterchildren(f"{FHIR}*"), None)


def _quality(root: etree._Element) -> tuple[Defect, ...]:
    found: list[Defect] = []
    for index, element in enumerate(root.iterchildren(f"{FHIR}entry"), 1):
        resource = _resource(element)
        if resource is not None:
            name = etree.QName(resource).localname
            found.extend(check_xml(name, etree.tostring(resource, with_tail=False), _place(index)))
    return tuple(found)
