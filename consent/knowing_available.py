"""When an entry was open to whom: the facts and the policy of every moment at which either changed, decided again.

It is asked of people of the directory whose organisation works or ever worked with the child. Those of whom the same is
on record, in the same role of the same organisation, are asked about once: nothing could be decided differently for
them. What one emergency access opened to one person is not counted as open; that it was opened is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from consent.deciding import Keys, decide
from consent.decision import Asked, Facts, Level
from consent.facts import day_of, duties_of, facts_of
from consent.knowing_shapes import Span
from consent.means import CASEWORK, STATUTORY, without_emergency
from consent.policy import Policy
from hub.people import Agency, Practitioner
from projections import known_when, past, policies, second_line
from projections.known_when import Linked, Tied, Version
from projections.past import About, Whom
from projections.session import Cursor
from projections.story import Levels

Compiled = Callable[[Cursor, str], Policy | None]
"""A version of the policy by its fingerprint, None where this program does not understand it."""
BASES: Final = (STATUTORY, "consent")
NO_ONE: Final = (Agency.OVERSIGHT, Agency.FAMILY)


@dataclass(frozen=True, slots=True)
class Open:
    """What was open to somebody for one purpose from a moment until the next."""

    since: datetime
    until: datetime
    levels: Levels | None


@dataclass(frozen=True, slots=True)
class Asking:
    """Of which child, up to which moment, since when it is known, and under which decision keys."""

    child: UUID
    at: datetime
    first: datetime
    keys: Sequence[tuple[int, str, str, str, bool]]


class Then:
    """What was decided at past moments, each kind of person and each set of facts once."""

    def __init__(self, session: Cursor, compiled: Compiled, asking: Asking) -> None:
        self._session, self._compiled, self._asking = session, compiled, asking
        self._terms = [(one.known_from, one.fingerprint) for one in reversed(policies.terms(session))]
        self._decided: dict[tuple[object, ...], Levels | None] = {}

    def open_to(self, people: Iterable[Practitioner]) -> dict[str, list[list[Open]]]:
        """For each of these people, by id: for each purpose what was open to them when."""
        asking = self._asking
        tied = known_when.tied(self._session, asking.child, asking.at)
        working = {one.organisation for one in tied}
        found = [one for one in people if one.organisation in working and one.agency not in NO_ONE]
        ids = [one.id for one in found]
        about = About(asking.child, sorted(working), ids, asking.first, asking.at)
        moments = [asking.first, *past.moments(self._session, about)]
        alike = self._alike(found, tied)
        kinds = {kind: self._of_kind(one, moments) for kind, one in ((alike[one.id], one) for one in reversed(found))}
        return {one.id: kinds[alike[one.id]] for one in found}

    def _alike(self, people: Sequence[Practitioner], tied: Sequence[Tied]) -> dict[str, tuple[object, ...]]:
        """What tells people apart where anything is decided: nothing else of them is on record of this child."""
        named = {one.worker for one in tied}
        family = known_when.with_ties(self._session, self._asking.child)
        terms = known_when.registered(self._session, [one.id for one in people])
        return {
            one.id: (
                one.role,
                one.agency,
                one.organisation,
                one.worker if one.worker in named else "",
                one.id if one.id in family else "",
                terms.get(one.id, ()),
            )
            for one in people
        }

    def _of_kind(self, person: Practitioner, moments: Sequence[datetime]) -> list[list[Open]]:
        second_line.about(self._session, person, self._asking.child)
        return [way for purpose in CASEWORK for way in self._for_purpose(person, purpose, moments)]

    def _for_purpose(self, person: Practitioner, purpose: str, moments: Sequence[datetime]) -> Iterator[list[Open]]:
        """By a duty, and by consent: the facts are the same."""
        whom = Whom(self._asking.child, person, purpose, duties_of(person))
        found = past.facts_at(self._session, whom, moments)
        facts = [facts_of(person, one, day_of(since)) for since, one in zip(moments, found, strict=True)]
        ends = (*moments[1:], self._asking.at)
        for basis in BASES:
            asked = Asked(person, purpose, basis)
            yield [
                Open(since, until, self._levels(asked, one, since))
                for since, until, one in zip(moments, ends, facts, strict=True)
            ]

    def _levels(self, asked: Asked, facts: Facts, moment: datetime) -> Levels | None:
        """What the policy of a moment let out; None where the person did not work with the child, or nothing ruled."""
        fingerprint = next((of for since, of in reversed(self._terms) if since <= moment), "")
        facts = replace(without_emergency(facts), sources=())
        consents = tuple(sorted(facts.consent.items()))
        plain = replace(facts, consent={})
        stated = tuple(getattr(plain, name) for name in plain.__slots__ if name not in {"consent", "sources"})
        known = (
            asked.reader.role,
            asked.reader.agency,
            asked.purpose,
            asked.basis,
            *stated,
            consents,
            fingerprint,
            day_of(moment),
        )
        if known not in self._decided:
            self._decided[known] = self._decide(asked, facts, moment, fingerprint)
        return self._decided[known]

    def _decide(self, asked: Asked, facts: Facts, moment: datetime, fingerprint: str) -> Levels | None:
        policy = self._compiled(self._session, fingerprint) if fingerprint else None
        if policy is None:
            return None
        ground, _ = policy.ground(asked.purpose, asked.basis, facts.controller, day_of(moment))
        keys = Keys(self._asking.keys, released=bool(facts.released))
        decided = decide(asked, self._asking.child, replace(facts, ground=ground), policy, keys)
        return decided.levels() if decided.works_with else None


def available(
    versions: Sequence[Version], links: Sequence[Linked], ways: Iterable[Sequence[Open]], at: datetime
) -> list[tuple[datetime, datetime]]:
    """When one entry was open at least in summary: while a version stood, was the child's, and was let out."""
    found = [
        (max(version.since, link.since, one.since), min(version.until, link.until, one.until))
        for version in versions
        if not version.retracted
        for link in links
        if link.record == version.record and link.since <= version.until and version.since <= link.until
        for way in ways
        for one in way
        if one.levels is not None and _level(version, link, one) >= Level.REDACTED
    ]
    return joined([(since, until) for since, until in found if since < until or since == until == at])


def joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans in order, those that meet as one."""
    found: list[tuple[datetime, datetime]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def spans(found: Iterable[tuple[datetime, datetime]], at: datetime) -> tuple[Span, ...]:
    """As handed over: what goes on at the moment that was asked about has no end."""
    return tuple(Span(since, None if until >= at else until) for since, until in joined(found))


def _level(version: Version, link: Linked, one: Open) -> int:
    levels = one.levels
    if levels is None:
        return 0
    marked = link.marked is not None and link.marked <= one.since
    if version.entry in levels.released:
        shown = levels.shared_strict if marked else levels.shared
    else:
        shown = levels.strict if marked else levels.plain
    return shown[version.key - 1] if version.key <= len(shown) else 0
