"""How each read model stands: which version is in use, how far behind it is, and which events wait for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString

from hub.store.database import Cursor, Database
from hub.store.ledger import Ledger
from projections import generations
from projections.naming import Model

PLACES: LiteralString = "select projection, position, heartbeat from read.positions"
PARKED: LiteralString = "select projection, reason from read.parked"


@dataclass(frozen=True, slots=True)
class Other:
    """A version that is not in use. state: building, or kept for going back."""

    version: int
    state: str
    position: int


@dataclass(frozen=True, slots=True)
class Status:
    """How far a read model is.

    lag: events of its log that it has not gone through; seconds: for how long the oldest of them has been there.
    heartbeat: when it last went on, or looked and found nothing new. parked: how many events wait for a person, and
    reasons why. earlier_release: made by a release that made it otherwise, so it should be made anew.
    """

    name: str
    position: int
    lag: int
    heartbeat: datetime
    parked: int
    seconds: float = 0.0
    version: int = 1
    earlier_release: bool = False
    reasons: dict[str, int] = field(default_factory=dict)
    others: tuple[Other, ...] = ()


def status(database: Database, logs: Mapping[str, Ledger], models: Sequence[Model]) -> list[Status]:
    """How far each read model is, by name; those that have not begun are left out."""
    with database.transaction("hub_projector") as cursor:
        places = {name: (position, beat) for name, position, beat in cursor.execute(PLACES).fetchall()}
        parked = cursor.execute(PARKED).fetchall()
        reasons = {model.name: Counter(why for name, why in parked if name == model.name) for model in models}
        ordered = sorted(models, key=lambda model: model.name)
        return [
            _of(cursor, logs[model.projection.log], model, places, reasons[model.name])
            for model in ordered
            if model.name in places
        ]


def _of(
    cursor: Cursor,
    ledger: Ledger,
    model: Model,
    places: Mapping[str, tuple[int, datetime]],
    reasons: Counter[str],
) -> Status:
    position, beat = places[model.name]
    waiting = ledger.waiting_since(cursor, position)
    versions = generations.of(cursor, model)
    active = versions.pop(generations.ACTIVE)
    others = (Other(one.version, one.state, places[model.key(one.version)][0]) for one in versions.values())
    return Status(
        model.name,
        position,
        max(0, ledger.last(cursor) - position),
        beat,
        reasons.total(),
        round(waiting.total_seconds(), 1) if waiting else 0.0,
        active.version,
        active.made_by != model.made_by,
        dict(reasons),
        tuple(sorted(others, key=lambda one: one.version)),
    )
