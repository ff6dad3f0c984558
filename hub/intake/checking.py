"""A last look at a record before it is placed: what no hub could hold is refused, whichever adapter let it through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter

import msgspec

from hub.update import InvolvementFact, Refusal, Translated, Update
from hub.vocabulary import terms

LONGEST = 500
"""Characters in a code, a date or an organisation's name: all that stays clear and is looked up by the database."""
MOST_PEOPLE = 50
"""Third persons in one record: its bytes are sealed once more for each of them, one inside the other."""
IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")
SAID = attrgetter(*(one.name for one in fields(Update) if one.name not in {"original", "delivery"}))
"""All that a record says: its bytes and its file's name are kept as they came, whatever they are."""
NEXT_STEP = "Mend the record in its source or its mapping in the hub, then send it again."


def checked(one: Translated) -> Translated:
    """The same, or the refusal of what the database or the vocabulary cannot hold."""
    if isinstance(one, Refusal):
        return _legible(one)
    why = _why_not(one)
    return _refusal(one, *why) if why else one


def _why_not(one: Update) -> tuple[str, str] | None:
    """Reason and message, or None when the hub can hold it."""
    if one.code not in terms():
        return "unmapped-code", "No vocabulary code is known for this kind of record."
    if not one.record_id:
        return "no-record-id", "The record has no id of its own, so later versions could not be told apart."
    if len(one.third_persons) > MOST_PEOPLE:
        return "too-many-people", f"The record names more than {MOST_PEOPLE} people beside the child."
    if _impossible(one):
        return "impossible-text", "The record holds characters that are no text (NUL or half a pair)."
    if any(len(text) > LONGEST for text in _clear(one)):
        return "too-long", f"A code, date or organisation in the record has over {LONGEST} characters."
    return None


def _impossible(update: Update) -> bool:
    """Whether any text in it is none. Written as JSON at once, because nearly always there is nothing to be found."""
    said = SAID(update)
    try:
        if b"u0000" not in msgspec.json.encode(said):
            return False
    except UnicodeEncodeError:
        return True
    return any(IMPOSSIBLE.search(text) for text in _texts(msgspec.to_builtins(said)))


def _texts(value: object) -> Iterator[str]:
    """Every text anywhere in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from _texts(part)


def _clear(update: Update) -> Iterator[str]:
    """What is kept in clear: an index takes no more than a few thousand bytes, and one refusal is not a lost batch."""
    yield from (update.organisation, update.order, update.recorded_at_source)
    yield from (update.occurred.start, update.occurred.end)
    yield from (identifier.system for identifier in update.person.identifiers)
    yield from (third.relation for third in update.third_persons)
    for fact in update.facts:
        yield from (fact.since, fact.until)
        if isinstance(fact, InvolvementFact):
            yield from (fact.duty, fact.organisation, fact.worker, fact.name)


def _refusal(update: Update, reason: str, message: str) -> Refusal:
    kept = (update.original, update.media_type, update.delivery, update.sender, update.agency)
    return _legible(Refusal(update.source, reason, update.place, message, NEXT_STEP, *kept))


def _legible(refusal: Refusal) -> Refusal:
    """A place in a broken file may be named by what is broken in it; the bytes themselves are kept as they came."""
    if not any(IMPOSSIBLE.search(text) for text in (refusal.place, refusal.message, refusal.next_step)):
        return refusal
    place, message, step = (
        IMPOSSIBLE.sub("\ufffd", text) for text in (refusal.place, refusal.message, refusal.next_step)
    )
    return replace(refusal, place=place, message=message, next_step=step)
