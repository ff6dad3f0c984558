"""A CloudEvent as the hub understands it: complete, of version 1.0, and with nothing in it that nobody sent.

The shape and the rules are those of CloudEvents 1.0.2. Where the specification's own library invents an id, a time or a
version that is missing, this refuses: an invented id makes every repetition a new record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeGuard

SINGLE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"

Simple = str | int | bool
"""What an attribute may be: text, a whole number of 32 bits, true or false."""

NEXT_STEP: Final = "Send CloudEvents 1.0 in JSON, as the specification's JSON format says."

_REQUIRED: Final = ("id", "source", "specversion", "type")
_OPTIONAL: Final = ("time", "subject", "dataref", "datacontenttype", "dataschema")
_EXTENSIONS: Final = (
    *("sequence", "partitionkey", "recordedtime", "correlationid", "causationid", "traceparent", "tracestate"),
    *("dataclassification", "dataregulation", "datacategory", "filtering"),
)
"""Extensions whose names may be said. Any other name is a sender's own word, and could be anybody's name."""
_NAME: Final = re.compile(r"[a-z0-9]{1,40}")
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.\d{1,30})?(?:[Zz]|([+-]\d\d:\d\d))")
_FORBIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LEAP_SECOND: Final = "60"
_LARGEST: Final = 2**31


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an event cannot be read. `place` is a pointer into the event; message and next step never quote it."""

    reason: str
    message: str
    next_step: str = NEXT_STEP
    place: str = ""


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """One event. `data` is its payload as its source wrote it, None where it has none.

    `dataref` is an extension with a field of its own. `malformed` names extensions that are no simple values, which the
    specification forbids and some publishers send all the same. `original` is the structured event as it was received;
    empty for one that came in headers.
    """

    id: str
    source: str
    type: str
    time: str = ""
    subject: str = ""
    dataref: str = ""
    datacontenttype: str = ""
    data: bytes | None = None
    extensions: Mapping[str, Simple] = field(default_factory=dict)
    dataschema: str = ""
    malformed: tuple[str, ...] = ()
    original: bytes = b""


def event_of(attributes: Mapping[str, object], data: bytes | None, original: bytes = b"") -> CloudEvent | Fault:
    """An event of its attributes; an absent optional attribute may be None. A Fault says which rule is not kept."""
    stated = {name: value for name, value in attributes.items() if value is not None}
    if fault := _required(stated) or _optional(stated) or _names(stated):
        return fault
    extensions = {name: value for name, value in stated.items() if name not in {*_REQUIRED, *_OPTIONAL}}
    simple = {name: value for name, value in extensions.items() if _is_simple(value)}
    return CloudEvent(
        **{name: str(stated.get(name, "")) for name in ("id", "source", "type", *_OPTIONAL)},
        data=data,
        extensions=simple,
        malformed=tuple(sorted(extensions.keys() - simple.keys())),
        original=original,
    )


def pointer_to(name: str) -> str:
    """The JSON pointer of an attribute, its name left out where it is not of those that everybody knows."""
    return f"/{name}" if name in {*_REQUIRED, *_OPTIONAL, *_EXTENSIONS} else "/?"


def not_simple(event: CloudEvent) -> Fault | None:
    """What is wrong with an event whose extensions are no simple values; None for every other."""
    if not event.malformed:
        return None
    return Fault(
        "cloudevent-extension",
        "An extension attribute is neither text, a whole number of 32 bits, nor true or false.",
        "Put what it holds into the data of the event, or leave it out.",
        pointer_to(event.malformed[0]),
    )


def _required(stated: Mapping[str, object]) -> Fault | None:
    version = stated.get("specversion")
    if isinstance(version, str) and version.strip() and version != "1.0":
        return Fault("cloudevent-version", "The event is not of CloudEvents 1.0.", place="/specversion")
    for name in _REQUIRED:
        if not _is_text(stated.get(name)):
            return Fault(
                "cloudevent-incomplete",
                f"The event's {name} is missing, empty or no text.",
                f"Give every event an id, a source, a specversion and a type; its {name} is lacking.",
                f"/{name}",
            )
    return None


def _optional(stated: Mapping[str, object]) -> Fault | None:
    for name in _OPTIONAL:
        if name in stated and not _is_text(stated[name]):
            step = f"Send {name} as text that is not empty, or leave it out."
            return Fault("cloudevent-attribute", f"The event's {name} is empty or no text.", step, f"/{name}")
    if "time" in stated and not is_instant(str(stated["time"])):
        step = "Write the time as RFC 3339 does, with an offset: 2026-01-31T09:30:00Z."
        return Fault("cloudevent-time", "The event's time is no time of RFC 3339.", step, "/time")
    return None


def _names(stated: Mapping[str, object]) -> Fault | None:
    for name, value in stated.items():
        if not _NAME.fullmatch(name) or name == "data":
            message = "The name of an attribute holds something other than small letters and digits, or is reserved."
            return Fault("cloudevent-attribute", message, "Rename the attribute, or leave it out.", "/?")
        if isinstance(value, str) and _FORBIDDEN.search(value):
            message = "An attribute holds characters that no attribute may hold."
            return Fault("cloudevent-attribute", message, "Send it without control characters.", pointer_to(name))
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_simple(value: object) -> TypeGuard[Simple]:
    if isinstance(value, bool | str):
        return True
    return isinstance(value, int) and -_LARGEST <= value < _LARGEST


def is_instant(text: str) -> bool:
    """Tell whether a text is a date and time with an offset, as RFC 3339 writes them."""
    found = _TIME.fullmatch(text) if text.isascii() else None
    if found is None:
        return False
    day, minutes, seconds, offset = found.groups()
    try:
        # A leap second is a time that Python does not know.
        datetime.fromisoformat(f"{day}T{minutes}:{'59' if seconds == _LEAP_SECOND else seconds}{offset or '+00:00'}")
    except ValueError:
        return False
    return True
