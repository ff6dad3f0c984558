"""A proposed version is tried on its own scenarios: each story must come out as it is told.

The stories go with the proposal, for a rule that is changed on purpose changes what its story tells.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from consent import scenarios
from consent.policy import Policy, refused
from consent.scenarios_told import Book

_NAMES = re.compile(r"[a-z][a-z0-9-]{0,60}\.(yaml|toml)")
_FILE_LIMIT = 512 * 1024
_FILES = 64


def read(folder: Path) -> dict[str, str]:
    """The text of the stories in a policy's folder, by file name. Raises PolicyRefused where it cannot be read."""
    stories = folder / scenarios.FOLDER
    found = sorted(one for pattern in ("*.yaml", "*.toml") for one in stories.glob(pattern))
    if not found:
        raise refused("has no scenarios", [f"{scenarios.FOLDER}: there is no story that it is tried on"])
    if len(found) > _FILES:
        raise refused("is too large", [f"{scenarios.FOLDER}: more than {_FILES} files"])
    return {one.name: _text(one) for one in found}


def stories_kept(policy: Policy, stories: Mapping[str, str]) -> int:
    """Try every story; how many there are. Raises PolicyRefused, naming each answer that is not as it is told."""
    with _written(stories) as folder:
        outcomes = scenarios.run(policy, folder)
    if differences := [difference for one in outcomes for difference in one.differences]:
        raise refused("decides otherwise than its scenarios tell", differences)
    return len(outcomes)


def told(policy: Policy, stories: Mapping[str, str]) -> Book:
    """The stories as they are told. Raises PolicyRefused, or HalfConfigured, where they are not understood."""
    with _written(stories) as folder:
        return scenarios.read(policy, folder)


@contextmanager
def _written(stories: Mapping[str, str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in stories.items():
            if not _NAMES.fullmatch(name):
                raise refused("is not understood", [f"{scenarios.FOLDER}: a file there has a name of another form"])
            (Path(folder) / name).write_bytes(text.encode())
        yield Path(folder)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refused("is incomplete", [f"{path.name}: cannot be read as text in UTF-8"]) from error
    if len(content) > _FILE_LIMIT or "\0" in text:
        raise refused("is too large", [f"{path.name}: more than {_FILE_LIMIT} bytes, or no text"])
    return text
