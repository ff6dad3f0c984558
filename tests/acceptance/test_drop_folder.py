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
