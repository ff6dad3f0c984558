"""Random worlds from a seed: children, what agencies record of them, who works with them, what was decided.

The same seed gives the same world. Everybody who reads in it is of the demo's directory.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

from consent.decision import Disclosure
from hub.errors import HubError, NothingToShow
from hub.events.base import Act
from hub.events.circumstances import CapacityStated, SafeAddressStated, TieStated
from hub.events.sharing import ConsentGiven, ConsentRefused, ConsentWithdrawn
from hub.people import Agency
from hub.update import InvolvementFact, StatusFact, Update
from tests.asking import chosen
from tests.builders import mother, somebody, stage, works_with
from tests.fix_hub import TestHub
from tests.properties.histories import DATES, number_of
from tests.stories import told

CODES = {
    "gp": ("gp.consultation.summary", "gp.not_brought", "gp.sexual_health.contact", "gp.parent.mental_health.impact"),
    "hv": ("hv.contact.completed", "hv.contact.missed"),
    "sw": ("sw.plan.agreed", "sw.register.added", "sw.adoption.step", "sw.investigation.started"),
    "school": ("ed.attendance.summary", "ed.exclusion.fixed"),
}
TIES = {
    "gp": (works_with("gp-practice", "Z99104"),),
    "hv": (works_with("health-visiting-team", "Z9HV1"), works_with("gp-practice", "Z99104")),
    "sw": (works_with("allocated-social-worker", "la-990", "SW-0417"),),
    "school": (works_with("school", "SCH-ROWANBANK"),),
}
STAGES = (
    stage("plan"),
    stage("concern"),
    stage("registered"),
    stage("looked-after"),
    stage("plan", until="2025-12-31"),
)
CATEGORIES = ("health", "education", "social-work", "police")
CONSENTS = (ConsentGiven, ConsentRefused, ConsentWithdrawn)
DECIDED = Agency.GP, Agency.HEALTH_VISITING, Agency.SOCIAL_WORK, Agency.EDUCATION


@dataclass(frozen=True, slots=True)
class Tried:
    """One reading of a world: its id in the access log, and what was shown, None for nothing."""

    reading: UUID
    shown: Disclosure | None


def people_a_world(hub: TestHub, random: Random, children: int = 6) -> list[UUID]:
    """Fill a hub with a random world; its children."""
    for child in range(children):
        hub.house.hub.intake.receive(_records(random, child))
    hub.house.catch_up()
    found = hub.children()
    for one in found:
        _decide(hub, random, one)
        _share(hub, random, one)
        _open(hub, random, one)
    return found


def read_at_random(hub: TestHub, random: Random, children: list[UUID], times: int) -> list[Tried]:
    """So many readings by anybody of anything, for any purpose, some of children who do not exist."""
    domain = hub.house.policy.domain
    readers, purposes, bases = hub.house.directory.people(), sorted(domain["purpose"]), sorted(domain["basis"])
    likely = ("child-plan", "child-protection", "direct-care"), ("public-task", "consent", "vital-interests")
    tried = []
    for _ in range(times):
        reader = random.choice(readers)
        child = random.choice(children) if random.random() < 0.95 else UUID(int=random.getrandbits(128))
        purpose = random.choice(likely[0] if random.random() < 0.8 else purposes)
        basis = random.choice(likely[1] if random.random() < 0.8 else bases)
        try:
            shown = hub.house.hub.disclosure.chronology(reader, child, purpose=purpose, basis=basis)
        except NothingToShow:
            tried.append(Tried(_newest(hub), None))
        else:
            tried.append(Tried(shown.reading, shown))
    return tried


def _newest(hub: TestHub) -> UUID:
    with hub.as_owner() as connection:
        row = connection.execute("select originator_id from access.events order by position desc limit 1").fetchone()
    assert row is not None
    newest: UUID = row[0]
    return newest


def _records(random: Random, child: int) -> list[Update]:
    records = []
    for agency, codes in CODES.items():
        for number in range(random.randint(0, 9)):
            facts: tuple[InvolvementFact | StatusFact, ...] = TIES[agency] if random.random() < 0.5 else ()
            if agency == "sw" and random.random() < 0.5:
                facts = (*facts, random.choice(STAGES))
            person = somebody(f"{agency}-{child}", number_of(str(child), 0), f"Family{child}", f"Given{child}")
            record = told(agency, f"{child}-{number}", person=person, code=random.choice(codes), facts=facts)
            third = (mother(f"mother of {child}"),) if random.random() < 0.2 else ()
            records.append(replace(record, occurred=random.choice(DATES), third_persons=third))
    return records or [told("gp", f"{child}-only", person=somebody(f"gp-{child}", number_of(str(child), 0)))]


def _decide(hub: TestHub, random: Random, child: UUID) -> None:
    dated: dict[str, Any] = {"child": child, "since": "2024-01-01", "recorded_by": "catriona"}
    for _ in range(random.randint(0, 4)):
        agency, category = random.choice(DECIDED).value, random.choice(CATEGORIES)
        to: dict[str, Any] = {"recipient": agency, "category": category, "given_by": "parent"}
        until = random.choice(("", "", "2025-06-30"))
        _state(hub, random.choice(CONSENTS), ("consent", str(child), agency, category), dated | to | {"until": until})
    said = dated | {"reason": "Said so."}
    if random.random() < 0.3:
        _state(hub, SafeAddressStated, ("safe-address", str(child)), said)
    if random.random() < 0.3:
        _state(hub, TieStated, ("tie", str(child), "callum"), said | {"person": "callum", "tie": "family"})
    if random.random() < 0.3:
        state = random.choice(("assessed-capable", "assessed-not-yet"))
        _state(hub, CapacityStated, ("capacity", str(child)), said | {"state": state})


def _share(hub: TestHub, random: Random, child: UUID) -> None:
    """Agencies share some of their own entries with another organisation, where they may."""
    for who, recipient in product(("dr-anwar", "fiona"), ("SCH-ROWANBANK", "la-990", "Z99104")):
        with suppress(HubError):
            shown = hub.house.hub.disclosure.chronology(
                hub.person(who), child, purpose="child-plan", basis="public-task"
            )
            own = [entry.entry for entry in shown.entries if entry.rule in ("own-record", "third-party-stays")]
            if own and random.random() < 0.5:
                some = random.sample(own, min(2, len(own)))
                hub.house.hub.sharing.decide(hub.person(who), child, chosen(*some, recipient=recipient))


def _open(hub: TestHub, random: Random, child: UUID) -> None:
    """Somebody opens emergency access, where they may."""
    with suppress(HubError):
        reader = random.choice(hub.house.directory.people())
        hub.house.hub.emergency.open(reader, child, "Found alone.")


def _state(hub: TestHub, kind: type[Act], stream: tuple[str, ...], fields: dict[str, Any]) -> None:
    intake = hub.house.hub.intake
    identity = intake.stream(*stream)
    intake.act(identity, lambda _, version: [kind(originator_id=identity, originator_version=version, **fields)])
