"""Correcting, taking back and moving an agency's records in a hub, for tests of recalls and of who knew what when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from consent.recall_shapes import Recall
from hub.events.identity import PersonRecordLinked
from tests.fix_hub import TestHub
from tests.stories import take, told


def corrected(hub: TestHub, agency: str, record: str, turn: int, **fields: Any) -> None:  # noqa: ANN401 - of an Update
    """Another version of a record, taken in; turn orders it among the versions of the record."""
    take(hub, [told(agency, record, version=f"v{turn}", order=f"2026-01-01T00:00:{turn:02d}Z", **fields)])


def moved(hub: TestHub, entry: UUID, child: UUID) -> None:
    """Whoever this entry is recorded of is found to be this child."""
    with hub.as_owner() as owner:
        row = owner.execute("select person_record from read.entries where stream = %s", [entry]).fetchone()
    assert row is not None
    record: UUID = row[0]
    hub.house.hub.intake.act(
        record,
        lambda _, version: [
            PersonRecordLinked(
                originator_id=record, originator_version=version, child=child, evidence="by-hand", certain=True
            )
        ],
    )
    hub.house.catch_up()


def notices(hub: TestHub, who: str) -> list[tuple[str, UUID]]:
    """What somebody was told of and has not taken note of: what happened to which entry."""
    return [(one.what, one.entry) for one in open_ones(hub, who)]


def open_ones(hub: TestHub, who: str) -> list[Recall]:
    """The notices that somebody has not taken note of."""
    return [one for one in hub.house.hub.knowing.recalls(hub.person(who)) if one.noted_at is None]
