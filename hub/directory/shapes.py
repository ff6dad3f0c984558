"""What the directory says of organisations and people beyond who they are: agreements, controllers, registrations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.people import Agency


class Controller(StrEnum):
    """The kind of organisation, by which a lawful basis may be stated or not."""

    PUBLIC = "public"
    OTHER = "other"

    @classmethod
    def usual(cls, agency: Agency) -> Controller:
        """What an organisation of this kind of agency is, where the directory does not say."""
        return cls.OTHER if agency is Agency.THIRD_SECTOR else cls.PUBLIC


@dataclass(frozen=True, slots=True)
class Term:
    """From which day until which, both included. No `since`: always; no `until`: still on."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """When somebody may practise: in a registered term, and not in a suspended one."""

    registered: tuple[Term, ...] = (Term(),)
    suspended: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """A sharing agreement: for which purposes, and from which day until which, both included. No `until`: still on."""

    purposes: frozenset[str]
    since: date
    until: date | None = None

    def covers(self, purpose: str, on: date) -> bool:
        """Whether it is in force for this purpose on this day."""
        return purpose in self.purposes and self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A practice, team, school or council service, under the code by which agencies' records name it.

    contact and cover, for the involvement card: how it is reached, and who answers when it is closed.
    """

    code: str
    name: str
    agency: Agency
    agreements: tuple[Agreement, ...] = ()
    controller: Controller = Controller.PUBLIC
    contact: str = ""
    cover: str = ""
