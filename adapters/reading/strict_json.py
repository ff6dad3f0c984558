"""JSON without its traps: no repeated keys, no numbers that change on the way, no half characters, no abyss."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from adapters.reading.unreadable import JSON_MEDIA, Unreadable

DEPTH = 32

MOST_VALUES = 4_000_000
"""Values of one text, counted from above by its commas and brackets: one for every 16 bytes of 64 MiB, where
real payloads have one for 25 to 60. Measured, a text of this many values costs at most 1 GiB of memory.
"""

_LONGEST_NUMBER = 64
_SMALLEST_INTEGER, _LARGEST_INTEGER = -(2**63), 2**64 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\n\r]*")
_SKIP = json.JSONDecoder().raw_decode


def decode(text: str) -> object:
    """The value of one JSON text. Raises Unreadable, placed by line and column."""
    if text.count(",") + text.count("{") + text.count("[") > MOST_VALUES:
        _refuse_json("json-too-many-values", "", f"The JSON holds more than {MOST_VALUES} values.")
    if _too_plain_to_hide_anything(text):
        with suppress(_RepeatedKey, json.JSONDecodeError):
            return _PLAIN.decode(text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        _refuse_json("json-malformed", place, "The file is not whole, well-formed JSON.")
    except RecursionError:
        _refuse_json("json-too-deep", "", f"The JSON is nested more than {DEPTH} levels deep.")
    wrong = _inspect(value)
    if wrong is not None:
        del value  # before the text is read once more, so that both do not take memory at once
        _refuse_json(wrong.reason, _where(text, wrong.trail), wrong.message)
    return value


def _too_plain_to_hide_anything(text: str) -> bool:
    """Without escapes by number there is no NUL and no half character, and so few brackets cannot nest too deep.

    Most events are like that. Anything wrong with one is then found by reading it the long way.
    """
    few = text.count("{") + text.count("[") <= DEPTH
    return few and "\\u" not in text and (text.isascii() or not _SURROGATE.search(text))


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


class _RepeatedKey(Exception):
    """A key stood twice in one object."""


def _plain_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RepeatedKey
    return value


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


def _decoder(of_object: Callable[[list[tuple[str, object]]], dict[str, object]]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=of_object, parse_int=_integer, parse_float=_decimal, parse_constant=_not_a_number
    )


_DECODER, _PLAIN = _decoder(_object), _decoder(_plain_object)

_Trail = list[object]
"""Where a value stands: the keys and indexes on the way to it."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What the JSON grammar lets through and we do not."""

    reason: str
    message: str
    trail: _Trail


def _inspect(value: object) -> _Wrong | None:
    """The first thing wrong with any value; each is looked at once, and only the way to the present one is kept."""
    trail: _Trail = []
    wrong = _inspect_one(value, trail)
    ways = [_parts(value)]
    while ways and wrong is None:
        found = next(ways[-1], None)
        if found is None:
            ways.pop()
            del trail[-1:]
            continue
        key, part = found
        if isinstance(part, str | dict | list):
            trail.append(key)
            wrong = _inspect_one(part, trail)
            ways.append(_parts(part))
    return wrong


def _parts(value: object) -> Iterator[tuple[object, object]]:
    if isinstance(value, dict):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


def _inspect_one(value: object, trail: _Trail) -> _Wrong | None:
    if isinstance(value, str):
        return _inspect_text(value, trail)
    if not isinstance(value, dict | list):
        return None
    if len(trail) >= DEPTH:
        return _Wrong("json-too-deep", f"The JSON is nested more than {DEPTH} levels deep.", trail)
    if isinstance(value, _Repeated):
        return _Wrong("json-duplicate-key", "The JSON states one key twice in the same object.", trail)
    keys = value if isinstance(value, dict) else ()
    return next((wrong for key in keys if (wrong := _inspect_text(key, trail))), None)


def _inspect_text(text: str, trail: _Trail) -> _Wrong | None:
    if text.isascii():
        return _Wrong("nul-character", "A text of the JSON holds a NUL character.", trail) if "\x00" in text else None
    if "\x00" in text or _SURROGATE.search(text):
        return _Wrong("wrong-encoding", "A text of the JSON holds NUL or half a character.", trail)
    return None


def _where(text: str, trail: _Trail) -> str:
    """Line and column of the value that a trail leads to; never a pointer, because keys may be content.

    Whatever stands before it is passed over once, so it costs no more than the reading did.
    """
    at = _after_space(text, 0)
    try:
        for step in trail:
            at = _member(text, at, step)
    except RecursionError:
        return ""  # a neighbour is nested just as deep as could be read, and no deeper
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def _member(text: str, at: int, step: object) -> int:
    """Where the value of this key or index begins, in the object or list that begins at `at`."""
    keyed, number = text[at] == "{", 0
    while True:
        at = _after_space(text, at + 1)
        key: object = number
        if keyed:
            key, at = _SKIP(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        if key == step:
            return at
        at = _after_space(text, _SKIP(text, at)[1])
        number += 1


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
