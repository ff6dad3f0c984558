"""A small hub in memory with one invented child, for testing the doors alone: it decides nothing, it only answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from consent.caseload import Caseload
from consent.decision import (
    Answer,
    ChildCard,
    Disclosure,
    Entry,
    Explanation,
    FactSource,
    FoundChild,
    Level,
    Order,
    Reading,
    Redacted,
    Shown,
    When,
    Withheld,
)
from consent.emergency_shapes import Emergency
from consent.inbox_shapes import MyNews
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.people import Agency, Practitioner, Role
from hub.update import Delivery, Occurred, Person, Precision, Refusal, Translated, Update
from tests.fake_intake import NOW, FakeClients, FakeIntake

__all__ = ["NOW"]
CHILD = UUID("6f0f2a3e-9c52-4d2b-8a44-0a4b7b1c9d10")
CHILD_NAME = "Iona Sandilands"
ONLY_FOR_SOME = "Bruise behind the left ear."
"""Words of one entry that only social work and health visiting may read."""

MORAG = Practitioner("morag", "Morag Baird", Role.HEALTH_VISITOR, Agency.HEALTH_VISITING, "HV-NORTH", "hv-1")
RUTH = Practitioner("ruth", "Ruth Imrie", Role.CLASS_TEACHER, Agency.EDUCATION, "HILLVIEW", "t-4")
CALUM = Practitioner("calum", "Calum Reid", Role.SOCIAL_WORKER, Agency.SOCIAL_WORK, "SW-NORTH", "sw-9")
EILIDH = Practitioner("eilidh", "Eilidh Moffat", Role.GOVERNANCE_LEAD, Agency.OVERSIGHT, "BOARD")
STRANGER = Practitioner("angus", "Angus Weir", Role.GP, Agency.GP, "OTHER")
PEOPLE = (MORAG, RUTH, CALUM, EILIDH, STRANGER)

_STORY: tuple[tuple[str, str, Agency, str, str, str, str], ...] = (
    ("2021-03-02", "", Agency.HEALTH_VISITING, "notable", "neutral", "Birth notified", "Born at term."),
    ("2021-03-14", "", Agency.HEALTH_VISITING, "routine", "neutral", "Health visitor contact", "First home visit."),
    ("2021-04-20", "", Agency.GP, "routine", "neutral", "GP consultation", "Eight-week check booked."),
    ("2021-05-04", "", Agency.GP, "routine", "strength", "Immunisation given", "First set given."),
    (
        "2021-07-01",
        "",
        Agency.HEALTH_VISITING,
        "notable",
        "concern",
        "Health visitor contact missed",
        "No reply at door.",
    ),
    ("2021-09", "", Agency.GP, "notable", "concern", "Child was not brought to an appointment", "Review missed."),
    ("2022-01-11", "", Agency.SOCIAL_WORK, "notable", "concern", "Request for assistance received", "Neighbour rang."),
    (
        "2022-02-02",
        "2022-06-30",
        Agency.SOCIAL_WORK,
        "significant",
        "concern",
        "Child's plan agreed",
        "Core group set.",
    ),
    ("2022-02-20", "", Agency.GP, "significant", "concern", "Injury presented at the GP practice", ONLY_FOR_SOME),
    ("2022-03-15", "", Agency.POLICE, "significant", "concern", "Police attended", "Call to the home."),
    ("2022-06-28", "", Agency.HEALTH_VISITING, "routine", "strength", "Health visitor contact", "Good routine."),
    ("2023-02-14", "", Agency.GP, "routine", "neutral", "GP consultation", "Cough, settled."),
    ("2023-05", "", Agency.HEALTH_VISITING, "notable", "neutral", "Health visitor contact", "27-month review."),
    ("2023-08-16", "2026-06-26", Agency.EDUCATION, "notable", "neutral", "Enrolled at school", "Hillview nursery."),
    ("2023-11-30", "", Agency.EDUCATION, "routine", "neutral", "Attendance over a term", "91% of openings."),
    ("2024-03-02", "", Agency.EDUCATION, "notable", "concern", "Attendance over a term", "74% of openings."),
    ("2024-03-20T14:10:00+00:00", "", Agency.EDUCATION, "significant", "concern", "Disclosure", "Alone at night."),
    ("2024-04-19", "", Agency.SOCIAL_WORK, "significant", "concern", "Child protection investigation", "Opened."),
    ("2024-05-14", "", Agency.SOCIAL_WORK, "significant", "concern", "Planning Meeting held", "Register: neglect."),
    ("2024-05-17", "", Agency.GP, "notable", "concern", "Immunisation not given", "Not brought."),
    ("2024-09-03", "", Agency.SOCIAL_WORK, "routine", "strength", "Home visit", "House warm, food in."),
    ("2025-01-20", "", Agency.EDUCATION, "routine", "strength", "Attendance over a term", "96% of openings."),
    ("2025-06-02", "", Agency.GP, "routine", "strength", "Immunisation given", "Caught up."),
    ("2025-10-11", "", Agency.SOCIAL_WORK, "notable", "strength", "Plan reviewed", "Progress on all points."),
)


def _entry(number: int) -> Shown:
    start, end, agency, significance, valence, summary, detail = _STORY[number]
    precision = {7: "month", 10: "day"}.get(len(start), "instant")
    at = datetime.fromisoformat(start if len(start) > 10 else (start + "-15")[:10] + "T08:00:00+00:00")
    return Shown(
        entry=uuid5(CHILD, str(number)),
        agency=agency,
        when=When(start, precision, end, approximate=precision == "month"),
        rule="plan-ordinary",
        reason="You work with this child under a live multi-agency plan, so ordinary entries are open to you.",
        code=f"story.{number}",
        summary=summary,
        significance=significance,
        polarity="did-not-happen" if "missed" in summary or "not" in summary.split() else "happened",
        valence=valence,
        headline=summary,
        detail=detail,
        author="F. Tulloch",
        organisation="North team",
        source="nems",
        recorded_at_source=start,
        received_at=at.replace(year=at.year + (number % 5 == 0)),
        revision=1 + (number % 7 == 0),
        third_party=number % 9 == 0,
        defects=int(number == 3),
        exportable=number % 2 == 0,
    )


STORY: tuple[Shown, ...] = tuple(_entry(number) for number in range(len(_STORY)))


def redacted(entry: Shown) -> Redacted:
    """Keep the shared words and nothing of the agency's own."""
    return Redacted(
        entry.entry,
        entry.agency,
        entry.when,
        "plan-teacher-summary",
        "You teach this child under a live plan, so you see the summary; the full entry stays with its agency.",
        "Your head teacher, or the Lead Professional of the plan.",
        entry.code,
        entry.summary,
        entry.significance,
        entry.polarity,
        entry.valence,
    )


def withheld(entry: Shown) -> Withheld:
    """Keep that it exists, whose it is and when."""
    return Withheld(
        entry.entry,
        entry.agency,
        entry.when,
        "plan-teacher-concern",
        "Another agency has recorded a concern. You may know that it is there.",
        "Your head teacher, who can tell you what you need in class.",
    )


def as_seen_by(reader: Practitioner) -> tuple[Entry, ...]:
    """The story at three pairs of eyes: in full, nearly in full, mostly closed; police sealed to the teacher."""
    if reader == CALUM:
        return STORY
    if reader == MORAG:
        return tuple(withheld(e) if e.agency is Agency.POLICE else e for e in STORY)
    own = {e.entry for e in STORY if e.agency is Agency.EDUCATION}
    known = [e for e in STORY if e.agency is not Agency.POLICE]
    return tuple(e if e.entry in own else withheld(e) if e.valence == "concern" else redacted(e) for e in known)


@dataclass
class FakeGate:
    """Answers for the one child, to the people of the story; remembers what it was asked."""

    log: list[Reading] = field(default_factory=list)
    page: int = 500

    def chronology(  # noqa: PLR0913 - as the real gate
        self,
        reader: Practitioner,
        child: UUID,
        *,
        purpose: str,
        basis: str,
        known_at: datetime | None = None,
        since: datetime | None = None,
        since_last: bool = False,  # noqa: ARG002 - as the real gate; nobody looked before
        limit: int = 500,
        cursor: str = "",
        order: Order = "oldest",
        around: UUID | None = None,  # noqa: ARG002 - as the real gate; every page is short
        keeps: Callable[[Entry], bool] | None = None,
    ) -> Disclosure:
        self._must_know(reader, child)
        known = [e for e in STORY if known_at is None or e.received_at < known_at]
        ids = {e.entry for e in known if since is None or e.received_at >= since}
        seen = as_seen_by(reader)
        entries = [e for e in (seen if order == "oldest" else reversed(seen)) if e.entry in ids]
        start = int(cursor or 0)
        stop = start + min(limit, self.page)
        reading = self._record(reader, "chronology-part" if keeps else "chronology", purpose, basis, known_at)
        return Disclosure(
            reading,
            ChildCard(child, CHILD_NAME, "2021-03-02"),
            tuple(entries[start:stop]),
            purpose,
            basis,
            known_at,
            "p-3f9a",
            str(stop) if stop < len(entries) else "",
            first=not cursor,
        )

    def explain(self, reader: Practitioner, child: UUID, entry: UUID, *, purpose: str, basis: str) -> Explanation:
        self._must_know(reader, child)
        found = next((e for e in as_seen_by(reader) if e.entry == entry), None)
        if found is None:
            raise _nothing()
        level = Level.WITHHELD if isinstance(found, Withheld) else Level.SHOWN
        return Explanation(
            self._record(reader, "explanation", purpose, basis, None),
            entry,
            Answer(level, found.rule, found.reason, (found.rule, "guard-other-agency-stays")),
            "p-3f9a",
            (FactSource("relation", "involved", 12), FactSource("consent", "none")),
            getattr(found, "ask", ""),
        )

    def find(self, reader: Practitioner, *, system: str, value: str) -> tuple[FoundChild, ...]:
        known = reader in (CALUM, MORAG, RUTH) and (system, value) == ("chi", "3113000015")
        return self.children(reader) if known else ()

    def children(self, reader: Practitioner) -> tuple[FoundChild, ...]:
        if reader not in (CALUM, MORAG, RUTH):
            return ()
        return (FoundChild(CHILD, CHILD_NAME, "2021-03-02", "involved"),)

    def caseload(self, reader: Practitioner) -> Caseload:
        return Caseload(self.children(reader))

    def _must_know(self, reader: Practitioner, child: UUID) -> None:
        if child != CHILD or reader not in (CALUM, MORAG, RUTH):
            raise _nothing()

    def _record(self, reader: Practitioner, action: str, purpose: str, basis: str, known_at: datetime | None) -> UUID:
        seen = as_seen_by(reader)
        reading = Reading(
            reading=uuid4(),
            at=NOW,
            reader=reader.name,
            role=reader.role.value,
            agency=reader.agency.value,
            action=action,
            child=CHILD,
            purpose=purpose,
            basis=basis,
            outcome="disclosed",
            shown=sum(isinstance(entry, Shown) for entry in seen),
            redacted=sum(isinstance(entry, Redacted) for entry in seen),
            withheld=sum(isinstance(entry, Withheld) for entry in seen),
            rules=("plan-ordinary",),
            policy="p-3f9a",
            known_at=known_at,
        )
        self.log.insert(0, reading)
        return reading.reading


def _nothing() -> NothingToShow:
    return NothingToShow("There is nothing here that you may know of.", "Check the address.")


class NotHere:
    """A room that the tests of the other doors have no need of; its own doors are tested with a real hub."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a room has
        raise AssertionError(f"this test has no {name}")


@dataclass
class FakeGovernance(NotHere):
    """Reads the log of a fake gate."""

    gate: FakeGate

    def readings(self, reader: Practitioner, *, limit: int = 50) -> tuple[Reading, ...]:
        if reader.role is not Role.GOVERNANCE_LEAD:
            raise NotPermitted("The access log is for governance leads.", "Ask your information governance lead.")
        return tuple(self.gate.log[:limit])


class FakeHub:
    """Satisfies `hub.doors.Hub`."""

    def __init__(self) -> None:
        self.intake = FakeIntake()
        self.disclosure = FakeGate()
        self.governance = FakeGovernance(self.disclosure)
        self.clients = FakeClients()
        self.casework = NotHere()
        self.sharing = NotHere()
        self.emergency = NoEmergency()
        self.policies = NotHere()
        self.who_sees = NotHere()
        self.contributing = NotHere()
        self.knowing = NoCorrections()
        self.inbox = NoNews()
        self.editions = NotHere()
        self.views = NotHere()
        self.quality = NotHere()


class NoNews(NotHere):
    """Nothing is new to anybody."""

    def mine(self, _reader: Practitioner) -> MyNews:
        return MyNews(())


class NoCorrections(NotHere):
    """Nobody was told anything that no longer stands."""

    def waiting(self, _reader: Practitioner) -> int:
        return 0


class NoEmergency:
    """Nobody opened anything."""

    def told(self, _reader: Practitioner) -> tuple[Emergency, ...]:
        return ()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a room has
        raise AssertionError(f"this test has no {name}")


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Make one update of every line; a line `bad` is refused, a source nobody knows raises."""
    if delivery.source not in ("nems", "csc-api"):
        raise BadInput("This source is not known.", "See the list of sources.")
    for number, line in enumerate(delivery.content.split(b"\n"), 1):
        place = f"line {number}"
        if line == b"bad":
            yield Refusal(delivery.source, "line-bad", place, "The line is bad.", "Mend it.", line, "text/plain")
        else:
            yield replace(_UPDATE, source=delivery.source, original=line, place=place)


_UPDATE = Update(
    source="nems",
    record_id="1",
    version="1",
    order="",
    action="assert",
    person=Person("1"),
    code="hv.contact.completed",
    occurred=Occurred("2024", Precision.YEAR),
    original=b"",
    media_type="text/plain",
    place="",
)
