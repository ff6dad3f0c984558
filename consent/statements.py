"""What people state about a child, as they hand it over: checked for sense before anything is looked up."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from hub.directory import Directory, Organisation
from hub.errors import BadInput
from hub.people import Agency
from hub.vocabulary import terms

TEXT: Final = 4000
LINE: Final = 200
WRITTEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS: Final = (1900, 2200)
CODE: Final = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9._/-]{0,31}", re.ASCII)
"""How a worker's code looks: it is kept in clear, so no name and no sentence may stand in its place."""
WHATS: Final = ("give", "refuse", "withdraw")
GIVERS: Final = ("child", "parent", "carer")
WAYS: Final = ("spoken", "written", "form")
CAPACITIES: Final = ("assessed-capable", "assessed-not-yet")
TIES: Final = ("self", "parental", "family")
TELLING: Final = (
    "ordinary",
    "confidential-health",
    "sexual-health",
    "gender-based-violence",
    "criminal",
    "police-restricted",
)
"""What an involvement by itself may give away."""
LEAD: Final = "lead-professional"
NAMED: Final = "named-person"
WORKS: Final = "works-with"
ABLE: Final = {
    LEAD: frozenset(Agency) - {Agency.OVERSIGHT},
    NAMED: frozenset({Agency.HEALTH_VISITING, Agency.EDUCATION}),
    WORKS: frozenset({Agency.POLICE, Agency.THIRD_SECTOR}),
}
"""Whose duty each may be. Services whose own systems say that they work with a child need nobody to say it for them."""


@dataclass(frozen=True, slots=True)
class ConsentSaid:
    """A decision about consent: one recipient, one category.

    what: give, refuse, withdraw. given_by: child, parent, carer. how: spoken, written, form, or empty. evidence: where
    the record of it is. since, until: YYYY-MM-DD; an empty first day is today, an empty last day means no end.
    """

    what: str
    recipient: str
    category: str
    given_by: str = "parent"
    how: str = ""
    evidence: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class CapacitySaid:
    """Whether the child can decide about their own information, as assessed, and why. Days as in `ConsentSaid`."""

    state: str
    reason: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class DutySaid:
    """Somebody has a duty for the child: lead-professional, named-person or works-with.

    organisation: its code in the directory. worker, name: of one person; both empty for the team as a whole. Days as in
    `ConsentSaid`; a last day in the past ends it. sensitivity: what the involvement itself would give away.
    """

    duty: str
    organisation: str
    worker: str = ""
    name: str = ""
    contact: str = ""
    cover: str = ""
    sensitivity: str = "ordinary"
    reason: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class TieSaid:
    """A person of the directory has a tie of their own to the child: self, parental or family. Days as in a duty."""

    person: str
    tie: str = "family"
    reason: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class SafeAddressSaid:
    """An address of the child has to be kept secret, or no longer has to. kept: whether it has to, from today on."""

    kept: bool
    reason: str


Dated = TypeVar("Dated", ConsentSaid, CapacitySaid, DutySaid, TieSaid)


def categories() -> tuple[str, ...]:
    """What consent can be about: the categories of the shared vocabulary."""
    return tuple(sorted({term.category for term in terms().values()}))


def consent(said: ConsentSaid, today: date) -> ConsentSaid:
    """The same with its days written out; raises BadInput for whatever the hub does not know or cannot keep."""
    _one_of(said.what, WHATS, "decision about consent")
    _one_of(said.recipient, tuple(Agency), "recipient")
    _one_of(said.category, categories(), "category")
    _one_of(said.given_by, GIVERS, "giver of consent")
    _one_of(said.how, ("", *WAYS), "way of giving consent")
    found = replace(dated(said, today), evidence=text(said.evidence, "evidence"))
    if said.what != "give" and found.since > today.isoformat():
        raise BadInput("A refusal or withdrawal counts at once.", "Leave its first day out, or give one that has come.")
    return found


def capacity(said: CapacitySaid, today: date) -> CapacitySaid:
    """The same with its days written out; raises BadInput as `consent` does. An assessment has its reason."""
    _one_of(said.state, CAPACITIES, "state of capacity")
    return replace(dated(said, today), reason=text(said.reason, "reason", needed=True))


def duty(said: DutySaid, known: Directory, today: date) -> tuple[DutySaid, Organisation]:
    """The same, tidied, and the organisation; raises BadInput as `consent` does. Its first day may still be empty."""
    _one_of(said.duty, tuple(ABLE), "duty")
    _one_of(said.sensitivity, TELLING, "sensitivity")
    organisation = next((one for one in known.organisations() if one.code == said.organisation), None)
    if organisation is None or organisation.agency not in ABLE[said.duty]:
        kinds = ", ".join(sorted(agency.label for agency in ABLE[said.duty]))
        raise BadInput(
            "No organisation of the directory with that code can have this duty.",
            f"Use the code of an organisation of one of these kinds: {kinds}.",
        )
    since, until = day(said.since), day(said.until)
    if since:
        dated(said, today)
    lines = {name: text(getattr(said, name), name, LINE) for name in ("worker", "name", "contact", "cover")}
    reason = text(said.reason, "reason")
    if lines["worker"] and not CODE.fullmatch(lines["worker"]):
        raise BadInput(
            "This is no worker's code.",
            "Use the code by which the organisation's own records name them, such as SW-0417; names have their place.",
        )
    return replace(said, **lines, reason=reason, since=since, until=until), organisation


def tie(said: TieSaid, today: date) -> TieSaid:
    """The same with its days written out; raises BadInput as `consent` does."""
    _one_of(said.tie, TIES, "tie")
    return replace(
        dated(said, today), person=text(said.person, "person", LINE, needed=True), reason=text(said.reason, "reason")
    )


def dated(said: Dated, today: date) -> Dated:
    """The same with its days as YYYY-MM-DD, because they are compared as text; an empty first day is today."""
    since, until = day(said.since) or today.isoformat(), day(said.until)
    if until and until < since:
        raise BadInput("The last day is before the first.", "Give a last day that is not before the first, or none.")
    return replace(said, since=since, until=until)


def day(given: str) -> str:
    """A day as YYYY-MM-DD, empty for an empty one; raises BadInput for what is no day that can be meant."""
    try:
        found = date.fromisoformat(given) if WRITTEN.fullmatch(given) else None
    except ValueError:
        found = None
    if given and (found is None or not YEARS[0] <= found.year <= YEARS[1]):
        raise BadInput(
            "The first or the last day is not a day.", f"Write it as 2026-01-31, of the years {YEARS[0]} to {YEARS[1]}."
        )
    return given


def text(given: str, name: str, longest: int = TEXT, *, needed: bool = False) -> str:
    """Free text without blanks around it, empty for one in which no letter or digit can be seen.

    Raises BadInput for one that is too long or holds what is no text, and for none where it is needed.
    """
    kept = given.strip() if says_something(given) else ""
    if needed and not kept:
        raise BadInput(f"There is no {name}.", f"State the {name} in a sentence or two.")
    if len(kept) > longest or not is_text(kept):
        raise BadInput(f"The {name} cannot be kept as it is.", f"Write at most {longest:,} characters of plain text.")
    return kept


def says_something(given: str) -> bool:
    """Whether there is a letter or a digit in it: blanks and signs that nobody sees say nothing."""
    return any(character.isalnum() for character in given)


def is_text(given: str) -> bool:
    """Whether it can be kept: no zero, and no bytes that were no text where they were typed."""
    return "\x00" not in given and not any("\ud800" <= character <= "\udfff" for character in given)


def _one_of(given: str, known: Collection[str], name: str) -> None:
    if given not in known:
        listed = ", ".join(sorted(value for value in known if value))
        wrong = f"This is no {name} that the hub knows." if given else f"There is no {name}."
        raise BadInput(wrong, f"Use one of: {listed}.")
