"""A story as a small world of its own: what is on record of its people and its child at a moment, without a database.

What it holds it hands to the same pure functions that the hub uses (`consent.facts.facts_of`). That a real hub holds
the same after taking the story's records in is for `tests/acceptance/test_scenarios.py` to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from uuid import NAMESPACE_URL, UUID, uuid5

from consent.deciding import Keys
from consent.decision import Asked, DecisionKey, Facts
from consent.emergency_shapes import LONGEST
from consent.facts import DUTIES, TEACHES, day_of, duties_of, facts_of
from consent.policy import Policy
from consent.scenarios_told import Consent, Entry, Story
from consent.scenarios_yaml import Span
from hub.directory import Directory
from hub.directory.shapes import Term
from hub.people import Agency, Practitioner
from projections.standing import Standing
from projections.story import Levels

_ENDLESS = "9999-12-31"


@dataclass(frozen=True)
class World:
    """One story's child and people."""

    cast: Directory
    story: Story
    policy: Policy

    @cached_property
    def child(self) -> UUID:
        """The child's id."""
        return uuid5(NAMESPACE_URL, self.story.name)

    @cached_property
    def numbers(self) -> dict[tuple[str, str, str, bool], int]:
        """The number of each kind of entry there is."""
        return {labels: n for n, labels in enumerate(dict.fromkeys(map(_labels, self.story.entries.values())), 1)}

    def entry(self, name: str) -> UUID:
        """The id of an entry."""
        return uuid5(self.child, name)

    def keys(self, facts: Facts) -> Keys:
        """The kinds of entry there are, with their twins."""
        return Keys([(number, *labels) for labels, number in self.numbers.items()], released=bool(facts.released))

    def key(self, facts: Facts, keys: Keys, name: str) -> DecisionKey:
        """The key under which an entry counts to a reader of whom these facts are true."""
        released = self.entry(name) in facts.released
        return keys.by_number[keys.counted(self._number(name), restricted=self._marked(name), released=released)]

    def let_out(self, levels: Levels, name: str) -> int:
        """How far the database would let an entry out, given a reader's levels: by the arrays, as it does."""
        plain, strict = levels.plain, levels.strict
        if self.entry(name) in levels.released:
            plain, strict = levels.shared, levels.shared_strict
        return (strict if self._marked(name) else plain)[self._number(name) - 1]

    def facts(self, asked: Asked, at: datetime) -> Facts:
        """What is true of this reader and this child at a moment."""
        on = day_of(at)
        found = [replace(one, position=n) for n, one in enumerate(self._standing(asked, at, on), 1)]
        facts = facts_of(asked.reader, found, on)
        ground, _ = self.policy.ground(asked.purpose, asked.basis, facts.controller, on)
        return replace(facts, ground=ground)

    def _standing(self, asked: Asked, at: datetime, on: date) -> Iterator[Standing]:
        """Everything on record of this reader and the child, as the database would find it."""
        story, reader = self.story, asked.reader
        yield Standing("born", story.born.isoformat(), "", "", 0)
        yield from self._ties(reader, on)
        for stage, span in story.stages.items():
            if span.holds(on):
                yield Standing("status", stage, "", "", 0)
        for state, span in story.capacity.items():
            yield Standing("capacity", state, _text(span.since, "0001-01-01"), _text(span.until, _ENDLESS), 0)
        for category, consent in self._consents(reader.agency, on).items():
            yield Standing(f"consent:{category}", _state(consent, on), consent.given_by, consent.on.isoformat(), 0)
        if story.safe_address and story.safe_address.holds(on):
            yield Standing("safe-address", "set", "", "", 0)
        if any(one.who == reader.id and one.opened <= at < one.opened + LONGEST for one in story.emergencies):
            yield Standing("emergency", "open", "", "", 0)
        for name, basis in self._released(asked, on):
            rests_on = "consent" if basis == "consent" else ""
            yield Standing("released", str(self.entry(name)), rests_on, story.entries[name].category, 0)
        yield from _of_partnership(self.cast, asked, on)

    def _ties(self, reader: Practitioner, on: date) -> Iterator[Standing]:
        for who, ties in self.story.people.items():
            for tie, span in ties.items():
                if span.holds(on):
                    yield from _tied(reader, self.cast.person(who), tie)

    def _consents(self, recipient: Agency, on: date) -> dict[str, Consent]:
        told = sorted((one for one in self.story.consents if one.on <= on), key=lambda one: one.on)
        return {one.category: one for one in told if one.recipient == recipient}

    def _released(self, asked: Asked, on: date) -> Iterator[tuple[str, str]]:
        meant = asked.reader.organisation, asked.purpose
        for release in self.story.releases:
            if (release.recipient, release.purpose) == meant and release.lasts.holds(on):
                yield from ((name, release.basis) for name in release.entries)

    def _number(self, name: str) -> int:
        return self.numbers[_labels(self.story.entries[name])]

    def _marked(self, name: str) -> bool:
        return self.story.entries[name].agency in self.story.marked


def people(world: World) -> Sequence[Practitioner]:
    """Everybody of the story."""
    return [world.cast.person(who) for who in world.story.people]


def _labels(entry: Entry) -> tuple[str, str, str, bool]:
    return entry.agency, entry.category, entry.sensitivity, entry.third_party


def _tied(reader: Practitioner, who: Practitioner, tie: str) -> Iterator[Standing]:
    """What somebody's tie says of this reader: their own tie, their team's work, or a colleague's duty."""
    if tie in {"self", "parental", "family"}:
        if who.id == reader.id:
            yield Standing("tie", tie, "", "", 0)
        return
    if who.agency is not reader.agency or who.organisation != reader.organisation:
        return
    duty = TEACHES if tie == "teaches" else DUTIES.get(who.agency, "") if tie == "works-with" else ""
    if duty and duty in duties_of(reader):
        yield Standing("involvement", duty, who.worker, "", 0)
    elif not duty and who.worker in {"", reader.worker}:
        yield Standing("duty", tie, who.worker, "", 0)


def _of_partnership(cast: Directory, asked: Asked, on: date) -> Iterator[Standing]:
    reader = asked.reader
    if cast.agreement(reader.organisation, asked.purpose, on):
        yield Standing("agreement", "current", "", "", 0)
    controllers = {one.code: one.controller for one in cast.organisations()}
    yield Standing("controller", controllers[reader.organisation], "", "", 0)
    registration = cast.registration(reader.id)
    practises = _within(registration.registered, on) and not _within(registration.suspended, on)
    yield Standing("registration", "active" if practises else "lapsed", "", "", 0)


def _within(terms: Iterable[Term], on: date) -> bool:
    return any(Span(one.since, one.until).holds(on) for one in terms)


def _state(consent: Consent, on: date) -> str:
    if consent.state != "given":
        return consent.state
    return "expired" if consent.until and consent.until < on else "given"


def _text(day: date | None, otherwise: str) -> str:
    return day.isoformat() if day else otherwise
