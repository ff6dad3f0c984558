"""Names of two statements side by side: what counts as stated, and what as the same, however it is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

STAND_INS = frozenset(
    {"baby", "babe", "twin", "triplet", "boy", "girl", "infant", "newborn", "male", "female", "unknown", "unnamed"}
)
"""What is written where a child has no given name yet, or nobody knows it: none of it is a name."""

APOSTROPHES = "'`\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"


def first_given(given: Iterable[str]) -> str:
    """The first given name, folded; empty where none is stated or only a stand-in is."""
    first = next((word for name in given for word in words(name)), "")
    return "" if first in STAND_INS else first


def words(name: str) -> list[str]:
    """The words of a name without accents, capitals, apostrophes and digits."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(_letter(character) for character in plain).split()


def _letter(character: str) -> str:
    if unicodedata.combining(character) or character in APOSTROPHES:
        return ""
    spoken = character.isalpha() or unicodedata.category(character).startswith("M")
    return character if spoken else " "


def is_initial_of(one: str, other: str) -> bool:
    """Whether either is the other's first letter: `I` may stand for `Isla`."""
    return min(len(one), len(other)) == 1 and one[0] == other[0]
