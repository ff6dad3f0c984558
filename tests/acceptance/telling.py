"""Telling a story to a real hub: each agency's records through intake, and what people decide, each on its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from consent.emergency import Emergencies
from consent.scenarios_told import Book, Consent, Emergency, Entry, Release, Story
from consent.scenarios_yaml import Span
from hub.errors import NothingToShow
from hub.events.base import Event
from hub.events.circumstances import CapacityStated, Circumstance, DutyStated, SafeAddressStated, TieStated
from hub.events.requests import SharedEntry, SharingDecided, SharingReleased
from hub.events.sharing import ConsentEvent, ConsentGiven, ConsentRefused, ConsentWithdrawn
from hub.people import Agency, Practitioner
from hub.receipt import Outcome
from hub.update import (
    Author,
    Fact,
    Identifier,
    InvolvementFact,
    Occurred,
    Person,
    Precision,
    StatusFact,
    ThirdPerson,
    Update,
)
from tests.fix_hub import TestHub

CODES = {
    "health": "gp.consultation.summary",
    "education": "ed.attendance.summary",
    "social-work": "sw.case.closed",
    "police": "police.concern.raised",
}
DUTIES = {
    Agency.GP: "gp-practice",
    Agency.HEALTH_VISITING: "health-visiting-team",
    Agency.EDUCATION: "school",
    Agency.SOCIAL_WORK: "allocated-social-worker",
}
CARD = "involvement"
"""The category of what is no entry but a line of the involvement card."""
CONSENTS = {"given": ConsentGiven, "refused": ConsentRefused, "withdrawn": ConsentWithdrawn}
SOURCE = "hub-cloudevents"
BEFORE = datetime(2019, 1, 1, tzinfo=UTC)

Stated = type[Circumstance] | type[ConsentEvent]
Statement = tuple[tuple[str, ...], Stated, dict[str, Any]]
Moment = tuple[datetime, Callable[[], None]]


def nhs_number(place: int) -> str:
    """An invented number of the range that is never given out, with its check digit."""
    for stem in range(999_000_100 + 20 * place, 999_000_120 + 20 * place):
        check = 11 - sum((10 - n) * int(digit) for n, digit in enumerate(str(stem))) % 11
        if check != 10:  # such a number is not used at all
            return f"{stem}{check % 11}"
    raise ValueError(place)


@dataclass
class Telling:
    """One story in a hub. place: which of the hub's children it is."""

    hub: TestHub
    book: Book
    story: Story
    place: int
    child: UUID = field(init=False)
    entries: dict[str, UUID] = field(default_factory=dict)

    def begin(self) -> None:
        """Every agency sends its records, and what is dated in itself is stated."""
        updates = list(self._updates())
        receipt = self.hub.house.hub.intake.receive(updates)
        assert {one.outcome for one in receipt.results} == {Outcome.ACCEPTED}
        with self.hub.as_owner() as connection:
            found = connection.execute(
                "select distinct l.child from identity.links l join read.involvement i using (person_record) "
                "where l.known_to = 'infinity' and i.organisation = %s",
                [self._mark],
            ).fetchall()
        assert len(found) == 1, self.story.name
        self.child = found[0][0]
        for act in self._stated():
            self._act(act)

    def learn(self) -> None:
        """Find the entries that were projected, by what they say."""
        with self.hub.as_owner() as connection:
            rows = connection.execute(
                "select e.headline, e.stream from read.entries e join identity.links l using (person_record) "
                "where l.child = %s and l.known_to = 'infinity' and e.known_to = 'infinity'",
                [self.child],
            ).fetchall()
        by_headline: dict[str, UUID] = dict(rows)
        written = [name for name, entry in self.story.entries.items() if entry.category != CARD]
        self.entries = {name: by_headline[f"{self.story.name}/{name}"] for name in written}

    def happenings(self) -> Iterator[Moment]:
        """What happens at a moment of its own, to be done in the order of all moments of the hub."""
        for consent in self.story.consents:
            yield datetime.combine(consent.on, time(1), UTC), partial(self._consent, consent)
        for release in self.story.releases:
            yield datetime.combine(release.lasts.since or BEFORE, time(1), UTC), partial(self._release, release)
        for emergency in self.story.emergencies:
            yield emergency.opened, partial(self._emergency, emergency)

    def service(self, name: str) -> str:
        """The organisation behind a line of the card: of no directory, so that it is no reader's."""
        return f"STORY-{self.place}-{name}"

    @property
    def _mark(self) -> str:
        return f"STORY-{self.place}"

    def _person(self, agency: str) -> Person:
        return Person(
            f"{agency}-{self.place}",
            (Identifier("nhs-number", nhs_number(self.place)),),
            "Fictional",
            (f"Child{self.place}",),
            (self.story.born.isoformat(),),
            restricted=agency in self.story.marked,
        )

    def _updates(self) -> Iterator[Update]:
        # Facts come with records of their own that no other agency learns of: a story has its entries and no more.
        agencies = dict.fromkeys([*(entry.agency for entry in self.story.entries.values()), "social-work"])
        facts: dict[str, list[Fact]] = {agency: [] for agency in agencies}
        for who, ties in self.story.people.items():
            person = self.book.cast.person(who)
            for tie, span in ties.items():
                if (fact := _involvement(person, tie, span)) is not None:
                    facts.setdefault(person.agency.value, []).append(fact)
        facts["social-work"] += [StatusFact(kind, *_days(span)) for kind, span in self.story.stages.items()]  # type: ignore[arg-type]  # the stages of a story are those of a record
        facts["social-work"].append(InvolvementFact("school", self._mark, until="2000-01-01"))
        for agency, stated in facts.items():
            carrier = Entry(f"facts-{agency}", "", agency, "social-work", self.story.born, "restricted")
            yield self._update(carrier, tuple(stated))
        for entry in self.story.entries.values():
            if entry.category != CARD:
                yield self._update(entry, ())

    def _update(self, entry: Entry, facts: tuple[Fact, ...]) -> Update:
        third = (ThirdPerson("mother", f"mother-{self.place}", "Somebody Else", "Something of her."),)
        return Update(
            source=SOURCE,
            record_id=f"{self.story.name}/{entry.name}/{entry.agency}",
            version="1",
            order="2019-01-01T00:00:00Z",
            action="assert",
            person=self._person(entry.agency),
            code="sw.adoption.step" if entry.sensitivity == "adoption" else CODES[entry.category],
            occurred=Occurred(min(entry.day.isoformat(), "2026-10-31"), Precision.DAY),
            original=f'{{"record": "{self.story.name}/{entry.name}/{entry.agency}"}}'.encode(),
            media_type="application/cloudevents+json",
            place="/data",
            headline=f"{self.story.name}/{entry.name}",
            detail=entry.says,
            author=Author("Somebody", "Practitioner"),
            sensitivity=entry.sensitivity,  # type: ignore[arg-type]  # a story's labels are those of a record
            third_persons=third if entry.third_party else (),
            facts=facts,
            agency=entry.agency,
        )

    def _stated(self) -> Iterator[Statement]:
        for who, ties in self.story.people.items():
            person = self.book.cast.person(who)
            for tie, span in ties.items():
                since, until = _days(span)
                if tie in {"self", "parental", "family"}:
                    yield ("tie", who), TieStated, {"person": who, "tie": tie, "since": since, "until": until}
                elif _involvement(person, tie, span) is None:
                    parts = ("duty", tie, person.organisation, person.worker)
                    told = {"agency": person.agency.value, "organisation": person.organisation, "worker": person.worker}
                    yield parts, DutyStated, {"duty": tie, "since": since, "until": until, **told}
        for name, entry in self.story.entries.items():
            if entry.category == CARD:
                told = {"agency": entry.agency, "organisation": self.service(name), "sensitivity": entry.sensitivity}
                yield ("duty", name), DutyStated, {"duty": "works-with", "since": entry.day.isoformat(), **told}
        for state, span in self.story.capacity.items():
            since, until = _days(span)
            yield ("capacity",), CapacityStated, {"state": state, "since": since, "until": until}
        if self.story.safe_address:
            since, until = _days(self.story.safe_address)
            yield ("safe-address",), SafeAddressStated, {"since": since, "until": until}

    def _act(self, stated: Statement) -> None:
        parts, cls, said = stated
        intake = self.hub.house.hub.intake
        stream = intake.stream(parts[0], str(self.child), *parts[1:])
        make = partial(cls, originator_id=stream, child=self.child, **said)
        intake.act(stream, lambda _, version: [make(originator_version=version)])

    def _consent(self, one: Consent) -> None:
        said = {
            "recipient": one.recipient,
            "category": one.category,
            "recorded_by": "catriona",
            "given_by": one.given_by,
            "since": one.on.isoformat(),
            "until": one.until.isoformat() if one.until else "",
        }
        self._act((("consent", one.recipient, one.category), CONSENTS[one.state], said))

    def _release(self, one: Release) -> None:
        intake, by = self.hub.house.hub.intake, self.book.cast.person(one.by)
        stream = intake.stream("sharing", str(self.child), one.by, str(uuid5(self.child, str(one.lasts.since))))
        since, until = _days(one.lasts)
        shared = tuple(self._shared(name) for name in one.entries)
        about = {"child": self.child, "by": by.id, "organisation": by.organisation}
        terms: dict[str, Any] = {"recipient": one.recipient, "purpose": one.purpose, "since": since, "until": until}

        def made(_: object, version: int) -> list[Event]:
            first: dict[str, Any] = {"originator_id": stream, "originator_version": version, **about}
            next_: dict[str, Any] = {"originator_id": stream, "originator_version": version + 1, **about}
            entries = tuple(entry.entry for entry in shared)
            return [
                SharingDecided(outcome="share", entries=shared, bases=(one.basis,), reasons="Told.", **terms, **first),
                SharingReleased(entries=entries, **terms, **next_),
            ]

        intake.act(stream, made)

    def _shared(self, name: str) -> SharedEntry:
        with self.hub.as_owner() as connection:
            row = connection.execute(
                "select person_record from read.entries where stream = %s and known_to = 'infinity'",
                [self.entries[name]],
            ).fetchone()
        assert row is not None
        entry = self.story.entries[name]
        return SharedEntry(self.entries[name], row[0], entry.sensitivity, entry.category, entry.agency)

    def _emergency(self, one: Emergency) -> None:
        emergency = self.hub.house.hub.emergency
        assert isinstance(emergency, Emergencies)
        who = self.book.cast.person(one.who)
        if "family" in self.story.people[one.who]:
            # The hub does not even open it; in the story it would open nothing.
            try:
                emergency.open(who, self.child, "Told.")
            except NothingToShow:
                return
            raise AssertionError(self.story.name)
        emergency.open(who, self.child, "Told.")


def _involvement(person: Practitioner, tie: str, span: Span) -> InvolvementFact | None:
    """What an agency's own record would say of this tie; None where none does."""
    since, until = _days(span)
    if tie == "teaches":
        return InvolvementFact("class-teacher", person.organisation, person.worker, "", since, until)
    duty = DUTIES.get(person.agency) if tie == "works-with" else None
    return InvolvementFact(duty, person.organisation, person.worker, "", since, until) if duty else None


def _days(span: Span) -> tuple[str, str]:
    return (span.since or BEFORE.date()).isoformat(), span.until.isoformat() if span.until else ""
