"""Ways to damage a delivery, for the test kit of adapters: repeatable, and none of them special to one format.

What is large is checked for what it costs by comparing one size with sixteen times that size on the same machine, so no
test says how fast a machine must be.
"""

from __future__ import annotations

import functools
import gc
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import thread_time

from hub.update import Delivery

DEEP = 200_000
_LARGEST = 4
_GROWTH = 16
_MORE_THAN_LINEAR = 64
_WORTH_MEASURING = 3_000_000
_BEST_OF = 5


@dataclass(frozen=True, slots=True)
class Ways:
    """How much to damage: `cuts` places to cut short at, `flips` copies with bits turned over, the seed of chance."""

    cuts: int = 60
    flips: int = 120
    seed: int = 903


def damaged(content: bytes, ways: Ways) -> Iterator[bytes]:
    """The same bytes, damaged, one way at a time."""
    yield from cut_short(content, ways.cuts)
    yield from flipped(content, ways)
    yield from in_other_bytes(content)


def cut_short(content: bytes, times: int) -> Iterator[bytes]:
    """The beginning of it, at every k-th byte."""
    step = max(1, len(content) // times)
    for end in range(0, len(content), step):
        yield content[:end]


def flipped(content: bytes, ways: Ways) -> Iterator[bytes]:
    """Copies in which a few bits are turned over."""
    chance = random.Random(ways.seed)  # noqa: S311 - for tests that can be repeated, not for secrets
    for _ in range(ways.flips if content else 0):
        copy = bytearray(content)
        for _ in range(chance.choice((1, 1, 2, 8))):
            copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
        yield bytes(copy)


def in_other_bytes(content: bytes) -> Iterator[bytes]:
    """Encodings, marks and characters that do not belong."""
    half = len(content) // 2
    yield b"\xef\xbb\xbf" + content
    yield b"\xff\xfe" + content.decode("utf-8", "replace").encode("utf-16-le")
    yield content.decode("utf-8", "replace").encode("utf-16-be")
    yield content.replace(b"\n", b"\r\n")
    yield content.replace(b"\n", b"\r")
    for odd in (
        b"\x00",
        b"\x00" * 4096,
        b"\xe9",
        b"\x81",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"\xf4\x90\x80\x80",
        b"\x1b[2J",
    ):
        yield content[:half] + odd + content[half:]
    yield _in_every_word(content, b"\xe9")
    yield _in_every_word(content, "\u202e".encode())
    yield content + content
    yield content * 2 + content[:half]


def _in_every_word(content: bytes, odd: bytes) -> bytes:
    return content.replace(b"e", b"e" + odd)


def deep(size: int) -> dict[str, bytes]:
    """Files of about `size` bytes made to be read slowly, by what they are made of."""
    return {
        "arrays": b"[" * size,
        "arrays closed": b"[" * (size // 2) + b"]" * (size // 2),
        "objects": b'{"a":' * (size // 5),
        "elements": b"<a>" * (size // 3),
        "attributes": b"<a " + b'b="" ' * (size // 5) + b"/>",
        "quotation marks": b'"' * size,
        "commas": b"," * size,
        "commas and lines": b",\n" * (size // 2),
        "lines": b"\n" * size,
        "carriage returns": b"\r" * size,
        "bars": b"|" * size,
        "spaces": b" " * size,
        "digits": b"9" * size,
        "NUL": b"\x00" * size,
        "half characters": b"\xed\xa0\x80" * (size // 3),
        "not UTF-8": b"\xff" * size,
    }


def check_cost(translate: Callable[[Delivery], object], make: Callable[[int], Delivery], size: int) -> None:
    """Sixteen times the bytes cost about sixteen times the work, and never sixty-four: or too little to be measured.

    `size`: a quarter of the larger one. A busy machine only ever adds to what a run takes, so the least of several runs
    is compared with the least of several others, run in turn; it is too much only where it stays so.
    """
    large = make(size * _LARGEST)
    most = _cost(translate, large)
    if most <= _counting():
        return
    small = make(size * _LARGEST // _GROWTH)
    least = min(_cost(translate, small) for _ in range(_BEST_OF))
    for _ in range(_BEST_OF):
        if most <= least * _MORE_THAN_LINEAR:
            return
        least, most = min(least, _cost(translate, small)), min(most, _cost(translate, large))
    assert most <= least * _MORE_THAN_LINEAR, f"{_GROWTH} times the bytes cost {most / least:.0f} times the work"


def _cost(translate: Callable[[Delivery], object], delivery: Delivery) -> float:
    """Seconds of this thread at work, while nobody tidies up what other tests left in memory."""
    tidied = gc.isenabled()
    gc.disable()
    try:
        start = thread_time()
        translate(delivery)
        return thread_time() - start
    finally:
        if tidied:
            gc.enable()


@functools.cache
def _counting() -> float:
    """What this machine takes to count to a few million: work below it says nothing about growth."""
    return min(_counted() for _ in range(_BEST_OF))


def _counted() -> float:
    start = thread_time()
    for _ in range(_WORTH_MEASURING):
        pass
    return thread_time() - start
