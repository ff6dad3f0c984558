"""What every event is: a frozen fact with a place in a stream and a stored name that never changes.

A stored name is a promise. Classes may move and be renamed; `name` and `version` on them may not. An old
shape is brought up to date by the upcaster registered for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import msgspec


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact. `originator_id` is its stream, `originator_version` its place in it, from 1.

    SEALED names the fields that hold personal content; they are stored under the key of the person whom
    the field HOLDER names. PARTS names a field of `ThirdPart`s, each sealed under its own holder's key.
    """

    NAME: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    SEALED: ClassVar[tuple[str, ...]] = ()
    HOLDER: ClassVar[str] = "originator_id"
    PARTS: ClassVar[str] = ""

    originator_id: UUID
    originator_version: int


@dataclass(frozen=True, kw_only=True)
class Act(Event):
    """What somebody of the partnership decided or stated through the hub; two who race meet in the same version."""


@dataclass(frozen=True, slots=True)
class ThirdPart:
    """What an event says of one third person. `holder` and `relation` stay clear; the rest is sealed."""

    holder: UUID
    relation: str
    name: str = ""
    text: str = ""


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
_CLASSES: dict[str, type[Event]] = {}
_UPCASTERS: dict[tuple[str, int], Upcaster] = {}
Kind = TypeVar("Kind", bound=type[Event])


def event(name: str, version: int = 1) -> Callable[[Kind], Kind]:
    """Register an event class under its stored name and version. The registry is closed: nothing else resolves."""

    def register(cls: Kind) -> Kind:
        if name in _CLASSES:
            raise ValueError(f"two event classes are called {name}")
        cls.NAME, cls.VERSION = name, version
        _CLASSES[name] = cls
        return cls

    return register


def upcaster(name: str, version: int) -> Callable[[Upcaster], Upcaster]:
    """Register how the state of `name` at `version` becomes that of the next version."""

    def register(function: Upcaster) -> Upcaster:
        _UPCASTERS[name, version] = function
        return function

    return register


def unchanged(name: str, version: int) -> None:
    """Register that a state of `name` at `version` is one of the next version too: what is new there has a default."""
    _UPCASTERS[name, version] = lambda state: state


def topic_of(cls: type[Event]) -> str:
    """The stored name with its version, as written in the log: `EntryRecorded:1`."""
    return f"{cls.NAME}:{cls.VERSION}"


def resolve(topic: str) -> tuple[type[Event], int]:
    """The class for a stored name and the version it was stored in. Raises KeyError for any other text."""
    name, _, version = topic.partition(":")
    cls = _CLASSES[name]
    stored = int(version)
    if not 1 <= stored <= cls.VERSION:
        raise KeyError(topic)
    return cls, stored


def upcast(cls: type[Event], stored: int, state: dict[str, Any]) -> dict[str, Any]:
    """Bring a stored state up to the class's own version, one step at a time."""
    for version in range(stored, cls.VERSION):
        state = _UPCASTERS[cls.NAME, version](state)
    return state


def learn() -> None:
    """Have msgspec learn every event class now, by one thread: two at the first use of a class crash the process."""
    for cls in _CLASSES.values():
        msgspec.json.Decoder(cls)


def known_topics() -> frozenset[str]:
    """Every stored name and version that can be read, for the test that the list only grows."""
    return frozenset(f"{name}:{v}" for name, cls in _CLASSES.items() for v in range(1, cls.VERSION + 1))
