"""Random histories: a handful of records of two children, in versions, some of them taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from hypothesis import strategies as st

from hub.update import Author, Occurred, Person, Precision, Update
from tests.builders import mother, somebody, stage, works_with
from tests.stories import told

CODES = {
    "gp": ("gp.consultation.summary", "gp.not_brought", "gp.sexual_health.contact"),
    "hv": ("hv.contact.completed", "hv.contact.missed"),
    "sw": ("sw.plan.agreed", "sw.register.added", "sw.adoption.step"),
    "school": ("ed.attendance.summary", "ed.exclusion.fixed"),
}
DATES = (
    Occurred("2023", Precision.YEAR),
    Occurred("2023-05", Precision.MONTH),
    Occurred("2023-05-04", Precision.DAY),
    Occurred("2023-05-04T09:30:00+01:00", Precision.INSTANT),
    Occurred("2023-05-04", Precision.DAY, "2023-06-01", approximate=True),
)
FACTS = {
    "gp": works_with("gp-practice", "Z99104"),
    "hv": works_with("health-visiting-team", "Z9HV1"),
    "sw": works_with("allocated-social-worker", "la-990", "SW-0417"),
    "school": works_with("school", "SCH-ROWANBANK"),
}
STAGES = (stage("plan"), stage("registered"), stage("plan", until="2025-12-31"))


@dataclass(frozen=True)
class Version:
    """One version of one record of a random history; `order` is its place among its record's versions."""

    agency: str
    record: int
    order: int
    person: int
    code: int
    date: int
    retract: bool
    fact: bool
    stage: int | None
    third: bool


@st.composite
def records(draw: st.DrawFn, record: int) -> list[Version]:
    """One to four versions of one record of one of two children."""
    agency, person = draw(st.sampled_from(sorted(CODES))), draw(st.integers(0, 1))
    return [
        Version(
            agency,
            record,
            order,
            person,
            code=draw(st.integers(0, len(CODES[agency]) - 1)),
            date=draw(st.integers(0, len(DATES) - 1)),
            retract=draw(st.integers(0, 3)) == 0,
            fact=draw(st.booleans()),
            stage=draw(st.sampled_from((None, 0, 1, 2))),
            third=draw(st.booleans()),
        )
        for order in range(draw(st.integers(1, 4)))
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    """A handful of records."""
    return [version for record in range(draw(st.integers(2, 5))) for version in draw(records(record))]


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Version], list[Version], int]:
    """A history, the order in which it arrives, and how much of it in one delivery."""
    history = draw(histories())
    return history, draw(st.permutations(history)), draw(st.integers(1, len(history)))


def updates(history: Sequence[Version], tag: str) -> list[Update]:
    """The history as records. The tag keeps its people and records apart from every other history's."""
    return [_update(version, tag) for version in history]


def _update(one: Version, tag: str) -> Update:
    stages = (STAGES[one.stage],) if one.stage is not None and one.agency == "sw" else ()
    text = f"{one.agency} {one.record} {one.order}"
    return replace(
        told(one.agency, f"{tag}-{one.record}"),
        version=str(one.order),
        order=f"2026-01-0{one.order + 1}T00:00:00Z",
        action="retract" if one.retract else "assert",
        person=somebody(
            f"{one.agency}-{tag}-{one.person}", number_of(tag, one.person), f"Family{one.person}", f"Given{one.person}"
        ),
        code=CODES[one.agency][one.code],
        occurred=DATES[one.date],
        headline=text,
        detail=f"detail of {text}",
        organisation=one.agency,
        author=Author(one.agency, "professional"),
        third_persons=(mother(f"mother in {text}"),) if one.third else (),
        facts=(*((FACTS[one.agency],) if one.fact else ()), *stages),
    )


def person(agency: str, tag: str, which: int) -> Person:
    """One of a history's two children, as one agency knows them."""
    return somebody(f"{agency}-{tag}-{which}", number_of(tag, which), f"Family{which}", f"Given{which}")


def number_of(tag: str, person: int) -> str:
    """An invented NHS number with a right check digit."""
    for body in count(999_000_100 + 20 * int(tag) + 10 * person):
        check = 11 - sum(int(digit) * weight for digit, weight in zip(str(body), range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{body}{check % 11}"
    raise AssertionError
