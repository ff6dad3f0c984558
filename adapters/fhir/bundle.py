"""A FHIR bundle as a shelf of resources that name one another: find what a reference means, or nothing.

A name that two different resources share means neither: a wrong guess could put one child's record into
another's story.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapters.fhir.values import Node, nodes, resource_type, text

ODS_SYSTEM = "https://fhir.nhs.uk/Id/ods-organization-code"
_DIRECTORY = "/Organization/"


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource and its place: a pointer into the file."""

    place: str
    resource: Node
    full_url: str = ""

    @property
    def type(self) -> str:
        """The resource's type, or empty."""
        return resource_type(self.resource)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The entries of a file, and the entry that each unambiguous name stands for."""

    entries: tuple[Entry, ...]
    names: dict[str, Entry | None]

    def of_type(self, *types: str) -> tuple[Entry, ...]:
        """The entries of these types, in the order of the file."""
        return tuple(entry for entry in self.entries if entry.type in types)

    def find(self, reference: str) -> Entry | None:
        """The entry a reference names: by full address, `Type/id`, or a bare or `urn:uuid:` id."""
        return self.names.get(reference) or self.names.get(reference.removeprefix("urn:uuid:"))

    def referred(self, node: object, *path: str) -> list[Entry]:
        """The entries named by the references at a path, those not in the bundle left out."""
        found = (self.find(text(part, "reference")) for part in nodes(node, *path))
        return [entry for entry in found if entry is not None]

    def organisation(self, node: object, *path: str) -> str:
        """The ODS code of the first organisation at a path, in the bundle or in the national directory."""
        for part in nodes(node, *path):
            reference = text(part, "reference")
            entry = self.find(reference)
            code = organisation_code(entry.resource) if entry else _directory_code(reference)
            # A reference may name its organisation by code alone.
            code = code or organisation_code(part)
            if code:
                return code
        return ""


def shelve(entries: Iterable[Entry]) -> Bundle:
    """A bundle of entries, indexed by every name that a reference may use."""
    held = tuple(entries)
    names: dict[str, Entry | None] = {}
    for entry in held:
        for name in _names(entry):
            names[name] = None if name in names and names[name] is not entry else entry
    return Bundle(held, names)


def organisation_code(organisation: Node) -> str:
    """The ODS code of an organisation (or of a site), or empty."""
    identifiers = nodes(organisation, "identifier")
    national = [part for part in identifiers if text(part, "system") == ODS_SYSTEM]
    return next((code for part in national if (code := text(part, "value"))), "")


def _names(entry: Entry) -> set[str]:
    identity = text(entry.resource, "id")
    names = {entry.full_url.removeprefix("urn:uuid:"), entry.full_url}
    if identity:
        names |= {f"{entry.type}/{identity}", identity}
    return names - {""}


def _directory_code(reference: str) -> str:
    if not reference.startswith(("https://", "http://")):
        return ""
    _, _, code = reference.rpartition(_DIRECTORY)
    return code if code.isalnum() and code != reference else ""
