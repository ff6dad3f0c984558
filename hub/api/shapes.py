"""A disclosure, an explanation, a receipt and a search result as JSON: the same bytes for the same answer.

Nothing here varies between two identical questions: no id of the reading, no clock. The command line
writes these bytes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, assert_never

import orjson

from consent.beside import status
from consent.decision import Disclosure, Entry, Explanation, FoundChild, Redacted, Shown, When, Withheld
from consent.emergency_shapes import Emergency
from hub.receipt import KeptReceipt, ListedReceipt, Receipt, Result

MOST_RESULTS: Final = 1_000
"""Results listed in one answer. A small body can hold a fault in every other byte, and each fault is a sentence."""


def disclosure_to_json(disclosure: Disclosure) -> bytes:
    """One object, keys sorted: child, entries (oldest first), purpose, basis, known_at, policy, cursor, emergency."""
    return _bytes(
        {
            "child": {
                "id": str(disclosure.card.child),
                "name": disclosure.card.name,
                "born": disclosure.card.born,
            },
            "entries": [_with_beside(entry, disclosure.beside.get(entry.entry, ())) for entry in disclosure.entries],
            "purpose": disclosure.purpose,
            "basis": disclosure.basis,
            "known_at": None if disclosure.known_at is None else instant(disclosure.known_at),
            "policy": disclosure.policy,
            "cursor": disclosure.cursor,
            "emergency": None if disclosure.emergency is None else _emergency(disclosure.emergency),
        }
    )


def explanation_to_json(explanation: Explanation) -> bytes:
    """One object: the level, the rule, its sentence, every rule that matched, the facts, whom to ask and for what."""
    return _bytes(
        {
            "entry": str(explanation.entry),
            "level": explanation.answer.level.name.lower(),
            "rule": explanation.answer.rule,
            "reason": explanation.answer.sentence,
            "matched": list(explanation.answer.hits),
            "policy": explanation.policy,
            "facts": [
                {"name": fact.name, "value": fact.value, "position": fact.position} for fact in explanation.facts
            ],
            "ask": explanation.ask,
            "ways": [
                {"words": way.words, "who": way.who, "becomes": way.becomes.name.lower()} for way in explanation.ways
            ],
        }
    )


def receipt_to_json(receipt: Receipt) -> bytes:
    """One object: the source, the receipt's id, how many records, six counts, the reasons, and the records' results.

    The counts are of all records. At most 1,000 results are listed, in the records' order; where there are more
    records, conflicts and quarantined ones come first. `results_left_out` says how many are not listed.
    """
    listed = receipt.foremost(MOST_RESULTS)
    left_out = len(receipt.results) - len(listed)
    note = f"{left_out} results are not listed; what waits for a person comes first. The counts are of all records."
    results = {"results": [_result(result) for result in listed], "results_left_out": left_out}
    whose = {"receipt": None if receipt.id is None else str(receipt.id), "absent": receipt.absent}
    return _bytes(receipt_summary(receipt) | whose | results | {"note": note if left_out else ""})


def kept_to_json(kept: KeptReceipt, offset: int, limit: int) -> bytes:
    """One object: as an answer, with when it came and whether all of it was taken in; results from `offset` on.

    The cursor is where the next page begins, empty on the last one.
    """
    receipt, end = kept.receipt, offset + limit
    page = {
        "receipt": str(receipt.id),
        "absent": receipt.absent,
        "door": kept.door,
        "received_at": instant(kept.received_at),
        "finished_at": None if kept.finished_at is None else instant(kept.finished_at),
        "results": [_result(result) for result in receipt.results[offset:end]],
        "cursor": str(end) if end < len(receipt.results) else "",
    }
    return _bytes(receipt_summary(receipt) | page)


def listed_to_json(found: Iterable[ListedReceipt]) -> bytes:
    """One object with `receipts`: which, of what source, when, and how many records."""
    lines = [
        {
            "receipt": str(one.id),
            "source": one.source,
            "door": one.door,
            "received_at": instant(one.received_at),
            "finished_at": None if one.finished_at is None else instant(one.finished_at),
            "records": one.records,
        }
        for one in found
    ]
    return _bytes({"receipts": lines})


def receipt_summary(receipt: Receipt) -> dict[str, Any]:
    """Count without listing: what `hub ingest --json` prints."""
    counts = {"source": receipt.source, "records": len(receipt.results), "reasons": receipt.reasons()}
    return counts | receipt.counts()


def found_to_json(found: tuple[FoundChild, ...], *, more: bool | None = None) -> bytes:
    """One object with `children`; name and born are empty where only the existence may be known.

    more: whether there are others who are not listed; None where that is not said.
    capacity_review: the birthday since which nobody has said anew who decides for the child; null for none.
    """
    said = {} if more is None else {"more": more}
    return _bytes({"children": [_found(one) for one in found]} | said)


def _found(one: FoundChild) -> dict[str, Any]:
    who = {"id": str(one.child), "name": one.name, "born": one.born, "relation": one.relation}
    return who | {"capacity_review": one.capacity_review or None}


def instant(moment: datetime) -> str:
    """Write a moment as UTC with microseconds, always in the same shape."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _emergency(under: Emergency) -> dict[str, Any]:
    """The emergency access under which a reading was made: which, when it ends, and by when its reason is due."""
    due = None if under.reason_due is None else instant(under.reason_due)
    return {"id": str(under.id), "until": instant(under.until), "reason_due": due}


def _with_beside(entry: Entry, about: Sequence[Shown | Redacted]) -> dict[str, Any]:
    """The entry, how it stands, and what is said about it; of one that is withheld neither may be known."""
    if isinstance(entry, Withheld):
        return entry_to_plain(entry)
    return entry_to_plain(entry) | {"status": status(entry, about), "beside": [_mention(one) for one in about]}


def _mention(entry: Shown | Redacted) -> dict[str, Any]:
    """What is said about another entry, in short."""
    head = {"id": entry.entry, "agency": entry.agency, "when": _when(entry.when)}
    head |= {"code": entry.code, "summary": entry.summary}
    if isinstance(entry, Redacted):
        return head | {"level": "redacted"}
    return head | {"level": "shown", "headline": entry.headline, "author": entry.author}


def entry_to_plain(entry: Entry) -> dict[str, Any]:
    """One entry at its level, as JSON has it."""
    match entry:
        case Withheld():
            return _closed(entry, "withheld")
        case Redacted():
            return _closed(entry, "redacted") | _summary(entry)
        case Shown():
            return _shown(entry)
        case unknown:
            assert_never(unknown)


def _closed(entry: Withheld | Redacted, level: str) -> dict[str, Any]:
    return {
        "id": entry.entry,
        "agency": entry.agency,
        "when": _when(entry.when),
        "level": level,
        "rule": entry.rule,
        "reason": entry.reason,
        "ask": entry.ask,
    }


def _shown(entry: Shown) -> dict[str, Any]:
    # In one piece, ids and agencies as they are: the most of a long story's cost is here.
    return {
        "id": entry.entry,
        "agency": entry.agency,
        "when": _when(entry.when),
        "level": "exportable" if entry.exportable else "shown",
        "rule": entry.rule,
        "reason": entry.reason,
        "code": entry.code,
        "summary": entry.summary,
        "significance": entry.significance,
        "polarity": entry.polarity,
        "valence": entry.valence,
        "headline": entry.headline,
        "detail": entry.detail,
        "author": entry.author,
        "organisation": entry.organisation,
        "source": entry.source,
        "recorded_at_source": entry.recorded_at_source,
        "received_at": instant(entry.received_at),
        "revision": entry.revision,
        "third_party": entry.third_party,
        "defects": entry.defects,
        "marks": entry.marks,
        "account": entry.account,
    }


def _summary(entry: Redacted) -> dict[str, Any]:
    return {
        "code": entry.code,
        "summary": entry.summary,
        "significance": entry.significance,
        "polarity": entry.polarity,
        "valence": entry.valence,
        "assertion": entry.assertion,
        "cites": entry.cites,
    }


def _when(when: When) -> dict[str, Any]:
    return {"start": when.start, "precision": when.precision, "end": when.end, "approximate": when.approximate}


def _result(result: Result) -> dict[str, str]:
    return {
        "outcome": result.outcome.value,
        "place": result.place,
        "reason": result.reason,
        "message": result.message,
        "next_step": result.next_step,
    }


def _bytes(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
