"""What people who work with a child put on record of it: consent, who may give it, duties, ties, a secret address.

Each statement is in force for the next decision. Whoever may not know of the child is refused in the same words as for
a child who does not exist, and that is recorded; whoever works with the child and may not state this is told so, and
that is recorded too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, NoReturn
from uuid import UUID

from consent import statements
from consent.card import Card, WhoWorks
from consent.leading import Leading
from consent.means import Means
from consent.noting import Notes
from consent.on_record import OnRecord, Page
from consent.statements import LEAD, CapacitySaid, ConsentSaid, DutySaid, SafeAddressSaid, TieSaid
from consent.ties import ASK_LEAD, Ties
from hub.directory import Directory
from hub.errors import BadInput, NotPermitted
from hub.events.base import Event
from hub.events.circumstances import CapacityStated, DutyStated, SafeAddressStated
from hub.events.sharing import ConsentEvent, ConsentGiven, ConsentRefused, ConsentWithdrawn
from hub.people import Agency, Practitioner
from projections import casework
from projections.session import Cursor

CONSENTS: Final[dict[str, type[ConsentEvent]]] = {
    "give": ConsentGiven,
    "refuse": ConsentRefused,
    "withdraw": ConsentWithdrawn,
}
ASSESSORS: Final = frozenset({Agency.GP, Agency.HEALTH_VISITING, Agency.SOCIAL_WORK})
TOLD_OF_CONSENT: Final = ("notify-governance", "notify-lead-professional")


class Casework:
    """Recording by those who work with a child, and reading back what was recorded."""

    def __init__(self, means: Means, known: Directory) -> None:
        self._means, self._known = means, known
        self._leading = Leading(means)
        self._ties = Ties(means, known, self._leading)
        self._notes = Notes(means)
        self._card = Card(means, known)
        self._page = OnRecord(means, known, self._notes)

    def working_with(self, reader: Practitioner, child: UUID, *, purpose: str, basis: str) -> WhoWorks:
        """Who works with a child, and how to reach them, as far as this reader may know; see `consent.card`."""
        return self._card.read(reader, child, purpose=purpose, basis=basis)

    def on_record(self, reader: Practitioner, child: UUID) -> Page:
        """What is on record of consent, capacity, duties and a secret address, for those who work with the child."""
        return self._page.read(reader, child)

    def record_consent(self, reader: Practitioner, child: UUID, said: ConsentSaid) -> tuple[str, ...]:
        """Record a decision about consent; returns what the recorder should know of it, in sentences.

        Anybody who works with the child may: whoever spoke with the family has the answer. Raises NothingToShow for
        anybody else as for a child who does not exist; BadInput for what the hub cannot keep.

        Consent after a no, recorded by the very agency that it opens the record to, needs to say how it was given and
        where the evidence is; governance and the Lead Professional are told.
        """
        said = statements.consent(said, self._means.today())
        self._means.must_work_with(reader, child, "consent")
        stream = self._means.stream("consent", str(child), said.recipient, said.category)

        opens_own: list[bool] = []

        def decided(session: Cursor, version: int) -> Sequence[Event]:
            opens_own[:] = [_opens_own_after_a_no(reader, said, casework.standing(session, stream))]
            if opens_own[0] and not (said.how and said.evidence):
                raise BadInput(
                    "Consent was refused or withdrawn before, and it would open the record to your own agency.",
                    "Say how it was given now, and where the record of that is; or ask another agency to record it.",
                )
            event = CONSENTS[said.what](
                originator_id=stream,
                originator_version=version,
                child=child,
                recipient=said.recipient,
                category=said.category,
                recorded_by=reader.id,
                given_by=said.given_by,
                since=said.since,
                until=said.until,
                how=said.how,
                evidence=said.evidence,
            )
            return [event]

        self._means.act(stream, decided)
        if opens_own == [True]:
            self._tell(reader, child)
        return self._notes.of_consent(reader, child, said)

    def record_capacity(self, reader: Practitioner, child: UUID, said: CapacitySaid) -> None:
        """Record whether the child can decide about their own information.

        Health and social work staff who work with the child may: whether a child understands what sharing means is a
        professional's judgement, made with the child. Raises NotPermitted for others who work with the child.
        """
        said = statements.capacity(said, self._means.today())
        self._means.must_work_with(reader, child, "capacity")
        if reader.agency not in ASSESSORS:
            self._refuse(reader, child, "capacity", "Health or social work assesses capacity.", "Ask one of them.")
        stream = self._means.stream("capacity", str(child))

        def decided(_session: Cursor, version: int) -> Sequence[Event]:
            event = CapacityStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since=said.since,
                until=said.until,
                recorded_by=reader.id,
                reason=said.reason,
                state=said.state,
            )
            return [event]

        self._means.act(stream, decided)

    def record_duty(self, reader: Practitioner, child: UUID, said: DutySaid) -> None:
        """Record that somebody has a duty for the child, or that it ended.

        The Lead Professional and the allocated social worker may, for any organisation. Anybody else who works with the
        child may for their own; the lead only where nobody has it and the child has no allocated worker. Nobody makes
        themselves a Lead Professional by name, because that opens more: somebody else does. A lead whom nobody but
        their own organisation named does not act as one (`consent.acting_lead`) until another agency that works with
        the child, or the allocated worker, states it too. Another organisation's lead duty nobody ends but the
        allocated worker. Once an involvement is said to be telling in itself, it stays so: nobody opens it by stating
        it again.
        """
        said, organisation = statements.duty(said, self._known, self._means.today())
        self._means.must_work_with(reader, child, "duty")
        if not self._may_state(reader, child, said):
            self._refuse(reader, child, "duty", "This duty is not yours to state.", ASK_LEAD)
        stream = self._means.stream("duty", str(child), said.duty, said.organisation, said.worker)

        def decided(session: Cursor, version: int) -> Sequence[Event]:
            before = casework.standing(session, stream)
            dated = statements.dated(_ending(said, before), self._means.today())
            held = before.said["sensitivity"] if before else "ordinary"
            event = DutyStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since=dated.since,
                until=dated.until,
                recorded_by=reader.id,
                reason=said.reason,
                duty=said.duty,
                agency=organisation.agency.value,
                organisation=said.organisation,
                worker=said.worker,
                name=said.name,
                contact=said.contact,
                cover=said.cover,
                sensitivity=said.sensitivity if held == "ordinary" else held,
            )
            return [event]

        self._means.act(stream, decided)

    def record_tie(self, reader: Practitioner, child: UUID, said: TieSaid) -> None:
        """Record that a person has a tie of their own to the child; governance is told.

        Anybody may declare their own, of any child: it counts as one to the family, so it can only close the record to
        them; it counts from today at the latest, and they cannot end it. Of somebody else their organisation's
        governance lead may, or the partnership's, and the Lead Professional or the allocated social worker, though not
        of one another. It counts at once, and governance, who is told of whom it is, takes note or ends it. A
        declaration and a governance lead get the same answer whether or not there is such a child: the statement is
        kept, and nothing is looked up. Raises TooMany for whoever states more than a day's ties.
        """
        self._ties.record(reader, child, said)

    def record_safe_address(self, reader: Practitioner, child: UUID, said: SafeAddressSaid) -> None:
        """Record that an address of the child has to be kept secret, or no longer has to; both from today on.

        Anybody who works with the child may say that it has to, because a day's delay may be the harm. That it no
        longer has to, the Lead Professional or the allocated social worker alone may say. Both with their reason.
        """
        reason = statements.text(said.reason, "reason", needed=True)
        self._means.must_work_with(reader, child, "safe-address")
        if not said.kept and not self._leading.leads(reader, child):
            self._refuse(reader, child, "safe-address", "This is not yours to lift.", ASK_LEAD)
        stream, today = self._means.stream("safe-address", str(child)), self._means.today()

        def decided(_session: Cursor, version: int) -> Sequence[Event]:
            event = SafeAddressStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since=today.isoformat(),
                # A last day before the first holds no day: from the first on there is nothing to keep secret.
                until="" if said.kept else (today - timedelta(days=1)).isoformat(),
                recorded_by=reader.id,
                reason=reason,
            )
            return [event]

        self._means.act(stream, decided)

    def _may_state(self, reader: Practitioner, child: UUID, said: DutySaid) -> bool:
        ours, ends = said.organisation == reader.organisation, self._leading.ends(reader, child, said)
        if self._leading.allocated(reader, child) or (ends and ours):
            return True
        if ends or (said.duty == LEAD and said.worker and said.worker == reader.worker):
            return False
        if self._leading.leads(reader, child):
            return True
        return ours and (said.duty != LEAD or not self._leading.led(reader, child))

    def _tell(self, reader: Practitioner, child: UUID) -> None:
        with self._means.reading() as session:
            line = replace(self._means.line(reader, "consent", found=True), child=child, outcome="recorded")
            self._means.trail.record(session, replace(line, obligations=TOLD_OF_CONSENT))

    def _refuse(self, reader: Practitioner, child: UUID, action: str, message: str, next_step: str) -> NoReturn:
        with self._means.reading() as session:
            line = replace(self._means.line(reader, action, found=True), child=child, outcome="refused")
            self._means.trail.record(session, line)
        raise NotPermitted(message, next_step)


def _opens_own_after_a_no(reader: Practitioner, said: ConsentSaid, before: casework.Stated | None) -> bool:
    no = before is not None and before.what in {"refused", "withdrawn"}
    return no and said.what == "give" and said.recipient == reader.agency.value


def _ending(said: DutySaid, before: casework.Stated | None) -> DutySaid:
    """Where only a last day is given, the duty that stands gets it: its first day stays what it was."""
    if said.since or not said.until or before is None:
        return said
    return replace(said, since=min(before.since, said.until))
