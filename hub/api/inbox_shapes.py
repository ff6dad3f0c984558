"""An inbox, and the concerns without an answer, as JSON."""

from __future__ import annotations

from typing import Any

import orjson

from consent.inbox_shapes import Concern, Line, MyNews, Overseen, Unanswered
from consent.inbox_terms import Term


def inbox_to_json(found: MyNews) -> bytes:
    """One object with `children`; of each its lines, the newest first. name and born are empty where not open.

    more: whether there is something new of other children too, who are not listed.
    """
    children = [
        {
            "id": str(one.child),
            "name": one.name,
            "born": one.born,
            "more": one.more,
            "lines": [_line(line) for line in one.lines],
        }
        for one in found.children
    ]
    return _bytes({"children": children, "more": found.more})


def unanswered_to_json(found: Unanswered) -> bytes:
    """One object: the child, the day, after how many days a concern is listed and why, and the concerns."""
    child = {"id": str(found.child), "name": found.name, "born": found.born}
    concerns = [_concern(one) for one in found.concerns]
    return _bytes({"child": child, "at": found.at.isoformat(), "concerns": concerns} | _term(found.term))


def overseen_to_json(found: Overseen) -> bytes:
    """One object: counts by agency and age, and the oldest by their ids; no content and no name."""
    counts = [
        {"agency": agency.value, "counts": [{"from_days": n, "concerns": of[at]} for at, n in enumerate(found.ages)]}
        for agency, of in found.counts.items()
    ]
    oldest = [
        {"entry": str(one.entry), "child": str(one.child), "agency": one.agency.value, "age": one.age}
        for one in found.oldest
    ]
    counted = {"at": found.at.isoformat(), "total": found.total, "agencies": counts, "oldest": oldest}
    return _bytes(counted | _term(found.term))


def _line(one: Line) -> dict[str, Any]:
    return {
        "entry": str(one.entry),
        "agency": one.agency.value,
        "kind": one.kind,
        "received": one.received.isoformat(),
        "purpose": one.purpose,
        "basis": one.basis,
    }


def _concern(one: Concern) -> dict[str, Any]:
    return {
        "entry": str(one.entry),
        "agency": one.agency.value,
        "when": {
            "start": one.when.start,
            "precision": one.when.precision,
            "end": one.when.end,
            "approximate": one.when.approximate,
        },
        "code": one.code,
        "summary": one.summary,
        "significance": one.significance,
        "received": one.received.isoformat(),
        "age": one.age,
        "promised": one.promised.isoformat() if one.promised else None,
        "purpose": one.purpose,
        "basis": one.basis,
    }


def _term(term: Term) -> dict[str, Any]:
    return {"after_days": term.days, "source": term.source}


def _bytes(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
