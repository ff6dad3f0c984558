"""Comparing two versions of a read model at one place in the log: what differs is said in counts and opaque ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql

from hub.store.database import Cursor, Database
from projections.naming import Model, renamed

EXAMPLES = 10
# Two independent sums of hashes: whatever the order of the rows, and nothing held in memory.
DIGEST: LiteralString = """
select count(*), coalesce(sum(hashtextextended(r::text, 0)::numeric), 0),
       coalesce(sum(hashtextextended(r::text, 1)::numeric), 0) from (select {columns} from {table}) r
"""
DIFFER: LiteralString = """
select count(*) filter (where n.there is null), count(*) filter (where o.there is null),
       count(*) filter (where o.there and n.there)
  from (select true as there, {columns} from {old}) o full join (select true as there, {columns} from {new}) n
 using ({key}) where o.there is null or n.there is null or {differs}
"""
SOME: LiteralString = """
select {shown}
  from (select true as there, {columns} from {old}) o full join (select true as there, {columns} from {new}) n
 using ({key}) where o.there is null or n.there is null or {differs} order by 1 limit {limit}
"""
COLUMNS: LiteralString = """
select a.attname from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
   and exists (select from pg_attribute b where b.attrelid = %s::regclass and b.attname = a.attname
                  and b.attnum > 0 and not b.attisdropped) order by a.attname
"""
KEY: LiteralString = """
select a.attname, a.atttypid::regtype::text from pg_index i
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
 where i.indrelid = %s::regclass and i.indisprimary order by a.attnum
"""
PARKED: LiteralString = """
select count(*) filter (where n.position is null), count(*) filter (where o.position is null),
       (array_agg(position::text order by position))[1:10]
  from (select position from read.parked where projection = %s) o
  full join (select position from read.parked where projection = %s) n using (position)
 where o.position is null or n.position is null
"""
# Nothing that somebody chose or wrote may be told of a row: an id of the hub's own, or a number.
OPAQUE = frozenset({"uuid", "bigint", "integer", "smallint"})


@dataclass(frozen=True, slots=True)
class Difference:
    """How a table of the new version differs from the one in use. examples: ids of rows, none of anything they say."""

    table: str
    missing: int
    added: int
    changed: int
    examples: tuple[str, ...] = ()


@contextmanager
def of_one_moment(database: Database) -> Iterator[Cursor]:
    """A cursor that sees everything as it is now, however long it looks."""
    with closing(database.connect("hub_projector")) as connection, connection.cursor() as cursor:
        cursor.execute("begin isolation level repeatable read read only")
        cursor.execute("select 1")
        yield cursor
        cursor.execute("rollback")


def differences(cursor: Cursor, model: Model, version: int) -> list[Difference]:
    """What differs between the version in use and another, which must be at the same place in the log."""
    found = [_of_table(cursor, table, renamed(table, model.tables, version)) for table in model.tables]
    return [one for one in (*found, _of_parked(cursor, model, version)) if one is not None]


def _of_table(cursor: Cursor, old: str, new: str) -> Difference | None:
    names = [row[0] for row in cursor.execute(COLUMNS, [old, new]).fetchall()]
    columns = _listed(names)
    sums = [
        cursor.execute(sql.SQL(DIGEST).format(columns=columns, table=sql.SQL(one))).fetchone() for one in (old, new)
    ]
    return None if sums[0] == sums[1] else _counted(cursor, old, new, names)


def _counted(cursor: Cursor, old: str, new: str, names: Sequence[str]) -> Difference:
    key: list[tuple[str, str]] = cursor.execute(KEY, [old]).fetchall()
    keyed = {name for name, _ in key}
    parts = {
        "columns": _listed(names),
        "old": sql.SQL(old),
        "new": sql.SQL(new),
        "key": _listed([name for name, _ in key]),
        "differs": _differs([name for name in names if name not in keyed]),
    }
    missing, added, changed = cursor.execute(sql.SQL(DIFFER).format(**parts)).fetchone() or (0, 0, 0)
    opaque = [sql.SQL("{}::text").format(sql.Identifier(name)) for name, kind in key if kind in OPAQUE]
    if not opaque:
        return Difference(old, missing, added, changed)
    some = sql.SQL(SOME).format(**parts, shown=sql.SQL(" || ' ' || ").join(opaque), limit=sql.Literal(EXAMPLES))
    return Difference(old, missing, added, changed, tuple(row[0] for row in cursor.execute(some).fetchall()))


def _differs(names: Sequence[str]) -> sql.Composable:
    if not names:
        return sql.SQL("false")
    sides = (sql.SQL(", ").join(sql.Identifier(side, name) for name in names) for side in ("o", "n"))
    return sql.SQL("(o.there and n.there and row({})::text is distinct from row({})::text)").format(*sides)


def _of_parked(cursor: Cursor, model: Model, version: int) -> Difference | None:
    row = cursor.execute(PARKED, [model.name, model.key(version)]).fetchone()
    return Difference("read.parked", row[0], row[1], 0, tuple(row[2])) if row and row[2] else None


def _listed(names: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, names))
