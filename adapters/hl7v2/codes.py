"""What HL7 codes mean to the hub: the rows of `maps/hl7v2.csv`, by list and code."""

from __future__ import annotations

from functools import cache
from typing import get_args

from adapters.hl7v2.message import Message, Segment
from adapters.maps.table import rows
from hub.update import Sensitivity
from hub.vocabulary import terms

_CONFIDENTIAL = (("PV1", 16), ("PD1", 12), ("ORC", 28), ("TXA", 18), ("DG1", 18))
_OF_THE_PERSON = frozenset({"PV1", "PD1"})
_RISING: tuple[Sensitivity, ...] = get_args(Sensitivity)


@cache
def _lists() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["list"], row["code"]): row for row in rows("hl7v2")}


def meant(name: str, code: str) -> str:
    """What a code of a list stands for, or empty."""
    return _lists().get((name, code), {}).get("value", "")


def words(name: str, code: str) -> str:
    """A code of a list in words, or empty."""
    return _lists().get((name, code), {}).get("meaning", "")


def closed(message: Message) -> bool:
    """Whether any flag of confidentiality is set. A flag that is not in the list closes too."""
    return any(_is_flag(segment.text(field)) for segment, field in _flags(message))


def person_closed(message: Message) -> bool:
    """Whether the flag is one of the person (a very important or protected person), not of one record of theirs."""
    return any(_is_flag(segment.text(field)) for segment, field in _flags(message) if segment.name in _OF_THE_PERSON)


def sensitivity(code: str, message: Message) -> Sensitivity:
    """The most closed of what the flags, the kind of record and the specialty say."""
    if closed(message):
        return "restricted"
    usual = terms()[code].sensitivity
    services = {meant("service", segment.text(10)) for segment in message.named("PV1")}
    return max((usual, *(one for one in _RISING if one in services)), key=_RISING.index)


def _flags(message: Message) -> list[tuple[Segment, int]]:
    return [(segment, field) for name, field in _CONFIDENTIAL for segment in message.named(name)]


def _is_flag(code: str) -> bool:
    return bool(code) and meant("confidential", code.upper()) != "open"
