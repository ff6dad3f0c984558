"""CloudEvents written as JSON: read strictly, with the payload kept byte for byte, and written the same way."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Final

import msgspec

from adapters.cloudevents.event import CloudEvent, Fault, event_of
from adapters.cloudevents.split import members

_DATA: Final = ("data", "data_base64")
_UNREADABLE: Final = (ValueError, RecursionError)
_TEXTS: Final = ("time", "subject", "dataref", "datacontenttype", "dataschema")
_NULL: Final = b"null"


def read_structured(original: bytes) -> CloudEvent | Fault:
    """One event in the JSON format. A payload of JSON stays exactly the bytes that were sent."""
    try:
        stated = members(original)
    except _UNREADABLE:
        return Fault("cloudevent-incomplete", "The event is no JSON object that can be read.")
    parts = dict(stated)
    if len(parts) != len(stated):
        return Fault("cloudevent-duplicate-key", "The event states one attribute twice.", "State each attribute once.")
    try:
        attributes = {name: msgspec.json.decode(raw) for name, raw in parts.items() if name not in _DATA}
    except _UNREADABLE:
        return Fault("cloudevent-attribute", "An attribute of the event is neither text, a number nor true or false.")
    event = event_of(attributes, None, original)
    if isinstance(event, Fault):
        return event
    data = _data(parts, event.datacontenttype)
    return data if isinstance(data, Fault) else replace(event, data=data)


def structured(event: CloudEvent) -> bytes:
    """The event as structured JSON. A payload of JSON is embedded as it stands, text as a string, the rest as Base64.

    Extensions that are no simple values are left out; `original` has them.
    """
    attributes = {
        "specversion": "1.0",
        **{name: getattr(event, name) for name in ("id", "source", "type")},
        **{
            name: text
            for name in ("time", "subject", "datacontenttype", "dataschema")
            if (text := getattr(event, name))
        },
        **({"dataref": event.dataref} if event.dataref else {}),
        **event.extensions,
    }
    parts = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in attributes.items()}
    return msgspec.json.encode(parts | _embedded(event))


def is_json(media_type: str) -> bool:
    """Tell whether a payload of this type is JSON itself; an absent type means that, by the specification."""
    kind = bare(media_type)
    return kind in ("", "application/json", "text/json") or kind.endswith("+json")


def bare(media_type: str) -> str:
    """A media type without its parameters, in small letters."""
    return media_type.partition(";")[0].strip().lower()


def _data(parts: dict[str, bytes], media_type: str) -> bytes | Fault | None:
    stated = [name for name in _DATA if name in parts]
    if len(stated) > 1:
        return Fault("cloudevent-data", "The event has two payloads.", "Send data or data_base64.", "/data_base64")
    if not stated:
        return None
    raw = parts[stated[0]]
    if stated == ["data"]:
        return raw if is_json(media_type) else _text(raw)
    return None if raw == _NULL else _decoded(raw)


def _decoded(raw: bytes) -> bytes | Fault:
    try:
        return base64.b64decode(msgspec.json.decode(raw, type=str), validate=True)
    except (binascii.Error, *_UNREADABLE):
        step = "Encode the payload again."
        return Fault("cloudevent-data", "The event's data_base64 is not Base64.", step, "/data_base64")


def _text(raw: bytes) -> bytes | Fault:
    try:
        return msgspec.json.decode(raw, type=str).encode()
    except _UNREADABLE:
        message = "The payload is not text, though its type says so."
        return Fault("cloudevent-data", message, "Send it as a string, or in data_base64.", "/data")


def _embedded(event: CloudEvent) -> dict[str, msgspec.Raw]:
    if event.data is None:
        return {}
    if is_json(event.datacontenttype):
        found = _as_json(event.data)
    else:
        found = _as_text(event.data, bare(event.datacontenttype))
    if found is None:
        return {"data_base64": msgspec.Raw(b'"' + base64.b64encode(event.data) + b'"')}
    return {"data": msgspec.Raw(found)}


def _as_json(data: bytes) -> bytes | None:
    """The same bytes without the spaces around them; None for what is not JSON, though its type says so."""
    try:
        data.decode("utf-8")
        return bytes(msgspec.json.decode(data, type=msgspec.Raw))
    except _UNREADABLE:
        return None


def _as_text(data: bytes, kind: str) -> bytes | None:
    if not (kind.startswith("text/") or kind.endswith(("/xml", "+xml"))):
        return None
    try:
        return msgspec.json.encode(data.decode("utf-8"))
    except _UNREADABLE:
        return None
