"""How Annex A's columns and values are known, from data: their official codes, and the many ways they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import cast

from adapters.maps.table import rows
from hub.update import Sensitivity

CHILD_LISTS = range(1, 11)
_LONGEST_HEADER = 300
_LISTED = re.compile(r"^[a-z]{1,2}[0-9]?\)\s*")
_BETWEEN = re.compile(r"[^a-z0-9]+")
_CODE_FIRST = re.compile(r"^\(?([A-Za-z]{0,2}[0-9]{0,2}[A-Za-z]?)\b\)?[\s:.\u2013-]*")
_CODE_LAST = re.compile(r"[\[(](?:[A-Za-z]+ )?([A-Za-z]{0,2}[0-9]{1,2}[A-Za-z]?)[\])]$")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: what it is called here, how it is read, and the happening it is the day of, if any.

    `until`, `tells`: names of other fields. `status`: a stage, and `when` a field must have a code for it to be so.
    """

    field: str
    reads: str
    event: str = ""
    part: str = ""
    headline: str = ""
    until: str = ""
    status: str = ""
    when: tuple[str, str] = ("", "")
    tells: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One official code, in plain words."""

    code: str
    words: str
    sensitivity: Sensitivity | None = None


@cache
def columns(number: int) -> tuple[Column, ...]:
    """The columns of a list, in the order of the map: its own, after those of all lists."""
    return tuple(_column(row) for row in rows("annex-a") if row["list"] in {"*", str(number)})


def _column(row: dict[str, str]) -> Column:
    status, _, condition = row["status"].partition(":")
    field, _, code = condition.partition("=")
    return Column(
        row["field"],
        row["reads"],
        row["event"],
        row["part"],
        row["headline"],
        row["until"],
        status,
        (field, code),
        tuple(row["tells"].split()),
        row["label"],
    )


@lru_cache(maxsize=4096)
def field_of(number: int, header: str) -> str:
    """The field that a column of this list is, by its header; empty for one that is not known."""
    plain = spelling(header)[:_LONGEST_HEADER]
    exact, patterns = _headers(number)
    if plain in exact:
        return exact[plain]
    return next((field for field, pattern in patterns if plain and fnmatchcase(plain, pattern)), "")


@cache
def _headers(number: int) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """The headers of a list by which a field is known, and patterns of others; a list's own go before those of all."""
    own = [row for row in rows("annex-a") if row["list"] == str(number)]
    found = [*own, *(row for row in rows("annex-a") if row["list"] == "*")]
    told = [(row["field"], one) for row in found for one in row["headers"].split("|") if one]
    exact = {one: field for field, one in reversed(told) if "*" not in one}
    return exact, tuple((field, one) for field, one in told if "*" in one)


def spelling(text: str) -> str:
    """Small letters and digits with one space between words, and without a letter that numbers a choice."""
    return _BETWEEN.sub(" ", _LISTED.sub("", text.strip().casefold())).strip()


@lru_cache(maxsize=4096)
def value_of(kind: str, text: str) -> Value | None:
    """The value a cell means, by its official code or its spelling; None when neither is in the map.

    A code beside words that are another code's is neither: authorities have renumbered their choices.
    """
    known, spelled = _values(kind)
    if by_words := spelled.get(spelling(text)):
        return known[by_words]
    rest = _LISTED.sub("", text.strip())
    if (first := _CODE_FIRST.match(rest)) and first[1].upper() in known:
        code = first[1].upper()
        return known[code] if spelled.get(spelling(rest[first.end() :]), code) == code else None
    last = _CODE_LAST.search(rest)
    return known.get(last[1].upper()) if last else None


@cache
def _values(kind: str) -> tuple[dict[str, Value], dict[str, str]]:
    census = {(row["kind"], row["code"]): row["words"] for row in rows("cin-census")}
    found = [row for row in rows("annex-a-codes") if row["kind"] == kind]
    known = {
        row["code"]: Value(
            row["code"],
            row["words"] or census.get((kind, row["code"]), ""),
            cast("Sensitivity | None", row["sensitivity"] or None),
        )
        for row in found
    }
    return known, {one: row["code"] for row in found for one in row["spelled"].split("|") if one}
