"""The command line when something goes wrong that nobody foresaw: it says where, and quotes nothing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.cli import files, main
from hub.cli.session import Session


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """The settings of a demo in a folder of its own, whose house is not built."""
    monkeypatch.setenv("HUB_DEMO", "1")
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    return monkeypatch


@contextmanager
def nobody() -> Iterator[None]:
    """This process as a user without privileges, where it has any."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_an_unforeseen_error_says_its_kind_and_place_and_quotes_nothing(
    prompt: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(_: Session) -> None:
        canary = "Isla"
        raise ValueError(canary)

    prompt.setattr(Session, "house", property(fails))

    assert main.run(["project", "status"]) == 1

    out, err = capfd.readouterr()
    assert out == ""
    assert "unforeseen ValueError in " in err
    assert "Next: " in err
    assert "Isla" not in err
    assert "Traceback" not in err


def test_one_that_comes_while_the_hub_closes_quotes_nothing_either(
    prompt: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(_: Session) -> None:
        canary = "Isla"
        raise ValueError(canary)

    prompt.setattr(Session, "close", fails)

    assert main.run(["sources"]) == 1

    assert "Isla" not in capfd.readouterr().err


def test_nor_does_one_in_a_thread(prompt: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    prompt.setattr(threading, "excepthook", threading.excepthook)
    was = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit):
        main.main(["sources"])
    signal.signal(signal.SIGTERM, was)
    capfd.readouterr()

    thread = threading.Thread(target=int, args=["Isla"])
    thread.start()
    thread.join()

    err = capfd.readouterr().err
    assert "unforeseen ValueError" in err
    assert "Isla" not in err


def test_a_folder_that_cannot_be_looked_into_is_counted_as_unread_and_the_rest_is_taken(open_folder: Path) -> None:
    closed = open_folder / "closed"
    for folder in (open_folder / "open", closed):
        folder.mkdir(mode=0o755)
        (folder / "one.xml").touch()
    closed.chmod(0o000)
    open_folder.chmod(0o755)

    with nobody():
        found = files.files_of([open_folder, closed / "one.xml"])

    closed.chmod(0o755)
    assert found == [closed, open_folder / "open" / "one.xml", closed / "one.xml"]
    with pytest.raises(IsADirectoryError):
        closed.open("rb")


def test_a_name_too_long_for_any_disk_is_a_path_that_cannot_be_read() -> None:
    path = Path("x" * 5000)

    assert files.files_of([path]) == [path]
