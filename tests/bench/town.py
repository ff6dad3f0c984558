"""An invented town to measure in: one child whom every agency writes about, among many other children."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from stdnum.gb import nhs

from hub.update import (
    Author,
    Identifier,
    InvolvementFact,
    Occurred,
    Person,
    Precision,
    Sensitivity,
    StatusFact,
    ThirdPerson,
    Update,
)

READER = "fiona"
"""The social worker of the demo's directory: the child is allocated to her, and is on the register."""

PURPOSE, BASIS = "child-plan", "public-task"

WORDS = (
    "Seen at home with her mother; she was settled, ate well and talked about nursery.",
    "The plan was gone through with the family and everybody agreed what happens next.",
    "A review is arranged for next month, and the health visitor will be asked to come.",
    "She missed two sessions this fortnight; the school has rung home and heard back.",
    "Growth and hearing are as expected. No change to what was prescribed in the spring.",
    "Grandmother takes her on Thursdays and says that sleep is better than it was.",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry. agency and category are what the hub makes of source and code: its decision key."""

    source: str
    agency: str
    category: str
    code: str
    sensitivity: Sensitivity
    third: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries the one child has, for the reader and sealed; and all other children together."""

    visible: int = 500
    sealed: int = 60
    others: int = 49_440
    each: int = 48

    @property
    def entries(self) -> int:
        """All entries of the town."""
        return self.visible + self.sealed + self.others


_PLAIN = (
    ("csc-api", "social-work", "social-work", "sw.child.details"),
    ("gp-connect", "gp", "health", "gp.consultation.summary"),
    ("nems", "health-visiting", "health", "hv.contact.completed"),
    ("school-census", "education", "education", "ed.attendance.summary"),
)
_SENSITIVITIES: tuple[Sensitivity, ...] = ("ordinary", "concern")

# Open to the reader, in part or whole, as the policy's owners mean it: the measurement checks that the hub agrees.
# Three entries in four are about the child alone.
_ALONE = (
    *(Kind(*plain, sensitivity) for plain in _PLAIN for sensitivity in _SENSITIVITIES),
    Kind("csc-api", "social-work", "social-work", "sw.child.details", "criminal"),
)
OPEN = (*_ALONE * 3, *(replace(kind, third=True) for kind in _ALONE[:-1]))
SEALED = (
    Kind("gp-connect", "gp", "health", "gp.sexual_health.contact", "sexual-health"),
    Kind("gp-connect", "gp", "health", "gp.parent.mental_health.impact", "confidential-health", third=True),
    Kind("nems", "health-visiting", "health", "hv.event.other", "gender-based-violence"),
    Kind("school-census", "education", "education", "ed.left", "restricted"),
)

TIES = (
    InvolvementFact("allocated-social-worker", "la-990", "SW-0417", since="2019-06-01"),
    StatusFact("registered", "2024-01-01"),
)


def updates(size: Size) -> Iterator[Update]:
    """Every update of the town. The one child's lie evenly among the others', as they come in real life."""
    own = list(_own(size))
    others = _others(size)
    yield own.pop(0)
    gap = max(1, size.others // (len(own) + 1))
    for number, other in enumerate(others, start=1):
        yield other
        if number % gap == 0 and own:
            yield own.pop(0)
    yield from own


def _own(size: Size) -> Iterator[Update]:
    for number in range(size.visible + size.sealed):
        every = (size.visible + size.sealed) // size.sealed if size.sealed else 0
        shut = bool(every) and number % every == every - 1 and number // every < size.sealed
        kinds = SEALED if shut else OPEN
        plain = update(0, number, kinds[number % len(kinds)])
        yield replace(plain, facts=TIES) if number == 0 else plain


def _others(size: Size) -> Iterator[Update]:
    kinds = OPEN + SEALED
    for number in range(size.others):
        yield update(1 + number // size.each, number, kinds[number % len(kinds)])


def update(child: int, number: int, kind: Kind) -> Update:
    """One record of a child of the town; number 0 is the first that its source knows."""
    record = f"{child}-{number}"
    day = date(2019, 5, 1) + timedelta(days=(number * 37) % 2600)
    texts = [WORDS[(number + step) % len(WORDS)] for step in range(4)]
    return Update(
        source=kind.source,
        record_id=record,
        version="1",
        order=f"{day}T09:00:00Z",
        action="assert",
        person=_person(child, kind.source),
        code=kind.code,
        occurred=Occurred(day.isoformat(), Precision.DAY),
        original=f'{{"record": "{record}", "text": "{" ".join(texts)}"}}'.encode(),
        media_type="application/json",
        place=f"/entry/{number}",
        headline=f"Contact {number}",
        detail=" ".join(texts[: 2 + number % 3]),
        recorded_at_source=f"{day}T16:30:00Z",
        organisation="P99001",
        author=Author("Dr Anwar", "professional"),
        sensitivity=kind.sensitivity,
        third_persons=(ThirdPerson("mother", f"mother-{child}", "Jean Reid", "Low in mood."),) if kind.third else (),
    )


def _person(child: int, source: str) -> Person:
    """One child as one source knows them; its number, from the range set aside for tests, links the sources."""
    given, born = f"Child{child}", (date(2015, 1, 1) + timedelta(days=child % 2500)).isoformat()
    return Person(f"{source}-{child}", (Identifier("nhs-number", nhs_number(child)),), "Reid", (given,), (born,))


@cache
def nhs_number(child: int) -> str:
    """The child's own NHS number; candidates that no check digit fits are passed over."""
    candidates = (f"999{child * 2 + step:06d}{digit}" for step in (0, 1) for digit in range(10))
    return next(number for number in candidates if nhs.is_valid(number))
