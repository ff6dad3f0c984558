"""Telling stories to a hub, and looking behind its back afterwards for anybody in another's story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from hub.events.identity import IdentityQuestioned, PersonDetailsStated, PersonRecordLinked
from hub.receipt import Outcome, Result
from hub.update import Translated, Update
from hub.wiring import House
from tests.fuzz.meeting import another, plainly, strangers
from tests.fuzz.stories import Sent, Story

_STORED = (Outcome.ACCEPTED, Outcome.REVISED, Outcome.RETRACTED)


@dataclass(slots=True)
class Told:
    """What came of one story so far: the person records it touched, and whom true files say they are about."""

    story: Story
    records: set[UUID] = field(default_factory=set)
    true: dict[UUID, set[int]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def takes(self, record: UUID, update: Update, *, stored: bool) -> None:
        """Note one record; `stored`: it came in a true file, and the hub took it."""
        self.records.add(record)
        self.met.add(another(update, self.story.children))
        who = plainly(update.person, self.story.children, least=1)
        if stored and who is not None:
            self.true.setdefault(record, set()).add(who)


@dataclass(slots=True)
class Telling:
    """One hub, and how much it was told."""

    house: House
    stories: int = 0
    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    _after: int = 0
    _stated: dict[UUID, list[PersonDetailsStated]] = field(default_factory=dict)
    _child_of: dict[UUID, UUID] = field(default_factory=dict)
    _asked: set[UUID] = field(default_factory=set)

    def tell(self, story: Story) -> list[str]:
        """Everything of a story goes in; in which ways somebody met somebody else in it. None of them quotes."""
        told = Told(story)
        for sent in story.deliveries:
            self._take(sent, told)
        self.stories += 1
        self._look()
        told.met.update(self._met(told))
        return sorted(told.met - {""})

    def _take(self, sent: Sent, told: Told) -> None:
        made: list[Translated] = list(self.house.translate(sent.delivery))
        results: tuple[Result, ...] = self.house.hub.intake.receive(made, whole=True).results
        if len(results) != len(made) or any(result.reason == "adapter-failed" for result in results):
            told.met.add(f"{sent.delivery.source}: a record has no outcome, or the adapter failed")
        self.files += 1
        self.outcomes += Counter(result.outcome.value for result in results)
        for one, result in zip(made, results, strict=False):
            if isinstance(one, Update):
                record = self.house.hub.intake._naming.person_record(one)
                told.takes(record, one, stored=sent.true and result.outcome in _STORED)

    def _look(self) -> None:
        """What was stated and linked since the last look."""
        ledger = self.house._ledgers["ledger"]
        with self.house._database.transaction("hub_projector") as cursor:
            while batch := ledger.read(cursor, after=self._after):
                self._after = batch[-1].position
                for one in batch:
                    if isinstance(one.event, PersonDetailsStated):
                        self._stated.setdefault(one.stream, []).append(one.event)
                    if isinstance(one.event, IdentityQuestioned) and one.event.reason == "number-changed":
                        self._asked.add(one.stream)
                    if isinstance(one.event, PersonRecordLinked):
                        self._child_of[one.stream] = one.event.child

    def _met(self, told: Told) -> Iterator[str]:
        """Of each child of the hub: who is plainly meant by what was stated, and whose true files are there."""
        of_child: dict[UUID, set[UUID]] = {}
        for record in told.records & set(self._child_of):
            of_child.setdefault(self._child_of[record], set()).add(record)
        for own in of_child.values():
            # A record of a bare number, without a name or a birth date, is linked to nobody and shown to nobody.
            named = {record for record in own if any(one.given or one.birth_dates for one in self._stated[record])}
            yield strangers((one for record in own for one in self._stated[record]), told.story.children)
            # Where a source gives two children one id, a person has been asked about it.
            named -= {record for record in named & self._asked if len(told.true.get(record, ())) > 1}
            if len({who for record in named for who in told.true.get(record, ())}) > 1:
                sources = sorted({self._stated[record][0].source for record in named & set(told.true)})
                yield f"two children's true files in one story: {' '.join(sources)}"
