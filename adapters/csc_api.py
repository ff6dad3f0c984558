"""What social work sends daily: the children's social care payload, each of its records made an update.

A payload holds one child or a list of them; each child's referral, workers, assessments, plans,
investigations, placements and the rest become updates of their own. `purge` at any level takes back
what stands at that level and below. The payload has no versions, so the hub goes by content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from adapters import csc_episode
from adapters.csc_child import SOURCE, Child, Record, person_of, place, refuse, refuse_odd
from adapters.json_node import Node, Odd, node_at
from adapters.limits import until_hopeless
from adapters.reading import JSON_MEDIA, Unreadable, read_json, unreadable_refusal
from hub.update import Delivery, Refusal, Translated

_LONGEST_ID = 200
"""Characters in an id that is written into the original of every record below it."""
_EPISODE_ID = "social_care_episode_id"
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
    if isinstance(payload, Odd) or not payload.states("la_code") or "Children" not in payload.data:
        yield _foreign(delivery, "", "The file is no payload of the children's social care API.")
        return
    la_code = _la_code(payload)
    if la_code and len(la_code) <= _LONGEST_ID:
        for one in payload.each("Children"):
            yield from _child(la_code, one)
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


def _child(la_code: str, node: Node | Odd) -> Iterator[Translated]:
    def whole(part: dict[str, object]) -> dict[str, object]:
        return {"la_code": la_code, "Children": part}

    if isinstance(node, Odd):
        yield refuse_odd(node, whole)
        return
    la_child_id, purged = node.text("la_child_id"), node.flag("purge")
    if not la_child_id:
        yield refuse("no-subject", node, whole, "The child has no la_child_id.")
    elif len(la_child_id) > _LONGEST_ID:
        yield refuse("too-long", node, whole, _TOO_LONG, "la_child_id")
    elif purged is None:
        yield refuse("unclear-purge", node, whole, "It cannot be told whether the child is to be deleted.", "purge")
    else:
        yield from _records(la_code, la_child_id, node, purged=purged)


def _records(la_code: str, la_child_id: str, node: Node, *, purged: bool) -> Iterator[Translated]:
    def wrap(part: dict[str, object]) -> dict[str, object]:
        return {"la_code": la_code, "Children": {"la_child_id": la_child_id, **part}}

    found = next(node.each("child_details"), None)
    details = found if isinstance(found, Node) else None
    child = Child(person_of(la_code, la_child_id, details), f"la-{la_code}", wrap, purged)
    if isinstance(found, Odd):
        yield refuse_odd(found, _under(child, "child_details").wrap)
    if details is not None or purged:
        # A purged child may come with nothing but its id; its details are taken back all the same.
        yield _details(_under(child, "child_details"), details or Node({"purge": True}, node.pointer))
    yield from _each(child, node, "health_and_wellbeing", _wellbeing)
    yield from _each(child, node, "social_care_episodes", csc_episode.records)


def _under(child: Child, key: str) -> Child:
    return replace(child, wrap=lambda part: child.wrap({key: part}))


def _each(
    child: Child, node: Node, key: str, inner: Callable[[Child, Node], Iterator[Translated]]
) -> Iterator[Translated]:
    """The groups of a child: what purges a group purges all that is in it."""
    for group in node.each(key):
        whole = _under(child, key).wrap
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
    alone = replace(child, wrap=lambda part: child.wrap({"health_and_wellbeing": {"sdq_assessments": [part]}}))
    for sdq in group.each("sdq_assessments"):
        if isinstance(sdq, Odd):
            yield refuse_odd(sdq, alone.wrap)
            continue
        day, score = sdq.day("date"), sdq.number("score")
        seen[day] = seen.get(day, -1) + 1
        headline = "Strengths and difficulties questionnaire" + ("" if score is None else f": score {score}")
        yield place(alone, sdq, Record("sdq", "", "sw.strengths_difficulties", day, headline, ordinal=seen[day]))
