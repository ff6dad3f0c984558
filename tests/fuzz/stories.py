"""Stories of two or three invented children whose files were mixed up on the way, taken in by a real hub.

Numbers, names, birth dates and record ids change places between the children, in one place or in all. Whatever the hub
makes of it, nobody may end up in another's story.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from adapters import sources
from hub.update import Delivery
from tests.contract.adapter import samples
from tests.fuzz import in_bytes
from tests.fuzz.cast import FINN, ISLA, Child, child, everywhere, ids_in, recast, said
from tests.fuzz.mutants import structured


@dataclass(frozen=True, slots=True)
class Sent:
    """One file, and whether it came as it was meant: what it says of a child is then so."""

    delivery: Delivery
    true: bool


@dataclass(frozen=True, slots=True)
class Story:
    """Some children, and what was sent about them, in its order."""

    number: int
    children: tuple[Child, ...]
    deliveries: tuple[Sent, ...]


def story(seed: int, number: int, among: Sequence[str] = ()) -> Story:
    """The n-th story of a seed; `among`: of these sources alone."""
    chance = Random(f"{seed}:story:{number}")  # noqa: S311 - for runs that can be repeated, not for secrets
    one = child(3 * number, chance)
    other = child(3 * number + 1, chance, like=one if chance.random() < 0.6 else None)
    third = child(3 * number + 2, chance, like=one)
    shared_ids = chance.random() < 0.3
    first = ((ISLA, one), (FINN, third)), 2 * number
    second = ((ISLA, other), (FINN, third)), 2 * number + (not shared_ids)
    files = [file for name in among or _some(chance) for file in _two(chance, samples(name))]
    sent: list[Sent] = []
    for file in files:
        ours, theirs = recast(file, *first), recast(file, *second)
        sent += [*_told(chance, ours, theirs, (one, other)), *_told(chance, theirs, ours, (other, one))]
    chance.shuffle(sent)
    return Story(number, (one, other, third), tuple(sent))


def _two(chance: Random, files: Sequence[Delivery]) -> list[Delivery]:
    return chance.sample(files, min(2, len(files)))


def _some(chance: Random) -> list[str]:
    return chance.sample([name for name in sources.names() if samples(name)], chance.randrange(1, 6))


def _told(chance: Random, ours: Delivery, theirs: Delivery, children: tuple[Child, Child]) -> Iterator[Sent]:
    """A child's file as it is, mixed up with the other's, or both, in either order."""
    true, mixed = Sent(ours, true=True), Sent(mixed_up(chance, ours, theirs, children), true=False)
    match chance.randrange(4):
        case 0:
            yield true
        case 1:
            yield mixed
        case 2:
            yield from (true, mixed)
        case _:
            yield from (mixed, true)


def mixed_up(chance: Random, ours: Delivery, theirs: Delivery, children: tuple[Child, Child]) -> Delivery:
    """One child's file with something of the other's in it."""
    content = ours.content
    for _ in range(chance.choice((1, 1, 2))):
        match chance.randrange(10):
            case 0 | 1 | 2 | 3:
                content = facet_taken(chance, content, children)
            case 4:
                content = id_taken(chance, content, theirs.content)
            case 5:
                content = in_bytes.flip(chance, content, b"")
            case _:
                content = structured(chance, content, theirs.content)
    return replace(ours, content=content)


def facet_taken(chance: Random, content: bytes, children: tuple[Child, Child]) -> bytes:
    """The other child's name, number or birth date, in one place or wherever this child's stands."""
    _, pairs = chance.choice(list(said(*children)))
    once = chance.random() < 0.5

    def taken(part: bytes) -> bytes:
        for one, other in pairs:
            if one:
                part = _replaced(chance, part, one.encode(), other.encode(), once=once)
        return part

    return everywhere(content, taken)


def id_taken(chance: Random, content: bytes, theirs: bytes) -> bytes:
    """A record's or a person's id that is the other child's, in one place or wherever it stands."""
    mine, other = ids_in(content), ids_in(theirs)
    if not mine or len(mine) != len(other):
        return content
    at, once = chance.randrange(len(mine)), chance.random() < 0.5
    return everywhere(content, lambda part: _replaced(chance, part, mine[at], other[at], once=once))


def _replaced(chance: Random, part: bytes, one: bytes, other: bytes, *, once: bool) -> bytes:
    if not once:
        return part.replace(one, other)
    pieces = part.split(one)
    if len(pieces) == 1:
        return part
    at = chance.randrange(1, len(pieces))
    return one.join(pieces[:at]) + other + one.join(pieces[at:])
