"""What the tests of editions begin with: Isla, who is registered and has a plan, and her Core Group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from consent.edition_shapes import (
    Change,
    Chosen,
    Contribution,
    Drafted,
    EditionSaid,
    EditionView,
    Frozen,
    Member,
    Written,
)
from consent.editions import Editions
from hub.update import Marks, Occurred, Precision, Update
from tests.builders import stage
from tests.fix_hub import TestHub
from tests.stories import everyone, graded, on, take, told

CORE_GROUP = EditionSaid("core-group", (Member("morag"), Member("dr-anwar")))
MAKER = "fiona"


def room(hub: TestHub) -> Editions:
    """Where editions are made and read."""
    return hub.house.hub.editions


def registered(hub: TestHub, *more: Update) -> UUID:
    """Isla on the register, with an entry for each rung of the ladder; her id."""
    on_register = told(
        "sw", "registered", code="sw.register.added", occurred=on("2024-06-01"), facts=(stage("registered"),)
    )
    take(hub, [*everyone(), *graded(), on_register, *more])
    return hub.only_child()


def contacts(number: int, code: str = "gp.consultation.summary", agency: str = "gp") -> list[Update]:
    """So many contacts of one agency, a day apart, from 2021 on."""
    days = (f"{2021 + n // 336}-{n % 336 // 28 + 1:02}-{n % 28 + 1:02}" for n in range(number))
    return [
        told(
            agency,
            f"{code}-{n}",
            code=code,
            occurred=Occurred(day, Precision.DAY),
            marks=Marks(seen="seen") if n % 50 == 0 else None,
        )
        for n, day in enumerate(days)
    ]


def prepare(hub: TestHub, child: UUID, said: EditionSaid = CORE_GROUP, who: str = MAKER, **changes: Any) -> Drafted:  # noqa: ANN401 - any field of what is said
    """A draft; change any field of what is said by naming it."""
    return room(hub).prepare(hub.person(who), child, replace(said, **changes))


def change(hub: TestHub, child: UUID, edition: UUID, *, who: str = MAKER, seen: int = 0, **said: Any) -> Drafted:  # noqa: ANN401 - any field of a change
    """A draft that is changed."""
    return room(hub).change(hub.person(who), child, edition, Change(**said), seen=seen)


def freeze(hub: TestHub, child: UUID, edition: UUID, who: str = MAKER) -> Frozen:
    """A draft that is frozen."""
    return room(hub).freeze(hub.person(who), child, edition)


def frozen(hub: TestHub, child: UUID, said: EditionSaid = CORE_GROUP, **changes: Any) -> UUID:  # noqa: ANN401 - any field of what is said
    """An edition of every candidate that belongs in it, frozen at once."""
    edition = prepare(hub, child, said, **changes).edition
    freeze(hub, child, edition)
    return edition


def every_step_of_one(hub: TestHub, child: UUID) -> UUID:
    """An edition to which everything happened that can."""
    edition = prepare(hub, child, purpose="lac-review").edition
    view = look(hub, MAKER, child, edition)
    ids = [one.entry.entry for one in (*view.entries, *view.left_out)]
    change(hub, child, edition, include=ids[:2], exclude=ids[2:3], reason="It shows how it began.")
    meaning = Written("meaning", "She is settled at school.", (ids[0],))
    asked = Contribution("TS-HAVEN", "refused", "They hold it in confidence.")
    change(hub, child, edition, written=(meaning, Written("child-view", none="not-able")), asked=(asked,))
    change(hub, child, edition, refresh=True, audience=(Member("catriona"), Member(organisation="Z9HV1")))
    freeze(hub, child, edition)
    return edition


def look(hub: TestHub, who: str, child: UUID, edition: UUID) -> EditionView:
    """A reading of it."""
    return room(hub).read(hub.person(who), child, edition)


def days(found: Iterable[Chosen]) -> list[str]:
    """The day of each entry."""
    return [one.entry.when.start[:10] for one in found]


def why(found: Iterable[Chosen]) -> dict[str, str]:
    """Why each entry is in or was left out, by its day."""
    return {one.entry.when.start[:10]: one.why for one in found}
