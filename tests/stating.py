"""Stating circumstances, ties, duties and terms in a hub, straight through intake, for tests of facts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from consent.decision import Asked, Facts
from consent.facts import gather, gather_at
from hub.events.circumstances import CapacityStated, DutyStated, SafeAddressStated, TieStated
from hub.events.inbox import EntryAcknowledged
from hub.events.knowing import CorrectionAcknowledged
from hub.events.partnership import AgreementTerm, OrganisationStated, RegistrationStated, Term
from hub.people import Practitioner
from projections import second_line
from tests.fix_hub import TestHub


def capacity(hub: TestHub, child: UUID, state: str, since: str = "2024-01-01", until: str = "") -> None:
    """Whether the child can decide."""
    intake = hub.house.hub.intake
    stream = intake.stream("capacity", str(child))
    intake.act(
        stream,
        lambda _, version: [
            CapacityStated(
                originator_id=stream, originator_version=version, child=child, since=since, until=until, state=state
            )
        ],
    )


def duty(  # noqa: PLR0913 - whose duty, each part named
    hub: TestHub,
    child: UUID,
    what: str,
    who: Practitioner,
    *,
    team: bool = False,
    since: str = "",
    until: str = "",
    by: str = "fiona",
) -> None:
    """Somebody of the directory, or their whole team, has a duty for the child, as somebody states it."""
    intake, worker = hub.house.hub.intake, "" if team else who.worker
    stream = intake.stream("duty", str(child), what, who.organisation, worker)
    intake.act(
        stream,
        lambda _, version: [
            DutyStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since=since,
                until=until,
                recorded_by=by,
                duty=what,
                agency=who.agency.value,
                organisation=who.organisation,
                worker=worker,
            )
        ],
    )


def tie(  # noqa: PLR0913 - whose tie, each part named
    hub: TestHub, child: UUID, what: str, person: str, *, since: str = "", until: str = ""
) -> None:
    """A person has a tie of their own to the child."""
    intake = hub.house.hub.intake
    stream = intake.stream("tie", str(child), person)
    intake.act(
        stream,
        lambda _, version: [
            TieStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since=since,
                until=until,
                person=person,
                tie=what,
            )
        ],
    )


def safe_address(hub: TestHub, child: UUID, since: str = "", until: str = "") -> None:
    """An address of the child has to be kept secret."""
    intake = hub.house.hub.intake
    stream = intake.stream("safe-address", str(child))
    intake.act(
        stream,
        lambda _, version: [
            SafeAddressStated(originator_id=stream, originator_version=version, child=child, since=since, until=until)
        ],
    )


def acknowledged(hub: TestHub, child: UUID, entry: UUID, by: str = "morag", what: str = "seen", **said: str) -> None:
    """Somebody of the directory says what they do about the first version of an entry."""
    intake, who = hub.house.hub.intake, hub.person(by)
    stream = intake.stream("acknowledgement", str(entry), by)
    intake.act(
        stream,
        lambda _, version: [
            EntryAcknowledged(
                originator_id=stream,
                originator_version=version,
                child=child,
                entry=entry,
                revision=1,
                by=by,
                organisation=who.organisation,
                agency=who.agency.value,
                what=what,
                **said,
            )
        ],
    )


def correction_noted(hub: TestHub, child: UUID, entry: UUID, by: str = "morag") -> None:
    """Somebody of the directory takes note that what they were told of an entry no longer stands."""
    intake, who = hub.house.hub.intake, hub.person(by)
    stream = intake.stream("correction", str(child), str(entry), by)
    intake.act(
        stream,
        lambda _, version: [
            CorrectionAcknowledged(
                originator_id=stream,
                originator_version=version,
                child=child,
                entry=entry,
                revision=1,
                what="corrected",
                by=by,
                organisation=who.organisation,
                agency=who.agency.value,
            )
        ],
    )


def organisation(hub: TestHub, code: str, *agreements: AgreementTerm, controller: str = "public") -> None:
    """An organisation and all its agreements."""
    intake = hub.house.hub.intake
    stream = intake.stream("organisation", code)
    intake.act(
        stream,
        lambda _, version: [
            OrganisationStated(
                originator_id=stream,
                originator_version=version,
                code=code,
                agency="education",
                controller=controller,
                agreements=agreements,
            )
        ],
    )


def registration(hub: TestHub, person: str, registered: tuple[Term, ...], suspended: tuple[Term, ...] = ()) -> None:
    """When somebody may practise."""
    intake = hub.house.hub.intake
    stream = intake.stream("registration", person)
    intake.act(
        stream,
        lambda _, version: [
            RegistrationStated(
                originator_id=stream,
                originator_version=version,
                person=person,
                registered=registered,
                suspended=suspended,
            )
        ],
    )


def facts(  # noqa: PLR0913 - a question has this many parts, each named
    hub: TestHub,
    who: str | Practitioner,
    child: UUID,
    *,
    purpose: str = "child-plan",
    moment: datetime | None = None,
    known_at: datetime | None = None,
) -> Facts:
    """The facts of a decision, now or as of a past moment."""
    reader = hub.person(who) if isinstance(who, str) else who
    asked, at = Asked(reader, purpose, "public-task"), moment or hub.clock()
    with hub.house._database.transaction("hub_reader") as cursor:
        second_line.about(cursor, reader, child)
        if known_at is None:
            return gather(cursor, asked, child, now=at)
        return gather_at(cursor, asked, child, moment=at, known_at=known_at)
