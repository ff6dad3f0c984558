"""Were the gate's own filter forgotten, at whichever door, the database would still let out no row that is sealed.

`test_row_security` holds to it for the chronology, over every reader and ground; here every other door is broken too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import pytest
from psycopg import sql

import consent.card
import consent.means
import consent.sharing_decisions
from consent.deciding import Decided
from consent.policy import Policy
from consent.releasing import Stand
from consent.sharing_view import MatterView
from projections import casework, emergencies, matters, story
from projections.matters import Matter
from tests.fix_hub import TestHub, hubs
from tests.fix_postgres import Postgres
from tests.leaking.api import CHANNELS
from tests.leaking.looking import Place
from tests.leaking.world import RUNGS, sealed, visible

LOOKED = (
    "chronology",
    "chronology of a past day",
    "explanation",
    "involvement card",
    "consents",
    "sharing",
    "emergencies",
)
READERS = ("callum", "morag", "fiona", "shona", "nadia", "isobel")
BUT = (
    "summary only",
    "withheld",
    "withheld for audit",
    "an old version",
    "released to another",
    "why it was shared",
    "a secret address: others",
    "a secret address: evidence",
)
"""What hides a part of a row, or what was said before it: the rows themselves are known to those readers."""

# Where, what is asked there, and what somebody could forget or break in it.
FORGOTTEN: dict[str, tuple[object, str, str, str]] = {
    "the level": (story, "READ", "g.level > 0", "true"),
    "the child of the entries": (story, "READ", "where l.child = %(child)s and", "where %(child)s is not null and"),
    "every level": (story, "READ", "select least(x.then, x.now) as level", "select 4 as level"),
    "what was released": (story, "READ", "when e.stream = any (%(released)s::uuid[]) then", "when true then"),
    "the moment": (story, "READ", "and e.known_to > %(at)s", ""),
    "the child of the one entry": (story, "ONE", "where l.child = %s and", "where %s::uuid is not null and"),
    "the child of the matters": (matters, "OF_CHILD", "where child = %s", "where %s::uuid is not null"),
    "the child of what waits": (
        matters,
        "WAITING",
        "where child = %s and",
        "where %s::uuid is not null and",
    ),
    "whom the matters were asked of": (matters, "WAITING", "asked = any (%s)", "%s::text[] is not null"),
    "the child of what is shared": (matters, "KEYS_OF", "where l.child = %s and", "where %s::uuid is not null and"),
    "the child of what is stated": (casework, "OF_CHILD", "where child = %s and", "where %s::uuid is not null and"),
    "the records of who works": (casework, "SAYING", "where w.position = any (%s)", "where %s::bigint[] is not null"),
    "whose the emergencies are": (emergencies, "MINE", "e.person = %(person)s and", ""),
    "who is told of an emergency": (emergencies, "UNTOLD", "(e.child = any(%(children)s) or", "(true or"),
}


def _works(_means: object, *_asked: object) -> None:
    """Whoever asks is let in."""


def _unsorted(decided: Decided, found: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """Every line is taken for one that may be known."""
    number = max(decided.answers, key=lambda one: decided.answers[one].level)
    return ((number, one) for one in found)


def _whole(matter: Matter, of: Stand, *_now: object) -> MatterView:
    """Every matter is shown with all its words."""
    return MatterView(matter.matter, matter.child, "shared", 0, entries=tuple(matter.entries), words=matter.words)


BROKEN: dict[str, tuple[object, str, Callable[..., object]]] = {
    "who may see what is on record": (consent.means.Means, "must_work_with", _works),
    "which lines of the card": (consent.card, "_numbered", _unsorted),
    "which matters": (consent.sharing_decisions, "seen", _whole),
    "who may hear of matters": (consent.sharing_decisions, "_known", lambda of: of),
}


@pytest.fixture(scope="module")
def place(
    postgres: Postgres, template: tuple[str, str], policy: Policy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("forgotten")
    with hubs(postgres, template, policy, folder) as make, pytest.MonkeyPatch.context() as patch:
        hub: TestHub = make()
        world = visible(hub)
        sealed(hub, world)
        yield Place(hub, folder, world, patch)


def found(place: Place) -> set[tuple[str, str, str, str]]:
    """Every canary that a door tells somebody from whom its whole row is hidden: rung, who, door, word."""
    told = set()
    rungs = [one for one in RUNGS if one.name not in BUT]
    for who, child in sorted({(who, one.child) for one in rungs for who in one.hidden_from if who in READERS}):
        look = place.look(who, getattr(place.world, child))
        for door in LOOKED:
            text = CHANNELS[door](look)
            told |= {
                (one.name, who, door, word)
                for one in rungs
                if one.child == child and who in one.hidden_from and door not in one.but
                for word in one.words
                if word in text
            }
    return told | _named(place)


def _named(place: Place) -> set[tuple[str, str, str, str]]:
    """What says no word, but that there is something: an entry of another child, somebody else's emergency access."""
    world, told = place.world, set()
    for who in ("callum", "morag", "nadia", "isobel"):
        look = place.look(who, world.isla)
        if look.get(f"{look.of}/entries/{world.entries['finn']}/explanation", **look.ground).startswith("200"):
            told.add(("of another child", who, "explanation", ""))
        if str(world.emergency) in CHANNELS["emergencies"](look):
            told.add(("why in an emergency", who, "emergencies", ""))
    return told


@pytest.mark.slow
def test_with_every_filter_in_its_place_nothing_is_found(place: Place) -> None:
    assert found(place) == set()


@pytest.mark.slow
@pytest.mark.parametrize("forgotten", FORGOTTEN)
def test_a_filter_that_is_forgotten_lets_no_sealed_row_out(
    place: Place, monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:
    where, name, text, instead = FORGOTTEN[forgotten]
    asked: str = getattr(where, name)
    assert text in asked
    monkeypatch.setattr(where, name, asked.replace(text, instead))

    assert found(place) == set()


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN)
def test_a_check_that_is_left_out_lets_no_sealed_row_out(
    place: Place, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    where, name, instead = BROKEN[broken]
    assert hasattr(where, name)
    monkeypatch.setattr(where, name, instead)

    assert found(place) == set()


SECOND_LINE = (
    "read.entries",
    "read.stated",
    "read.working",
    "read.sharing",
    "read.emergencies",
    "read.editions",
    "read.edition_copies",
    "read.edition_entries",
    "read.acknowledged",
    "read.joined",
    "read.shown",
    "read.looked",
    "identity.statements",
)


@pytest.mark.slow
def test_without_the_second_line_the_same_forgetting_is_seen_by_these_tests(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    with _unguarded(place.hub):
        for where, name, text, instead in FORGOTTEN.values():
            with monkeypatch.context() as patched:
                patched.setattr(where, name, getattr(where, name).replace(text, instead))
                seen |= {door for _, _, door, _ in found(place)}
        for where, name, other in BROKEN.values():
            with monkeypatch.context() as patched:
                patched.setattr(where, name, other)
                seen |= {door for _, _, door, _ in found(place)}

    # Of consents the page itself tells these readers no word, whoever is let in; test_casework asks the table of them.
    assert seen | {"consents"} == set(LOOKED)


@contextmanager
def _unguarded(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as owner:
        for table in SECOND_LINE:
            owner.execute(f"alter table {table} disable row level security".encode())
        yield
        for table in SECOND_LINE:
            owner.execute(f"alter table {table} enable row level security".encode())


# Which tables have the second line, and why the others need none


NO_WORDS = {
    "identity.links": "ids, and when each record belonged to which child",
    "identity.identifiers": "keyed digests",
    "read.agreements": "organisations and purposes",
    "read.capacity": "a state and its days; the reason is in read.stated",
    "read.consent": "recipient, category, state and days; what was said of it is in read.stated",
    "read.decision_keys": "labels, of no child",
    "read.duties": "codes and days; names and contacts are in read.stated",
    "read.emergency_acknowledgements": "who took note of which emergency, and when",
    "read.involvement": "codes and days; names are in read.working",
    "read.organisations": "organisations",
    "read.parked": "positions and reasons, of which none quotes a record: test_no_child_in_the_logs",
    "read.policies": "the policy",
    "read.policy_proposals": "the policy",
    "read.policy_terms": "the policy",
    "read.positions": "positions",
    "read.registrations": "people of the directory, and when they may practise",
    "read.releases": "ids, organisation, purpose and days; what was written of it is in read.sharing",
    "read.safe_addresses": "that there is one, and since when; why is in read.stated",
    "read.status": "a stage and its days",
    "read.ties": "ids of people of the directory and a code; the reason is in read.stated",
}
READABLE: LiteralString = """
select c.oid::regclass::text, c.relrowsecurity from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname in ('read', 'identity', 'intake', 'ledger', 'access') and c.relkind in ('r', 'p', 'v', 'm')
   and has_any_column_privilege('hub_reader', c.oid, 'select')
"""


def test_every_table_that_a_reader_reaches_has_the_second_line_or_holds_no_words(hub: TestHub) -> None:
    with hub.as_owner() as owner:
        found: dict[str, bool] = dict(owner.execute(READABLE).fetchall())

    assert sorted(name for name, guarded in found.items() if guarded) == sorted(SECOND_LINE)
    assert sorted(name for name, guarded in found.items() if not guarded) == sorted(NO_WORDS)


def test_the_words_of_an_emergency_are_out_of_a_readers_reach(hub: TestHub) -> None:
    with hub.as_owner() as owner:
        row = owner.execute(
            "select has_column_privilege('hub_reader', 'read.emergencies', 'reason', 'select'), "
            "has_column_privilege('hub_reader', 'read.emergencies', 'note', 'select')"
        ).fetchone()

    assert row == (False, False)


def test_who_has_said_nothing_of_whom_they_ask_for_is_shown_no_row(place: Place) -> None:
    with place.hub.house._database.transaction("hub_reader") as cursor:
        for table in SECOND_LINE:
            counted = cursor.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(*table.split(".")))
            ).fetchone()
            assert counted == (0,), table
