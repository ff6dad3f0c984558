"""England's multicast notifications: thin notices that something happened to somebody, never what.

They come as CloudEvents 1.0, one or a list, in an older shape that is no CloudEvent, and as FHIR signals. A notice is
known by its source, type, what it points to and its id; one that lacks any of them, or its time, is refused and never
completed. A changed NHS number is a question for a person, and re-keys nobody; what a changed flag says is not in the
notice, so the entry is restricted and a person is asked to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

import orjson

from adapters.fhir import times
from adapters.fhir.values import lines
from adapters.maps.table import rows
from adapters.mns.event import event_of
from adapters.mns.notice import AGAIN, Notice
from adapters.mns.signal import is_signal, notice_of, original_of, signals
from adapters.reading import JSON_MEDIA, Unreadable, read_json, unreadable_refusal
from adapters.reading.json_node import Odd, node_at
from adapters.reading.limits import until_hopeless
from hub.update import Action, Author, Coding, Delivery, Refusal, Translated, Update
from hub.vocabulary import terms

SOURCE = "mns"
_DEATH = "pds-death-notification-"
_TAKEN_BACK = "U"
_THIN = "A notice without content: what changed is held by its sender."


def translate(delivery: Delivery) -> Iterator[Translated]:
    """One Update or Refusal for each notice, in order and as they are asked for.

    A file that is not JSON, or holds no notice, is one Refusal.
    """
    return until_hopeless(_translated(delivery), delivery, JSON_MEDIA)


def _translated(delivery: Delivery) -> Iterator[Translated]:
    try:
        value = read_json(delivery.content)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    listed = value if isinstance(value, list) else [value]
    found = 0
    for index, one in enumerate(listed):
        for translated in _each(one, f"/{index}" if isinstance(value, list) else ""):
            found += 1
            yield translated
    if not found:
        yield _refusal(_odd(""), delivery.content)


def _each(value: object, place: str) -> Iterator[Translated]:
    node = node_at(value, place)
    if isinstance(node, Odd):
        # In a list of its own: a list that stood here would be read as several notices.
        yield _refusal(_odd(place), orjson.dumps([value]))
    elif is_signal(node.data):
        for at, signal in signals(node.data, place):
            yield _one(partial(notice_of, signal, at), original_of(signal))
    else:
        original = orjson.dumps(node.data, option=orjson.OPT_SORT_KEYS)
        yield _one(partial(event_of, node), original)


def _one(read: Callable[[], Notice], original: bytes) -> Translated:
    try:
        return _update(read())
    except Unreadable as error:
        return _refusal(error, original)


def _odd(place: str) -> Unreadable:
    return Unreadable("not-this-format", place or "/", "There is no notice here.", AGAIN, JSON_MEDIA)


def _refusal(error: Unreadable, original: bytes) -> Refusal:
    return Refusal(SOURCE, error.reason, error.place, str(error.args[0]), error.next_step, original, JSON_MEDIA)


@cache
def _types() -> dict[str, dict[str, str]]:
    return {row["event"]: row for row in rows("mns")}


def _update(notice: Notice) -> Update:
    known = _types().get(notice.type)
    if known is None:
        message = "The type of the notice is not in the hub's list of notification types."
        step = "Ask the hub's keepers to add the type to the list, then retry the notice."
        raise Unreadable("unmapped-code", notice.place, message, step, JSON_MEDIA)
    occurred, defects = times.happened(notice.time.value, "", notice.place)
    return Update(
        SOURCE,
        record_id=_record_id(notice),
        version=notice.identity,
        order=notice.time.order,
        action=_action(notice),
        person=notice.person,
        code=known["hub"],
        occurred=occurred,
        original=notice.original,
        media_type=notice.media_type,
        place=notice.place,
        headline=known["words"],
        detail=lines((_THIN, *notice.said)),
        recorded_at_source=notice.time.value,
        organisation=notice.organisation,
        author=Author(organisation=notice.sender),
        codings=(Coding("mns-event-type", notice.type),),
        sensitivity=terms()[known["hub"]].sensitivity,
        defects=notice.defects + defects,
        question=known["question"],
    )


def _taken_back(notice: Notice) -> bool:
    return notice.type.startswith(_DEATH) and notice.status == _TAKEN_BACK


def _action(notice: Notice) -> Action:
    """A death that is no more: the older shape says so under the name of a new notice."""
    return "retract" if _taken_back(notice) else "assert"


def _record_id(notice: Notice) -> str:
    """A notice by its own id; a death with a status by whose it is, so that taking it back finds it."""
    about = notice.dataref or notice.person.identifiers[0].value
    parts = (notice.source, notice.type, about, notice.identity)
    return "|".join(parts[:3] if notice.type.startswith(_DEATH) and notice.status else parts)
