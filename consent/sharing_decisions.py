"""Decisions to share and not to share: asked for, decided with reasons, released or declined, and never forgotten.

Each is in the shape of GIRFEC Practice Guidance 4 §12. What agencies share routinely, under a standing agreement and by
the policy's own rules, needs no such record; this is for what those do not cover.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID, uuid4

from consent.decision import Asked
from consent.means import CASEWORK, STATUTORY, Means
from consent.releasing import ALL, Ground, Stand, caseload, stand
from consent.sharing_checks import Checks
from consent.sharing_events import answered, apart, decision, place, release, request
from consent.sharing_ledger import SharingLedger
from consent.sharing_still import Still, stands, waits
from consent.sharing_terms import LONGEST, Ask, Choice, Incomplete, tidy
from consent.sharing_view import LedgerLine, MatterView, State, asked_of, seen
from consent.statements import is_text, says_something
from hub.directory import Organisation
from hub.errors import NOTHING, NOTHING_NEXT, HubError, NothingToShow, NotPermitted
from hub.events.base import Event
from hub.events.requests import SharingDeclined, SharingReleaseEnded
from hub.people import Agency, Practitioner
from projections import matters, second_line
from projections.matters import Matter
from projections.session import Cursor

MOST = 500
CHILDREN = 50
FIRST_ANSWER = 2
"""The step after the request: whoever comes later finds it answered."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of it: the matter's id, and how it stands now."""

    matter: UUID
    state: State


class SharingDecisions:
    """Asking, deciding, releasing, declining. Who has nothing to do with the child is told that there is nothing.

    Every method about a child raises NothingToShow to them, as for a child who is not, and that is recorded.
    """

    def __init__(
        self,
        means: Means,
        auditing: Callable[[], AbstractContextManager[Cursor]],
        organisations: Callable[[], Sequence[Organisation]],
    ) -> None:
        self._means = means
        self._checks = Checks(means, organisations)
        self._still = Still(means, self._checks)
        self._ledger = SharingLedger(means, auditing)

    def organisations(self) -> tuple[Organisation, ...]:
        """With whom something can be shared, and who can be asked."""
        return self._checks.others()

    def leads(self, reader: Practitioner, child: UUID) -> bool:
        """Whether this person is the child's Lead Professional, alone or with others."""
        with self._means.reading() as session:
            of = self._stand(session, reader, child, "sharing")
        return _known(of).leads

    def request(self, reader: Practitioner, child: UUID, ask: Ask, *, once: UUID | None = None) -> Recorded:
        """Ask an organisation, or a kind of agency, for information. Says nothing of whether there is any.

        once: the same again with the same id records nothing more. Raises Incomplete, which names all that is missing.
        """
        with self._means.reading() as session:
            of = self._stand(session, reader, child, "sharing-request")
            faults = self._checks.of_request(session, reader, ask, of) if of.knows else {}
        _known(of)
        if faults:
            raise Incomplete(faults)
        stream = self._means.stream("sharing", str(child), reader.id, str(once or uuid4()))
        came: list[State] = []

        def made(session: Cursor, version: int) -> Sequence[Event]:
            if version == 1:
                return [request(place(stream, version, child, reader), ask)]
            came.append(waits(matters.one(session, stream), ask))
            return []

        self._means.act(stream, made)
        return Recorded(stream, came[-1] if came else "waiting")

    def decide(
        self, reader: Practitioner, child: UUID, choice: Choice, *, asked: UUID | None = None, once: UUID | None = None
    ) -> Recorded:
        """Decide to share all, part or nothing, asked or unasked; what is shared is open for the next decision.

        To a third-sector service only the Lead Professional releases: decided by anybody else it waits for them.
        Raises Incomplete; NotPermitted for entries that are not theirs to share, in the same words for one that is
        not there; BadInput for what is shared already, or was answered meanwhile.
        """
        with self._means.reading() as session:
            second_line.about(session, reader, child)
            held = matters.one(session, asked) if asked else None
            choice = _whole(choice, held)
            grounds = [(choice.purpose, basis) for basis in (*choice.bases, STATUTORY)]
            of = stand(self._means, session, reader, child, choice.entries, grounds)
            mine = of.within(choice.purpose, choice.bases)
            problem = self._problem(session, of, choice, held, is_answer=asked is not None)
            self._record(session, of, "sharing-decision", refused=isinstance(problem, NotPermitted))
        if problem is not None:
            raise problem
        stream = asked or self._means.stream("sharing", str(child), reader.id, str(once or uuid4()))
        opens = of.leads or self._checks.agency(choice.recipient) is not Agency.THIRD_SECTOR

        def made(session: Cursor, version: int) -> Sequence[Event]:
            if asked is None and version > 1:
                came.append(stands(matters.one(session, stream), choice))
                return []
            if asked is not None and version != FIRST_ANSWER:
                raise answered()
            self._still.decided(session, mine, choice)
            decided = decision(place(stream, version, child, reader), choice, mine)
            after = place(stream, version + 1, child, reader)
            if choice.shares:
                return apart(session, [decided, *([release(after, decided)] if opens else [])])
            return [decided, *([SharingDeclined(**after, answer=tidy(choice.answer))] if asked else [])]

        came: list[State] = []
        self._means.act(stream, made)
        new: State = ("shared" if opens else "to-release") if choice.shares else "not-shared"
        return Recorded(stream, came[-1] if came else new)

    def decline(self, reader: Practitioner, child: UUID, asked: UUID, *, reasons: str, answer: str = "") -> Recorded:
        """Answer a request with a decision to share nothing. reasons stay with the decider; answer is for the asker."""
        choice = Choice(outcome="not-share", what="All that was asked for.", reasons=reasons, answer=answer)
        return self.decide(reader, child, choice, asked=asked)

    def release(self, reader: Practitioner, child: UUID, matter: UUID) -> Recorded:
        """Release to a third-sector service what was decided to be shared with it. The Lead Professional alone may."""
        _, of = self._of(reader, child, matter, "sharing-release", "release")

        def made(session: Cursor, version: int) -> Sequence[Event]:
            now = matters.one(session, matter)
            if now is None or now.released_at or not now.open:
                raise answered()
            self._still.released(session, of, now)
            return apart(session, [release(place(matter, version, child, reader), now)])

        self._means.act(matter, made)
        return Recorded(matter, "shared")

    def end_release(self, reader: Practitioner, child: UUID, matter: UUID, *, reason: str) -> Recorded:
        """Close again, at once, what was released: those who decided may, and the agency that keeps some of it."""
        self._of(reader, child, matter, "sharing-end", "end")
        why = tidy(reason)
        if not says_something(why) or not is_text(why) or len(why) > LONGEST:
            raise Incomplete({"reason": f"Say why it ends, in at most {LONGEST} characters."})

        def made(session: Cursor, version: int) -> Sequence[Event]:
            now = matters.one(session, matter)
            if now is None or now.ended_at:
                raise answered()
            return [SharingReleaseEnded(**place(matter, version, child, reader), reason=why)]

        self._means.act(matter, made)
        return Recorded(matter, "ended")

    def of_child(self, reader: Practitioner, child: UUID) -> tuple[MatterView, ...]:
        """What was asked for, shared and not shared about a child, as far as it concerns this person's organisation."""
        with self._means.reading() as session:
            second_line.about(session, reader, child)
            found = matters.of_child(session, child, MOST)
            entries = list({entry for one in found for entry in one.entries})
            grounds = [(one.purpose, basis) for one in found for basis in one.bases]
            of = self._stand(session, reader, child, "sharing", entries, grounds)
        _known(of)
        return tuple(view for view in (self._view(one, of) for one in found) if view is not None)

    def waiting_for(self, reader: Practitioner) -> tuple[MatterView, ...]:
        """Requests to this person's organisation about children they work with, the most pressing first."""
        with self._means.reading() as session:
            us = [one for one in (reader.organisation, reader.agency.value) if one]
            asked, ours = matters.asked_about(session, us, ALL), set(caseload(session, reader, self._means.today()))
            theirs = (child for child in asked if child in ours and self._works_with(session, reader, child))
            known = list(islice(theirs, CHILDREN))
            found = [one for child in known for one in self._waiting(session, reader, child, us)]
            line = self._means.line(reader, "sharing-waiting", found=bool(known))
            for child in known:
                one = replace(line, originator_id=self._means.trail.next_reading(), child=child)
                self._means.trail.record(session, one)
            if not known:
                self._means.trail.record(session, line)
        of = Stand(reader, (), {}, leads=False)
        views = [self._view(one, of) for one in sorted(found, key=matters.pressing)[:MOST]]
        return tuple(view for view in views if view is not None and "answer" in view.may)

    def unanswered(self, reader: Practitioner) -> tuple[LedgerLine, ...]:
        """Every request without an answer, the oldest first, with its age. For governance leads alone."""
        return self._ledger.unanswered(reader)

    def not_shared(self, reader: Practitioner) -> tuple[LedgerLine, ...]:
        """Every decision not to share some or all, the newest first. For governance leads alone."""
        return self._ledger.not_shared(reader)

    def _view(self, matter: Matter, of: Stand) -> MatterView | None:
        return seen(matter, of, self._means.now(), self._means.today())

    def _of(self, reader: Practitioner, child: UUID, matter: UUID, action: str, step: str) -> tuple[Matter, Stand]:
        """A matter with which this person may do this; for anybody else there is nothing."""
        with self._means.reading() as session:
            second_line.about(session, reader, child)
            found = matters.one(session, matter)
            of = self._stand(session, reader, child, action, found.entries if found else [])
        view = self._view(found, of) if found and found.child == child and of.knows else None
        if found is None or view is None or step not in view.may:
            raise answered() if view is not None and view.decided_by else NothingToShow(NOTHING, NOTHING_NEXT)
        return found, of

    def _problem(
        self, session: Cursor, of: Stand, choice: Choice, held: Matter | None, *, is_answer: bool
    ) -> HubError | None:
        """What speaks against a decision."""
        if not of.knows:
            return NothingToShow(NOTHING, NOTHING_NEXT)
        if is_answer:
            about = held is not None and held.child == of.decided[0].child
            if held is None or not about or self._view(held, of) is None:
                return NothingToShow(NOTHING, NOTHING_NEXT)
            if not asked_of(held, of):
                return answered()
        if faults := self._checks.of_decision(session, of, choice, held):
            return Incomplete(faults)
        of = of.within(choice.purpose, choice.bases)
        if not all(one in of.held and of.held[one].theirs_to_share(leads=of.leads) for one in choice.entries):
            return _not_theirs()
        return None

    @staticmethod
    def _waiting(session: Cursor, reader: Practitioner, child: UUID, us: Sequence[str]) -> list[Matter]:
        second_line.about(session, reader, child)
        return matters.waiting(session, child, us, MOST)

    def _works_with(self, session: Cursor, reader: Practitioner, child: UUID) -> bool:
        asked = (Asked(reader, purpose, STATUTORY) for purpose in CASEWORK)
        return any(self._means.decide(session, one, child).works_with for one in asked)

    def _stand(  # noqa: PLR0913, PLR0917 - who looks at which child's what, and why
        self,
        session: Cursor,
        reader: Practitioner,
        child: UUID,
        action: str,
        entries: Sequence[UUID] = (),
        grounds: Iterable[Ground] = (),
    ) -> Stand:
        """Where this person stands; recorded, also where they have nothing to do with the child."""
        of = stand(self._means, session, reader, child, entries, grounds)
        self._record(session, of, action, refused=False)
        return of

    def _record(self, session: Cursor, of: Stand, action: str, *, refused: bool) -> None:
        if refused:
            line = replace(self._means.line(of.reader, action, found=False), outcome="refused")
            self._means.trail.record(session, replace(line, child=of.decided[0].child))
        else:
            self._means.record(session, of.decided[0], action, Counter(), found=of.knows)


def _known(of: Stand) -> Stand:
    if not of.knows:
        raise NothingToShow(NOTHING, NOTHING_NEXT)
    return of


def _whole(choice: Choice, held: Matter | None) -> Choice:
    """What an answer leaves to the request: who asked, and what for."""
    if held is None:
        return choice
    return replace(choice, recipient=choice.recipient or held.asker, purpose=choice.purpose or held.asked_purpose)


def _not_theirs() -> NotPermitted:
    """The same for an entry that is sealed, that is another agency's, and that does not exist."""
    return NotPermitted(
        "Not everything named is yours to share, so nothing has been recorded.",
        "Share what you are shown in full and your own agency wrote; the child's Lead Professional may also share what "
        "other agencies show them, up to a concern. Ask the agency that keeps the rest. No adoption is shared here.",
    )
