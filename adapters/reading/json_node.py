"""Reading a JSON object politely: a value of the wrong kind becomes a defect, never a crash or a guess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.reading.dates import day_of
from hub.update import Defect


@dataclass(frozen=True, slots=True)
class Odd:
    """Something that stands where an object should."""

    value: object
    pointer: str


@dataclass(frozen=True, slots=True)
class Node:
    """One object, its JSON pointer, and what was found wrong while reading it."""

    data: dict[str, object]
    pointer: str
    defects: list[Defect] = field(default_factory=list)

    def text(self, key: str) -> str:
        """Read a text, trimmed. A number is taken as its digits, with a defect; anything else as nothing."""
        value = self.data.get(key)
        if isinstance(value, str):
            return value.strip()
        if value is None:
            return ""
        self.defect("wrong-type", key, "Not a text.")
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""

    def day(self, key: str) -> str:
        """Read a day as `YYYY-MM-DD`; empty, with a defect, when it is something else."""
        text = self.text(key)
        day = day_of(text)
        if text and not day:
            self.defect("bad-date", key, "Not a date.")
        return day

    def flag(self, key: str) -> bool | None:
        """Read true or false; absent is false. None when it is neither, with a defect."""
        value = self.data.get(key)
        if value is None:
            return False
        if isinstance(value, bool):
            return value
        self.defect("wrong-type", key, "Neither true nor false.")
        return None

    def number(self, key: str) -> int | None:
        """Read a whole number; None, with a defect, when it is something else."""
        value = self.data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if value is not None:
            self.defect("wrong-type", key, "Not a whole number.")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts; whatever else is in it is a defect."""
        value = self.data.get(key)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        good = tuple(one.strip() for one in listed if isinstance(one, str) and one.strip())
        if len(good) != len(listed):
            self.defect("wrong-type", key, "Not a list of texts.")
        return good

    def states(self, *keys: str) -> bool:
        """Tell whether any of these is stated."""
        return any(self.data.get(key) is not None for key in keys)

    def each(self, key: str) -> Iterator[Node | Odd]:
        """Walk the objects of a list; one object alone counts as a list of one."""
        value = self.data.get(key)
        pointer = f"{self.pointer}/{key}"
        if isinstance(value, list):
            for at, one in enumerate(value):
                yield node_at(one, f"{pointer}/{at}")
        elif value is not None:
            yield node_at(value, pointer)

    def defect(self, code: str, key: str, note: str) -> None:
        """Note, once, what is wrong with one value."""
        found = Defect(code, f"{self.pointer}/{key}", note)
        if found not in self.defects:
            self.defects.append(found)


def node_at(value: object, pointer: str) -> Node | Odd:
    """Take an object as a Node, and anything else as Odd."""
    return Node(value, pointer) if isinstance(value, dict) else Odd(value, pointer)
