"""Read models are tended: one child's rows repaired, what waits tried again, and how far behind they are told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from hub.api.shapes import disclosure_to_json
from hub.cli.main import app as commands
from hub.cli.session import Session
from hub.errors import BadInput
from projections import rebuild
from projections.runner import Projection
from tests.fix_hub import TestHub
from tests.remade import change, remade, rows, standing
from tests.stories import everyone, graded, read, settled, stranger, take, told

# Repairing one child


def test_the_rows_of_one_child_are_repaired_and_no_others(hub: TestHub) -> None:
    take(hub, [*everyone(), *graded(), told("gp", "finn", person=stranger(), headline="finns")])
    take(hub, [told("gp", "ordinary", version="2", order="2026", headline="newer")])
    whole = rows(hub)
    isla, finn = hub.children()
    change(
        hub,
        "update read.entries set headline = 'damaged', known_to = 'infinity'",
        "delete from read.entries where detail = 'canary-mother-detail'",
        "insert into read.entries select (jsonb_populate_record(e, jsonb_build_object('stream', gen_random_uuid()))).* "
        "from read.entries e where detail = 'canary-concern-detail'",
    )

    done = hub.house.tending.repair("chronology", isla)

    assert (done.streams, done.events) == (9, 10)
    assert sum(one not in whole for one in rows(hub)) == 1  # Finn's
    hub.house.tending.repair("chronology", finn)
    assert rows(hub) == whole
    assert remade(hub).differences == ()


def test_readers_see_the_damaged_rows_or_the_repaired_ones_and_nothing_between(hub: TestHub) -> None:
    child = settled(hub)
    change(hub, "update read.entries set headline = 'damaged'")
    seen: set[bytes] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            seen.add(disclosure_to_json(read(hub, "morag", child)))

    watching = threading.Thread(target=watch)
    damaged = disclosure_to_json(read(hub, "morag", child))
    watching.start()
    for _ in range(3):
        hub.house.tending.repair("chronology", child)
    whole = disclosure_to_json(read(hub, "morag", child))
    done.set()
    watching.join(timeout=30)

    assert seen <= {damaged, whole}


def test_what_belongs_to_no_child_is_not_repaired_for_one(hub: TestHub) -> None:
    child = settled(hub)
    for name in ("decided", "facts"):
        with pytest.raises(BadInput):
            hub.house.tending.repair(name, child)


# What waits


def test_what_waits_is_listed_with_its_reason_and_tried_again_in_order(
    hub: TestHub, failing: Callable[[str], None]
) -> None:
    failing("bad")
    take(hub, [told("gp", "bad", headline="bad"), told("gp", "good")])
    take(hub, [told("gp", "bad", version="2", order="2026", headline="later")])
    tending = hub.house.tending

    assert [(one.projection, one.topic.partition(":")[0], one.reason) for one in tending.parked("chronology")] == [
        ("chronology", "EntryRecorded", "ValueError in chronology"),
        ("chronology", "EntryRevised", "an earlier event of its record is parked"),
    ]
    assert standing(hub).parked == 2
    assert standing(hub).reasons["ValueError in chronology"] == 1
    assert (tending.retry("chronology").taken, standing(hub).parked) == (0, 2)

    failing("nothing any more")

    assert (tending.retry("chronology").taken, tending.retry("chronology").waiting) == (2, 0)
    assert tending.parked("chronology") == []
    assert [row[0] for row in rows(hub, "select headline from read.entries order by 1")] == [
        "bad",
        "canary-good-headline",
        "later",
    ]
    assert remade(hub).differences == ()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Says which headline the chronology's handler stumbles over, from now on."""
    (model,) = (one for one in rebuild.models() if one.name == "chronology")
    good = model.projection.apply
    bad: list[str] = [""]

    def apply(cursor: object, batch: object) -> None:
        if any(getattr(one.event, "headline", "") == bad[0] for one in batch):  # type: ignore[attr-defined]  # a batch
            raise ValueError(bad[0])
        good(cursor, batch)  # type: ignore[arg-type]  # the same

    followed = tuple(
        Projection(one.name, one.log, apply if one.name == "chronology" else one.apply) for one in rebuild.FOLLOWED
    )
    monkeypatch.setattr(rebuild, "FOLLOWED", followed)
    return lambda headline: bad.__setitem__(0, headline)


def test_how_far_behind_it_is_is_told_in_events_and_in_seconds(hub: TestHub) -> None:
    settled(hub)
    assert (standing(hub).lag, standing(hub).seconds) == (0, 0.0)

    hub.house.hub.intake.receive([told("gp", "later")])
    time.sleep(0.25)

    assert standing(hub).lag == 1
    assert 0.2 <= standing(hub).seconds < 60


# At the prompt


@pytest.fixture
def typed(hub: TestHub, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Types `hub project …`; the exit code and what was printed."""
    session = Session({})
    session._house, session._settings = hub.house, hub.house.settings
    monkeypatch.setenv("COLUMNS", "300")

    def run(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(commands, ["project", *map(str, words)], obj=session)
        assert done.exception is None or isinstance(done.exception, (SystemExit, BadInput)), done.exception
        return done.exit_code, done.output

    return run


def test_at_the_prompt_what_differs_is_told_and_exchanged_only_when_told_to(
    hub: TestHub, typed: Callable[..., tuple[int, str]]
) -> None:
    settled(hub)
    change(hub, "update read.entries set headline = 'planted' where headline = 'canary-concern-headline'")

    code, out = typed("rebuild", "chronology")

    assert code == 1
    assert "read.entries: 0 rows only in the one in use, 0 only in the new one, 1 differ" in out
    assert "hub project rebuild chronology --accept-differences" in out
    assert not any(word in out for word in ("planted", "canary"))
    assert "2 building" in typed("status")[1]
    assert typed("rebuild", "chronology", "--accept-differences")[0] == 0
    assert json.loads(typed("rebuild", "chronology", "--json")[1])["remade"]["swapped"] is True


def test_at_the_prompt_one_goes_back_drops_and_repairs(hub: TestHub, typed: Callable[..., tuple[int, str]]) -> None:
    child = settled(hub)
    typed("rebuild", "chronology")

    assert "the earlier version is in use again" in typed("rollback", "chronology")[1]
    assert typed("drop-kept", "chronology") == (0, "chronology: dropped version 2\n")
    assert typed("drop-kept", "chronology") == (0, "chronology: nothing was kept\n")
    assert typed("rollback", "chronology")[0] == 1
    assert typed("repair", "chronology", child) == (0, "chronology: made anew from 9 events of 9 streams\n")
    assert typed("repair", "no-such-model", child)[0] == 1


def test_at_the_prompt_what_waits_is_seen_and_tried_again(
    hub: TestHub, failing: Callable[[str], None], typed: Callable[..., tuple[int, str]]
) -> None:
    failing("bad")
    take(hub, [told("gp", "bad", headline="bad")])

    assert "chronology: 1 parked: ValueError in chronology" in typed("status")[1]
    assert "ValueError in chronology" in typed("parked", "list", "chronology")[1]
    assert json.loads(typed("parked", "list", "--json")[1])[0]["projection"] == "chronology"
    assert typed("parked", "retry", "chronology") == (1, "chronology: 0 taken in, 1 still wait\n")
    failing("nothing any more")
    assert typed("parked", "retry", "chronology") == (0, "chronology: 1 taken in, 0 still wait\n")


def test_what_an_earlier_release_made_is_said_so(hub: TestHub, typed: Callable[..., tuple[int, str]]) -> None:
    settled(hub)
    assert "earlier release" not in typed("status")[1]

    change(hub, "update read.versions set made_by = '' where projection = 'chronology'")

    assert "chronology: made by an earlier release, and in use as it is: run hub project rebuild" in typed("status")[1]
    assert hub.house.tending.of_an_earlier_release() == ["chronology"]
