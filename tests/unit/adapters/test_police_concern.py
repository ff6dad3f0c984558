"""Police concern reports: an agency whose adapter is data alone, and the proof that the next one can be too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adapters import sources
from adapters.column_map import translate
from hub.people import Agency
from hub.update import Delivery, Precision, Update
from hub.vocabulary import terms
from tests.contract.adapter import check, samples

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("hub", "consent", "projections", "policies")

GUIDE = ROOT / "docs" / "writing-an-adapter.md"
FENCE = re.compile(r"```csv\n(.*?)```", re.DOTALL)
TRY_IT = """
import sys
from adapters import sources
from hub.update import Delivery
from hub.vocabulary import terms
given = Delivery("housing-register", "x.csv", b"TenancyRef,MovedIn,FirstName\\nT-1,2024-05-01,Isla\\n")
(one,) = sources.translate(given, record_limit=1000, file_limit=1000)
print(one.code, one.occurred.start, one.agency, terms()[one.code].label, sources.source("housing-register").mapping)
"""


def reports(name: str) -> list[Update]:
    (delivery,) = [one for one in samples("police-concern") if one.name == name]
    return [one for one in translate(delivery) if isinstance(one, Update)]


def test_the_source_is_the_polices_and_trusted_with_nobodys_number() -> None:
    assert sources.agency_of("police-concern") is Agency.POLICE
    assert sources.trusted_systems("police-concern") == frozenset()


def test_a_report_is_a_concern_and_a_restricted_one_is_the_polices_own() -> None:
    found = reports("2024-11_concerns.csv")

    assert [one.sensitivity for one in found] == ["concern", "concern", "police-restricted"]
    assert {terms()[one.code].category for one in found} == {"police"}


def test_a_report_about_two_children_is_one_record_for_each() -> None:
    isla, finn, _ = reports("2024-11_concerns.csv")

    assert (isla.person.local_id, finn.person.local_id) == ("P-70417", "P-70611")
    assert isla.record_id != finn.record_id
    assert isla.occurred.start == "2024-11-30"
    assert isla.occurred.precision is Precision.DAY
    assert isla.recorded_at_source == "2024-12-01"


def test_a_correction_is_a_later_version_of_the_same_report() -> None:
    first, again = reports("2024-11_concerns.csv")[0], reports("2025-01_concerns.csv")[0]

    assert again.record_id == first.record_id
    assert (first.version, again.version) == ("1", "2")
    assert again.order > first.order
    assert again.detail != first.detail


def test_the_tenth_revision_is_later_than_the_ninth() -> None:
    one = samples("police-concern")[0]
    rows = one.content.replace(b"CR-2024-3301,1,P-70417", b"CR-2024-3301,9,P-70417")
    rows += b"CR-2024-3301,10," + one.content.split(b"\n")[1].split(b",", 2)[2] + b"\n"

    orders = [found.order for found in _read(one.name, rows) if found.record_id.startswith("P-70417|concern|CR-2024")]

    assert orders == sorted(orders)
    assert len(set(orders)) == 2


def _read(name: str, content: bytes) -> list[Update]:
    found = translate(Delivery("police-concern", name, content))
    return [one for one in found if isinstance(one, Update)]


def test_a_withdrawn_report_is_taken_back_and_says_nothing_more() -> None:
    withdrawn = reports("2025-01_concerns.csv")[1]

    assert withdrawn.action == "retract"
    assert (withdrawn.headline, withdrawn.detail, withdrawn.facts) == ("", "", ())


@pytest.mark.parametrize("handling", ["OPEN", "RESTRICTED"])
def test_a_safe_address_restricts_the_child_whatever_else_the_report_says(handling: str) -> None:
    one = samples("police-concern")[0]
    content = one.content.replace(b",N,30/11/2024", b",Y,30/11/2024").replace(b"OPEN", handling.encode())

    found = _read(one.name, content)

    assert found[0].person.restricted
    assert found[1].person.restricted


def test_no_room_but_the_adapters_knows_of_police_concern_reports() -> None:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.*") if "node_modules" not in file.parts]

    knowing = [file.name for file in files if file.is_file() and b"police-concern" in file.read_bytes()]

    assert len(files) > 100
    assert knowing == []


def test_the_whole_adapter_is_data_under_adapters() -> None:
    row = sources.source("police-concern")

    assert row.module == "column_map"
    assert b"police" not in (ROOT / "adapters" / "column_map" / "__init__.py").read_bytes()
    assert all(check(one) for one in samples("police-concern"))


def test_another_source_is_added_by_the_three_files_of_data_that_the_guide_shows(tmp_path: Path) -> None:
    row, housing_map, words = FENCE.findall(GUIDE.read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "adapters", tmp_path / "adapters", ignore=shutil.ignore_patterns("__pycache__"))
    before = _files(tmp_path)
    (tmp_path / "adapters/maps/housing-register.csv").write_text(housing_map, encoding="utf-8")
    (tmp_path / "adapters/vocabulary/housing.csv").write_text(words, encoding="utf-8")
    with (tmp_path / "adapters/sources.csv").open("a", encoding="utf-8") as file:
        file.write(row)

    # The copy stands before the project on the path; hub is the project's own, as it is.
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    said = subprocess.run(
        [sys.executable, "-c", TRY_IT],
        cwd=tmp_path,
        env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.startswith("housing.moved 2024-05-01 third-sector Family moved house 1.")
    changed = {name for name, content in _files(tmp_path).items() if before.get(name) != content}
    assert changed == {"adapters/sources.csv", "adapters/maps/housing-register.csv", "adapters/vocabulary/housing.csv"}


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
