"""What could be better in a chronology, as the JSON of every door."""

from __future__ import annotations

from typing import Any

import orjson

from consent.quality_shapes import Advice, Looked
from hub.api.shapes import instant


def looked_to_json(found: Looked) -> bytes:
    """One object: child, entries (how many were looked at), advice in the checks' order, purpose, basis, known_at."""
    return orjson.dumps(
        {
            "child": {"id": str(found.card.child), "name": found.card.name, "born": found.card.born},
            "entries": found.entries,
            "advice": [advice_to_plain(one) for one in found.advice],
            "purpose": found.purpose,
            "basis": found.basis,
            "known_at": None if found.known_at is None else instant(found.known_at),
            "policy": found.policy,
        },
        option=orjson.OPT_SORT_KEYS,
    )


def advice_to_plain(one: Advice) -> dict[str, Any]:
    """One piece of advice in JSON's own shapes."""
    return {
        "check": one.check,
        "title": one.title,
        "sentence": one.sentence,
        "entries": [str(entry) for entry in one.entries],
        "next_step": one.next_step,
        "source": one.source,
    }
