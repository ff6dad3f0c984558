"""What the partnership stated of itself: which organisations share under which agreements, and who may practise."""

from __future__ import annotations

from dataclasses import dataclass

from hub.events.base import Act, event


@dataclass(frozen=True, slots=True)
class Term:
    """From which day until which, both included, as `YYYY-MM-DD`; an empty one leaves that side open."""

    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class AgreementTerm:
    """A sharing agreement: for which purposes, and its first and last day."""

    purposes: tuple[str, ...]
    since: str
    until: str = ""


@event("OrganisationStated")
@dataclass(frozen=True, kw_only=True)
class OrganisationStated(Act):
    """An organisation as the directory has it. The stream is `organisation` of its code.

    controller: public or other. agreements: all of them; one without any takes no part.
    """

    code: str
    agency: str
    controller: str
    agreements: tuple[AgreementTerm, ...] = ()


@event("RegistrationStated")
@dataclass(frozen=True, kw_only=True)
class RegistrationStated(Act):
    """When somebody of the directory may practise. The stream is `registration` of the person's directory id.

    Outside every registered term, and within a suspended one, the registration has lapsed.
    """

    person: str
    registered: tuple[Term, ...] = ()
    suspended: tuple[Term, ...] = ()
