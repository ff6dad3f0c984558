"""A mutant of a delivery: by what its bytes are, then by its bytes alone, sometimes under another name. Repeatable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from hub.update import Delivery
from tests.fuzz import in_archives, in_bytes, in_json, in_rows, in_xml, odd
from tests.fuzz.corpus import pick, seeds

LARGEST = 2 * 1024 * 1024
Way = Callable[[Random, bytes, bytes], bytes]


def chance_of(seed: int, source: str, number: int) -> Random:
    """The chance of one mutant, so that it can be made again alone."""
    return Random(f"{seed}:{source}:{number}")  # noqa: S311 - for runs that can be repeated, not for secrets


def mutant(chance: Random, source: str) -> Delivery:
    """A mutant of one of the source's files, helped by another of them."""
    of = seeds(source)
    return changed(chance, pick(chance, of), pick(chance, of))


def changed(chance: Random, one: Delivery, other: Delivery) -> Delivery:
    """One delivery changed: as what it is, as bytes, or both; at most two MiB of it."""
    content = one.content
    kind = chance.random()
    if kind < 0.85:
        content = structured(chance, content, other.content)
    if kind > 0.75:
        content = in_bytes.mutate(chance, content, other.content)
    name = _renamed(chance, one.name, other.name) if chance.random() < 0.1 else one.name
    return replace(one, name=name, content=content[:LARGEST])


def structured(chance: Random, content: bytes, other: bytes) -> bytes:
    """Changed as what it is; as bytes, where it is no longer anything."""
    try:
        return _way(content)(chance, content, other)
    except (ValueError, RecursionError):
        return in_bytes.mutate(chance, content, other)


def _way(content: bytes) -> Way:
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:4]
    if begins.startswith(b"PK"):
        return _archive
    if begins[:1] in (b"{", b"["):
        return in_json.mutate
    if begins[:1] == b"<":
        return in_xml.mutate
    return in_rows.mutate_hl7 if begins[:3] in (b"MSH", b"FHS", b"BHS") else in_rows.mutate


def _archive(chance: Random, content: bytes, other: bytes) -> bytes:
    return in_archives.mutate(chance, content, other, structured)


def _renamed(chance: Random, name: str, other: str) -> str:
    """Names say terms, councils and tables; none of them needs to be right."""
    return chance.choice(("", "x", other, odd.text(chance, name, [other]), f"../{name}", name.swapcase(), name * 40))
