"""Reading a code map: a CSV file whose `#` lines are for people, its version among them."""

from __future__ import annotations

import csv
from importlib import resources


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `adapters/maps/<name>.csv`, each a column name to a value."""
    data = resources.files("adapters").joinpath(f"maps/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in data.splitlines() if not line.startswith("#")))
