"""What a test asks of read models while they are made anew, exchanged and repaired."""

from __future__ import annotations

from typing import LiteralString

from projections.progress import Status
from projections.remaking import Remade
from tests.fix_hub import TestHub

ENTRIES: LiteralString = "select e::text from read.entries e order by 1"
COUNT: LiteralString = "select count(*) from read.entries"


def rows(hub: TestHub, query: LiteralString = ENTRIES) -> list[tuple[object, ...]]:
    with hub.as_owner() as connection:
        return connection.execute(query).fetchall()


def change(hub: TestHub, *statements: LiteralString) -> None:
    """As the owner, behind everybody's back."""
    with hub.as_owner() as connection:
        for statement in statements:
            connection.execute(statement)


def remade(hub: TestHub, name: str = "chronology", *, accept: bool = False) -> Remade:
    return hub.house.rebuild(name, lambda _: None, accept=accept)


def standing(hub: TestHub, name: str = "chronology") -> Status:
    return next(one for one in hub.house.status() if one.name == name)


def others(hub: TestHub) -> list[tuple[int, str]]:
    return [(one.version, one.state) for one in standing(hub).others]
