"""The bad and the good example of each check, read from `examples.toml` into chronologies as a reader knows of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from consent.decision import Entry, Redacted, Shown, When, Withheld
from consent.edition_shapes import Reviewed
from consent.quality_shapes import Chronology, Invited, Stated
from consent.quality_words import Guide, read_guide
from hub.people import Agency
from hub.update import Account, Marks
from hub.vocabulary import terms

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = HERE.parents[1]
_ASK: Final = "The Lead Professional."
_RULE: Final = ("invented-rule", "You work with this child.")
_MARKS: Final = {field.name for field in fields(Marks)}
_ACCOUNT: Final = {field.name for field in fields(Account)}


@dataclass(frozen=True, slots=True)
class Example:
    """A chronology in a sentence, and what it looks like."""

    story: str
    chronology: Chronology


@dataclass(frozen=True, slots=True)
class Pair:
    """One check's examples. says: the bad one's advice; about: the entries that it is about."""

    check: str
    failure: str
    says: str
    about: tuple[UUID, ...]
    bad: Example
    good: Example


def guide() -> Guide:
    """The words and limits of this project."""
    return read_guide(PROJECT / "policies")


@cache
def pairs() -> tuple[Pair, ...]:
    """Every check's, in the order of the file."""
    found = tomllib.loads((HERE / "examples.toml").read_text(encoding="utf-8"))
    today = date.fromisoformat(found.pop("today"))
    return tuple(_pair(check, said, today) for check, said in found.items())


def number(entry: int) -> UUID:
    """The id of an example's entry, counted from 1."""
    return UUID(int=0x5000 + entry)


def chronology(said: Mapping[str, Any], today: date, half: str = "good") -> Chronology:
    """Make the bad or good half of one check's examples."""
    entries = [*_entries(said[f"{half}_entries"])]
    reviewed = said.get(f"{half}_reviewed")
    edition = said.get(f"{half}_edition")
    return Chronology(
        tuple(entries),
        today,
        tuple(Agency(agency) for agency in said.get(f"{half}_agencies", ())),
        _reviewed(reviewed) if reviewed else None,
        _stated(edition) if edition is not None else None,
    )


def _pair(check: str, said: Mapping[str, Any], today: date) -> Pair:
    about = tuple(number(one) for one in said["about"])
    bad, good = (Example(said[half], chronology(said, today, half)) for half in ("bad", "good"))
    return Pair(check, said["failure"], said["says"], about, bad, good)


def _reviewed(said: Mapping[str, Any]) -> Reviewed:
    return Reviewed(number(0), None, said["days"], tuple(number(one) for one in said["significant"]))


def _stated(said: Mapping[str, Any]) -> Stated:
    asked = tuple(
        Invited(Agency(agency).label, Agency(agency), answer) for agency, answer in said.get("asked", {}).items()
    )
    return Stated(**{name: value for name, value in said.items() if name != "asked"}, asked=asked)


def _entries(lines: list[dict[str, Any]]) -> Iterator[Entry]:
    count = 0
    for line in lines:
        for days in range(line.get("repeat", 1)):
            count += 1
            yield _entry(count, line, date.fromisoformat(line["on"]) + timedelta(days=days))


def _entry(count: int, line: Mapping[str, Any], day: date) -> Entry:
    agency, when = Agency(line["from"]), When(day.isoformat(), "day")
    term = terms()[line["what"]]
    significance, valence = line.get("kind", "notable"), line.get("tells", "neutral")
    match line.get("open", "shown"):
        case "withheld":
            return Withheld(number(count), agency, when, *_RULE, _ASK)
        case "redacted":
            said = (_ASK, term.code, term.label, significance, "happened", valence)
            return Redacted(number(count), agency, when, *_RULE, *said)
        case _:
            return _shown(count, line, when, agency)


def _shown(count: int, line: Mapping[str, Any], when: When, agency: Agency) -> Shown:
    term = terms()[line["what"]]
    marks = {name: line[name] for name in line.keys() & _MARKS if name != "cites"}
    marks |= {"cites": tuple(number(one) for one in line["cites"])} if "cites" in line else {}
    account = {name: line[name] for name in line.keys() & _ACCOUNT}
    return Shown(
        number(count),
        agency,
        when,
        *_RULE,
        term.code,
        term.label,
        line.get("kind", "notable"),
        "happened",
        line.get("tells", "neutral"),
        line["says"],
        "",
        line.get("by", "Morag Sinclair"),
        "",
        "",
        "",
        datetime.combine(date.fromisoformat(when.start), time(12), UTC),
        1,
        third_party=False,
        defects=0,
        exportable=False,
        marks=Marks(**marks) if marks else None,
        account=Account(**account) if account else None,
    )
