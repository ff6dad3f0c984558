"""What is kept of a record that was refused together with what came beside it: its headers, and its sender's agency."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

import msgspec

from adapters.cloudevents.headers import Headers

KEPT: Final = "application/vnd.chronology-hub.kept+json"
"""The media type of this form, by which it is known again."""


class _Form(msgspec.Struct, omit_defaults=True):
    """Texts where the bytes are UTF-8, Base64 where they are not. `headers` is None for what came as a file."""

    agency: str = ""
    headers: list[tuple[str, str, str]] | None = None
    value: str | None = None
    value_base64: str | None = None


_FORMS: Final = msgspec.json.Decoder(_Form)  # made once, by one thread: two at the first use of a class crash


@dataclass(frozen=True, slots=True)
class Kept:
    """A record and what came with it. `value` is None for a tombstone; `headers` is None for what came as a file."""

    headers: Headers | None
    value: bytes | None
    agency: str


def keeping(headers: Headers | None, value: bytes | None, agency: str) -> bytes:
    """The form as JSON."""
    form = _Form(agency=agency)
    if headers is not None:
        form.headers = [(_legible(name), *_written(held)) for name, held in headers]
    if value is not None:
        kind, text = _written(value)
        form = msgspec.structs.replace(form, **{kind: text})
    return msgspec.json.encode(form)


def kept(content: bytes) -> Kept | None:
    """What the form holds; None for bytes that are not of this form."""
    try:
        form = _FORMS.decode(content)
        headers = None if form.headers is None else [(name, _read(kind, text)) for name, kind, text in form.headers]
        value = None if form.value is None else form.value.encode()
        if form.value_base64 is not None:
            value = base64.b64decode(form.value_base64, validate=True)
    except (ValueError, RecursionError):
        return None
    return Kept(headers, value, form.agency)


def _legible(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _written(held: bytes) -> tuple[str, str]:
    try:
        return "value", held.decode("utf-8")
    except UnicodeDecodeError:
        return "value_base64", base64.b64encode(held).decode("ascii")


def _read(kind: str, text: str) -> bytes:
    return text.encode() if kind == "value" else base64.b64decode(text, validate=True)
