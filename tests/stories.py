"""One invented child, Isla, as the four agencies of the demo's directory hold her, for tests of showing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from consent.decision import Disclosure, Entry
from hub.events.access import Disclosed
from hub.events.sharing import ConsentEvent
from hub.update import Occurred, Person, Precision, Translated, Update
from tests.builders import an_update, mother, somebody, stage, works_with
from tests.fix_hub import TestHub

NUMBER = "9990000018"
OTHER_NUMBER = "9990000026"
PLAN = {"purpose": "child-plan", "basis": "public-task"}
PROTECTION = {"purpose": "child-protection", "basis": "public-task"}
CONSENT = {"purpose": "child-plan", "basis": "consent"}
AUDIT = {"purpose": "audit", "basis": "public-task"}

ORDINARY, CONCERN, MOTHER, PRIVATE, ADOPTION = "2024-09-01", "2024-09-02", "2024-09-03", "2024-09-04", "2024-09-05"
"""The days of the entries of `graded`."""

SOURCES = {
    "gp": ("gp-connect", "gp.consultation.summary"),
    "hv": ("nems", "hv.contact.completed"),
    "sw": ("csc-api", "sw.assessment.started"),
    "school": ("school-census", "ed.attendance.summary"),
}


def told(agency: str, record: str, **fields: Any) -> Update:  # noqa: ANN401 - any field of an Update, by its name
    """One agency's record of Isla; its every text holds a canary that names the record."""
    source, code = SOURCES[agency]
    return an_update(
        f"{agency}-{record}",
        **{
            "source": source,
            "code": code,
            "person": somebody(f"{agency}-isla", NUMBER),
            "headline": f"canary-{record}-headline",
            "detail": f"canary-{record}-detail",
            "organisation": f"canary-{record}-organisation",
            "author": replace(an_update().author, name=f"canary-{record}-author"),
        }
        | fields,
    )


def on(day: str) -> Occurred:
    """A day."""
    return Occurred(day, Precision.DAY)


def everyone(plan: bool = True, until: str = "") -> list[Update]:  # noqa: FBT001, FBT002 - the one thing tests vary
    """The four agencies work with Isla, and she has a live plan. Four ordinary entries, one of each agency."""
    plans = (stage("plan"),) if plan else ()
    allocated = works_with("allocated-social-worker", "la-990", "SW-0417")
    return [
        told(
            "gp",
            "joined",
            code="gp.registered",
            occurred=on("2020-02-01"),
            facts=(works_with("gp-practice", "Z99104"),),
        ),
        told(
            "hv", "began", occurred=on("2020-03-01"), facts=(works_with("health-visiting-team", "Z9HV1", until=until),)
        ),
        told("sw", "planned", code="sw.plan.agreed", occurred=on("2024-01-01"), facts=(allocated, *plans)),
        told(
            "school",
            "enrolled",
            code="ed.enrolled",
            occurred=on("2024-08-15"),
            facts=(works_with("school", "SCH-ROWANBANK"),),
        ),
    ]


def graded() -> list[Update]:
    """One entry for each rung of the ladder, whoever asks."""
    return [
        told("gp", "ordinary", occurred=on("2024-09-01")),
        told("gp", "concern", code="gp.not_brought", occurred=Occurred("2024-09-02T09:41:07+01:00", Precision.INSTANT)),
        told("gp", "mother", occurred=on("2024-09-03"), third_persons=(mother("canary-mother-part"),)),
        told("gp", "private", code="gp.parent.mental_health.impact", occurred=on("2024-09-04")),
        told("sw", "adoption", code="sw.adoption.step", occurred=on("2024-09-05")),
    ]


def take(hub: TestHub, updates: Iterable[Translated]) -> None:
    """Take records in and bring the read models up to date."""
    hub.house.hub.intake.receive(updates)
    hub.house.catch_up()


def settled(hub: TestHub, *, plan: bool = True, until: str = "") -> UUID:
    """Isla with everyone's involvement and one entry for each rung; her id."""
    take(hub, [*everyone(plan, until), *graded()])
    return hub.only_child()


def read(hub: TestHub, who: str, child: UUID, **asked: Any) -> Disclosure:  # noqa: ANN401 - the gate's own arguments
    """A reading as somebody of the directory, for the child's plan unless said otherwise."""
    return hub.house.hub.disclosure.chronology(hub.person(who), child, **(PLAN | asked))


def kinds(found: Disclosure) -> list[tuple[str, str]]:
    """How each entry is shown, and by which rule, oldest first."""
    return [(type(entry).__name__, entry.rule) for entry in found.entries]


def entry_on(found: Disclosure, day: str) -> Entry | None:
    """The entry of a day, None where there is none."""
    return next((entry for entry in found.entries if entry.when.start.startswith(day)), None)


def consent(hub: TestHub, cls: type[ConsentEvent], child: UUID, category: str = "health", **fields: str) -> None:
    """Record a decision about sharing with education."""
    intake = hub.house.hub.intake
    stream = intake.stream("consent", str(child), "education", category)
    about: dict[str, Any] = {"child": child, "recipient": "education", "category": category}
    said: dict[str, Any] = {"recorded_by": "catriona", "given_by": "parent", "since": "2024-01-01"} | fields
    intake.act(stream, lambda _, version: [cls(originator_id=stream, originator_version=version, **about, **said)])


def stranger(local_id: str = "gp-finn", number: str = OTHER_NUMBER) -> Person:
    """Finn, who is another child."""
    return somebody(local_id, number, "Baird", "Finn", "2024-01-05")


def recorded(hub: TestHub) -> list[Disclosed]:
    """The access log, oldest first, as the projector reads it."""
    house = hub.house
    with house._database.transaction("hub_projector") as cursor:
        found = [one.event for one in house._ledgers["access"].read(cursor, after=0)]
    return [event for event in found if isinstance(event, Disclosed)]


def entry_of(hub: TestHub, child: UUID, day: str, who: str = "fiona", **asked: str) -> UUID:
    found = entry_on(read(hub, who, child, **asked), day)
    assert found is not None
    return found.entry


def positions_of(hub: TestHub) -> dict[tuple[str, str], int]:
    """The log position of each record, by the canary in its headline, and of each decision about consent."""
    house = hub.house
    with house._database.transaction("hub_projector") as cursor:
        found = house._ledgers["ledger"].read(cursor, after=0)
    return {
        (
            one.topic.partition(":")[0],
            getattr(one.event, "headline", "")[len("canary-") :].partition("-")[0],
        ): one.position
        for one in found
    }


def now_of(hub: TestHub) -> datetime:
    """The database's own clock, by which things become known."""
    with hub.as_owner() as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment.astimezone(UTC)
