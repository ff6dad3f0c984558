"""What was known on a day stays what was known on that day, byte for byte, when a thousand later events arrive."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random
from uuid import UUID

from consent.contributing_terms import EntrySaid
from consent.decision import Shown
from hub.api.shapes import disclosure_to_json
from hub.errors import NothingToShow
from hub.update import Marks, Update
from tests.builders import somebody
from tests.fix_hub import TestHub
from tests.properties.histories import DATES
from tests.recalling import moved
from tests.stories import NUMBER, OTHER_NUMBER, PLAN, PROTECTION, SOURCES, everyone, graded, now_of, read, take, told

LATER = int(os.environ.get("HUB_LATER", "1000"))  # noqa: TID251 - the tests' own edge
SEED = int(os.environ.get("HUB_SEED", "20261122"))  # noqa: TID251 - likewise
READERS = ("dr-anwar", "morag", "callum", "fiona", "catriona")
ASKED = (PLAN, PROTECTION)
RECORDS = 24
"""Of each agency; every one of them comes in several versions, some of which take it back."""
CODES = {
    "gp": ("gp.consultation.summary", "gp.injury.presented", "gp.parent.mental_health.impact"),
    "hv": ("hv.contact.completed", "hv.contact.missed", "hv.family.moved"),
    "sw": ("sw.assessment.started", "sw.core_group.held", "sw.adoption.step"),
    "school": ("ed.attendance.summary", "ed.exclusion.fixed", "ed.achievement"),
}


def test_what_was_known_on_four_days_is_the_same_after_a_thousand_later_events(hub: TestHub) -> None:
    chance = Random(SEED)  # noqa: S311 - an example, not a secret
    take(hub, [*everyone(), *graded()])
    child, coming, moments = hub.only_child(), _coming(chance), []
    for _ in range(4):
        take(hub, [next(coming) for _ in range(40)])
        moments.append(now_of(hub))
    before = [_answers(hub, child, moment) for moment in moments]
    now = _answers(hub, child, None)

    for _ in range(0, LATER, 100):
        take(hub, [next(coming) for _ in range(100)])
        _said_about(hub, child, chance)

    assert [_answers(hub, child, moment) for moment in moments] == before
    assert len(set(map(tuple, before))) == len(moments)
    assert _answers(hub, child, None) != now


def test_a_record_that_goes_to_another_child_takes_its_past_along_and_brings_it_back(hub: TestHub) -> None:
    chance = Random(SEED)  # noqa: S311 - an example, not a secret
    take(hub, [*everyone(), *graded()])
    isla = hub.only_child()
    take(hub, [one for agency in sorted(SOURCES) for one in _of_a_second_record(agency, chance)])
    take(hub, [told("gp", "finn", person=somebody("gp-finn", OTHER_NUMBER, "Finn"))])
    finn = next(one for one in hub.children() if one != isla)
    moment = now_of(hub)
    before, whole = _answers(hub, isla, moment), _by_reader(hub, isla, moment)

    for agency in chance.sample(sorted(SOURCES), 2):
        theirs = {entry for found in whole.values() for entry, said in found.items() if f"canary {agency}" in said}
        one = min(theirs)
        moved(hub, one, finn)

        now = _by_reader(hub, isla, moment)
        assert not [said for found in now.values() for said in found.values() if f"canary {agency}" in said]
        for who, found in whole.items():
            assert {e: said for e, said in now[who].items() if e not in theirs} == {
                e: said for e, said in found.items() if e not in theirs
            }
            assert all("rule='moved'" in said for e, said in now[who].items() if e in theirs)
        assert any(theirs & found.keys() for found in now.values())

        moved(hub, one, isla)
        assert _answers(hub, isla, moment) == before


def _of_a_second_record(agency: str, chance: Random) -> Iterator[Update]:
    """Some entries of a person record that says nothing of who works with the child, one of them in two versions."""
    person = somebody(f"{agency}-second", NUMBER)
    for record, turn in ((0, 1), (0, 2), (1, 1), (2, 1)):
        said = f"canary {agency} {record} {turn}"
        yield replace(
            told(agency, f"second-{record}"),
            person=person,
            version=f"{turn}",
            order=f"2026-01-01T00:00:{turn:02d}Z",
            occurred=chance.choice(DATES),
            headline=said,
            detail=said,
        )


def _by_reader(hub: TestHub, child: UUID, moment: datetime) -> dict[str, dict[UUID, str]]:
    return {who: {one.entry: repr(one) for one in read(hub, who, child, known_at=moment).entries} for who in READERS}


def _said_about(hub: TestHub, child: UUID, chance: Random) -> None:
    """Two who work with the child add an outcome and a disagreement to entries that they were shown before."""
    for who, code in (("callum", "any.outcome.added"), ("morag", "any.disagreement.raised")):
        open_to = [one.entry for one in read(hub, who, child).entries if isinstance(one, Shown)]
        said = EntrySaid(
            code=code,
            start="2026-10-30",
            headline=f"canary said {chance.random()}",
            assertion="opinion",
            source_kind="direct-observation",
            cites=(chance.choice(open_to),),
        )
        hub.house.hub.contributing.add(hub.person(who), child, said)
    hub.house.catch_up()


def _answers(hub: TestHub, child: UUID, moment: datetime | None) -> list[str]:
    """Everything that everybody is shown as known then, as digests: a difference between pages is no reading matter."""
    return [
        hashlib.sha256(page).hexdigest()
        for who in READERS
        for asked in ASKED
        for page in _pages(hub, who, child, {**asked, "known_at": moment, "limit": 50})
    ]


def _pages(hub: TestHub, who: str, child: UUID, asked: dict[str, object]) -> Iterator[bytes]:
    cursor = ""
    while True:
        try:
            found = read(hub, who, child, **asked, cursor=cursor)
        except NothingToShow:
            yield b"nothing to show"
            return
        yield disclosure_to_json(found)
        if not (cursor := found.cursor):
            return


def _coming(chance: Random) -> Iterator[Update]:
    """Records without end: new ones, corrections, old versions that come late, retractions, and other children's.

    A version keeps its record's kind: permission is today's, so a later change of kind may close what was open.
    """
    others = [somebody(f"gp-other-{n}", OTHER_NUMBER if n == 0 else "", "Finn", f"Boy{n}") for n in range(5)]
    while True:
        agency, record = chance.choice(sorted(SOURCES)), chance.randrange(RECORDS)
        order = chance.randint(1, 400)
        person = chance.choice(others) if chance.random() < 0.1 else somebody(f"{agency}-isla", NUMBER)
        kind = CODES[agency][record % 3]
        strange = person.family == "Finn"
        yield replace(
            told("gp" if strange else agency, f"{'o' if strange else 'r'}-{person.local_id}-{record}"),
            person=person,
            code=CODES["gp"][record % 3] if strange else kind,
            version=f"{order}",
            order=f"2026-01-01T00:00:{order:06d}Z",
            action="retract" if chance.random() < 0.15 else "assert",
            occurred=chance.choice(DATES),
            headline=f"canary headline {agency} {record} {order}",
            detail=f"canary detail {agency} {record} {order}",
            marks=_marks(chance),
        )


def _marks(chance: Random) -> Marks | None:
    if chance.random() < 0.5:
        return None
    return Marks("fact", "direct-observation", wellbeing=("safe",), sequence=chance.randint(0, 3))
