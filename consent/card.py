"""The involvement card: who works with a child, and how to reach them; the first tier of what may be shown.

It holds nothing of what anybody wrote. Each line is decided by the same table as an entry, under the category
`involvement`, by the agency of the service that is involved. A service whose involvement would itself tell something (a
refuge, a clinic) counts with the sensitivity of the record that states it, and so does what is recorded of somebody
whom their agency marks as restricted; its own agency's staff who work with the child see it all the same. A record of
a concern says nothing more of who works with the child than any other, so its line counts as ordinary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from consent.deciding import Decided, Keys, decide
from consent.decision import Asked, Level
from consent.means import Means
from consent.statements import LEAD, NAMED
from hub.directory import Directory
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow
from hub.people import Agency, Practitioner
from projections import casework, involvement
from projections.casework import Saying
from projections.session import Cursor

CATEGORY: Final = "involvement"
STALE: Final = timedelta(days=365)
"""A line that nothing newer confirms is flagged: staff and numbers change within a year."""
RESTRICTED: Final = "restricted"


@dataclass(frozen=True, slots=True)
class Line:
    """One service or person that works with the child, at this reader's level.

    withheld: agency, reason and ask alone; that some service of that agency is involved. redacted: duty and
    organisation besides. shown: all. organisation is its name, worker the person's; since and confirmed (the newest
    day on which a record or statement said so) are YYYY-MM-DD or empty. stale: not confirmed for more than a year.
    """

    level: Level
    agency: Agency
    rule: str
    reason: str
    ask: str
    duty: str = ""
    organisation: str = ""
    worker: str = ""
    contact: str = ""
    cover: str = ""
    since: str = ""
    confirmed: str = ""
    stale: bool = False

    @property
    def ask_needed(self) -> bool:
        """Whether something of it is held back."""
        return self.level < Level.SHOWN


@dataclass(frozen=True, slots=True)
class WhoWorks:
    """The card, exactly as recorded in the access log under its reading. Lead Professionals come first."""

    reading: UUID
    child: UUID
    lines: tuple[Line, ...]
    purpose: str
    basis: str
    policy: str


class Card:
    """Reading the card."""

    def __init__(self, means: Means, known: Directory) -> None:
        self._means = means
        self._named = {one.code: one for one in known.organisations()}
        self._people = {(one.organisation, one.worker): one.name for one in known.people() if one.worker}

    def read(self, reader: Practitioner, child: UUID, *, purpose: str, basis: str) -> WhoWorks:
        """Who works with a child, as far as this reader may know. Raises NothingToShow, which is recorded too."""
        asked, today = Asked(reader, purpose, basis), self._means.today()
        with self._means.reading() as session:
            decided = self._decide(session, asked, child)
            # Nobody for whom all is sealed sets the database reading, as with entries.
            casework.confine(session, _open(decided))
            reach = max(answer.level for answer in decided.answers.values())
            found = list(_numbered(decided, _said(session, child, today))) if reach else []
            numbered = list(self._lines(decided, found, today))
            # What is handed over is counted: several records of one service make one line.
            lines, counted = tuple(line for _, line in numbered), Counter(number for number, _ in numbered)
            known = bool(lines) or decided.works_with
            reading = self._means.record(session, _narrowed(decided, counted), "involvement", counted, found=known)
        if not known:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return WhoWorks(reading, child, lines, purpose, basis, decided.policy.fingerprint)

    def services(self, session: Cursor, asked: Asked, child: UUID, ever: Sequence[int]) -> dict[tuple[str, str], Level]:
        """How far this reader may know of each service, by agency and organisation, that works or worked with a child.

        ever: the places in the log of the records that say so. Whose place is kept secret counts as withheld.
        """
        decided = self._decide(session, asked, child)
        casework.confine(session, _open(decided))
        duties = map(casework.as_saying, casework.of_child(session, child, ["duty"]))
        found: dict[tuple[str, str], Level] = {}
        for number, said in _numbered(decided, [*casework.saying(session, sorted(set(ever))), *duties]):
            service, level = (said.agency, said.organisation), min(decided.answers[number].level, Level.SHOWN)
            level = Level.WITHHELD if _must_stay_secret(decided, said.agency) else level
            found[service] = max(level, found.get(service, level))
        return found

    def _decide(self, session: Cursor, asked: Asked, child: UUID) -> Decided:
        policy = self._means.policy(session)
        policy.check_asked(asked.purpose, asked.basis)
        kinds = [(agency, label) for agency in Agency for label in policy.domain["sensitivity"]]
        rows = [(n, agency.value, CATEGORY, label, False) for n, (agency, label) in enumerate(kinds, 1)]
        return decide(asked, child, self._means.facts(session, asked, child), policy, Keys(rows))

    def _lines(self, decided: Decided, found: Sequence[tuple[int, Saying]], today: date) -> Iterator[tuple[int, Line]]:
        """One line for each service and duty, made of those records alone that this reader may know of.

        With each the number of the key that decided the newest of them.
        """
        named = {(said.agency, said.duty, said.organisation): said.worker for _, said in found if said.worker}
        grouped: dict[tuple[object, ...], list[tuple[int, Line]]] = {}
        for number, said in found:
            line = self._line(decided, number, said)
            key: tuple[object, ...] = (line.level, line.agency, line.duty, line.organisation)
            if line.level == Level.SHOWN:
                # One source may name a team's worker and another not: that is one line.
                key += (said.worker or named.get((said.agency, said.duty, said.organisation), said.name),)
            grouped.setdefault(key, []).append((number, line))
        for group in sorted(grouped.values(), key=lambda group: _place(group[0][1])):
            newest = sorted(group, key=lambda one: one[1].confirmed, reverse=True)
            yield newest[0][0], _folded([line for _, line in newest], today)

    def _line(self, decided: Decided, number: int, said: Saying) -> Line:
        answer = decided.answers[number]
        level = min(answer.level, Level.SHOWN)
        secret = _must_stay_secret(decided, said.agency)
        if secret:
            level = min(level, Level.REDACTED)
        ask = decided.policy.ask(answer.rule)
        line = Line(level, Agency(said.agency), answer.rule, answer.sentence, ask)
        if level == Level.WITHHELD:
            return line
        service = self._named.get(said.organisation)
        if not secret:
            line = replace(line, organisation=service.name if service else said.organisation)
        line = replace(line, duty=said.duty)
        if level == Level.REDACTED:
            return line
        name = said.name or self._people.get((said.organisation, said.worker), "")
        return replace(
            line,
            # Some systems repeat the practice's name where a person's could stand.
            worker="" if name == line.organisation else name,
            contact=said.contact or (service.contact if service else ""),
            cover=said.cover or (service.cover if service else ""),
            since=said.since,
            confirmed=said.confirmed,
        )


def _open(decided: Decided) -> set[tuple[str, str]]:
    """The kinds of line, each an agency's, of which this reader may know."""
    keys = decided.keys.by_number
    return {(keys[n].agency, keys[n].sensitivity) for n, one in decided.answers.items() if one.level > Level.SEALED}


def _must_stay_secret(decided: Decided, agency: str) -> bool:
    """Where an address has to be kept secret, where a service is would give it away.

    To everybody but the allocated worker and the service's own kind of agency; whatever the table says.
    """
    reader = decided.asked.reader
    return (
        decided.facts.safe_address != "none" and decided.facts.relation != "allocated" and reader.agency.value != agency
    )


def _said(session: Cursor, child: UUID, today: date) -> list[Saying]:
    """Everything in force today that says who works with the child: records, and duties that people stated."""
    in_force = {
        (one.position, one.duty, one.organisation, one.worker) for one in involvement.of_child(session, child, today)
    }
    records = casework.saying(session, sorted({position for position, *_ in in_force}))
    day = today.isoformat()
    duties = casework.on_day(casework.of_child(session, child, ["duty"]), day)
    return [
        *(one for one in records if (one.position, one.duty, one.organisation, one.worker) in in_force),
        *(casework.as_saying(one) for one in duties if one.in_force(day)),
    ]


def _numbered(decided: Decided, found: Sequence[Saying]) -> Iterator[tuple[int, Saying]]:
    """What is not sealed to this reader, each with the number of the key that decided it."""
    numbers = {(key.agency, key.sensitivity): key.number for key in decided.keys.all}
    for said in found:
        label = "ordinary" if said.sensitivity == "concern" else said.sensitivity
        if said.restricted and label == "ordinary":
            label = RESTRICTED
        number = numbers.get((said.agency, label))
        if number is not None and decided.answers[number].level > Level.SEALED:
            yield number, said


def _narrowed(decided: Decided, counted: Counter[int]) -> Decided:
    """The same with those answers alone that go on record: of each agency the ordinary one, and what was counted.

    A sealed line leaves no trace in the record of a reading that it was sealed to.
    """
    by_number = decided.keys.by_number
    kept = {n: a for n, a in decided.answers.items() if counted[n] or by_number[n].sensitivity == "ordinary"}
    return replace(decided, answers=kept)


def _folded(newest: Sequence[Line], today: date) -> Line:
    """What several records, newest first, say of one service: the newest that says something, since the first day."""
    confirmed = newest[0].confirmed
    return replace(
        newest[0],
        worker=_first(line.worker for line in newest),
        contact=_first(line.contact for line in newest),
        cover=_first(line.cover for line in newest),
        since=min(line.since for line in newest),
        stale=bool(confirmed) and date.fromisoformat(confirmed) < today - STALE,
    )


def _first(found: Iterable[str]) -> str:
    return next(filter(None, found), "")


def _place(line: Line) -> tuple[object, ...]:
    """Lead Professionals first, then named persons, then by agency; by nothing that the level hides."""
    first = {LEAD: 0, NAMED: 1}.get(line.duty, 2)
    return (first, list(Agency).index(line.agency), -line.level, line.duty, line.organisation, line.worker)
