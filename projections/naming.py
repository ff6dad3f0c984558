"""Where the tables of one version of a read model are: the names in use, or the same beside them with a number.

The handlers and the definitions of a read model know the names in use alone; here they are told of another version's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, LiteralString, Self

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow, tuple_row

from hub.store.database import Connection, Cursor
from hub.store.ledger import Recorded
from projections.runner import Apply, Projection

# A function's body is not the definition of a table: it goes on asking for what is in use.
BODY = re.compile(r"(\$(\w*)\$.*?\$\2\$)", re.DOTALL)
INDEX = re.compile(r"create (?:unique )?index if not exists (\w+)\s+on\s+(read\.\w+)")
NAMED_KEY = re.compile(r"\bconstraint (\w+)(?= (?:unique|primary|exclude))")
LONGEST = 63


@dataclass(frozen=True, slots=True)
class Model:
    """A followed read model: its handler, its tables, and the text of the statements that define them.

    made_by: a digest that changes where the definition, or what the handler says its version is, does. shared: those of
    its tables whose rows belong to no child.
    """

    projection: Projection
    tables: tuple[LiteralString, ...]
    definition: str
    made_by: str
    shared: tuple[LiteralString, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self.projection.name

    def indexes(self) -> dict[str, str]:
        """Every index that its definition names, with the table it is on."""
        return {name: table for name, table in INDEX.findall(self.definition) if table in self.tables}

    def key(self, version: int) -> str:
        """The name under which a version that is not in use keeps its place in the log."""
        return f"{self.name}@{version}"

    def beside(self, version: int) -> Projection:
        """The same read model with its rows in the tables of a version that is not in use."""
        return Projection(self.key(version), self.projection.log, _told(self.projection.apply, self.tables, version))

    def defined(self, version: int) -> str:
        """The statements that make the tables of a version beside the ones in use, with their policies and grants."""
        parts = BODY.split(self.definition)
        # Split by two groups, so each third part is outside of every body, and the next is the body itself.
        return "".join(
            self._aside(part, version) if place % 3 == 0 else part
            for place, part in enumerate(parts)
            if place % 3 != 2  # noqa: PLR2004 - the tag of the body, which the body holds already
        )

    def _aside(self, text: str, version: int) -> str:
        for name in self.indexes():
            text = re.sub(rf"\b{name}\b(?=\s+on\b)", aside(name, version), text)
        text = NAMED_KEY.sub(lambda found: f"constraint {aside(found[1], version)}", text)
        return renamed(text, self.tables, version)


def aside(name: str, version: int) -> str:
    """What a table or index of a version is called while that version is not in use."""
    suffix = f"_v{version}"
    return name[: LONGEST - len(suffix)] + suffix


@lru_cache(maxsize=512)
def renamed(text: str, tables: tuple[str, ...], version: int) -> str:
    """A statement with the tables of a version that is not in use in the place of those that are."""
    bare = "|".join(table.removeprefix("read.") for table in tables)
    return re.sub(rf"\bread\.({bare})\b", lambda found: f"read.{aside(found[1], version)}", text)


class BesideCursor(psycopg.Cursor[TupleRow]):
    """A cursor for a handler that writes to a version which is not in use; the handler need not know."""

    def __init__(self, connection: Connection, tables: tuple[str, ...], version: int) -> None:
        super().__init__(connection, row_factory=tuple_row)
        self._tables, self._version = tables, version

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:  # noqa: ANN401 - psycopg's own signature
        """As psycopg's."""
        return super().execute(self._there(query), params, **how)

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:  # noqa: ANN401 - the same
        """As psycopg's."""
        super().executemany(self._there(query), params_seq, returning=returning)

    def copy(  # type: ignore[override]  # psycopg's has overloads for a kind of query that this project does not use
        self,
        statement: Any,  # noqa: ANN401 - psycopg's own signature
        params: Any = None,  # noqa: ANN401 - psycopg's own signature
        **how: Any,  # noqa: ANN401 - psycopg's own signature
    ) -> AbstractContextManager[psycopg.Copy]:
        """As psycopg's."""
        return super().copy(self._there(statement), params, **how)

    def _there(self, query: Any) -> Any:  # noqa: ANN401 - whatever psycopg takes as a query
        text = query.as_string(self) if isinstance(query, sql.Composable) else query
        return renamed(text if isinstance(text, str) else bytes(text).decode(), self._tables, self._version)


def _told(apply: Apply, tables: tuple[str, ...], version: int) -> Callable[[Cursor, Sequence[Recorded]], None]:
    def apply_beside(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
        with BesideCursor(cursor.connection, tables, version) as other:
            apply(other, recorded)

    return apply_beside
