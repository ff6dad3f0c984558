"""Which versions of each read model there are: the one in use, one being built beside it, one kept for going back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql

from hub.store.database import Cursor
from projections import runner
from projections.naming import Model, renamed

ACTIVE, BUILDING, KEPT = "active", "building", "kept"

# The version in use has its tables under the read model's own names; any other has them beside, with its number. It has
# a place in the log of its own too, in read.positions, under the name `model@version`.
# made_by: which definition it was made by, so that what an earlier release made is told from what this one makes.
CREATE: LiteralString = """
create table if not exists read.versions (
    projection text        not null,
    version    int         not null,
    state      text        not null check (state in ('active', 'building', 'kept')),
    made_by    text        not null,
    since      timestamptz not null default clock_timestamp(),
    primary key (projection, version)
);
create unique index if not exists versions_by_state on read.versions (projection, state);
"""
# What an earlier release had made before it kept this table is taken over as the first version.
TAKE_OVER: LiteralString = """
insert into read.versions (projection, version, state, made_by)
select %(name)s, 1, 'active',
       case when coalesce((select position from read.positions where projection = %(name)s), 0) = 0
            then %(made_by)s else '' end
 where not exists (select from read.versions where projection = %(name)s)
"""
OF: LiteralString = "select version, state, made_by from read.versions where projection = %s"
BEGIN: LiteralString = """
insert into read.versions (projection, version, state, made_by)
select %(name)s, max(version) + 1, 'building', %(made_by)s from read.versions where projection = %(name)s
returning version
"""
FORGET: LiteralString = "delete from read.versions where projection = %s and version = %s"
ENTER: LiteralString = "insert into read.versions (projection, version, state, made_by) values (%s, %s, %s, %s)"
FORGET_PLACE: LiteralString = "delete from read.positions where projection = %s"
FORGET_PARKED: LiteralString = "delete from read.parked where projection = %s"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a read model. state: active, building or kept. made_by: empty where an earlier release did."""

    version: int
    state: str
    made_by: str


def take_over(cursor: Cursor, models: Iterable[Model]) -> None:
    """Put on record what is in use, where that is not on record yet."""
    for model in models:
        cursor.execute(TAKE_OVER, {"name": model.name, "made_by": model.made_by})


def of(cursor: Cursor, model: Model) -> dict[str, Version]:
    """The versions that there are, by their state; the active one is always there."""
    return {row[1]: Version(*row) for row in cursor.execute(OF, [model.name]).fetchall()}


def begin(cursor: Cursor, model: Model) -> Version:
    """Make the tables of a new version, empty, beside those in use."""
    cursor.execute("select pg_advisory_xact_lock(7341003)")  # whoever starts defines the same functions
    row = cursor.execute(BEGIN, {"name": model.name, "made_by": model.made_by}).fetchone()
    version = int(row[0]) if row else 0
    cursor.execute("set local check_function_bodies = off")
    cursor.execute(model.defined(version))
    cursor.execute(runner.START, [model.key(version)])
    return Version(version, BUILDING, model.made_by)


def drop(cursor: Cursor, model: Model, version: Version) -> None:
    """Throw a version away that is not in use. Nobody but its builder can reach its tables."""
    tables = [renamed(table, model.tables, version.version) for table in model.tables]
    cursor.execute(sql.SQL("drop table if exists {}").format(sql.SQL(", ").join(map(sql.SQL, tables))))
    cursor.execute(FORGET, [model.name, version.version])
    for forget in (FORGET_PLACE, FORGET_PARKED):
        cursor.execute(forget, [model.key(version.version)])


def exchange(cursor: Cursor, model: Model, old: Version, new: Version) -> None:
    """Put on record that the new version is in use and the old one is kept."""
    for one in (old, new):
        cursor.execute(FORGET, [model.name, one.version])
    for one, state in ((new, ACTIVE), (old, KEPT)):
        cursor.execute(ENTER, [model.name, one.version, state, one.made_by])
