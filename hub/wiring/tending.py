"""What is done to read models: making them anew, going back, repairing one child, trying again what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from hub.store.database import Database
from hub.store.keyring import Keyring
from hub.store.ledger import Ledger
from projections import parking, progress, rebuild, repairing
from projections.naming import Model
from projections.parking import Parked, Retried
from projections.progress import Status
from projections.remaking import Remade, Remaking
from projections.repairing import Repaired

__all__ = ["Parked", "Progress", "Remade", "Repaired", "Retried", "Status", "Tending"]

Progress = Callable[[int], None]
"""Told how many events are gone through so far."""


@dataclass(frozen=True, slots=True)
class Tending:
    """The read models for whoever runs the hub. Nothing that anybody is told here says what a record says."""

    database: Database
    ledgers: Mapping[str, Ledger]
    keyring: Keyring

    def status(self) -> list[Status]:
        """How each read model stands."""
        return progress.status(self.database, self.ledgers, rebuild.models())

    def of_an_earlier_release(self) -> list[str]:
        """The read models that an earlier release made otherwise than this one would: they should be made anew."""
        return [one.name for one in self.status() if one.earlier_release]

    def rebuild(self, name: str, progress: Progress, *, accept: bool = False) -> Remade:
        """Make one group anew; accept: put it in use even where it differs from what is in use."""
        group = next(group for group in rebuild.GROUPS if group.name == name)
        with self._ledger(group.log) as ledger:
            return rebuild.rebuild(self.database, ledger, group, progress, accept=accept)

    def roll_back(self, name: str, progress: Progress) -> Remade:
        """Put the version that was kept back in use, brought up to date."""
        with self._remaking(name) as one:
            return one.roll_back(progress)

    def drop(self, name: str) -> tuple[int, ...]:
        """Throw away every version of a read model but the one in use; their numbers."""
        with self._remaking(name) as one:
            return one.drop()

    def repair(self, name: str, child: UUID) -> Repaired:
        """Make the rows of one child anew."""
        with self._of(name) as (model, ledger):
            return repairing.repair(self.database, ledger, model, child)

    def parked(self, name: str = "", limit: int = 1000) -> list[Parked]:
        """The events that wait for a person, of one read model or of all."""
        return parking.parked(self.database, name, limit)

    def retry(self, name: str) -> Retried:
        """Try the events again that wait in one read model."""
        with self._of(name) as (model, ledger):
            return parking.retry(self.database, ledger, model)

    @contextmanager
    def _remaking(self, name: str) -> Iterator[Remaking]:
        with self._of(name) as (model, ledger):
            yield Remaking(self.database, ledger, model)

    @contextmanager
    def _of(self, name: str) -> Iterator[tuple[Model, Ledger]]:
        model = rebuild.followed(name)
        with self._ledger(model.projection.log) as ledger:
            yield model, ledger

    @contextmanager
    def _ledger(self, log: str) -> Iterator[Ledger]:
        # One of its own: keys are loaded per batch and not shared between threads.
        keyring = self.keyring.another()
        try:
            yield Ledger(self.database, keyring, log)
        finally:
            keyring.close()
