"""What each side of a matter may know of it: who asked, who was asked, who decided, with whom it was shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from consent.decision import Level
from consent.releasing import Stand
from consent.sharing_terms import day_of
from projections.matters import Matter

State = Literal["waiting", "answered", "to-release", "shared", "not-shared", "ended", "closed"]
"""waiting: for an answer. answered: without saying how. to-release: decided, and waits for the Lead Professional.

closed: every entry of it became more private than it was when it was decided.
"""

SHARING: Final = ("share", "share-part")
ASKING: Final = ("wanted", "why")


@dataclass(frozen=True, slots=True)
class MatterView:
    """One matter as one person may see it; what is not for them is empty.

    entries: those of which they may know. closed: of these, those that became more private since it was decided.
    words: what people wrote, by field. age: full days since it was asked or, unasked, decided. may: what they can do
    about it: answer, release, end.
    """

    matter: UUID
    child: UUID
    state: State
    age: int
    overdue: bool = False
    requested_at: datetime | None = None
    asked_by: str = ""
    asker: str = ""
    asked: str = ""
    asked_purpose: str = ""
    asked_basis: str = ""
    due: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    decider: str = ""
    outcome: str = ""
    recipient: str = ""
    recipient_role: str = ""
    purpose: str = ""
    bases: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    informed: str = ""
    entries: tuple[UUID, ...] = ()
    closed: tuple[UUID, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One matter for those who oversee: ids, codes and days; of content nothing. age: full days."""

    matter: UUID
    child: UUID
    asked_by: str
    asker: str
    asked: str
    purpose: str
    due: str
    requested_at: datetime | None
    decided_by: str
    decider: str
    outcome: str
    recipient: str
    decided_at: datetime | None
    declined: bool
    age: int = 0
    overdue: bool = False


def seen(matter: Matter, of: Stand, now: datetime, today: date) -> MatterView | None:
    """The matter as this person may see it; None where not even its existence is for them.

    A decision that names an entry of which they may not know is no more than an answer to them.
    """
    parts = _request(matter, of)
    known = tuple(entry for entry in matter.entries if of.level(entry) >= Level.WITHHELD)
    kept = tuple(entry for entry in known if of.held[entry].own)
    opened = tuple(entry for entry in known if entry in matter.open)
    ours = bool(matter.decider) and matter.decider == of.reader.organisation
    if ours and len(known) == len(matter.entries):
        view = _decided(matter, of, known)
    elif of.leads and state_of(matter) == "to-release" and matter.recipient != of.reader.organisation:
        view = replace(_told(matter, "to-release"), entries=known, may=("release",))
    elif matter.released_at and matter.recipient == of.reader.organisation and opened and not matter.ended_at:
        view = replace(_told(matter, "shared"), entries=opened)
    elif matter.released_at and kept and matter.recipient != of.reader.organisation:
        view = _by_another(matter, kept)
    elif of.leads and matter.outcome == "not-share":
        view = _told(matter, "not-shared")
    elif parts is not None and matter.decided_at:
        view = _answer(matter, of)
    elif parts is not None:
        view = replace(_base(matter, "waiting"), may=("answer",) if asked_of(matter, of) else ())
    else:
        return None
    return _dated(_with_request(view, matter, parts), matter, now, today)


def _request(matter: Matter, of: Stand) -> dict[str, str] | None:
    """The words of the request, for the side that asked and the side that was asked; None for anybody else."""
    us = (of.reader.organisation, of.reader.agency.value)
    sides = matter.asker == us[0] or matter.asked in us or matter.decider == us[0]
    return {name: matter.words.get(name, "") for name in ASKING} if matter.requested_at and sides else None


def asked_of(matter: Matter, of: Stand) -> bool:
    """Whether the request is one that this person's organisation was asked, and has no answer yet."""
    us = (of.reader.organisation, of.reader.agency.value)
    return bool(matter.requested_at) and not matter.decided_at and matter.asked in us and matter.asker != us[0]


def _with_request(view: MatterView, matter: Matter, parts: dict[str, str] | None) -> MatterView:
    if parts is None:
        return view
    return replace(
        view,
        requested_at=matter.requested_at,
        asked_by=matter.asked_by,
        asker=matter.asker,
        asked=matter.asked,
        asked_purpose=matter.asked_purpose,
        asked_basis=matter.asked_basis,
        due=matter.due,
        words={**parts, **view.words},
    )


def _decided(matter: Matter, of: Stand, known: tuple[UUID, ...]) -> MatterView:
    """All of the decision, for the organisation that made it."""
    state = state_of(matter)
    may = ("end",) if state == "shared" else ("release",) if state == "to-release" and of.leads else ()
    return replace(
        _told(matter, state),
        decided_by=matter.decided_by,
        outcome=matter.outcome,
        bases=tuple(matter.bases),
        informed=matter.informed,
        entries=known,
        closed=_closed(matter, known),
        words={name: text for name, text in matter.words.items() if name not in ASKING},
        may=may,
    )


def _by_another(matter: Matter, kept: tuple[UUID, ...]) -> MatterView:
    """What somebody else released of this agency's own: with whom, what for and on which days; and they may end it."""
    state = state_of(matter)
    may = ("end",) if state == "shared" else ()
    return replace(_told(matter, state), entries=kept, closed=_closed(matter, kept), may=may)


def _closed(matter: Matter, known: tuple[UUID, ...]) -> tuple[UUID, ...]:
    return () if matter.ended_at else tuple(entry for entry in known if entry not in matter.open)


def _answer(matter: Matter, of: Stand) -> MatterView:
    """That there is an answer; and what it was, where nothing was shared and they themself had asked."""
    if matter.declined_at and matter.asked_by == of.reader.id:
        return replace(_base(matter, "not-shared"), words={"answer": matter.words.get("answer", "")})
    return _base(matter, "answered")


def _base(matter: Matter, state: State) -> MatterView:
    return MatterView(matter.matter, matter.child, state, 0, decided_at=matter.decided_at)


def _told(matter: Matter, state: State) -> MatterView:
    """With whom it was decided to share, what for and on which days."""
    return replace(
        _base(matter, state),
        decider=matter.decider,
        recipient=matter.recipient,
        recipient_role=matter.recipient_role,
        purpose=matter.purpose,
        since=matter.since,
        until=matter.until,
    )


def state_of(matter: Matter) -> State:
    """How far a matter has come."""
    if not matter.decided_at:
        return "waiting"
    if matter.outcome not in SHARING:
        return "not-shared"
    if matter.ended_at:
        return "ended"
    if not matter.open:
        return "closed"
    return "shared" if matter.released_at else "to-release"


def _dated(view: MatterView, matter: Matter, now: datetime, today: date) -> MatterView:
    began = (view.requested_at or matter.decided_at) or now
    return replace(view, age=max(0, (now - began).days), overdue=is_overdue(view.due, matter.decided_at, today))


def is_overdue(due: str, answered: datetime | None, today: date) -> bool:
    """Whether the day by which an answer was needed is over, and there is none."""
    day = day_of(due)
    return answered is None and day is not None and day < today
