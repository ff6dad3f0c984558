"""The house stands: every import points down it, and each way of sinning against a floor is caught and named."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("hub", "consent", "projections", "adapters")
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

TOP_LEVEL = {
    *("hub", "consent", "projections", "adapters", "policies", "deploy", "tests", "docs"),
    *("pyproject.toml", "Makefile", "README.md", "LICENSE", "GLOSSARY.md", "CHANGELOG.md", "CONTRIBUTING.md"),
    *("SECURITY.md", ".ci", ".editorconfig", ".gitignore"),
}

# (the sin, the file it is committed in, its one line, the contract that must name it)
SINS = [
    (
        "a page reads a projection",
        "hub/web/sin.py",
        "import projections.chronology",
        "Only consent reads the projections",
    ),
    (
        "an API reads the store",
        "hub/api/sin.py",
        "import hub.store.ledger",
        "Only the ledger and the projections touch",
    ),
    ("consent imports the API", "consent/sin.py", "import hub.api.app", "Every import points down the house"),
    (
        "one adapter imports another",
        "adapters/nems/__init__.py",
        "import adapters.school_census",
        "Adapters know nothing of one another",
    ),
    ("an adapter stores", "adapters/sin.py", "import hub.store.ledger", "Adapters translate: they store nothing"),
    ("casbin outside its room", "consent/sin.py", "import casbin", "casbin is spoken in consent.reference alone"),
    ("SQL in an event", "hub/events/sin.py", "import psycopg", "SQL is written by those who keep something"),
    (
        "an event of somebody else's making",
        "hub/events/sin.py",
        "import eventsourcing.domain",
        "eventsourcing is spoken",
    ),
    ("a broker in intake", "hub/intake/sin.py", "import kafka", "Kafka is spoken by adapters alone"),
    ("a web framework in consent", "consent/sin.py", "import fastapi", "FastAPI stays at the doors"),
    ("XML in the register", "hub/identity/sin.py", "import lxml", "XML and FHIR are read by adapters alone"),
    ("a stray room", "hub/helpers.py", "", "Every module of hub is on a named floor"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same house, to sin in."""
    tree = tmp_path_factory.mktemp("house")
    shutil.copy(PROJECT / "pyproject.toml", tree)
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, tree / package, ignore=_only_python)
    return tree


def _only_python(folder: str, names: list[str]) -> set[str]:
    kept = {name for name in names if name.endswith(".py") or (Path(folder) / name).is_dir()}
    return set(names) - kept | {"node_modules", "__pycache__", "static"}


@pytest.fixture
def sin(copy: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Commit the sin for one test, and take it back."""
    _, where, line, contract = request.param
    file = copy / where
    before = file.read_text(encoding="utf-8") if file.exists() else None
    file.write_text((before or '"""A sin."""\n') + f"\n{line}\n", encoding="utf-8")
    yield contract
    file.write_text(before, encoding="utf-8") if before is not None else file.unlink()


def _lint(tree: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PATH": os.defpath, "PYTHONUTF8": "1", "COLUMNS": "200", "NO_COLOR": "1"},
    )
    return done.returncode, done.stdout + done.stderr


def _broken(said: str) -> list[str]:
    return [line for line in said.splitlines() if re.search(r"\bBROKEN$", line)]


def test_every_import_points_down_the_house() -> None:
    code, said = _lint(PROJECT)

    assert code == 0, said
    assert "0 broken" in said


def test_the_copy_to_sin_in_is_as_good_as_the_house(copy: Path) -> None:
    code, said = _lint(copy)

    assert code == 0, said


@pytest.mark.parametrize("sin", SINS, ids=[name for name, *_ in SINS], indirect=True)
def test_a_sin_is_caught_and_named(copy: Path, sin: str) -> None:
    code, said = _lint(copy)

    assert code == 1, said
    assert any(line.startswith(sin) for line in _broken(said)), said


def test_every_contract_is_sinned_against() -> None:
    names = re.findall(r'^name = "(.+)"$', (PROJECT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)

    caught = {contract for *_, contract in SINS}
    assert [name for name in names[1:] if not any(name.startswith(contract) for contract in caught)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_our_names_are_ours_and_not_some_distributions(package: str) -> None:
    found = importlib.import_module(package)

    assert found.__file__ is not None
    assert Path(found.__file__).resolve().parent == PROJECT / package


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_opens_with_a_sentence_and_imports_nothing(package: str) -> None:
    source = (PROJECT / package / "__init__.py").read_text(encoding="utf-8")

    assert source.startswith('"""')
    assert re.search(r"^\s*(import|from) ", source, re.MULTILINE) is None


def test_nothing_unexpected_lies_at_the_top_level() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        check=False,
        capture_output=True,
        text=True,
        cwd=PROJECT,
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout, so what belongs to it cannot be listed")

    assert {line.split("/")[0].strip('"') for line in listed.stdout.splitlines()} <= TOP_LEVEL


def test_the_abandoned_distribution_of_casbin_is_absent() -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution("casbin")
