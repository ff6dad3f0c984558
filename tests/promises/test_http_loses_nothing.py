"""Nothing that was acknowledged over HTTP is lost, and nothing is doubled: server killed, database away, disk full.

The usual run is a small one. `make faults` (HUB_FAULTS=full) is the whole: 20,000 updates, 30 kills, a database that is
away for a minute. The figures are in docs/reliability.md.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
import psycopg
import pytest

from hub.store import embedded, embedded_server
from tests.fix_hub import ROOT
from tests.promises import load
from tests.promises.http_load import ORGANISATION, SYSTEMS, Plan, Sender, Service, found, plan, system
from tests.systems import System

FULL = os.environ.get("HUB_FAULTS") == "full"
UPDATES, KILLS = (20_000, 30) if FULL else (2_000, 4)
AWAY = 60.0 if FULL else 6.0
BACK_WITHIN = 15.0
DISK, ROOM = "300m", 2 * 1024 * 1024

pytestmark = pytest.mark.slow


def until(reached: Callable[[], bool], seconds: float = 120) -> float:
    """Wait for something; the seconds it took."""
    began = time.monotonic()
    while not reached():
        assert time.monotonic() - began < seconds, "nothing came of it for too long"
        time.sleep(0.02)
    return time.monotonic() - began


def tell(figures: str) -> None:
    """For docs/reliability.md; seen with -s."""
    sys.stdout.write(f"{figures}\n")


@dataclass
class Site:
    """A hub that serves over its own database, and the systems that send to it."""

    service: Service
    systems: list[System]
    log: Path
    senders: list[Sender] = field(default_factory=list)

    def begin(self, sent: Plan, slow: float = 0.0) -> None:
        for who, batches in zip(self.systems, sent.batches, strict=True):
            self.senders.append(Sender(self.service, who, batches, slow))
            self.senders[-1].start()

    def acknowledged(self) -> int:
        return sum(len(one.answers) for one in self.senders)

    def next_acknowledgement(self, after: int) -> float:
        """Wait for one more than so many; the seconds it took."""
        return until(lambda: self.acknowledged() > after)


@contextmanager
def serving(folder: Path, **environ: str) -> Iterator[Site]:
    """A hub that serves over its own database in this folder, and four systems that can send to it."""
    systems = [system(number) for number in range(SYSTEMS)]
    directory = folder / "directory.toml"
    directory.write_text(ORGANISATION + "".join(one.listed() for one in systems), encoding="utf-8")
    settings = {
        "HUB_DEMO": "1",
        "HUB_DATA_DIR": str(folder / "hub"),
        "HUB_DIRECTORY": str(directory),
        "HUB_POLICIES": str(ROOT / "policies"),
        "HUB_CLIENT_RATE": "6000",
        "PYTHONFAULTHANDLER": "1",
    }
    site = Site(Service(folder / "hub", settings | environ), systems, folder / "serve.log")
    try:
        site.service.start(site.log)
        until(lambda: site.service.answers() == 200)
        yield site
    finally:
        site.service.kill()
        embedded.erase(folder / "hub" / "postgres")


def all_is_there_once(site: Site, sent: Plan) -> None:
    """Every record once, in order; every rubbish waiting with its reason; every answer given still stands."""
    for one in site.senders:
        one.join(timeout=600)
        assert not one.is_alive()
    assert site.service.running(), site.log.read_text()[-5000:]
    held = found(site.service)
    tell(
        f"\n{sent.updates} updates, {sent.repeated} repeated, {sent.malformed} malformed, "
        f"{site.acknowledged()} deliveries acknowledged.\n"
        f"lost {sent.updates - held.whole * load.VERSIONS}, doubled {held.records - sent.updates}, "
        f"out of order {held.out_of_order}, quarantined {held.quarantined} {held.reasons}\n"
        f"met on the way: {dict(sum((one.met for one in site.senders), Counter()))}"
    )
    assert held.records == sent.updates
    assert held.whole == sent.updates // load.VERSIONS
    assert held.out_of_order == 0
    assert held.quarantined == sent.malformed
    assert all(held.reasons)
    assert len(held.reasons) >= 4
    for one in site.senders:
        for answer in one.answers:
            kept = one.kept(answer)
            assert kept["finished_at"]
            assert kept["results"] == answer["results"]


def test_every_record_is_there_once_however_often_the_server_is_killed(open_folder: Path) -> None:
    random = Random(20261122)  # noqa: S311 - the same kills in every run
    sent = plan(UPDATES, random)
    points = sorted(random.sample(range(UPDATES // 50, UPDATES * 9 // 10), KILLS))
    recovered: list[float] = []

    with serving(open_folder) as site:
        site.begin(sent)
        for point in points:
            until(lambda point=point: site.service.records() >= point)  # type: ignore[misc]  # mypy has no lambda defaults
            time.sleep(random.uniform(0, 0.1))
            site.service.kill()
            killed, answered = time.monotonic(), site.acknowledged()
            site.service.start(site.log)
            site.next_acknowledgement(answered)
            recovered.append(time.monotonic() - killed)
        all_is_there_once(site, sent)

    tell(
        f"server killed {KILLS} times; from kill to the next acknowledgement: median "
        f"{statistics.median(recovered):.2f} s, worst {max(recovered):.2f} s"
    )
    assert statistics.median(recovered) < BACK_WITHIN


@contextmanager
def gone(service: Service) -> Iterator[None]:
    """The database has stopped, and whoever would start it again is kept from it."""
    with embedded._gate(service.home):
        embedded_server.stop(service.home)
        yield


@contextmanager
def standing_still(service: Service) -> Iterator[None]:
    """The database's processes all stand still: connections stay open, and nobody answers."""
    pid = int((service.home.cluster / "postmaster.pid").read_text().splitlines()[0])
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for one in family:
        one.suspend()
    try:
        yield
    finally:
        for one in family:
            one.resume()


@pytest.mark.parametrize("away", [gone, standing_still], ids=lambda way: str(way.__name__))
def test_a_database_that_is_away_is_said_and_when_it_is_back_all_goes_on_without_a_person(
    open_folder: Path, away: Callable[[Service], AbstractContextManager[None]]
) -> None:
    random = Random(20261123)  # noqa: S311 - as above
    sent = plan(UPDATES // 2, random, most=20)

    with serving(open_folder) as site:
        site.begin(sent, slow=0.02)
        until(lambda: site.service.records() > UPDATES // 20 or not site.service.running())
        assert site.service.running(), site.log.read_text()[-5000:]
        assert site.service.reads() == (404, "nothing-to-show")
        with away(site.service):
            said = until(lambda: site.service.answers() == 503)
            acknowledged = site.acknowledged()
            time.sleep(AWAY)
            meanwhile = site.acknowledged() - acknowledged
            signs = (site.service.answers("/healthz"), site.service.answers("/readyz"))
            # Whoever asks a database that stands still waits until it moves again; one that is gone is said.
            read = site.service.reads() if away is gone else (503, "store-unavailable")
        back = site.next_acknowledgement(acknowledged)
        until(lambda: site.service.reads() == (404, "nothing-to-show"), BACK_WITHIN)
        all_is_there_once(site, sent)

    tell(
        f"database {away.__name__.replace('_', ' ')} for {AWAY:.0f} s under load: said after {said:.2f} s; "
        f"next acknowledgement {back:.2f} s after it was back"
    )
    assert (meanwhile, signs) == (0, (200, 503))
    assert read == (503, "store-unavailable")
    assert back < BACK_WITHIN


@pytest.fixture
def small_disk(open_folder: Path) -> Iterator[Path]:
    """A disk that a new database and a few thousand records fill."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("only root on Linux can mount a small disk to fill")
    disk = open_folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk to fill")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_is_said_and_once_there_is_room_all_goes_on_without_a_person(small_disk: Path) -> None:
    random = Random(20261124)  # noqa: S311 - as above
    sent = plan(UPDATES, random, most=20)

    with serving(small_disk) as site:
        site.begin(sent, slow=0.02)
        until(lambda: site.service.records() > UPDATES // 20)
        ballast = fill(small_disk, leaving=ROOM)
        end_the_journal(site.service)
        until(lambda: all(one.met["503"] >= 2 or not one.is_alive() for one in site.senders))
        acknowledged = site.acknowledged()
        time.sleep(AWAY / 2)
        signs = (site.service.answers("/healthz"), site.service.reads()[0])
        assert any(one.is_alive() for one in site.senders)
        ballast.unlink()
        back = site.next_acknowledgement(site.acknowledged())
        all_is_there_once(site, sent)

    tell(f"disk full after {acknowledged} deliveries; next acknowledgement {back:.2f} s after there was room")
    assert signs == (200, 503)
    assert back < BACK_WITHIN * 2


def end_the_journal(service: Service) -> None:
    """Use up what was set aside for the journal, so that PostgreSQL ends itself."""
    home = service.home
    with (
        contextlib.suppress(psycopg.OperationalError),
        psycopg.connect(host=str(home.socket_dir), user=embedded_server.SUPERUSER, autocommit=True) as connection,
    ):
        for _ in range(200):
            connection.execute("select pg_logical_emit_message(false, 'full', 'disk'), pg_switch_wal()")
    until(lambda: not embedded_server.in_order(home))


def fill(disk: Path, leaving: int) -> Path:
    """Take up the disk but for so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(disk).free - leaving))
    return ballast
