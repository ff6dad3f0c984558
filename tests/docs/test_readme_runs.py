"""What the documents tell people to type exists, and what they point at is there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "policies").glob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def _typed() -> list[str]:
    """Every line that a page tells somebody to type."""
    blocks = [block for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8"))]
    lines = [line for block in blocks for line in block.splitlines()]
    return sorted({line.removeprefix("$ ") for line in lines if line.startswith("$ ")})


def _commands() -> list[str]:
    return [line for line in _typed() if line.startswith(".venv/bin/hub ")]


def _targets() -> set[str]:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))


def test_the_pages_tell_people_to_type_something() -> None:
    assert "make demo" in _typed()
    assert "make test" in _typed()
    assert len(_commands()) >= 7


def test_every_make_target_named_anywhere_exists_and_says_what_it_does() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)

    named = set(re.findall(r"`make ([a-z]+)", text)) | {
        line.split()[1] for line in _typed() if line.startswith("make ")
    }
    assert named <= _targets()
    assert {"demo", "test", "check", "bench", "serve", "lock", "clean"} <= _targets()


@pytest.mark.parametrize("line", _commands())
def test_every_command_in_the_pages_exists_with_its_options(line: str) -> None:
    command, *words = shlex.split(line)[1:]
    options = [word for word in words if word.startswith("--")]
    action = [word for word in words[:1] if word.isalpha() and word.islower()]  # as in `hub child list`

    said = _help(command, *action)
    assert said, line
    assert [option for option in options if option not in said] == []


def _help(*names: str) -> str:
    """What the command says of itself; empty if there is none of that name."""
    done = subprocess.run(
        [sys.executable, "-m", "hub", *names, "--help"],
        check=False,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={"PATH": os.defpath, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONUTF8": "1"},
    )
    return done.stdout if done.returncode == 0 else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_a_page_points_only_at_what_is_there(page: Path) -> None:
    pointed = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]

    assert [target for target in pointed if not (page.parent / target).exists()] == []
