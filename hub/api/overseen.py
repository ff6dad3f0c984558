"""What governance is answered as JSON: decisions explained, what waits, what if; the same bytes for the same answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import orjson

from consent.attention import Attention
from consent.explaining import DecisionExplained, ReadingExplained
from consent.replay import Replayed
from consent.what_if import Moved, WhatIf
from consent.who_sees_in_hub import Sight
from hub.api.shapes import instant


def reading_to_json(found: ReadingExplained) -> bytes:
    """One object, keys sorted: who read what and when, the policy, the facts with their events, and each decision."""
    return _bytes(asdict(found) | {"decisions": [_decision(one) for one in found.decisions]})


def _decision(one: DecisionExplained) -> dict[str, Any]:
    changes = [asdict(change) | {"becomes": change.becomes.name.lower()} for change in one.changes]
    return asdict(one) | {"changes": changes}


def attention_to_json(found: Iterable[Attention]) -> bytes:
    """One object with `attention`: what waits first; noted is null until somebody took note, then by whom and when."""
    return _bytes({"attention": [_attention(one) for one in found]})


def _attention(one: Attention) -> dict[str, Any]:
    noted = {"by": one.noted.by, "at": instant(one.noted.at)} if one.noted else None
    return asdict(one) | {"first": instant(one.first), "last": instant(one.last), "noted": noted}


def sights_to_json(found: Iterable[Sight]) -> bytes:
    """One object with `sees`: for each purpose the people to whom an entry opens, how far and by which rule."""
    return _bytes({"sees": [_sight(one) for one in found]})


def _sight(one: Sight) -> dict[str, Any]:
    who = {"person": one.reader.id, "role": one.reader.role.value, "organisation": one.reader.organisation}
    return {"purpose": one.purpose, **who, "level": one.level.name.lower(), "rule": one.rule}


def replay_to_json(found: Replayed) -> bytes:
    """One object: how many readings hold a decision, how many came out equal, and the ids of the others by reason."""
    reasons = [{"reason": reason, "readings": list(ids)} for reason, ids in found.unreplayable]
    counts = {"readings": found.readings, "equal": found.equal, "decisions": found.decisions}
    return _bytes(counts | {"unequal": list(found.unequal), "unreplayable": reasons})


def what_if_to_json(found: WhatIf) -> bytes:
    """One object: the draft, how many readings, who would gain or lose what, and what emergency access would be."""
    return _bytes(asdict(found) | {"moved": [_moved(one) for one in found.moved]})


def _moved(one: Moved) -> dict[str, Any]:
    rules = [{"was": was or None, "becomes": becomes or None, "readings": times} for was, becomes, times in one.rules]
    return asdict(one) | {"gains": one.gains, "rules": rules}


def _bytes(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
