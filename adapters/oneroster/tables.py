"""OneRoster's tables as they arrive: one CSV file, the JSON of its REST service, or a ZIP of CSV files with a manifest.

However it came, a row leaves here as its allowed columns under one spelling. What a REST object nests (its user, class,
school, roles and ids) is laid flat under the names of the CSV, so both kinds are read by one set of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from adapters.oneroster.codes import COLUMNS, IDENTIFIERS, table_named, table_of
from adapters.reading import JSON_MEDIA, Unreadable, read_json
from adapters.reading.csv_rows import CSV_MEDIA, read_table
from adapters.reading.kept_columns import Line, Lost, as_table, lines, spelling
from hub.update import Defect

Rows = Callable[[], Iterator[Line | Lost]]
_REFERENCES = {
    "user": "userSourcedId",
    "class": "classSourcedId",
    "school": "schoolSourcedId",
    "org": "orgSourcedId",
    "primaryorg": "primaryOrgSourcedId",
    "course": "courseSourcedId",
}
_LONGEST_PUBLISHER = 80


@dataclass(frozen=True, slots=True)
class Roster:
    """One delivery. `whole`: the tables that its manifest calls bulk. `lost`: what is no table, and is refused."""

    media_type: str
    tables: Mapping[str, Rows]
    publisher: str = ""
    whole: frozenset[str] = frozenset()
    lost: list[Lost] = field(default_factory=list)

    def original(self, table: str, cells: Mapping[str, str]) -> bytes:
        """What is stored of one row, to be read again alone."""
        if self.media_type == CSV_MEDIA:
            return as_table(cells)
        return orjson.dumps({table: [{name: text for name, text in cells.items() if text}]})


def from_csv(content: bytes) -> Roster:
    """One CSV file, told by its columns. Raises Unreadable for a file of another kind."""
    name, rows = csv_table(content)
    return Roster(CSV_MEDIA, {name: rows})


def csv_table(content: bytes, before: str = "", named: str = "") -> tuple[str, Rows]:
    """The name and the rows of one CSV file; raises Unreadable when its columns are those of no table, or not of
    the one that it is `named`.
    """
    names = read_table(content, frozenset()).names
    table = table_of(names)
    if not table or (named and named != table):
        raise Unreadable("not-this-format", f"{before}row 1", "", "", CSV_MEDIA)
    # The header is looked at now, so that a table that cannot be read is refused before its neighbours are joined.
    lines(read_table(content, frozenset()), COLUMNS[table], before)
    return table, lambda: lines(read_table(content, frozenset()), COLUMNS[table], before)


def manifest(rows: Rows) -> tuple[str, dict[str, str]]:
    """The sender's code, empty where none is stated, and each table's mode (bulk, delta, absent)."""
    said = {
        line.cells.get("propertyName", "").casefold(): line.cells.get("value", "")
        for line in rows()
        if isinstance(line, Line)
    }
    sender = said.get("source.systemcode", "")
    modes = {name.removeprefix("file."): mode.casefold() for name, mode in said.items() if name.startswith("file.")}
    stated = sender.casefold() != "absent" and sender.isprintable() and len(sender) <= _LONGEST_PUBLISHER
    return sender if stated else "", modes


def from_json(content: bytes) -> Roster:
    """The objects of one REST answer, of one kind or of several. Raises Unreadable for JSON that cannot be read."""
    found: dict[str, list[Line | Lost]] = {}
    lost: list[Lost] = []
    for table, value, pointer in _objects(read_json(content)):
        line = _flat(table, value, pointer)
        if not table:
            lost.append(Lost("not-this-format" if isinstance(value, dict) else "wrong-type", pointer, _bytes(value)))
        elif line is not None:
            found.setdefault(table, []).append(line)
    return Roster(JSON_MEDIA, {table: _given(rows) for table, rows in found.items()}, lost=lost)


def _given(rows: list[Line | Lost]) -> Rows:
    return lambda: iter(rows)


def _objects(value: object) -> Iterator[tuple[str, object, str]]:
    """Each object with its table, told by the key it stands under or by its own keys, and its JSON pointer."""
    if isinstance(value, dict) and (named := [key for key in value if table_named(key)]) and not table_of(_keys(value)):
        for key in named:
            inner = value[key]
            listed = inner if isinstance(inner, list) else [inner]
            for at, one in enumerate(listed):
                pointer = f"/{table_named(key)}/{at}"
                yield (table_named(key) if isinstance(one, dict) else ""), one, pointer
        yield from (("", one, "/?") for key, one in value.items() if key not in named and isinstance(one, dict | list))
        return
    for at, one in enumerate(value if isinstance(value, list) else [value]):
        yield (table_of(_keys(one)) if isinstance(one, dict) else ""), one, f"/{at}"


def _keys(value: dict[str, object]) -> list[str]:
    return [_REFERENCES.get(spelling(key), "role" if key == "roles" else key) for key in value]


def _flat(table: str, value: object, pointer: str) -> Line | Lost | None:
    """One object as the columns that are read; None when it is no object of a table."""
    if not table or not isinstance(value, dict):
        return None
    cells: dict[str, str] = {}
    defects: list[Defect] = []
    for key, said in value.items():
        name = COLUMNS[table].get(spelling(_nested(key)))
        if name is None:
            continue
        if name in cells and name != "role":
            return Lost("repeated-column", pointer, _bytes(value))
        text = _text(name, said)
        if text is None:
            defects.append(Defect("wrong-type", f"{pointer}/{name}", "Not a text."))
        # Some send one role beside the list of roles: what either says counts.
        cells[name] = ",".join(part for part in (cells.get(name, ""), text) if part)
    if not any(cells.values()):
        return Lost("no-subject", pointer, _bytes(value))
    return Line(pointer, cells, tuple(defects))


def _nested(key: str) -> str:
    return {"orgs": "orgSourcedIds", "roles": "role"}.get(key) or _REFERENCES.get(spelling(key), key)


def _text(name: str, said: object) -> str | None:
    """A value as its text: of an object its id, its role or its number, of a list all of them; None for the rest."""
    if isinstance(said, str):
        return said.strip()
    if said is None:
        return ""
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    if isinstance(said, dict):
        return _of_object(name, said)
    parts = [_text(name, one) for one in said] if isinstance(said, list) else [None]
    return None if None in parts else ",".join(part for part in parts if part)


def _of_object(name: str, said: dict[str, object]) -> str | None:
    if name == "userIds":
        kind, number = said.get("type"), said.get("identifier")
        return f"{{{kind}:{number}}}" if isinstance(kind, str) and isinstance(number, str) else None
    inner = said.get("role" if name == "role" else "sourcedId")
    return inner.strip() if isinstance(inner, str) else None


def user_ids(text: str) -> list[tuple[str, str]]:
    """The numbers in `{UPN:A1},{LDAP:12}` whose kind is known, as (the hub's system, value); logins are left out."""
    pairs = [part.strip(" {}").partition(":") for part in text.replace(";", ",").split(",")]
    return [
        (system, value.strip()) for kind, _, value in pairs if (system := IDENTIFIERS.get(spelling(kind))) and value
    ]


def _bytes(value: object) -> bytes:
    return orjson.dumps(value)
