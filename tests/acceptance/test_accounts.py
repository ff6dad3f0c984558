"""The accounts of every published sample add up; `make accounts` prints the whole table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.accounts.counting import FORMATS, files
from tests.accounts.run import Account, audit, table

LARGE = ("school_census", "ssda903", "hl7v2_simhospital")
"""Left to `make accounts`: 86,000 records three times over."""


@pytest.mark.slow
def test_every_published_record_is_accounted_for_and_replays_change_nothing(shared: Path) -> None:
    formats = [of for of in FORMATS if of.folder not in LARGE]

    accounts, faults = audit(formats)

    assert faults == []
    assert [(one.of.folder, one.faults) for one in accounts if one.faults] == []
    assert sum(one.records for one in accounts) > 2000


def test_every_published_folder_of_messages_is_in_the_table(shared: Path) -> None:
    folders = {folder.name for folder in (shared / "samples").iterdir() if folder.is_dir()}

    assert folders == {of.folder for of in FORMATS}
    assert all(files(shared / "samples", of) for of in FORMATS)


def test_a_row_that_does_not_add_up_is_told() -> None:
    short = Account(FORMATS[0], files=1, units=3, records=2)
    short.outcomes["accepted"], short.again["duplicate"] = 2, 1

    assert short.faults == ["2 records of 3 counted", "the second run was not all duplicates"]
    assert "| 3 | 2 |" in table([short])
