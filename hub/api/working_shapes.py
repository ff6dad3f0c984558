"""The involvement card, and what is on record of consent, as JSON: the same bytes for the same answer."""

from __future__ import annotations

from typing import Any

import orjson

from consent.card import Line, WhoWorks
from consent.decision import Level
from consent.on_record import Page
from hub.api.shapes import instant


def card_to_json(card: WhoWorks) -> bytes:
    """One object: child, lines (Lead Professionals first), purpose, basis, policy."""
    return _bytes(
        {
            "child": str(card.child),
            "lines": [_line(line) for line in card.lines],
            "purpose": card.purpose,
            "basis": card.basis,
            "policy": card.policy,
        }
    )


def page_to_json(page: Page) -> bytes:
    """One object: child, notes, consents, capacity, capacity_review, address_kept, duties, history (newest first)."""
    return _bytes(
        {
            "child": str(page.child),
            "notes": list(page.notes),
            "consents": [_plain(one) for one in page.consents],
            "capacity_review": page.capacity_review or None,
            "capacity": _plain(page.capacity) if page.capacity else None,
            "address_kept": page.address_kept,
            "duties": [_plain(one) for one in page.duties],
            "history": [_plain(one) for one in page.history],
        }
    )


def noted_to_json(notes: tuple[str, ...] = ()) -> bytes:
    """One object: that it is recorded, and what to know of it."""
    return _bytes({"recorded": True, "notes": list(notes)})


def _line(line: Line) -> dict[str, Any]:
    """What the level lets out; what it does not is left out, not empty."""
    head = {"level": line.level.name.lower(), "agency": line.agency.value, "rule": line.rule, "reason": line.reason}
    if line.level < Level.SHOWN:
        head["ask"] = line.ask
    if line.level == Level.WITHHELD:
        return head
    head |= {"duty": line.duty}
    if line.level == Level.REDACTED:
        return head | ({"organisation": line.organisation} if line.organisation else {})
    names = ("organisation", "worker", "contact", "cover", "since", "confirmed", "stale")
    return head | {name: getattr(line, name) for name in names}


def _plain(one: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the page's parts, whose fields are text but for a time
    values = {name: getattr(one, name) for name in one.__slots__}
    return values | ({"at": instant(values["at"])} if "at" in values else {})


def _bytes(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
