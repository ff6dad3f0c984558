"""Making a read model anew beside the one in use: built, compared, exchanged, and the old one kept for going back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from hub.errors import BadInput, Busy
from hub.store.database import Connection, Database, unavailable
from hub.store.ledger import Ledger
from projections import comparing, generations, runner, swapping
from projections.comparing import Difference
from projections.generations import BUILDING, KEPT, Version
from projections.naming import Model, renamed
from projections.runner import Projection, Runner

BATCH = 2000
PAUSE = 1.0
ALONE: LiteralString = "select pg_try_advisory_lock(hashtextextended('hub rebuild ' || %s, 0))"
# A crash loses the newest batches together with how far they had come, so nothing between can be missing.
UNHURRIED: LiteralString = "set synchronous_commit = off; set idle_in_transaction_session_timeout = '10min'"


@dataclass(frozen=True, slots=True)
class Remade:
    """What came of it. events: how many this run went through; swapped: whether the new version is in use now."""

    events: int
    swapped: bool = True
    differences: tuple[Difference, ...] = ()


class Remaking:
    """One read model, its versions, and a ledger of its own to make them from."""

    def __init__(self, database: Database, ledger: Ledger, model: Model) -> None:
        self._database, self._ledger, self._model = database, ledger, model

    def rebuild(self, progress: Callable[[int], None], *, accept: bool = False) -> Remade:
        """Build a new version, or go on with one that was begun; compare it, and put it in the place of the one in use.

        Where they differ both are kept as they are, unless the differences are accepted. Raises Busy where another
        process does the same, or somebody reads for too long; what was built is then gone on with the next time.
        """
        self._catch_up()
        with self._alone() as connection:
            building = self._begun(connection)
            filling = _Filling(connection, self._ledger, self._model.beside(building.version), progress)
            filling.up_to(self._position(connection))
            self._settle(connection, building)
            found = self._compared(building, filling)
            if found and not accept:
                return Remade(filling.done, swapped=False, differences=tuple(found))
            self._swap(connection, building, filling)
            return Remade(filling.done, differences=tuple(found))

    def roll_back(self, progress: Callable[[int], None]) -> Remade:
        """Bring the version that was kept up to date and put it in the place of the one in use, which is then kept.

        Raises BadInput where none is kept, or where it was made by another release.
        """
        self._catch_up()
        with self._alone() as connection:
            kept = self._versions(connection).get(KEPT)
            if kept is None:
                raise BadInput("No earlier version of this read model is kept.", "Rebuild it: hub project rebuild.")
            if kept.made_by not in {"", self._model.made_by}:
                raise BadInput(
                    "The version that is kept was made by another release.",
                    "Start that release and go back there, or rebuild it with this one.",
                )
            filling = _Filling(connection, self._ledger, self._model.beside(kept.version), progress)
            self._swap(connection, kept, filling)
            return Remade(filling.done)

    def drop(self) -> tuple[int, ...]:
        """Throw away the version that was kept and one that was begun and not put in use; their numbers."""
        with self._alone() as connection:
            found = [one for state, one in self._versions(connection).items() if state in {KEPT, BUILDING}]
            with connection.transaction(), connection.cursor() as cursor:
                for one in found:
                    generations.drop(cursor, self._model, one)
        return tuple(sorted(one.version for one in found))

    def _settle(self, connection: Connection, building: Version) -> None:
        # The server must know of the new tables what it knew of the old, or the first readings would be planned badly.
        for table in self._model.tables:
            there = renamed(table, self._model.tables, building.version)
            connection.execute(sql.SQL("vacuum (analyze) {}").format(sql.SQL(there)))

    def _compared(self, building: Version, filling: _Filling) -> list[Difference]:
        with ExitStack() as moment:
            with swapping.standing(self._database, self._model) as (_, position):
                filling.up_to(position)
                cursor = moment.enter_context(comparing.of_one_moment(self._database))
            # The follower goes on meanwhile: what is compared stays as it was at this moment.
            return comparing.differences(cursor, self._model, building.version)

    def _catch_up(self) -> None:
        Runner(self._database, self._ledger, self._model.projection).catch_up()

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        with _told(), closing(self._database.connect("hub_projector")) as connection:
            if connection.execute(ALONE, [self._model.name]).fetchone() != (True,):
                raise Busy("This read model is being made anew already.", "Wait until that is done.")
            connection.execute(UNHURRIED)
            yield connection

    def _versions(self, connection: Connection) -> dict[str, Version]:
        with connection.cursor() as cursor:
            return generations.of(cursor, self._model)

    def _position(self, connection: Connection) -> int:
        row = connection.execute(runner.REACHED, [self._model.name]).fetchone()
        return int(row[0]) if row else 0

    def _begun(self, connection: Connection) -> Version:
        begun = self._versions(connection).get(BUILDING)
        if begun is not None and begun.made_by == self._model.made_by:
            return begun
        with connection.transaction(), connection.cursor() as cursor:
            if begun is not None:
                generations.drop(cursor, self._model, begun)
            return generations.begin(cursor, self._model)

    def _swap(self, connection: Connection, new: Version, filling: _Filling) -> None:
        old = self._versions(connection)[generations.ACTIVE]
        for _ in range(2):
            with suppress(Busy):
                swapping.swap(self._database, self._model, old, new, filling.up_to)
                return
            time.sleep(PAUSE)  # the follower goes on before it is held again
        swapping.swap(self._database, self._model, old, new, filling.up_to)


@contextmanager
def _told() -> Iterator[None]:
    """Whatever the database says is StoreUnavailable."""
    try:
        yield
    except psycopg.Error as error:
        raise unavailable(error) from None


class _Filling:
    """Taking events into a version that is not in use, batch by batch, each with how far it has come."""

    def __init__(
        self, connection: Connection, ledger: Ledger, beside: Projection, progress: Callable[[int], None]
    ) -> None:
        self._connection, self._ledger, self._beside, self._progress = connection, ledger, beside, progress
        self.done = 0

    def up_to(self, position: int) -> None:
        """Go on until it has come as far as this position of the log."""
        while self._reached() < position:
            self.done += self._step(position)
            self._progress(self.done)

    def _reached(self) -> int:
        row = self._connection.execute(runner.REACHED, [self._beside.name]).fetchone()
        return int(row[0]) if row else 0

    def _step(self, last: int) -> int:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            row = cursor.execute(runner.POSITION, [self._beside.name]).fetchone()
            found = self._ledger.read(cursor, after=row[0] if row else 0, limit=BATCH)
            batch = [one for one in found if one.position <= last]
            runner.take_in(self._connection, cursor, self._beside, batch)
            cursor.execute(runner.MOVE, [batch[-1].position, self._beside.name, batch[-1].position])
        return len(batch)
