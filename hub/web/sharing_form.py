"""A form as it was filled in: nothing that was typed is lost when something else is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from consent.sharing_terms import Incomplete
from hub.errors import HubError
from hub.web import words

ENTRY: Final = "entry-"


@dataclass(frozen=True, slots=True)
class Form:
    """fields: what was typed. faults: what is wrong, by field; problem: what is wrong with the whole."""

    fields: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def value(self, name: str) -> str:
        """What was typed into a field."""
        return self.fields.get(name, "")

    def picked(self) -> tuple[UUID, ...]:
        """The entries that were ticked."""
        found = (id_of(name.removeprefix(ENTRY)) for name in self.fields if name.startswith(ENTRY))
        return tuple(one for one in found if one is not None)

    def refused(self, error: HubError) -> Form:
        """The same with what the hub said of it."""
        if isinstance(error, Incomplete):
            return replace(self, faults=error.faults)
        return replace(self, problem=f"{error.message} {error.next_step}".strip())


def id_of(text: str) -> UUID | None:
    """An id that the page itself put into a form or an address; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def typed_day(text: str) -> str:
    """A day as people type it, as YYYY-MM-DD; what is no day stays as it is, and is told."""
    found = words.typed_date(text)
    return found.isoformat() if found else text.strip()
