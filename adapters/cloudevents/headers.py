"""CloudEvents written in headers, with the payload as the body: the binary mode of HTTP and of Kafka."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import unquote_to_bytes

from adapters.cloudevents.event import CloudEvent, Fault, event_of, pointer_to

HTTP_PREFIX: Final = "ce-"
KAFKA_PREFIX: Final = "ce_"

Headers = Sequence[tuple[str, bytes]]
"""Names and values as they came. A name may come more than once."""

_TYPE_OF_DATA: Final = "datacontenttype"
_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_QUOTED: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_LONGEST: Final = 8 * 1024


def read_http(headers: Headers, body: bytes) -> CloudEvent | Fault:
    """One event of the binary mode over HTTP; values are percent-decoded. An empty body is no payload."""
    return _read(headers, body or None, HTTP_PREFIX, _unescaped)


def read_kafka(headers: Headers, value: bytes) -> CloudEvent | Fault:
    """One event of the binary mode over Kafka; values are UTF-8 as they stand. An empty value is no payload."""
    return _read(headers, value or None, KAFKA_PREFIX, bytes)


def content_type(headers: Headers) -> str:
    """The content type among the headers; empty where there is none, or it is no text."""
    found = [value for name, value in headers if name.lower() == "content-type"]
    return found[0].decode("ascii", "replace") if found else ""


def has_attributes(headers: Headers, prefix: str) -> bool:
    """Tell whether any header is an attribute of a CloudEvent."""
    return any(name.lower().startswith(prefix) for name, _ in headers)


def _read(headers: Headers, data: bytes | None, prefix: str, unescape: Callable[[bytes], bytes]) -> CloudEvent | Fault:
    attributes: dict[str, object] = {}
    for name, value in _attributes(headers, prefix):
        text = _text(value, bytes if name == _TYPE_OF_DATA else unescape)
        shown = pointer_to(name)
        if name in attributes:
            step = "State each attribute once."
            return Fault("cloudevent-duplicate-key", "A header states one attribute twice.", step, shown)
        if text is None:
            message = "The value of a header is too long, no UTF-8, or its percent-encoding is broken."
            step = "Write the value in UTF-8; over HTTP, percent-encode what is not plain ASCII, and the percent sign."
            return Fault("cloudevent-header", message, step, shown)
        attributes[name] = text
    return event_of(attributes, data)


def _attributes(headers: Headers, prefix: str) -> Iterable[tuple[str, bytes]]:
    """The attributes; the content type is one of them under another name."""
    for name, value in headers:
        lowered = name.lower()
        if lowered.startswith(prefix):
            yield lowered.removeprefix(prefix), value
        elif lowered == "content-type" and value.strip():
            yield _TYPE_OF_DATA, value


def _text(value: bytes, unescape: Callable[[bytes], bytes]) -> str | None:
    if len(value) > _LONGEST:
        return None
    try:
        return unescape(value).decode("utf-8")
    except ValueError:
        return None


def _unescaped(value: bytes) -> bytes:
    """Quotation marks and percent signs taken back, once, in the order of the HTTP binding; raises ValueError."""
    if quoted := _QUOTED.fullmatch(value.strip()):
        value = re.sub(rb"\\(.)", rb"\1", quoted[1], flags=re.DOTALL)
    if _BROKEN_ESCAPE.search(value):
        raise ValueError("a percent sign without two digits")
    return unquote_to_bytes(value)
