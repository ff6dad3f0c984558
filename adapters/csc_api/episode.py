"""The records of one social care episode: from the request for assistance to the closing of the case."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib import resources

from adapters.csc_api.child import Child, Record, place, refuse_odd
from adapters.reading.json_node import Node, Odd
from hub.update import Coding, InvolvementFact, Sensitivity, StatusFact, Translated

_ID = "social_care_episode_id"
_REFERRAL = ("referral_date", "referral_source", "referral_no_further_action_flag")
_CLOSURE = ("closure_date", "closure_reason")
_ADOPTED = "RC1"

Cut = Callable[[Child, str, Node], Iterator[Record]]
"""Reads the records out of one object. Takes the child, the episode's id and the object."""


def records(child: Child, episode: Node) -> Iterator[Translated]:
    """Every record of the episode; its own referral and closure only when it states them, or purges all."""
    bare = child.purged and not episode.states(*_REFERRAL, *_CLOSURE)
    if child.wants("referral") and (bare or episode.states(*_REFERRAL)):
        yield from _own(child, episode, _REFERRAL, _referral)
    for key in _PARTS:
        if child.wants(key):
            yield from _part(child, episode, key)
    if child.wants("closure") and (bare or episode.states(*_CLOSURE)):
        yield from _own(child, episode, _CLOSURE, _closure)


def _own(child: Child, episode: Node, keys: tuple[str, ...], cut: Cut) -> Iterator[Translated]:
    """A record of the episode itself, cut out with its own keys only."""
    kept = Node({key: episode.data[key] for key in (_ID, *keys, "purge") if key in episode.data}, episode.pointer)
    alone = replace(child, wrap=lambda part: {"social_care_episodes": [part]})
    for record in cut(alone, kept.text(_ID), kept):
        yield place(alone, kept, replace(record, part=record.element))


def _part(child: Child, episode: Node, key: str) -> Iterator[Translated]:
    """The records of one kind in the episode. Those without an id are counted apart by their day."""
    closed = Node(episode.data, episode.pointer).day("closure_date") if key in _ENDS_WITH_CASE else ""
    held = {_ID: episode.text(_ID)}
    alone, ended = _within(child, key, held), _within(child, key, held | {"closure_date": closed})
    seen: dict[tuple[str, str, str], int] = {}
    for node in episode.each(key):
        if isinstance(node, Odd):
            yield refuse_odd(node, ended.of(key) if closed else alone.of(key))
            continue
        for record in filter(child.selects, _PARTS[key](child, held[_ID], node)):
            same = (record.element, record.own_id, record.day)
            seen[same] = seen.get(same, child.counted_from - 1) + 1
            counted = replace(record, part=key, ordinal=seen[same])
            ends = closed and any(not fact.until for fact in record.facts)
            yield place(ended, node, _ended(counted, closed)) if ends else place(alone, node, counted)


def _within(child: Child, key: str, episode: dict[str, str]) -> Child:
    """Wraps the parts of one kind in their episode."""
    return replace(child, wrap=lambda part: {"social_care_episodes": [{**episode, key: part}]})


def _referral(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    del child
    source = node.text("referral_source")
    parts = [f"Asked for by {_words('referral-source', source)}." if source else ""]
    if node.flag("referral_no_further_action_flag"):
        parts.append("No further action was taken.")
    yield Record(
        "referral",
        episode_id,
        "sw.assistance.requested",
        node.day("referral_date"),
        "Request for assistance received",
        " ".join(part for part in parts if part),
        id_key=_ID,
        codings=(Coding("dfe-referral-source", source),) if source else (),
    )


def _closure(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    del child
    reason = node.text("closure_reason")
    adopted: Sensitivity | None = "adoption" if reason == _ADOPTED else None
    yield Record(
        "closure",
        episode_id,
        "sw.case.closed",
        node.day("closure_date"),
        "Social work involvement ended",
        f"Reason: {_words('closure-reason', reason)}." if reason else "",
        id_key=_ID,
        codings=(Coding("dfe-closure-reason", reason),) if reason else (),
        sensitivity=adopted,
    )


def _worker(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    worker, since, until = node.text("worker_id"), node.day("start_date"), node.day("end_date")
    fact = InvolvementFact("allocated-social-worker", child.council, worker, since=since, until=until)
    yield Record(
        "care_worker",
        f"{episode_id}|{worker}|{since}" if worker else "",
        "sw.worker.changed",
        since,
        "Social worker allocated",
        until=until,
        id_key="worker_id",
        facts=(fact,) if worker else (),
    )


def _assessment(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    """Factors name what is wrong with other people in the home, so the text only says how many there are."""
    del child, episode_id
    factors = node.texts("factors")
    yield Record(
        "child_and_family_assessment",
        node.text("child_and_family_assessment_id"),
        "sw.assessment.started",
        node.day("start_date"),
        "Child and family assessment",
        f"Factors recorded: {len(factors)}." if factors else "",
        until=node.day("authorisation_date"),
        id_key="child_and_family_assessment_id",
        codings=tuple(Coding("dfe-assessment-factor", factor) for factor in factors),
    )


def _plan(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    del child, episode_id
    since, until = node.day("start_date"), node.day("end_date")
    yield Record(
        "child_in_need_plan",
        node.text("child_in_need_plan_id"),
        "sw.plan.agreed",
        since,
        "Child's plan agreed",
        until=until,
        id_key="child_in_need_plan_id",
        facts=(StatusFact("plan", since, until),) if since else (),
    )


def _investigation(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    """The investigation; and the planning meeting that came of it, as a record of its own."""
    del child, episode_id
    since, until, meeting = node.day("start_date"), node.day("end_date"), node.day("icpc_date")
    own_id, key = node.text("section_47_assessment_id"), "section_47_assessment_id"
    yield Record(
        "section_47",
        own_id,
        "sw.investigation.started",
        since,
        "Child protection investigation",
        "A Child Protection Planning Meeting is needed." if node.flag("icpc_required_flag") else "",
        until=until,
        id_key=key,
        facts=(StatusFact("concern", since, until),) if since else (),
        apart=("icpc_date",),
    )
    if meeting:
        headline = "Child Protection Planning Meeting held"
        yield Record("icpc", own_id, "sw.cppm.held", meeting, headline, id_key=key, apart=_INVESTIGATION)


def _registration(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    del child, episode_id
    since, until = node.day("start_date"), node.day("end_date")
    yield Record(
        "child_protection_plan",
        node.text("child_protection_plan_id"),
        "sw.register.added",
        since,
        "Child protection registration",
        f"The child came off the register on {until}." if until else "",
        until=until,
        id_key="child_protection_plan_id",
        facts=(StatusFact("registered", since, until),) if since else (),
    )


def _placement(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    """Where the child lives now is never carried: an address can put a child in danger."""
    del child, episode_id
    since, until = node.day("start_date"), node.day("end_date")
    keys = ("placement_type", "start_reason", "end_reason", "change_reason")
    codes = [(key, node.text(key)) for key in keys]
    yield Record(
        "placement",
        node.text("child_looked_after_placement_id"),
        "sw.placement.started",
        since,
        "Placement",
        until=until,
        id_key="child_looked_after_placement_id",
        codings=tuple(Coding(f"dfe-{key.replace('_', '-')}", code) for key, code in codes if code),
        facts=(StatusFact("looked-after", since, until),) if since else (),
    )


_INVESTIGATION = ("start_date", "end_date", "icpc_required_flag")
_ADOPTION_STEPS = {
    "initial_decision_date": "Decision that the child should be placed for adoption",
    "matched_date": "Matched with adopters",
    "placed_date": "Placed with adopters",
}


def _adoption(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    """Each step is a record. A purge takes back the steps it names, or all three when it names none."""
    named = [step for step in _ADOPTION_STEPS if node.states(step)]
    for step in named or (list(_ADOPTION_STEPS) if child.purged or node.flag("purge") is not False else []):
        yield Record(
            "adoption",
            f"{episode_id}|{step}",
            "sw.adoption.step",
            node.day(step),
            _ADOPTION_STEPS[step],
            sensitivity="adoption",
            apart=tuple(other for other in _ADOPTION_STEPS if other != step),
        )


def _care_leaver(child: Child, episode_id: str, node: Node) -> Iterator[Record]:
    del child
    day = node.day("contact_date")
    codes = [(key, node.text(key)) for key in ("activity", "accommodation")]
    yield Record(
        "care_leaver",
        f"{episode_id}|{day}" if day else "",
        "sw.care_leaver.contact",
        day,
        "Contact with a care leaver",
        codings=tuple(Coding(f"dfe-care-leaver-{key}", code) for key, code in codes if code),
    )


_PARTS: dict[str, Cut] = {
    "care_worker_details": _worker,
    "child_and_family_assessments": _assessment,
    "child_in_need_plans": _plan,
    "section_47_assessments": _investigation,
    "child_protection_plans": _registration,
    "child_looked_after_placements": _placement,
    "adoption": _adoption,
    "care_leavers": _care_leaver,
}


PARTS = ("referral", *_PARTS, "closure")
"""What an episode consists of, each read by itself."""
_ENDS_WITH_CASE = ("care_worker_details", "child_in_need_plans", "section_47_assessments")


def _ended(record: Record, closed: str) -> Record:
    """When the case was closed, its worker, plan and investigation ended, though they do not say so themselves."""
    facts = (fact if fact.until else replace(fact, until=closed) for fact in record.facts)
    return replace(record, facts=tuple(facts))


def _words(kind: str, code: str) -> str:
    return _lists().get((kind, code.upper()), f"code {code} as sent")


@cache
def _lists() -> dict[tuple[str, str], str]:
    text = resources.files("adapters").joinpath("maps/csc-api.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("# "))
    return {(row["kind"], row["code"]): row["words"] for row in rows}
