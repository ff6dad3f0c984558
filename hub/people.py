"""The words for people that every room shares: practitioners, their roles and their organisations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

ChildId = NewType("ChildId", UUID)
"""The hub's own opaque id of a child: the only id in events, URLs and logs."""

PersonRecordId = NewType("PersonRecordId", UUID)
"""One agency's own record of a person: source and local id, behind a keyed digest."""


class Agency(StrEnum):
    """The kind of agency an entry comes from, and that a reader works for: the lanes of the chronology."""

    GP = "gp"
    HEALTH_VISITING = "health-visiting"
    SOCIAL_WORK = "social-work"
    EDUCATION = "education"
    POLICE = "police"
    THIRD_SECTOR = "third-sector"
    OVERSIGHT = "oversight"
    FAMILY = "family"

    @property
    def sends(self) -> bool:
        """Whether records come from it: oversight and families read, and no system of theirs sends any."""
        return self not in {Agency.OVERSIGHT, Agency.FAMILY}

    @property
    def label(self) -> str:
        """The name that people read."""
        return _LABELS[self]


_LABELS = {
    Agency.GP: "GP practice",
    Agency.HEALTH_VISITING: "Health visiting",
    Agency.SOCIAL_WORK: "Social work",
    Agency.EDUCATION: "Education",
    Agency.POLICE: "Police Scotland",
    Agency.THIRD_SECTOR: "Third sector",
    Agency.OVERSIGHT: "Governance",
    Agency.FAMILY: "Family",
}


class Role(StrEnum):
    """What a reader is employed as, or whose record it is. Named Person and Lead Professional are duties, not roles."""

    GP = "gp"
    HEALTH_VISITOR = "health-visitor"
    SCHOOL_NURSE = "school-nurse"
    SOCIAL_WORKER = "social-worker"
    CLASS_TEACHER = "class-teacher"
    HEAD_TEACHER = "head-teacher"
    POLICE_OFFICER = "police-officer"
    THIRD_SECTOR_WORKER = "third-sector-worker"
    PLANNER = "planner"
    GOVERNANCE_LEAD = "governance-lead"
    ADMINISTRATOR = "administrator"
    YOUNG_PERSON = "young-person"
    PARENT = "parent"

    @property
    def label(self) -> str:
        """The role as people say it."""
        return "GP" if self is Role.GP else self.value.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Practitioner:
    """Somebody at the door, as their verified token describes them.

    `organisation` is the code by which agencies' records name the practice, team or school; `worker` the
    code by which they name this person. `named_person_for` duties come from facts, never from the token.
    """

    id: str
    name: str
    role: Role
    agency: Agency
    organisation: str
    worker: str = ""
