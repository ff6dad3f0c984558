"""The test kit of adapters: what every source keeps to, whoever wrote its adapter and whatever it is sent.

Hand it deliveries of a source. `check` holds one against the contract and returns its outcomes; `check_row` holds the
source's row in the registry; `check_hostile` damages a good delivery in every way that has a name (the ways are in
`hostile.py`). All of them call the adapter itself: the registry's own net would hide what it throws.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import resources
from itertools import pairwise

import msgspec

from adapters import sources
from hub.intake.naming import CONTENT
from hub.people import Agency
from hub.update import Delivery, InvolvementFact, Occurred, Precision, Refusal, StatusFact, Translated, Update
from hub.vocabulary import terms
from tests.contract.hostile import Ways, damaged

_SAME = (*CONTENT, "source", "record_id", "person", "version", "order", "agency", "snapshot", "media_type")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIMES = {
    Precision.YEAR: re.compile(r"\d{4}"),
    Precision.MONTH: re.compile(r"\d{4}-\d\d"),
    Precision.DAY: _DAY,
    Precision.INSTANT: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)"),
    Precision.UNKNOWN: re.compile(""),
}
_ROW = re.compile(r"row (\d+)")
_GIVEN_UP = frozenset({"too-many-bad-records", "too-many-bad-rows", "too-many-records", "too-much-beside"})
"""Refusals that keep the rest of a file: read again, each of its records is refused for its own reason."""


def samples(source: str) -> tuple[Delivery, ...]:
    """The files of `adapters/samples/<source>`, in the order of their names; none where there is no such folder."""
    folder = resources.files("adapters").joinpath("samples", source)
    if not folder.is_dir():
        return ()
    files = sorted((file for file in folder.iterdir() if file.is_file()), key=lambda file: file.name)
    return tuple(Delivery(source, file.name, file.read_bytes()) for file in files if not file.name.endswith(".md"))


def outcomes(delivery: Delivery) -> tuple[Translated, ...]:
    """What the adapter itself makes of a delivery. Whatever it throws comes through."""
    return tuple(sources.source(delivery.source).translate(delivery))


def counted(found: Sequence[Translated]) -> Counter[str]:
    """How many updates (under `update`), and how many refusals under each reason."""
    return Counter(one.reason if isinstance(one, Refusal) else "update" for one in found)


def check(delivery: Delivery, *, canaries: Sequence[str] = ()) -> tuple[Translated, ...]:
    """Hold one delivery to the contract, and return its outcomes.

    `canaries` are values of the delivery that must never be said of a record: names, numbers, words of its text.
    """
    found = outcomes(delivery)
    assert found, "a delivery came in and nothing went out"
    check_lazy(delivery)
    assert found == outcomes(delivery), "the same bytes gave something else the second time"
    check_order(found)
    for one in found:
        check_outcome(delivery, one)
        check_says_nothing(one, canaries)
        check_read_again(delivery, one)
    return found


def check_row(name: str) -> None:
    """The source's row in `adapters/sources.csv` is whole, and what it points to is there."""
    row = sources.source(name)
    assert _SLUG.fullmatch(name), "a source has a plain name"
    assert callable(row.translate)
    assert row.agency in {None, *(agency for agency in Agency if agency.sends)}
    assert "/" in row.media_type
    assert row.reads in {"payload", "event"}
    assert row.mapping


def check_lazy(delivery: Delivery) -> None:
    """Outcomes leave one by one: an iterator, which a door can stop, and no list that holds a whole file."""
    found = sources.source(delivery.source).translate(delivery)
    assert isinstance(found, Iterator), "translate returns an iterator, so that a large file is never held whole"


def check_order(found: Sequence[Translated]) -> None:
    """Rows leave in the order in which they came. Other formats have no places that can be compared."""
    rows = [int(match[1]) for one in found if (match := _ROW.match(one.place))]
    assert all(first <= second for first, second in pairwise(rows)), "a row left before one that came earlier"


def check_outcome(delivery: Delivery, one: Translated) -> None:
    """One outcome is whole, in known words, and of this source."""
    assert one.source == delivery.source
    assert one.original or not delivery.content, "the bytes of a record are always kept"
    assert "/" in one.media_type
    check_text(one)
    if isinstance(one, Refusal):
        _check_refusal(one)
    else:
        _check_update(one)


def _check_refusal(one: Refusal) -> None:
    assert _SLUG.fullmatch(one.reason), "a reason is a stable code"
    assert one.message.strip(), "a refusal says what is wrong"
    assert one.next_step.strip(), "a refusal says what to do"


def _check_update(one: Update) -> None:
    assert one.record_id, "every record has an id"
    assert one.place, "every record has a place in its delivery"
    assert one.code in terms(), f"{one.code} is in no vocabulary"
    assert one.action in {"assert", "retract"}
    check_time(one.occurred)
    for defect in one.defects:
        assert _SLUG.fullmatch(defect.code), "a defect is a stable code"
    for fact in one.facts:
        check_fact(fact)
    for identifier in one.person.identifiers:
        assert identifier.system, "an identifier says of which kind it is"
        assert identifier.value, "an identifier has a value"
    if one.snapshot is not None:
        assert one.snapshot.scope, "a snapshot says what it is whole for"


def check_time(occurred: Occurred) -> None:
    """A time is written as exactly as its precision says."""
    shape = _TIMES[occurred.precision]
    assert shape.fullmatch(occurred.start), f"a time of precision {occurred.precision} is written otherwise"
    assert not occurred.end or shape.fullmatch(occurred.end), "a period ends in the shape in which it begins"


def check_fact(fact: InvolvementFact | StatusFact) -> None:
    """A fact's days are days, or empty."""
    assert all(not day or _DAY.fullmatch(day) for day in (fact.since, fact.until)), "a fact holds a day that is none"
    if isinstance(fact, InvolvementFact):
        assert fact.duty
        assert fact.organisation, "an involvement says with whom"


def check_text(one: Translated) -> None:
    """No text holds what the ledger cannot store: half a character, or NUL."""
    for text in _texts(msgspec.to_builtins(one)):
        text.encode("utf-8")
        assert "\x00" not in text


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def check_says_nothing(one: Translated, canaries: Sequence[str]) -> None:
    """What is said of a record, in an answer or a log, holds nothing from inside it."""
    said = [one.place]
    if isinstance(one, Refusal):
        said += [one.reason, one.message, one.next_step]
    else:
        said += [text for defect in one.defects for text in (defect.code, defect.place, defect.note)]
        said += [one.code, one.question, one.snapshot.scope if one.snapshot else ""]
    for canary in canaries:
        assert not any(canary.casefold() in text.casefold() for text in said), "a record was quoted"


def check_read_again(delivery: Delivery, one: Translated) -> None:
    """The kept bytes, alone under the same name, give the same one record again: so it can be retried."""
    again = outcomes(Delivery(delivery.source, delivery.name, one.original))
    if isinstance(one, Refusal):
        _check_refused_again(one, again)
        return
    assert len(again) == 1, f"the original at {one.place} gives {len(again)} outcomes when it is read alone"
    second = again[0]
    reason = second.reason if isinstance(second, Refusal) else ""
    assert isinstance(second, Update), f"the original at {one.place} is refused when it is read alone: {reason}"
    other = [name for name in _SAME if getattr(one, name) != getattr(second, name)]
    assert not other, f"read alone, the record at {one.place} has another {', '.join(other)}"
    # A hub tells by these bytes that nothing changed at the source, when only its own reading did.
    assert second.original == one.original, f"read alone, the record at {one.place} keeps other bytes"


def _check_refused_again(one: Refusal, again: Sequence[Translated]) -> None:
    if one.reason in _GIVEN_UP:
        return
    assert len(again) == 1, f"the refused bytes at {one.place!r} give {len(again)} outcomes when they are read alone"
    second = again[0]
    assert isinstance(second, Refusal), f"what was refused as {one.reason} is taken when it is read alone"
    said = (one.reason, one.message, one.next_step)
    assert said == (second.reason, second.message, second.next_step), "refused again, and for another reason"


def check_hostile(delivery: Delivery, ways: Ways | None = None) -> int:
    """Damage a good delivery in every named way: nothing is thrown, all outcomes are whole. Returns how many ways."""
    tried = 0
    for content in damaged(delivery.content, ways or Ways()):
        bad = Delivery(delivery.source, delivery.name, content)
        for one in outcomes(bad):
            check_outcome(bad, one)
        tried += 1
    return tried
