"""Corrections, and who knew what when, as JSON for the API and the command line alike: ids, times and states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from consent.knowing_shapes import EntryKnown, Knower, Matrix
from consent.recall_shapes import Account, Recall, ToldOtherwise
from hub.api.shapes import instant


def recalls_to_json(found: Iterable[Recall]) -> bytes:
    """One object with `corrections`: what the reader was told and no longer stands, what is not noted yet first."""
    return _bytes({"corrections": [_recall(one) for one in found]})


def account_to_json(one: Account) -> bytes:
    """One object: what `accounts_to_json` lists, with the frozen editions that pin a version of the entry."""
    editions = [{"edition": str(pin.edition), "revision": pin.revision} for pin in one.editions]
    return _bytes(_account(one) | {"editions": editions})


def accounts_to_json(found: Iterable[Account]) -> bytes:
    """One object with `corrections`: of each entry who was told otherwise, and how many of them took note."""
    return _bytes({"corrections": [_account(one) for one in found]})


def matrix_to_json(found: Matrix) -> bytes:
    """One object with `entries`: each with its `knowers`, an agency before its organisations, these before people."""
    about = {"reading": str(found.reading), "child": str(found.child), "at": _instant(found.at)}
    return _bytes(about | {"entries": [_entry(one) for one in found.entries], "cursor": found.cursor})


def _recall(one: Recall) -> dict[str, Any]:
    return {
        "child": str(one.child),
        "entry": str(one.entry),
        "revision": one.revision,
        "what": one.what,
        "told_at": instant(one.told_at),
        "at": instant(one.at),
        "by_day": one.by_day,
        "agency": one.agency.value if one.agency else None,
        "ask": one.ask,
        "works": one.works,
        "noted_at": _instant(one.noted_at),
    }


def _account(one: Account) -> dict[str, Any]:
    told = [_told(person) for person in one.told]
    return {"entry": str(one.entry), "told": told, "noted": one.noted, "waiting_since": _instant(one.oldest)}


def _told(one: ToldOtherwise) -> dict[str, Any]:
    return {
        "person": one.person,
        "organisation": one.organisation,
        "agency": one.agency,
        "child": str(one.child) if one.child else None,
        "level": one.level,
        "revision": one.revision,
        "told_at": instant(one.told_at),
        "what": one.what,
        "at": instant(one.at),
        "noted_at": _instant(one.noted_at),
    }


def _entry(one: EntryKnown) -> dict[str, Any]:
    return {
        "id": str(one.entry),
        "agency": one.agency,
        "received": instant(one.received),
        "by_day": one.by_day,
        "knowers": [_knower(knower) for knower in one.knowers],
    }


def _knower(one: Knower) -> dict[str, Any]:
    return {
        "agency": one.agency,
        "organisation": one.organisation,
        "person": one.person,
        "recorded": _instant(one.recorded),
        "available": [{"since": instant(span.since), "until": _instant(span.until)} for span in one.available],
        "delivered": _instant(one.delivered),
        "opened": _instant(one.opened),
        "revision": one.revision or None,
        "acknowledged": _instant(one.acknowledged),
        "what": one.what or None,
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def _bytes(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
