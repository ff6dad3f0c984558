"""JSON without its traps: no repeated keys, no numbers that change on the way, no half characters, no abyss."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from adapters.unreadable import JSON_MEDIA, Unreadable

DEPTH = 32

MOST_VALUES = 4_000_000
"""Values of one text, counted from above by its commas and brackets: one for every 16 bytes of 64 MiB, where
real payloads have one for 25 to 60. Measured, a text of this many values costs at most 1 GiB of memory.
"""

_LONGEST_NUMBER = 64
_SMALLEST_INTEGER, _LARGEST_INTEGER = -(2**63), 2**64 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,40}")


def decode(text: str) -> object:
    """The value of one JSON text. Raises Unreadable, placed by line and column or by pointer."""
    if text.count(",") + text.count("{") + text.count("[") > MOST_VALUES:
        _refuse_json("json-too-many-values", "", f"The JSON holds more than {MOST_VALUES} values.")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        _refuse_json("json-malformed", place, "The file is not whole, well-formed JSON.")
    except RecursionError:
        _refuse_json("json-too-deep", "", f"The JSON is nested more than {DEPTH} levels deep.")
    _inspect(value)
    return value


def _refuse_json(reason: str, place: str, message: str) -> NoReturn:
    next_step = (
        "Send the JSON again, complete, as the system exported it; ask its supplier if it was not changed on the way."
    )
    raise Unreadable(reason, place, message, next_step, JSON_MEDIA)


class _Repeated(dict[str, object]):
    """An object in which a key stood twice; kept until its pointer is known."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else _Repeated(value)


def _integer(text: str) -> int:
    if len(text) <= _LONGEST_NUMBER and _SMALLEST_INTEGER <= (value := int(text)) <= _LARGEST_INTEGER:
        return value
    _refuse_json("json-number", "", "The JSON holds an integer of more than 64 bits.")


def _decimal(text: str) -> float:
    if len(text) <= _LONGEST_NUMBER and abs(value := float(text)) != float("inf"):
        return value
    _refuse_json("json-number", "", "The JSON holds a number that is too large or too long.")


def _not_a_number(text: str) -> NoReturn:
    del text
    _refuse_json("json-number", "", "The JSON holds NaN or an infinity, which JSON does not have.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_decimal,
    parse_constant=_not_a_number,
)

_Trail = list[object]
"""Where a value stands: the keys and indexes on the way to it."""


def _inspect(value: object) -> None:
    """Look at every value once for what the JSON grammar lets through; only the way to the present one is kept."""
    trail: _Trail = []
    _inspect_one(value, trail)
    ways = [_parts(value)]
    while ways:
        found = next(ways[-1], None)
        if found is None:
            ways.pop()
            del trail[-1:]
            continue
        key, part = found
        if isinstance(part, str | dict | list):
            trail.append(key)
            _inspect_one(part, trail)
            ways.append(_parts(part))


def _parts(value: object) -> Iterator[tuple[object, object]]:
    if isinstance(value, dict):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


def _inspect_one(value: object, trail: _Trail) -> None:
    if isinstance(value, str):
        _inspect_text(value, trail)
    elif isinstance(value, dict | list):
        if len(trail) >= DEPTH:
            _refuse_json("json-too-deep", _pointer(trail), f"The JSON is nested more than {DEPTH} levels deep.")
        if isinstance(value, _Repeated):
            _refuse_json("json-duplicate-key", _pointer(trail), "The JSON states one key twice in the same object.")
        for key in value if isinstance(value, dict) else ():
            _inspect_text(key, trail)


def _inspect_text(text: str, trail: _Trail) -> None:
    if text.isascii():
        if "\x00" in text:
            _refuse_json("nul-character", _pointer(trail), "A text of the JSON holds a NUL character.")
    elif "\x00" in text or _SURROGATE.search(text):
        _refuse_json("wrong-encoding", _pointer(trail), "A text of the JSON holds NUL or half a character.")


def _pointer(trail: _Trail) -> str:
    """The JSON pointer of a trail; a key that is not a plain word could be content, so it shows as `?`."""
    return "".join(f"/{_step(key)}" for key in trail)


def _step(key: object) -> str:
    if isinstance(key, str):
        return key if _PLAIN_KEY.fullmatch(key) else "?"
    return str(key)
