"""No name, number, word or file name of a record is said at the prompt, by a watched folder or in PostgreSQL's log."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import psycopg
import pytest

from hub.cli import main, putting_away, resting, watching
from hub.cli.main import run
from hub.cli.session import Session
from hub.store import embedded
from hub.store.embedded_home import home_of
from hub.wiring import OWNER, source_names
from tests.canary_feed import NUMBER, everything_said, files, good, kept_in_clear
from tests.planting import leaks

NAMED = f"Canaryfamily {NUMBER}"
INTERRUPTED = 130
MANY = 100
DROPPED = ("gp-fhir-r4", "hl7v2", "cin-census", "class-list", "hub-cloudevents")
"""One of each family of formats."""


@pytest.fixture
def feed(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, embedded.Running]]:
    """A folder of files with the names of children, a drop folder beside it, and a hub of its own to feed them to."""
    data = open_folder / "data"
    monkeypatch.setenv("HUB_DATA_DIR", str(data))
    monkeypatch.setenv("HUB_DEMO", "1")
    for source in source_names():
        for n, one in enumerate(files(source)):
            where = open_folder / "feed" / source / f"{n:03} {NAMED}" / (one.name or f"{NAMED}.txt")
            where.parent.mkdir(parents=True)
            where.write_bytes(one.content)
    for source in DROPPED:
        drop = open_folder / "drop" / NAMED / source
        drop.mkdir(parents=True)
        for n, content in enumerate((*(one.content for one in good(source)), b"canary", b'"canary\xff')):
            (drop / f"{NAMED} {n}.txt").write_bytes(content)
    with embedded.start(data / "postgres") as running:
        session = Kept(os.environ)
        monkeypatch.setattr(main, "Session", lambda _environ: session)
        yield open_folder, running
        session.end()
    embedded.erase(data / "postgres")


class Kept(Session):
    """One hub for all the commands of a test: starting it is most of what each of them takes."""

    def close(self) -> None:
        """Later."""

    def end(self) -> None:
        """Now."""
        super().close()


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What rests in a watched folder is taken at the first look; then it is as if somebody pressed Ctrl-C."""

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(resting, "REST", 0.0)
    monkeypatch.setattr(resting, "LOOKS", 1)
    monkeypatch.setattr(watching, "time", SimpleNamespace(monotonic=time.monotonic, sleep=interrupted))


@pytest.mark.slow
@pytest.mark.usefixtures("once")
def test_the_command_line_says_nothing_of_whom_it_takes_in(
    feed: tuple[Path, embedded.Running], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    (folder, running), sources = feed, source_names()
    fed, drop = folder / "feed", folder / "drop" / NAMED
    first = [run(["ingest", source, str(fed / source)]) for source in sources]
    again = [run(["ingest", source, str(fed / source), "--json"]) for source in sources[::5]]
    watched = [run(["ingest", source, str(drop / source), "--watch"]) for source in DROPPED]
    waits, receipts = _held(running)
    some = waits[:: len(waits) // 5]
    codes = {
        "missing": run(["ingest", "nems", str(fed / "Canaryfamily.xml")]),
        "unknown": run(["ingest", "canary", str(fed)]),
        "list": run(["quarantine", "list", "--limit", "5000"]),
        "list of nobody": run(["quarantine", "list", "--source", "canary", "--reason", "canary"]),
        "list --json": run(["quarantine", "list", "--limit", "5000", "--json"]),
        "show": max(run(["quarantine", "show", one, *more]) for one in some for more in ([], ["--json"])),
        "show nothing": run(["quarantine", "show", str(uuid4())]),
        "retry": run(["quarantine", "retry", "--source", "hl7v2"]),
        "retry some": run(["quarantine", "retry", *some]),
        "retry --json": run(["quarantine", "retry", "--reason", "no-subject", "--json"]),
        "discard": run(["quarantine", "discard", some[0], "--as", "catriona", "--because", "A test."]),
        "discard again": run(["quarantine", "discard", some[0], "--as", "catriona", "--because", "A test."]),
        "questions": max(run(["questions", "--limit", "5000", *more]) for more in ([], ["--json"])),
        "receipt": max(run(["receipt", one, *more]) for one in receipts for more in ([], ["--json"])),
        "reread": max(run(["reread", source]) for source in sources),
        "status": run(["project", "status"]),
        "rebuild": run(["project", "rebuild"]),
        "rollback": run(["project", "rollback", "chronology"]),
        "repair": run(["project", "repair", "chronology", str(uuid4())]),
        "parked": max(run(["project", "parked", *more]) for more in (["list"], ["retry", "chronology"])),
        "drop-kept": run(["project", "drop-kept", "chronology"]),
        "find": run(["child", "find", "--system", "chi", "--value", NUMBER, "--as", "morag"]),
        "chronology": run(["chronology", str(uuid4()), "--as", "morag"]),
        "audit": run(["audit", "tail", "--as", "eilidh"]),
    }
    said = everything_said(capfd, caplog)
    log = (home_of(folder / "data" / "postgres").cluster / embedded.LOG).read_text()
    with psycopg.connect(running.dsn("hub", OWNER)) as connection:
        in_clear = kept_in_clear(connection)

    assert set(first) == {3}
    assert set(again) == {0}
    assert set(watched) == {INTERRUPTED}
    failed = {"missing", "unknown", "show nothing", "discard again", "chronology"}
    assert {name for name, code in codes.items() if code == 1} == failed
    assert {name for name, code in codes.items() if code == 3} == {"retry", "retry some", "retry --json"}
    assert leaks(said) == set()
    assert "quarantined" in said
    assert "already-in-quarantine" in said
    assert leaks(log) == set()
    assert "ready to accept connections" in log
    assert in_clear == {}
    _nothing_beside_the_files(drop)


def _nothing_beside_the_files(drop: Path) -> None:
    for source in DROPPED:
        receipts = list((drop / source / putting_away.RECEIPTS).iterdir())
        assert len(receipts) >= len(good(source)) + 1
        assert leaks(*(file.name + file.read_text() for file in receipts)) == set()
        assert {json.loads(file.read_text())["source"] for file in receipts} == {source}


def _held(running: embedded.Running) -> tuple[list[str], list[str]]:
    """What waits, and of each source the receipt of a delivery of several records."""
    with psycopg.connect(running.dsn("hub", OWNER)) as connection:
        waits = connection.execute("select id::text, kind from intake.quarantine order by id").fetchall()
        receipts = connection.execute(
            "select distinct on (source) r.id::text from intake.receipts r join intake.receipt_parts p "
            "on p.receipt = r.id order by source, jsonb_array_length(results) desc"
        ).fetchall()
        entries = connection.execute("select count(*) from read.entries").fetchone()
    assert entries is not None
    assert entries[0] > MANY
    assert {kind for _, kind in waits} == {"quarantined", "conflict"}
    return [identity for identity, _ in waits], [identity for (identity,) in receipts]
