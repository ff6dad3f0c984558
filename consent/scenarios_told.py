"""What a story says: the child, the people, what is on record, and who should see what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from consent.decision import Level
from consent.scenarios_yaml import Span
from hub.directory import Directory

TIES: Final = ("works-with", "teaches", "lead-professional", "named-person", "self", "parental", "family")
"""What may tie a person to the child. The first three are duties; the others are the person's own ties."""

STAGES: Final = ("plan", "single-agency-plan", "concern", "registered", "looked-after")
STATES: Final = ("given", "refused", "withdrawn")
CAPACITIES: Final = ("assessed-capable", "assessed-not-yet")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the chronology. says: for whoever reads the story; it decides nothing."""

    name: str
    says: str
    agency: str
    category: str
    day: date
    sensitivity: str = "ordinary"
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """A decision about consent, on the day it was recorded."""

    state: str
    given_by: str
    recipient: str
    category: str
    on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A recorded decision to share entries with an organisation, on a lawful basis, as long as it lasts."""

    entries: tuple[str, ...]
    by: str
    recipient: str
    purpose: str
    lasts: Span
    basis: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """Emergency access that somebody opened."""

    who: str
    opened: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """How far one entry opens, and by which rule; empty: by none."""

    level: Level
    rule: str

    @property
    def pair(self) -> tuple[Level, str]:
        """Both, to be compared with an answer's."""
        return self.level, self.rule


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, for what, on which basis and when; and what they should see of each entry.

    nothing: they get the answer that somebody gets who asks for a child who does not exist.
    """

    who: str
    purpose: str
    basis: str
    at: datetime
    sees: Mapping[str, Expected]
    nothing: bool
    where: str


@dataclass(frozen=True, slots=True)
class Story:
    """One story. rules: which of the fifteen default rules it stands for. law: what it rests on, cited.

    marked: the agencies that mark their whole record of the child as restricted. chapter: of the file it stands in.
    """

    name: str
    chapter: str
    title: str
    story: str
    law: str
    rules: tuple[int, ...]
    born: date
    people: Mapping[str, Mapping[str, Span]]
    entries: Mapping[str, Entry]
    questions: tuple[Question, ...]
    stages: Mapping[str, Span]
    consents: tuple[Consent, ...]
    capacity: Mapping[str, Span]
    releases: tuple[Release, ...]
    emergencies: tuple[Emergency, ...]
    safe_address: Span | None
    marked: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Book:
    """All stories of a folder, and the people who play in them."""

    cast: Directory
    stories: tuple[Story, ...]
