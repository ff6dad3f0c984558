"""The tables of the directory's file, read one by one; every mistake is added to a list."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from joserfc.jwk import Key

from hub.clients import public_keys

Kind = TypeVar("Kind", bound=StrEnum)


class Entry:
    """One table of the file, and the list to which its mistakes are added."""

    def __init__(self, where: str, table: object, keys: frozenset[str], problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        self._table: dict[str, object] = table if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self.problem("is not a table")
        for key in self._table.keys() - keys:
            self.problem(f"has an unknown key {key!r}")

    def states(self, key: str) -> bool:
        """Whether the table has this key."""
        return key in self._table

    def problem(self, what: str) -> None:
        """Add a mistake to the list."""
        self.problems.append(f"{self.where} {what}")

    def text(self, key: str, *, needed: bool = True) -> str:
        """The text under a key, trimmed; empty where there is none."""
        value = self._table.get(key, "")
        if not isinstance(value, str):
            self.problem(f"has a {key} that is not text")
            return ""
        if needed and not value.strip():
            self.problem(f"has no {key}")
        return value.strip()

    def one_of(self, key: str, kind: type[Kind]) -> Kind | None:
        """The word under a key, where it is one of these."""
        value = self.text(key)
        try:
            return kind(value) if value else None
        except ValueError:
            self.problem(f"has an unknown {key}; known are {', '.join(kind)}")
            return None

    def day(self, key: str, *, needed: bool = True) -> date | None:
        """The day under a key."""
        value = self._table.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None or needed:
            self.problem(f"has no {key} that is a date, such as 2026-04-01")
        return None

    def texts(self, key: str) -> frozenset[str]:
        """The list of texts under a key; it may not be empty."""
        value = self._table.get(key)
        if isinstance(value, list) and value and all(isinstance(one, str) and one.strip() for one in value):
            return frozenset(value)
        self.problem(f"has no list of {key}")
        return frozenset()

    def switch(self, key: str) -> bool:
        """Whether the key says true."""
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            self.problem(f"has a value of {key} that is neither true nor false")
        return value is True

    def keys(self, folder: Path, files: list[Path]) -> dict[str, Key]:
        """The public keys: in `keys`, a JWKS file beside the directory (noted in files), or in `jwk`, written out."""
        file = self.text("keys", needed=False)
        files += [folder / file] if file else []
        if bool(file) == ("jwk" in self._table):
            self.problem("has not one of keys (a JWKS file) and jwk (the public keys themselves)")
            return {}
        try:
            return public_keys(json.loads((folder / file).read_bytes()) if file else self._table["jwk"])
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            self.problem("has a file of keys that cannot be read")
        except ValueError as error:
            self.problem(f"has keys that {error}")
        return {}

    def tables(self, key: str) -> list[object]:
        """The list of tables under a key; each is yet to be read."""
        return listed(self._table.get(key, []), f"{self.where} {key}", self.problems)

    def numbered(self, key: str, keys: frozenset[str]) -> list[Entry]:
        """The tables under a key, each named by its place; these are the keys that they may have."""
        return [
            Entry(f"{self.where} {key} {at}", table, keys, self.problems)
            for at, table in enumerate(self.tables(key), 1)
        ]


def listed(value: object, where: str, problems: list[str]) -> list[object]:
    """A list, or none and a mistake."""
    if isinstance(value, list):
        return value
    problems.append(f"{where} is not a list of tables")
    return []
