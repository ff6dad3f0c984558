"""Reading the stories' files so strictly that a slip of the pen is named by its line, and never passed over.

Every value is text until somebody asks what it means; YAML's own guesses (`no` is false, `3:10` is a number) stay out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from consent.policy import refused
from hub.errors import PolicyRefused

_SIZE = 512 * 1024
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Given = TypeVar("Given")
Read = TypeVar("Read")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SPAN = re.compile(r"from (\d{4}-\d{2}-\d{2})(?: to (\d{4}-\d{2}-\d{2}))?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included; None leaves that side open."""

    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether a day lies in it."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class Unclear(Exception):
    """What stands here was not understood; the problem has been noted."""


class Part:
    """One place of a file. What is wrong there goes to the list of problems, with file and line."""

    def __init__(self, file: str, node: Node, problems: list[str]) -> None:
        self._file, self._node, self._problems = file, node, problems

    @property
    def where(self) -> str:
        """File and line, for people."""
        return f"{self._file} line {self._node.start_mark.line + 1}"

    @property
    def chapter(self) -> str:
        """What the file is about, by its name: `child-protection.yaml` is Child protection."""
        return self._file.removesuffix(".yaml").replace("-", " ").capitalize()

    def wrong(self, what: str) -> Unclear:
        """Note a problem at this place; the error to raise for it."""
        self._problems.append(f"{self.where}: {what}")
        return Unclear()

    def fields(self, needed: Collection[str], optional: Collection[str] = ()) -> dict[str, Part]:
        """The parts of a mapping, by name: all that are needed, and none that is not known."""
        found = self.named()
        known = ", ".join((*needed, *optional))
        problems = [
            *(
                part.wrong(f"'{name}' is not known here; known are {known}")
                for name, part in found.items()
                if name not in needed and name not in optional
            ),
            *(self.wrong(f"'{name}' is missing") for name in needed if name not in found),
        ]
        if problems:
            raise problems[0]
        return found

    def named(self) -> dict[str, Part]:
        """The parts of a mapping whose names are free, such as people; no name twice."""
        if not isinstance(self._node, MappingNode):
            raise self.wrong("names with their values are needed here")
        found: dict[str, Part] = {}
        for key, value in self._node.value:
            name = Part(self._file, key, self._problems).text()
            if name in found:
                raise Part(self._file, key, self._problems).wrong(f"'{name}' stands here twice")
            found[name] = Part(self._file, value, self._problems)
        return found

    def items(self) -> list[Part]:
        """The parts of a list."""
        if not isinstance(self._node, SequenceNode):
            raise self.wrong("a list is needed here")
        return [Part(self._file, one, self._problems) for one in self._node.value]

    def text(self) -> str:
        """Words, on one line."""
        if not isinstance(self._node, ScalarNode) or not self._node.value.strip():
            raise self.wrong("words are needed here")
        return " ".join(self._node.value.split())

    def one_of(self, values: Collection[str], what: str) -> str:
        """One of these words."""
        text = self.text()
        if text not in values:
            raise self.wrong(f"there is no {what} '{text}'; known are {', '.join(values)}")
        return text

    def day(self) -> date:
        """A day, as 2026-01-31."""
        text = self.text()
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise self.wrong("a day is needed here, such as 2026-01-31")

    def moment(self) -> datetime:
        """A day, or a day with its time of day, in UTC; a day alone is its noon."""
        text = self.text()
        try:
            if found := _MOMENT.fullmatch(text):
                return datetime.fromisoformat(f"{text if found.group(1) else text + ' 12:00'}+00:00")
        except ValueError:
            pass
        raise self.wrong("a day is needed here, such as 2026-01-31, with or without a time, such as 2026-01-31 15:20")

    def span(self) -> Span:
        """`always`, `from 2026-01-31` or `from 2026-01-31 to 2026-02-28`."""
        text = self.text()
        if text == "always":
            return Span()
        try:
            if found := _SPAN.fullmatch(text):
                since, until = found.groups()
                read = Span(date.fromisoformat(since), date.fromisoformat(until) if until else None)
                if read.until is None or read.holds(read.until):
                    return read
        except ValueError:
            pass
        raise self.wrong("always, from 2026-01-31, or from 2026-01-31 to 2026-02-28 is needed here")

    def yes(self) -> bool:
        """Yes or no."""
        return self.one_of(("yes", "no"), "answer but yes or no:") == "yes"


def each(parts: Iterable[Given], read: Callable[[Given], Read]) -> list[Read]:
    """What was read of each; what was not understood is left out, its problem noted, and reading goes on."""
    found: list[Read] = []
    for part in parts:
        with suppress(Unclear):
            found.append(read(part))
    return found


def read(path: Path, problems: list[str]) -> Part | None:
    """The whole of a file; None, and a problem, where it is not YAML without anchors."""
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE + 1)
        if len(content) > _SIZE:
            problems.append(f"{path.name}: more than {_SIZE} bytes")
            return None
        text = content.decode("utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_LOADER)):
            problems.append(f"{path.name}: a story is written out; anchors and references are not understood")
            return None
        node = yaml.compose(text, Loader=_LOADER)
    except OSError:
        problems.append(f"{path.name}: cannot be read")
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        problems.append(f"{path.name}{'' if line is None else f' line {line + 1}'}: this is not YAML in UTF-8")
    else:
        if node is not None:
            return Part(path.name, node, problems)
        problems.append(f"{path.name}: it is empty")
    return None


def not_understood(problems: list[str]) -> PolicyRefused:
    """The error that names everything that was not understood."""
    return refused("has stories that are not understood", problems)
