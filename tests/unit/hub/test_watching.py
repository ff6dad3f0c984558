"""The watcher of a drop folder takes only what rests, and no file ends the watch or holds up another."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hub.cli.resting import LOOKS, REST, Resting, open_at_rest
from hub.cli.watching import LONGEST_PAUSE, Into, Watcher
from hub.errors import BadInput, StoreUnavailable
from hub.receipt import Outcome, Receipt, Result
from hub.update import Delivery

LIMIT = 1000
TAKEN_IN = Result(Outcome.ACCEPTED, "", "", "", "")
BAD = StoreUnavailable("The database could not do this (22P05).", "Try again.")


@dataclass(slots=True)
class Drop:
    """A drop folder, its watcher, the watcher's clock, and what became of the files at the door behind it."""

    folder: Path
    at: float = 0.0
    received: list[tuple[str, bytes]] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    during: Callable[[], None] = lambda: None
    identity: UUID | None = None
    answers: bool = True
    watcher: Watcher = field(init=False)

    def __post_init__(self) -> None:
        into = Into(self.receive, lambda: None, lambda: self.answers)
        self.watcher = Watcher(self.folder, "nems", LIMIT, into, lambda: self.at)

    def receive(self, delivery: Delivery) -> Receipt:
        self.during()
        if delivery.name in self.fails:
            raise self.fails[delivery.name]
        self.received.append((delivery.name, delivery.content))
        return Receipt("nems", (TAKEN_IN,), self.identity or uuid4())

    def put(self, name: str, content: bytes = b"content", *, modified: float | None = None) -> Path:
        file = self.folder / name
        file.write_bytes(content)
        if modified is not None:
            os.utime(file, (modified, modified))
        return file

    def looks(self, seconds: float = REST) -> list[bool]:
        """Look twice a second for so long."""
        answers = []
        for _ in range(int(seconds * 2) + 1):
            answers.append(self.watcher.look())
            self.at += 0.5
        return answers

    @property
    def taken(self) -> list[str]:
        return sorted(file.name for file in (self.folder / "taken").glob("*"))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.received]


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    return Drop(tmp_path)


def grow(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b" and more")


@pytest.mark.parametrize("modified", [0.0, 1.0e9, 4.0e9], ids=["long ago", "past", "in the future"])
def test_rest_is_what_the_watcher_saw_whatever_the_files_own_time_says(drop: Drop, modified: float) -> None:
    for n in range(6):
        drop.put("a.xml", b"x" * n, modified=modified)
        drop.looks(1)
        assert drop.received == []

    drop.looks()

    assert drop.received == [("a.xml", b"x" * 5)]
    assert drop.taken == ["a.xml"]


def test_one_of_the_same_size_and_time_is_seen_to_be_another(drop: Drop) -> None:
    drop.put("a.xml", b"one", modified=1.0e9)
    drop.looks(REST - 0.5)
    drop.put("b.xml.part", b"two", modified=1.0e9).replace(drop.folder / "a.xml")
    drop.looks(REST - 0.5)
    assert drop.received == []

    drop.looks(1)

    assert drop.received == [("a.xml", b"two")]


def test_a_watcher_that_stood_still_has_seen_nothing_and_looks_again(tmp_path: Path) -> None:
    at = [0.0]
    resting = Resting(lambda: at[0])
    (tmp_path / "a.xml").touch()

    found = []
    for _ in range(LOOKS):
        found.append([one.name for one in resting.look(tmp_path)])
        at[0] += 3600

    assert found == [[]] * (LOOKS - 1) + [["a.xml"]]


def test_what_grew_while_it_was_taken_stays_and_is_taken_whole(drop: Drop) -> None:
    file = drop.put("a.xml")
    drop.during = lambda: grow(file) if not drop.received else None

    drop.looks()
    assert drop.received == [("a.xml", b"content")]
    assert drop.taken == []

    drop.looks()
    assert drop.received[1:] == [("a.xml", b"content and more")]
    assert drop.taken == ["a.xml"]
    assert len(list((drop.folder / "receipts").glob("*.json"))) == 2


def test_what_changed_after_the_look_is_not_read(drop: Drop) -> None:
    """The oldest is taken first; meanwhile somebody writes to the next."""
    drop.put("a.xml", modified=1.0e9)
    later = drop.put("b.xml", modified=1.1e9)
    drop.during = lambda: grow(later) if not drop.received else None

    drop.looks()

    assert drop.names == ["a.xml"]


def test_a_file_that_somebody_has_open_for_writing_waits_however_long_they_pause(drop: Drop) -> None:
    file = drop.put("a.xml")
    with file.open("ab") as slow:
        drop.looks(60)
        assert drop.received == []
        slow.write(b", whole")
    drop.looks()

    assert drop.received == [("a.xml", b"content, whole")]
    assert drop.taken == ["a.xml"]


def test_one_that_is_opened_again_while_it_is_taken_is_received_once_and_put_away_later(drop: Drop) -> None:
    file = drop.put("a.xml")
    held = []
    drop.during = lambda: held.append(file.open("ab"))
    drop.looks(10)
    assert (drop.names, drop.taken) == (["a.xml"], [])

    held[0].close()
    drop.looks(0.5)

    assert (drop.names, drop.taken) == (["a.xml"], ["a.xml"])


def test_links_pipes_folders_and_unfinished_names_are_left_alone(
    drop: Drop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "private"
    outside.write_bytes(b"private")
    (drop.folder / "link.xml").symlink_to(outside)
    (drop.folder / "nothing.xml").symlink_to(outside.with_name("nothing"))
    (drop.folder / "zero.xml").symlink_to("/dev/zero")
    os.mkfifo(drop.folder / "pipe.xml")
    (drop.folder / "folder.xml").mkdir()
    for name in ("a.xml.part", "b.TMP", ".hidden"):
        drop.put(name)
    there = sorted(drop.folder.iterdir())

    assert all(drop.looks(5))

    assert drop.received == []
    assert sorted(drop.folder.iterdir()) == there


def test_nor_does_one_that_came_in_a_files_place_make_the_watcher_wait(tmp_path: Path) -> None:
    (tmp_path / "a.xml").touch()
    at = iter(range(0, 100, 10))
    resting = Resting(lambda: next(at))
    found = [one for _ in range(LOOKS) for one in resting.look(tmp_path)]
    (tmp_path / "a.xml").unlink()
    os.mkfifo(tmp_path / "a.xml")

    signal.alarm(20)  # ends the tests should it wait for somebody to write into the pipe
    opened = [open_at_rest(tmp_path, one) for one in found]
    signal.alarm(0)

    assert opened == [None]


@pytest.mark.parametrize("name", ["x" * 246 + ".xml", "é" * 123 + ".xml", "a." + "x" * 250, "ж" * 127])
def test_a_name_as_long_as_a_disk_allows_may_come_three_times(drop: Drop, name: str) -> None:
    for content in (b"1", b"2", b"3"):
        drop.put(name, content)
        assert all(drop.looks())

    assert {file.read_bytes() for file in (drop.folder / "taken").iterdir()} == {b"1", b"2", b"3"}
    assert name in drop.taken
    assert {Path(one).suffix for one in drop.taken} >= ({".xml"} if name.endswith(".xml") else set())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BadInput("It cannot be.", "Mend it."), "It cannot be. Next: Mend it."),
        (BAD, "(22P05). Next: nothing; it is tried again."),
        (ValueError("Canaryfamily"), "unforeseen ValueError in tests.unit.hub.test_watching"),
        (PermissionError(13, "Canaryfamily"), "Next: see to the permissions"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
def test_files_that_always_fail_hold_up_no_other_and_are_tried_ever_more_rarely(
    drop: Drop, error: Exception, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    tries = []
    drop.during = lambda: tries.append(drop.at)
    for n in range(3):
        drop.put(f"Canaryfamily {n}.xml", modified=1.0e9 + n)
        drop.fails[f"Canaryfamily {n}.xml"] = error
    drop.put("last.xml", modified=1.1e9)

    assert all(drop.looks())
    assert drop.taken == ["last.xml"]
    drop.put("later.xml")
    assert all(drop.looks(300))

    assert drop.taken == ["last.xml", "later.xml"]
    assert len(tries) < 3 * (300 / LONGEST_PAUSE + 8)
    out, err = capfd.readouterr()
    assert said in err
    assert "Canary" not in out + err
    drop.fails.clear()
    drop.looks(LONGEST_PAUSE)
    assert len(drop.taken) == 5


def test_while_the_database_is_away_the_files_keep_their_order(drop: Drop) -> None:
    for n in range(3):
        drop.put(f"{n}.xml", modified=1.0e9 + n)
        drop.fails[f"{n}.xml"] = StoreUnavailable("The database did not answer.")
    drop.answers = False

    assert drop.looks(5)[-3:] == [False] * 3

    drop.answers = True
    drop.fails.clear()
    assert drop.watcher.look()
    assert drop.names == ["0.xml", "1.xml", "2.xml"]


def test_a_full_disk_is_said_once_a_look_and_the_records_are_taken_in_once(
    drop: Drop, capfd: pytest.CaptureFixture[str]
) -> None:
    drop.identity = uuid4()
    (drop.folder / "receipts").mkdir()
    full = drop.folder / "receipts" / f".{drop.identity}"
    full.symlink_to("/dev/full")
    drop.put("a.xml", modified=1.0e9)

    assert all(drop.looks(20))
    assert (drop.names, drop.taken) == (["a.xml"], [])
    assert "disk is full. Next: make room" in capfd.readouterr().err

    full.unlink()
    drop.looks(LONGEST_PAUSE)
    assert (drop.names, drop.taken) == (["a.xml"], ["a.xml"])
    assert (drop.folder / "receipts" / f"{drop.identity}.json").stat().st_size > 0


def test_a_folder_that_goes_away_and_comes_back_is_watched_on(drop: Drop, capfd: pytest.CaptureFixture[str]) -> None:
    away = drop.folder.rename(drop.folder.with_name("away"))
    assert drop.looks() == [False] * 5
    assert "Next: see to" in capfd.readouterr().err

    away.rename(drop.folder)
    drop.put("a.xml")
    drop.looks()
    shutil.rmtree(drop.folder / "taken")
    drop.put("b.xml")
    drop.looks()

    assert drop.taken == ["b.xml"]
