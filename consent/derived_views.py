"""All derived views of one child for one reader on one day, worked out from what the reader may know and nothing else.

The same material gives the same views, in whatever order it arrived. What is sealed to the reader is no part of the
material, so no view can tell of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from consent import derived_care, derived_seen
from consent.clock_data import Clock, Reckoning
from consent.decision import Entry
from consent.derived import Section, Verdict, happenings
from consent.derived_ages import Born
from consent.derived_clocks import clocks
from consent.derived_gaps import gaps
from consent.derived_patterns import alike, concerns
from hub.people import Agency
from hub.vocabulary import terms

CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "placements": (*derived_care.BEGUN, *derived_care.ENDED),
    "missing": (*derived_care.REPORTED, *derived_care.RETURNED),
    "seen": (*derived_seen.SIGHTED, *derived_seen.NOT_SIGHTED),
}
"""What some of the views are made of."""
WHOSE: Final[Mapping[str, Agency]] = {
    "gp": Agency.GP,
    "hv": Agency.HEALTH_VISITING,
    "ed": Agency.EDUCATION,
    "police": Agency.POLICE,
    "ts": Agency.THIRD_SECTOR,
}
"""Whose a code is, by its beginning; social work's where nothing else is said."""
NOT_OPEN: Final = "Some of the records that this is made of are of a kind that is not open to you."


@dataclass(frozen=True, slots=True)
class Material:
    """What one reader may know of a child on a day.

    told: when the hub was first told of an entry, where the reader may know that. verdicts: of entries among these.
    involved: agencies that the reader may know work with the child. closed: codes of which the reader would not be
    shown so much as the summary, whether or not there is any such entry.
    """

    today: date
    entries: Sequence[Entry]
    born: Born
    told: Mapping[UUID, date]
    verdicts: Sequence[Verdict] = ()
    involved: Collection[Agency] = ()
    closed: Collection[str] = ()


def derive(material: Material, reckoning: Reckoning) -> tuple[Section, ...]:
    """Every view, in the order of the page."""
    joined = [verdict.pair for verdict in material.verdicts if verdict.what == "joined"]
    known, today = happenings(material.entries, joined, material.told), material.today
    shut = {clock.id for clock in reckoning.clocks if steps_of(clock) & set(material.closed)}
    discussion = next(iter(clock for clock in reckoning.of("return") if clock.id not in shut), None)
    found = (
        derived_seen.last_seen(known, today),
        clocks(known, today, material.born, reckoning.of("age", "after", "series", "entry"), shut),
        concerns(known, today, reckoning),
        derived_care.missing(known, today, discussion),
        derived_care.placements(known, today),
        gaps(known, today, material.involved),
        alike(known, reckoning, material.verdicts),
    )
    return tuple(_with_what_is_shut(section, material.closed) for section in found)


def steps_of(clock: Clock) -> set[str]:
    """The codes without which a clock cannot be read."""
    return {*clock.starts, *clock.done}


def codes_of(reckoning: Reckoning) -> list[str]:
    """Every code that a view looks for."""
    found = {code for clock in reckoning.clocks for code in steps_of(clock)}
    return sorted(found.union(*CODES.values()) & terms().keys())


def agency_of(code: str) -> str:
    """The kind of agency whose records have a code."""
    return WHOSE.get(code.partition(".")[0], Agency.SOCIAL_WORK).value


def _with_what_is_shut(section: Section, closed: Collection[str]) -> Section:
    if any(code in closed for code in CODES.get(section.view, ())):
        return replace(section, unknown=(NOT_OPEN, *section.unknown))
    return section
