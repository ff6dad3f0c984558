"""No channel tells what a level hides: a canary on every rung, looked for in all that anybody is told anywhere.

HUB_LEAK_TABLE=1 prints the table, rung by channel: how many canaries were looked for, and how many were found.
"""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import sql
from rich.console import Console
from rich.table import Table

from consent.policy import Policy
from hub.store import embedded
from tests.canaries import found as found_in_bytes
from tests.fix_hub import TestHub, hubs
from tests.fix_postgres import Postgres
from tests.leaking import doors
from tests.leaking.api import NUMBERS
from tests.leaking.listening import CHANNELS, Suite, listen
from tests.leaking.looking import plain
from tests.leaking.world import OUTSIDERS, RUNGS, Rung

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def suite(
    postgres: Postgres, template: tuple[str, str], policy: Policy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Suite]:
    folder = tmp_path_factory.mktemp("leaking")
    with hubs(postgres, template, policy, folder) as make, pytest.MonkeyPatch.context() as patch:
        yield listen(make(), folder, patch)


@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.name)
@pytest.mark.parametrize("channel", CHANNELS)
def test_no_canary_of_a_rung_is_in_a_channel(suite: Suite, channel: str, rung: Rung) -> None:
    assert suite.found(rung, channel) == []


@pytest.mark.parametrize("rung", [one for one in RUNGS if one.shown_to], ids=lambda rung: rung.name)
def test_each_rungs_canary_is_found_by_those_who_may_know_it(suite: Suite, rung: Rung) -> None:
    """Or the search for it would prove nothing."""
    heard = suite.heard(rung.shown_to, rung.child)

    assert [channel for channel, text in heard.items() if any(word in text for word in rung.words)]


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_sealed_changes_no_byte_of_a_channel(suite: Suite, channel: str) -> None:
    """No count, length, order, page, cursor, header, status or sentence differs by it."""
    before, after = suite.before[channel], suite.after[channel]
    planted = len(suite.world.entries)

    assert planted >= 15
    assert _different(plain(before), plain(after)) == []


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("who", OUTSIDERS)
def test_an_outsider_is_told_the_same_of_this_child_and_of_none(suite: Suite, who: str, channel: str) -> None:
    """Whoever pretends that there is nothing pretends it everywhere."""
    known, unknown = suite.heard(who, "isla")[channel], suite.heard(who, "unknown")[channel]

    assert _different(plain(unknown), plain(known)) == []


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("who", OUTSIDERS)
def test_an_outsiders_questions_are_the_same_for_this_child_and_for_none(suite: Suite, who: str, channel: str) -> None:
    """The same statements in the same order: the same time."""
    suite.heard(who, "isla"), suite.heard(who, "unknown")
    known, unknown = suite.questions[who, "isla", channel], suite.questions[who, "unknown", channel]

    assert _different("\n".join(unknown), "\n".join(known)) == []


def test_no_answer_about_a_child_may_be_kept_or_says_when_it_changed(suite: Suite) -> None:
    told = suite.everything().lower()

    assert "\netag: " not in told
    assert "\nlast-modified: " not in told


WORDS = tuple(sorted({word for rung in RUNGS for word in rung.words if word.startswith("canary-")}))


@pytest.mark.parametrize("schema", ["access", "intake"])
def test_neither_the_access_log_nor_what_is_taken_in_holds_a_word(suite: Suite, schema: str) -> None:
    with suite.place.hub.as_owner() as connection:
        assert found_in_bytes(connection, WORDS, schema) == set()


def test_every_address_is_asked_or_said_to_hand_over_nothing_of_a_child(suite: Suite) -> None:
    suite.everything()
    asked, named = doors.asked(suite.place.app, suite.place.asked), {name for name, _ in doors.routes(suite.place.app)}

    assert len(named) >= 60
    assert sorted(named - asked - doors.NOTHING_OF_A_CHILD.keys()) == []
    assert sorted(doors.NOTHING_OF_A_CHILD.keys() - (named - asked)) == []


def test_every_command_is_typed_or_said_to_hand_over_nothing_of_a_child(suite: Suite) -> None:
    suite.everything()
    named = doors.typed()
    typed = {name for words in suite.place.typed for name in named if words[: len(name.split())] == tuple(name.split())}

    assert len(named) >= 50
    assert sorted(named - typed - doors.NOTHING_AT_THE_PROMPT.keys()) == []
    assert sorted(doors.NOTHING_AT_THE_PROMPT.keys() - (named - typed)) == []


# When the database fails, and what it then writes about it itself

BROKEN = ("read.entries", "read.sharing", "read.stated", "read.working", "read.emergencies", "identity.statements")
TELLING = ("chronology", "explanation", "involvement card", "consents", "sharing", "emergencies", "chronology page")


def test_an_error_of_the_database_tells_nothing_to_anybody_or_any_log(suite: Suite) -> None:
    hub, logged = suite.place.hub, len(suite.logged)
    told = []
    for table in BROKEN:
        schema, name = table.split(".")
        with _renamed(hub, schema, name), suite.logging():
            logging.getLogger("hub").debug("heard")  # or a log that nobody listens to would prove nothing
            told += [CHANNELS[one](suite.place.look("fiona", suite.world.isla)) for one in TELLING]
    every = "".join(told)

    assert "503" in every or "500" in every
    assert "read.entries" not in every
    assert len([line for line in suite.logged[logged:] if line.startswith("heard")]) == len(BROKEN)
    for text in ("\n".join(suite.logged), _database_log(hub)):
        assert [word for word in (*WORDS, *NUMBERS, "Isla", "Reid") if word in text] == []


@contextmanager
def _renamed(hub: TestHub, schema: str, table: str) -> Iterator[None]:
    names = [sql.Identifier(schema, table), sql.Identifier("gone")]
    with hub.as_owner() as owner:
        owner.execute(sql.SQL("alter table {} rename to {}").format(*names))
        yield
        back = [sql.Identifier(schema, "gone"), sql.Identifier(table)]
        owner.execute(sql.SQL("alter table {} rename to {}").format(*back))


def _database_log(hub: TestHub) -> str:
    """What the database's own server has written; empty where it runs elsewhere and keeps its log to itself."""
    with hub.as_owner() as owner:
        row = owner.execute("select pg_read_file(%s, true)", [embedded.LOG]).fetchone()
    return str(row[0] or "") if row else ""


def test_the_log_of_the_whole_suite_holds_no_word(suite: Suite) -> None:
    assert [word for word in WORDS if word in "\n".join(suite.logged)] == []


def test_the_table_is_printed_where_it_is_asked_for(suite: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    looked = sum(len(rung.words) * len(rung.hidden_from) for rung in RUNGS for one in CHANNELS if one not in rung.but)

    assert looked >= 4000
    if os.environ.get("HUB_LEAK_TABLE"):
        with capsys.disabled():
            Console(width=110).print(_table(suite))


def _table(suite: Suite) -> Table:
    """Rung by rung over all channels: readers, canaries looked for, found; the channels that may tell."""
    table = Table("rung", "of", "readers", "channels", "looked for", "found", "may tell", title="The leak suite")
    for rung in RUNGS:
        channels = [one for one in CHANNELS if one not in rung.but]
        looked = len(channels) * len(rung.words) * len(rung.hidden_from)
        found = sum(len(suite.found(rung, one)) for one in channels)
        cells = (len(rung.hidden_from), len(channels), looked, found, len(rung.but))
        table.add_row(rung.name, rung.child, *map(str, cells))
    return table


def _different(one: str, other: str) -> list[str]:
    """The lines by which two texts differ, at most a few."""
    if one == other:
        return []
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=0)
    return [line[:400] for line, _ in zip(lines, range(12), strict=False)]
