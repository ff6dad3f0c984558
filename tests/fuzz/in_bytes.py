"""Mutants of bytes, whatever they mean: turned, cut, repeated, spliced, and with what does not belong put between."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz import odd

MOST = 600_000


def flip(chance: Random, content: bytes, _: bytes) -> bytes:
    """A few bits turned over."""
    copy = bytearray(content)
    for _time in range(chance.choice((1, 1, 2, 8, 40)) if copy else 0):
        copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
    return bytes(copy)


def cut(chance: Random, content: bytes, _: bytes) -> bytes:
    """The beginning alone, the end alone, or both without a middle."""
    first, second = _two(chance, content)
    return chance.choice((content[:first], content[second:], content[:first] + content[second:]))


def splice(chance: Random, content: bytes, other: bytes) -> bytes:
    """The beginning of one file and the end of another."""
    return content[: _two(chance, content)[0]] + other[_two(chance, other)[1] :]


def repeat(chance: Random, content: bytes, _: bytes) -> bytes:
    """A part of it many times."""
    first, second = _two(chance, content)
    part = content[first:second]
    times = min(chance.choice((2, 3, 50, 2_000)), MOST // max(len(part), 1))
    return content[:first] + part * times + content[second:]


def insert(chance: Random, content: bytes, _: bytes) -> bytes:
    """Something that does not belong there."""
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(odd.BYTES) + content[at:]


def overwrite(chance: Random, content: bytes, _: bytes) -> bytes:
    """Something that does not belong there, in the place of what does."""
    at, put = chance.randrange(len(content) + 1), chance.choice(odd.BYTES)
    return content[:at] + put + content[at + min(len(put), 16) :]


def recode(chance: Random, content: bytes, _: bytes) -> bytes:
    """The same text in other bytes."""
    text = content.decode("utf-8", "replace")
    match chance.randrange(6):
        case 0:
            return b"\xef\xbb\xbf" + content
        case 1:
            return b"\xff\xfe" + text.encode("utf-16-le")
        case 2:
            return text.replace("e", "\N{LATIN SMALL LETTER E WITH ACUTE}").encode("cp1252", "replace")
        case 3:
            return content.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\n", b"")))
        case 4:
            return content.swapcase()
        case _:
            return text.encode("utf-16-be")


def move(chance: Random, content: bytes, _: bytes) -> bytes:
    """Two parts in each other's place."""
    first, second = _two(chance, content)
    third = second + chance.randrange(len(content) - second + 1)
    return content[:first] + content[second:third] + content[first:second] + content[third:]


WAYS: tuple[Callable[[Random, bytes, bytes], bytes], ...] = (flip, cut, splice, repeat, insert, overwrite, recode, move)


def mutate(chance: Random, content: bytes, other: bytes) -> bytes:
    """One way, chosen by chance."""
    return chance.choice(WAYS)(chance, content, other)


def _two(chance: Random, content: bytes) -> tuple[int, int]:
    first = chance.randrange(len(content) + 1)
    if chance.random() < 0.5:  # most damage is small
        return first, min(len(content), first + chance.randrange(64))
    second = chance.randrange(len(content) + 1)
    return min(first, second), max(first, second)
