"""What schools' systems hand to learning platforms: OneRoster 1.1 and 1.2, as ZIP, as single tables or as JSON.

Pupils on the roll and their places in classes become records. Other rows are context and no records: schools, classes,
courses, terms, staff and families. A pupil's roles and demographics, which are tables of their own, are joined to the
pupil. Each row ends as exactly one of these, and `account` counts them. Columns that are not on the list of
`maps/oneroster.csv` are dropped before anything is stored: passwords, log-ins, e-mails, telephones, who is whose agent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import orjson

from adapters.oneroster.codes import CONTEXT, STATES
from adapters.oneroster.records import SOURCE, Row, enrolment, joined, pupil, refuse, role_of, shifted
from adapters.oneroster.tables import Roster, from_csv, from_json
from adapters.oneroster.zip import from_zip
from adapters.reading import Unreadable, not_kept
from adapters.reading.dates import day_of
from adapters.reading.kept_columns import Line, spelling
from hub.update import Delivery, Refusal, Translated, Update

Account = Counter[tuple[str, str]]
"""Rows by table and by what became of them: record, context, joined, refused."""
_NAMED = re.compile(
    r"([A-Za-z0-9.-]{2,40})_(?:(\d{4}-\d\d-\d\d)_)?(?:oneroster|users|enrollments|demographics|roles)(?:[_.-].*)?",
    re.IGNORECASE,
)
_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class _Reading:
    """One delivery as it is read: what stands beside its pupils, and what its rows became."""

    roster: Roster
    publisher: str
    day: str
    account: Account
    roles: dict[str, list[Line]] = field(default_factory=dict)
    people: dict[str, list[Line]] = field(default_factory=dict)

    def row(self, line: Line, table: str) -> Row:
        """A row of users or of enrolments; of another table only to be refused."""
        publisher = line.cells.get("hub.publisher") or self.publisher
        return Row(self.roster, table, line, publisher, self.day)


def translate(delivery: Delivery) -> Iterator[Translated]:
    """One update for each pupil and each pupil's place in a class, and a refusal for each row that cannot be read.

    Tables of context come out as nothing; a delivery that holds nothing else is one refusal, `only-context`.
    """
    if refused := not_kept.again(delivery):
        yield refused
        return
    yield from not_kept.bounded(_translated(delivery, Counter()), delivery)


def account(delivery: Delivery) -> Account:
    """What became of every row of a delivery: records, context, joined, refused. Together they are all its rows."""
    found: Account = Counter()
    for _ in _translated(delivery, found):
        pass
    return found


def _translated(delivery: Delivery, account: Account) -> Iterator[Translated]:
    try:
        reading = _reading(delivery, account)
    except Unreadable as error:
        yield not_kept.refuse(SOURCE, error.reason, error.place, delivery.content)
        return
    empty = True
    for one in _outcomes(reading):
        empty = False
        yield one
    if empty:
        yield not_kept.refuse(SOURCE, "only-context", "", delivery.content)


def _reading(delivery: Delivery, account: Account) -> _Reading:
    content = delivery.content
    start = content[:64].removeprefix(_MARK).lstrip()[:2]
    read: Callable[[bytes], Roster] = from_csv
    if start == b"PK":
        read = from_zip
    elif start[:1] in {b"{", b"["}:
        read = from_json
    roster = read(content)
    named = _NAMED.fullmatch(delivery.name)
    publisher = roster.publisher or (named[1] if named else "")
    return _Reading(roster, publisher, day_of(named[2] or "") if named else "", account)


def _outcomes(reading: _Reading) -> Iterator[Translated]:
    """First what cannot be read of what is joined, then users, then enrolments, then what joined nobody."""
    for lost in reading.roster.lost:
        yield not_kept.refuse(SOURCE, lost.reason, lost.place, lost.content)
    for table in reading.roster.tables:
        if table in CONTEXT:
            yield from _context(reading, table)
        elif table in {"roles", "demographics"}:
            yield from _gathered(reading, table)
    yield from _records(reading, "users")
    yield from _records(reading, "enrollments")
    yield from _left_over(reading)


def _rows(reading: _Reading, table: str) -> Iterator[Line | Refusal]:
    rows = reading.roster.tables.get(table)
    for line in rows() if rows else ():
        if isinstance(line, Line):
            yield line
            continue
        reading.account[table, "refused"] += 1
        yield not_kept.refuse(SOURCE, line.reason, line.place, line.content)


def _context(reading: _Reading, table: str) -> Iterator[Translated]:
    for line in _rows(reading, table):
        if isinstance(line, Refusal):
            yield line
        else:
            reading.account[table, "context"] += 1


def _gathered(reading: _Reading, table: str) -> Iterator[Translated]:
    """Roles and demographics wait for the user whom they are about."""
    held, key = (reading.roles, "userSourcedId") if table == "roles" else (reading.people, "sourcedId")
    for line in _rows(reading, table):
        if isinstance(line, Refusal):
            yield line
        else:
            held.setdefault(line.cells.get(key, ""), []).append(line)


def _records(reading: _Reading, table: str) -> Iterator[Translated]:
    for line in _rows(reading, table):
        if isinstance(line, Refusal):
            yield line
            continue
        one = _user(reading, line) if table == "users" else enrolment(reading.row(line, table))
        kind = "record" if isinstance(one, Update) else "context" if one is None else "refused"
        reading.account[table, kind] += 1
        if one is not None:
            yield one


def _user(reading: _Reading, line: Line) -> Translated | None:
    if shifted(line):
        return not_kept.refuse(SOURCE, "columns-shifted", line.place, orjson.dumps(line.cells))
    return pupil(reading.row(_whole(reading, line), "users"))


def _whole(reading: _Reading, line: Line) -> Line:
    """A user with its roles and demographics, which are used up by it."""
    own_id = line.cells.get("sourcedId", "")
    if not own_id:
        return line
    roles, people = reading.roles.pop(own_id, []), reading.people.pop(own_id, [])
    reading.account.update([("roles", "joined")] * len(roles) + [("demographics", "joined")] * len(people))
    said = ",".join(dict.fromkeys(one.cells.get("role", "") for one in roles))
    more = {"role": said} if said else {}
    for one in people:
        if STATES.get(spelling(one.cells.get("status", ""))) == "retract":
            continue
        more |= {name: text for name in ("birthDate", "sex") if (text := one.cells.get(name, ""))}
    return replace(line, cells=joined(line.cells, more))


def _left_over(reading: _Reading) -> Iterator[Translated]:
    """What is about a user whom the delivery does not hold: an adult's is context, a pupil's waits for the user."""
    step = "Send it in one ZIP with the users whom it is about."
    for lines in reading.roles.values():
        for line in lines:
            if role_of(line.cells.get("role", "")) in {"staff", "family"}:
                reading.account["roles", "context"] += 1
                continue
            reading.account["roles", "refused"] += 1
            yield refuse(
                reading.row(line, "roles"), "no-user", "userSourcedId", "The user it is about is not here.", step
            )
    for lines in reading.people.values():
        for line in lines:
            reading.account["demographics", "refused"] += 1
            message = "Nothing says whether this is a pupil: that stands with the users."
            yield refuse(reading.row(line, "demographics"), "no-role", "sourcedId", message, step)
