"""What follows from a chronology's entries, as the JSON of every door."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from consent.decision import Entry, Withheld
from consent.views import Derived
from hub.api.shapes import instant


def views_to_json(found: Derived) -> bytes:
    """One object, keys sorted: the day, every view with its statements, and the entries that they name.

    Nothing in it varies between two identical questions: no id of the reading, no clock.
    """
    body = {
        "child": str(found.child),
        "on": found.on.isoformat(),
        "purpose": found.purpose,
        "basis": found.basis,
        "known_at": None if found.known_at is None else instant(found.known_at),
        "policy": found.policy,
        "views": [asdict(section) for section in found.sections],
        "entries": [_named(entry) for entry in found.entries],
    }
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _named(entry: Entry) -> dict[str, Any]:
    return {
        "entry": str(entry.entry),
        "agency": entry.agency.value,
        "when": asdict(entry.when),
        "summary": "" if isinstance(entry, Withheld) else entry.summary,
        "withheld": isinstance(entry, Withheld),
    }
