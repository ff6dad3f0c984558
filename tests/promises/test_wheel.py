"""What is installed is what is in the tree: four packages, their data, and the policies."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PARTS = ("hub", "consent", "projections", "adapters", "policies", "pyproject.toml", "README.md", "LICENSE")
SHARE = "share/chronology-hub/policies"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the tree, so that building leaves nothing behind in it."""
    tree = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        if (PROJECT / part).is_dir():
            shutil.copytree(PROJECT / part, tree / part, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy(PROJECT / part, tree)
    out = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(out), str(tree))
    (built,) = out.glob("chronology_hub-*.whl")
    return built


def _pip(command: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, "-q", "--no-deps", "--no-index", *arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_it_carries_exactly_the_four_packages(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in _names(wheel)}

    assert {top for top in tops if not top.startswith("chronology_hub-")} == {
        "hub",
        "consent",
        "projections",
        "adapters",
    }


def test_it_carries_every_file_that_the_code_reads(wheel: Path) -> None:
    carried = set(_names(wheel))

    read = [
        path.relative_to(PROJECT).as_posix()
        for package in ("hub", "consent", "projections", "adapters")
        for path in (PROJECT / package).rglob("*")
        if path.is_file() and not {"node_modules", "__pycache__", "vendor"} & set(path.parts)
    ]
    npm = {"hub/web/package.json", "hub/web/package-lock.json", "hub/web/.npmrc"}
    assert sorted(set(read) - carried - npm) == []


def test_an_installed_hub_finds_its_policies(wheel: Path, tmp_path: Path) -> None:
    # Else pip would take the hub out of the environment that runs this test.
    _pip("install", "--ignore-installed", "--prefix", str(tmp_path), str(wheel))

    installed = {path.name for path in (tmp_path / SHARE).iterdir() if path.is_file()}
    assert installed == {path.name for path in (PROJECT / "policies").iterdir() if path.is_file()}
    assert (tmp_path / "bin" / "hub").exists()
