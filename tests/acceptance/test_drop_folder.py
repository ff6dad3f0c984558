"""A drop folder, as an agency's system and its keepers meet it: whole files go in once, and nothing disappears."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.prompt import Prompt, a_prompt

PATIENCE = 60.0


@pytest.fixture(scope="module")
def prompt() -> Iterator[Prompt]:
    with a_prompt() as made:
        yield made


@contextmanager
def watching(prompt: Prompt, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    settings = {"HUB_DATA_DIR": str(prompt.folder), "HUB_DEMO": "1"}
    with (folder.parent / "said").open("ab") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", "hub", "ingest", "nems", str(folder), "--watch"],
            env=kept | settings,
            stdout=said,
            stderr=said,
        )
    try:
        until(lambda: b"Watching" in (folder.parent / "said").read_bytes())
        yield running
    finally:
        with suppress(ProcessLookupError):
            running.send_signal(signal.SIGINT)
        running.wait(timeout=20)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


def sample(name: str) -> bytes:
    return resources.files("adapters").joinpath("samples", "nems", name).read_bytes()


def taken(folder: Path, wanted: int) -> bool:
    return len(list((folder / "taken").iterdir())) == wanted


def receipts(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_bytes()) for file in sorted((folder / "receipts").glob("*.json"))]


@pytest.mark.slow
def test_a_file_is_taken_when_it_is_whole_put_away_and_answered(prompt: Prompt, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    content = sample("isla-birth.xml")
    with watching(prompt, folder):
        with (folder / "birth.xml").open("wb") as slow:
            for start in range(0, len(content), len(content) // 4 + 1):
                slow.write(content[start : start + len(content) // 4 + 1])
                slow.flush()
                time.sleep(1)
        (folder / "next.xml.part").write_bytes(content[:99])
        (folder / "bad.xml").write_bytes(b"<Bundle")
        until(lambda: len(list((folder / "taken").iterdir())) == 2)
        # The same name again must not write over the first.
        (folder / "bad.xml").write_bytes(b"<Bundle><")
        until(lambda: len(list((folder / "taken").iterdir())) == 3)

    assert (folder / "taken" / "birth.xml").read_bytes() == content
    assert {file.read_bytes() for file in (folder / "taken").glob("bad*")} == {b"<Bundle", b"<Bundle><"}
    assert (folder / "next.xml.part").exists()
    found = receipts(folder)
    assert sorted(one["accepted"] for one in found) == [0, 0, 1]
    assert [one["results"][0]["reason"] for one in found if one["quarantined"]] == ["xml-malformed"] * 2
    assert prompt.hub("receipt", found[0]["receipt"], "--json").json["results"] == found[0]["results"]
    said = (tmp_path / "said").read_text()
    assert "birth.xml" not in said
    assert "Lennox" not in said


@pytest.mark.slow
def test_a_sender_that_stalls_or_whose_clock_is_ahead_loses_nothing(prompt: Prompt, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    content = sample("isla-12-week-immunisations.xml")
    ahead = time.time() + 86_400
    with watching(prompt, folder):
        with (folder / "stalls.xml").open("wb") as slow:
            slow.write(content[:500])
            slow.flush()
            os.utime(folder / "stalls.xml", (ahead, ahead))
            time.sleep(6)
            slow.write(content[500:])
        until(lambda: any((folder / "taken").iterdir()))

    assert (folder / "taken" / "stalls.xml").read_bytes() == content
    assert [(one["records"], one["quarantined"]) for one in receipts(folder)] == [(1, 0)]


@pytest.mark.slow
def test_no_name_or_kind_of_file_ends_the_watch_or_holds_up_another(prompt: Prompt, tmp_path: Path) -> None:
    folder, outside = tmp_path / "drop", tmp_path / "outside.xml"
    folder.mkdir()
    outside.write_bytes(sample("isla-birth.xml"))
    os.mkfifo(folder / "a-pipe.xml")
    (folder / "b-link.xml").symlink_to(outside)
    (folder / "c-folder.xml").mkdir()
    long = "d" * 246 + ".xml"
    with watching(prompt, folder) as running:
        for number in range(1, 4):
            (folder / long).write_bytes(sample("isla-birth.xml"))
            until(partial(taken, folder, number))
        assert running.poll() is None

    assert (folder / "a-pipe.xml").is_fifo()
    assert (folder / "b-link.xml").is_symlink()
    assert (folder / "c-folder.xml").is_dir()
    assert len(receipts(folder)) == 3
    assert "Error" not in (tmp_path / "said").read_text()


@pytest.mark.slow
def test_killed_in_the_middle_it_takes_the_file_again_and_every_record_is_there_once(
    prompt: Prompt, tmp_path: Path
) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    names = ("isla-newborn-hearing.xml", "isla-health-visiting.xml", "isla-moved.xml", "finn-birth.xml")
    for name in names:
        (folder / name).write_bytes(sample(name))
    with watching(prompt, folder) as running:
        until(lambda: any((folder / "taken").iterdir()))
        running.send_signal(signal.SIGKILL)
        running.wait()
    (tmp_path / "said").write_bytes(b"")
    with watching(prompt, folder):
        until(lambda: len(list((folder / "taken").iterdir())) == len(names))

    again = prompt.hub("ingest", "nems", folder / "taken", "--json").json
    assert (again["records"], again["duplicate"]) == (len(names), len(names))


def test_one_folder_is_watched_by_one_and_must_be_there(prompt: Prompt, tmp_path: Path) -> None:
    assert prompt.hub("ingest", "nems", tmp_path / "none", "--watch").code == 1
    with watching(prompt, tmp_path):
        second = prompt.hub("ingest", "nems", tmp_path, "--watch")

    assert second.code == 1
    assert "watched already" in second.err
