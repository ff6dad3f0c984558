"""Invented children without number: the samples' own Isla and Finn, recast as others with numbers of their own.

All numbers keep to the ranges that are set aside for invented people, and have right check digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice
from random import Random
from uuid import NAMESPACE_OID, uuid5

from stdnum.gb import nhs, upn

from hub.identity import identifiers
from hub.update import Delivery, Identifier
from tests.fuzz import in_archives

GIVEN = ("Rory", "Maeve", "Tamsin", "Ewan", "Orla", "Jude", "Nell", "Callan", "Wren", "Idris", "Skye", "Bram")
FAMILY = ("Dunbar", "Marlowe", "Ives", "Tarrant", "Quill", "Ashby")
MOST = 4_000
_IDS = re.compile(
    r"\b(?:(?:LC|M|SCE|SW|CR|R|P|LAB|E|HV)-\d[\d-]*\d|(?:pupil|note|plan|visit|family)-\d[\d-]*(?:-child-\d)?"
    r"|H0\d{6}|V2\d{3}-\d{4}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{3,4})+(?:-[0-9a-fA-F]{12})?|[0-9A-F]{32}|[0-9a-f]{8})\b"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Child:
    """Who a child is, in every way in which a source may say it."""

    given: str
    family: str
    born: date
    nhs: str
    chi: str
    upn: str
    scn: str

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that are nobody else's."""
        return self.nhs, self.chi, self.upn, self.scn

    def days(self) -> tuple[str, ...]:
        """The birth date in the shapes that the samples use."""
        return tuple(self.born.strftime(shape) for shape in ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%Y-%b-%d"))


ISLA = Child("Isla", "Lennox", date(2019, 3, 14), "9990190313", "3113190304", "B928999922014", "000000417")
FINN = Child("Finn", "Lennox", date(2024, 2, 20), "9990240221", "", "", "")


def child(number: int, chance: Random, *, like: Child | None = None) -> Child:
    """The n-th invented child; `like`: of the same family, and half the time the other of twins."""
    born = like.born if like and chance.random() < 0.5 else date(2015 + number % 9, 1 + number % 12, 1 + number % 28)
    given = GIVEN[number % len(GIVEN)]
    if like and given == like.given:
        given = GIVEN[(number + 1) % len(GIVEN)]
    family = like.family if like else chance.choice(FAMILY)
    nth = number % MOST
    return Child(given, family, born, _nhs()[nth], _chi()[nth], _upn()[nth], _scn()[nth])


@cache
def _nhs() -> tuple[str, ...]:
    return _right(999_100_0000, lambda value: bool(nhs.is_valid(value)))


@cache
def _chi() -> tuple[str, ...]:
    return _right(3113_500_000, lambda value: identifiers.valid(Identifier("chi", value)))


@cache
def _upn() -> tuple[str, ...]:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    every = (f"{letter}9289999{number:05d}" for number in range(10_000, 10_000 + MOST) for letter in letters)
    return tuple(islice((one for one in every if upn.is_valid(one)), MOST))


@cache
def _scn() -> tuple[str, ...]:
    every = (f"{number:09d}" for number in range(1_000, 1_000 + MOST * 13))
    return tuple(islice((one for one in every if identifiers.valid(Identifier("scn", one))), MOST))


def _right(first: int, valid: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(islice((one for one in map(str, range(first, first + MOST * 13)) if valid(one)), MOST))


def said(of: Child, to: Child) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """By facet, what is said of one child and of another in its place: names, numbers and birth dates."""
    yield "given", tuple((shape(of.given), shape(to.given)) for shape in (str, str.upper, str.lower))
    yield "family", tuple((shape(of.family), shape(to.family)) for shape in (str, str.upper, str.lower))
    yield "born", tuple(zip(of.days(), to.days(), strict=True))
    numbers = [(one, two) for one, two in zip(of.numbers, to.numbers, strict=True) if one and two]
    spaced = [(_spaced(one), _spaced(two)) for one, two in numbers if len(one) == 10]
    yield "numbers", (*numbers, *spaced)


def recast(delivery: Delivery, parts: tuple[tuple[Child, Child], ...], salt: int) -> Delivery:
    """The same delivery about others; ids of records and people are others too, the same ones for the same salt."""
    pairs = [pair for of, to in parts for _, found in said(of, to) for pair in found]
    table = {one.encode(): two.encode() for one, two in pairs if one}
    words = re.compile(b"|".join(re.escape(one) for one in sorted(table, key=len, reverse=True)))

    def others(content: bytes) -> bytes:
        named = words.sub(lambda found: table[found[0]], content)
        return re.sub(_IDS.pattern.encode(), lambda found: _id(found[0].decode(), salt).encode(), named)

    return replace(delivery, content=everywhere(delivery.content, others))


def everywhere(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A change made to some bytes, or to every part of an archive that can still be opened."""
    if not in_archives.read(content, empty=True):
        return change(content)
    return in_archives.written([(name, change(part)) for name, part in in_archives.read(content)])


def _spaced(number: str) -> str:
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _id(found: str, salt: int) -> str:
    """Another id of the same shape."""
    if _UUID.fullmatch(found):
        return str(uuid5(NAMESPACE_OID, f"{found.lower()}{salt}"))
    if found.isdigit():
        return found
    chance = Random(f"{found}{salt}")  # noqa: S311 - an id that is the same each time, not a secret
    head = re.match(r"[A-Za-z]*(?:0|2)?", found)
    begin = head.end() if head and not re.fullmatch(r"[0-9a-f-]+", found) else 0
    return found[:begin] + re.sub(r"\d", lambda _: str(chance.randrange(10)), found[begin:])


def ids_in(content: bytes) -> list[bytes]:
    """The ids of records and people in a file, in its order, each once."""
    parts = [part for _, part in in_archives.read(content, empty=True)] or [content]
    return list(dict.fromkeys(found for part in parts for found in re.findall(_IDS.pattern.encode(), part)))
