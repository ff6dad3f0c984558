"""A JSON text cut into its parts, each byte for byte: the events of a list, the attributes of an event.

The fast way refuses a whole text for half a character anywhere in it, though that is legal JSON and one event's own
fault; then the text is cut slowly, so that the good events around it still go in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

_EVENT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_SIGNS: Final = {sign: re.compile(rf"[ \t\n\r]*{re.escape(sign)}[ \t\n\r]*") for sign in "[]{},:"}
_VALUE: Final = json.JSONDecoder(object_pairs_hook=len, parse_int=len, parse_float=len, strict=False)
"""Finds where a value ends; what it is made of does not matter, and is its adapter's to judge."""


def elements(content: bytes) -> list[bytes]:
    """The values of one JSON list. Raises ValueError for anything else, RecursionError for an abyss."""
    try:
        return [bytes(one) for one in _LIST.decode(content)]
    except ValueError:
        return [_bytes(text) for text in _values(_text(content), "[", "]")]


def members(content: bytes) -> list[tuple[str, bytes]]:
    """The keys and values of one JSON object, as often as they stand there. Raises as `elements`."""
    try:
        parts = _EVENT.decode(content)
    except ValueError:
        parts = {}
    # Written anew without spaces, an object in which no key stands twice is as long as before. Only one with spaces
    # or escapes between its parts must be cut to know.
    if parts and len(msgspec.json.encode(parts)) == len(content.strip()):
        return [(name, bytes(value)) for name, value in parts.items()]
    return [(_key(text), _bytes(value)) for text, value in _pairs(_text(content))]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    found = list(_values(text, "{", "}"))
    return zip(found[::2], found[1::2], strict=True)


def _values(text: str, opens: str, closes: str) -> Iterator[str]:
    """Every value between the brackets; of an object the keys too."""
    at = _after(text, 0, opens)
    empty = text[at : at + 1] == closes
    key = opens == "{"
    while not empty:
        if key and text[at : at + 1] != '"':
            raise ValueError("a key that is no text")
        _, end = _VALUE.raw_decode(text, at)
        yield text[at:end]
        at = end
        if not key and _SIGNS[closes].match(text, end):
            break
        at = _after(text, end, ":" if key else ",")
        key = opens == "{" and not key
    if _after(text, at, closes) != len(text):
        raise ValueError("something stands after the end")


def _after(text: str, at: int, sign: str) -> int:
    """The place after a sign that must stand here, and after the spaces around it."""
    found = _SIGNS[sign].match(text, at)
    if found is None:
        raise ValueError("a sign is missing")
    return found.end()


def _key(text: str) -> str:
    return str(json.loads(text, strict=False))


def _text(content: bytes) -> str:
    # Bytes that are no UTF-8 pass through unchanged.
    return content.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
