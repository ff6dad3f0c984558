"""What the doors are told of sources and read models without knowing who reads or keeps them."""

from __future__ import annotations

from adapters import sources
from hub.people import Agency
from projections import rebuild


def group_names() -> tuple[str, ...]:
    """The read models that can be rebuilt, by name."""
    return tuple(group.name for group in rebuild.GROUPS)


def source_names() -> tuple[str, ...]:
    """The sources that can be read."""
    return sources.names()


def described_sources() -> list[tuple[str, str, str]]:
    """Each source's name, the kind of agency it brings records of, and what is to be known of it."""
    known = [sources.source(name) for name in sources.names()]
    return [(one.name, one.agency.label if one.agency else "Any agency", one.note) for one in known]


def agency_of(source: str) -> Agency | None:
    """The kind of agency whose entries a source brings, None where each record says; BadInput for an unknown source."""
    return sources.agency_of(source)
