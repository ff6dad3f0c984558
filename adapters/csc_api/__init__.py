"""What social work sends daily: the children's social care payload, each of its records made an update.

A payload holds one child or a list of them; each child's referral, workers, assessments, plans,
investigations, placements and the rest become updates of their own. `purge` at any level takes back
what stands at that level and below. The payload has no versions, so the hub goes by content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from adapters.csc_api import episode as csc_episode
from adapters.csc_api.child import (
    SOURCE,
    Child,
    Only,
    Record,
    details_of,
    only_of,
    person_of,
    place,
    refuse,
    refuse_odd,
)
from adapters.reading import JSON_MEDIA, Unreadable, read_json, unreadable_refusal
from adapters.reading.json_node import Node, Odd, node_at
from adapters.reading.limits import until_hopeless
from hub.update import Delivery, Refusal, Translated

_LONGEST_ID = 200
"""Characters in an id that is written into the original of every record below it."""
_EPISODE_ID = "social_care_episode_id"
_WELLBEING, _EPISODES, _SDQ = "health_and_wellbeing", "social_care_episodes", "sdq_assessments"
_PARTS = frozenset({_WELLBEING, _EPISODES, _SDQ, *csc_episode.PARTS})
_TOO_LONG = f"The id is longer than {_LONGEST_ID} characters."


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Every record of the payload, in its order and as they are asked for: an Update, or a Refusal of that part.

    A file that is not JSON, or holds no `la_code` and `Children`, is one Refusal; so is the rest of a file
    after a thousand refusals running.
    """
    return until_hopeless(_translated(delivery), delivery, JSON_MEDIA)


def _translated(delivery: Delivery) -> Iterator[Translated]:
    try:
        payload = node_at(read_json(delivery.content), "")
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    if isinstance(payload, Odd) or not payload.states("la_code") or payload.data.get("Children") is None:
        yield _foreign(delivery, "", "The file is no payload of the children's social care API.")
        return
    la_code = _la_code(payload)
    if la_code and len(la_code) <= _LONGEST_ID:
        for one in payload.each("Children"):
            yield from _child(la_code, one, only_of(payload, _PARTS))
    else:
        yield _foreign(delivery, "/la_code", "The code of the council is neither a number nor a short text.")


def _foreign(delivery: Delivery, pointer: str, message: str) -> Refusal:
    step = "Send one JSON object with la_code and Children, as the daily API of children's social care has it."
    return Refusal(SOURCE, "not-this-format", pointer, message, step, delivery.content, JSON_MEDIA)


def _la_code(payload: Node) -> str:
    """The specification itself writes the code as a number, so a number is no defect."""
    number = payload.data.get("la_code")
    if isinstance(number, int) and not isinstance(number, bool):
        return str(number)
    return payload.text("la_code")


def _child(la_code: str, node: Node | Odd, only: Only | None) -> Iterator[Translated]:
    def whole(part: object) -> dict[str, object]:
        return {"la_code": la_code, "Children": part}

    if isinstance(node, Odd):
        yield refuse_odd(node, whole)
        return
    la_child_id, purged = node.text("la_child_id"), node.flag("purge")
    found = next(node.each("child_details"), None)
    details = details_of(found if isinstance(found, Node) else None)
    if not la_child_id:
        yield refuse("no-subject", node, whole, "The child has no la_child_id.")
    elif len(la_child_id) > _LONGEST_ID:
        yield refuse("too-long", node, whole, _TOO_LONG, "la_child_id")
    elif details is None:
        yield refuse("too-long", node, whole, "The child's names and numbers are too long.", "child_details")
    elif purged is None:
        yield refuse("unclear-purge", node, whole, "It cannot be told whether the child is to be deleted.", "purge")
    else:
        person = person_of(la_code, la_child_id, found if isinstance(found, Node) else None)
        child = Child(person, la_code, la_child_id, details, purged=purged, only=only)
        yield from _records(child, node, found)


def _records(child: Child, node: Node, details: Node | Odd | None) -> Iterator[Translated]:
    if isinstance(details, Odd) and child.wants("child_details"):
        yield refuse_odd(details, replace(child, purged=False).of("child_details"))
    known = details if isinstance(details, Node) else None
    if child.wants("child_details") and (known is not None or child.purged):
        # A purged child may come with nothing but its id; its details are taken back all the same.
        yield _details(child, known or Node({}, node.pointer))
    yield from _each(child, node, _WELLBEING, _wellbeing)
    yield from _each(child, node, _EPISODES, csc_episode.records)


def _each(
    child: Child, node: Node, key: str, inner: Callable[[Child, Node], Iterator[Translated]]
) -> Iterator[Translated]:
    """The groups of a child: what purges a group purges all that is in it."""
    whole = replace(child, wrap=lambda part: {key: part}).of(key)
    for group in node.each(key):
        if isinstance(group, Odd):
            yield refuse_odd(group, whole)
            continue
        purge = group.flag("purge")
        if purge is None:
            yield refuse(
                "unclear-purge", group, whole, "It cannot be told whether this part is to be deleted.", "purge"
            )
        elif len(group.text(_EPISODE_ID)) > _LONGEST_ID:
            yield refuse("too-long", group, whole, _TOO_LONG, _EPISODE_ID)
        else:
            yield from inner(replace(child, purged=child.purged or purge), group)


def _details(child: Child, details: Node) -> Translated:
    disabilities = details.texts("disabilities")
    parts = [f"Disabilities recorded: {', '.join(disabilities)}." if disabilities else ""]
    if details.flag("uasc_flag"):
        until = details.day("uasc_end_date")
        parts.append("Unaccompanied asylum-seeking child" + (f" until {until}." if until else "."))
    record = Record(
        "child_details",
        "details",
        "sw.child.details",
        "",
        "Social work holds a record of the child",
        " ".join(part for part in parts if part),
        undated=True,
    )
    return place(child, details, record)


def _wellbeing(child: Child, group: Node) -> Iterator[Translated]:
    seen: dict[str, int] = {}
    alone = replace(child, wrap=lambda part: {_WELLBEING: {_SDQ: part}})
    for sdq in group.each(_SDQ):
        if isinstance(sdq, Odd):
            yield refuse_odd(sdq, alone.of(_SDQ))
            continue
        day, score = sdq.day("date"), sdq.number("score")
        seen[day] = seen.get(day, child.counted_from - 1) + 1
        headline = "Strengths and difficulties questionnaire" + ("" if score is None else f": score {score}")
        record = Record("sdq", "", "sw.strengths_difficulties", day, headline, ordinal=seen[day], part=_SDQ)
        yield place(alone, sdq, record)
