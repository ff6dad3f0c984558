"""Whom one row of a mapped table is about, and the ids of the person and of the record."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from adapters.column_map.cells import UNKNOWN, Cells
from adapters.column_map.rules import Rule
from hub.update import Identifier, Person


def local_id(cells: Cells) -> str:
    """The publisher's own number of the person, behind the publisher; empty when either is not said."""
    parts = [cells.text(rule.column) for rule in cells.table.all("person")]
    if cells.table.all("publisher"):
        parts.insert(0, cells.publisher)
    return _joined(parts) if all(parts) else ""


def record_id(cells: Cells) -> str:
    """Person, table, and what tells the record from the person's others; empty when a part of that is blank."""
    parts = [cells.key(rule.column) for rule in cells.table.all("record")]
    needed = [key for key, rule in zip(parts, cells.table.all("record"), strict=True) if rule.value != "may-be-blank"]
    return f"{local_id(cells)}|{_joined([cells.table.name, *parts])}" if all(needed) else ""


def _joined(parts: list[str]) -> str:
    return "|".join(quote(part, safe=" ") for part in parts)


def person(cells: Cells) -> Person:
    """The person as this row knows them."""
    born = [day for rule in cells.table.all("birth-date") if (day := cells.day(rule.column))]
    given = (_first(cells, rule) for rule in cells.table.all("given"))
    return Person(
        local_id=local_id(cells),
        identifiers=tuple(_identifiers(cells)),
        family=stated(cells, "family"),
        given=tuple(name for name in given if name),
        birth_dates=tuple(dict.fromkeys(born)),
        sex=_sex(cells),
        postcode=stated(cells, "postcode"),
        restricted=cells.is_among("restricted"),
    )


def _identifiers(cells: Cells) -> Iterator[Identifier]:
    for rule in cells.table.all("identifier"):
        if value := cells.text(rule.column):
            local = rule.value == "of-publisher"
            if not local or cells.publisher != UNKNOWN:
                yield Identifier(
                    rule.gives, f"{cells.publisher}/{value}" if local else value, rule.value != "unverified"
                )


def _sex(cells: Cells) -> str:
    rule = cells.table.first("sex")
    known = cells.matching("sex", rule.column) if rule else None
    return (known.gives or cells.text(known.column)) if known else stated(cells, "sex")


def stated(cells: Cells, part: str) -> str:
    """What the row, or the map by itself, says for a part; empty for nothing."""
    rule = cells.table.first(part)
    return _first(cells, rule) if rule else ""


def _first(cells: Cells, rule: Rule) -> str:
    return cells.text(rule.column) if rule.column else rule.value
