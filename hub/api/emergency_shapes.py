"""Emergency access as JSON, for the API and the command line alike: ids, times and counts, no clock of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from consent.emergency_shapes import Emergency, EmergencyReading, ReviewTask
from hub.api.shapes import instant


def emergency_to_json(one: Emergency) -> bytes:
    """One object: what `emergencies_to_json` lists."""
    return _bytes(emergency(one))


def emergencies_to_json(found: Iterable[Emergency]) -> bytes:
    """One object with `emergencies`, oldest first: who opened which child's, from when until when, the reason's due."""
    return _bytes({"emergencies": [emergency(one) for one in found]})


def tasks_to_json(found: Iterable[ReviewTask]) -> bytes:
    """One object with `waiting`: each with its reason, an earlier finding, and what was opened in which reading."""
    return _bytes({"waiting": [_task(one) for one in found]})


def emergency(one: Emergency) -> dict[str, Any]:
    """The object that stands for one; reason_due is null once the reason was given."""
    return {
        "id": str(one.id),
        "child": str(one.child),
        "person": one.person,
        "role": one.role,
        "agency": one.agency,
        "organisation": one.organisation,
        "opened_at": instant(one.opened_at),
        "until": instant(one.until),
        "reason_due": None if one.reason_due is None else instant(one.reason_due),
    }


def _task(one: ReviewTask) -> dict[str, Any]:
    shown, redacted, withheld = one.opened
    return {
        "emergency": emergency(one.emergency),
        "reason": one.reason,
        "finding": one.finding,
        "note": one.note,
        "opened": {"shown": shown, "redacted": redacted, "withheld": withheld},
        "readings": [_reading(reading) for reading in one.readings],
    }


def _reading(one: EmergencyReading) -> dict[str, Any]:
    return {
        "reading": str(one.reading),
        "at": instant(one.at),
        "action": one.action,
        "outcome": one.outcome,
        "shown": one.shown,
        "redacted": one.redacted,
        "withheld": one.withheld,
    }


def _bytes(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
