"""What the fuzzing begins with: the samples of a source, ours and the published ones; of large tables the beginning."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

from hub.update import Delivery
from tests.accounts.counting import FORMATS, files
from tests.contract.adapter import samples

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "samples"
LARGE = 48 * 1024
_LIGHT = 4096


@cache
def seeds(source: str) -> tuple[Delivery, ...]:
    """The files of a source to begin with; those of `../shared/samples` only where that folder is there."""
    return (*samples(source), *_published(source))


def _published(source: str) -> Iterator[Delivery]:
    for of in FORMATS:
        if of.source == source:
            for file in files(PUBLISHED, of):
                yield Delivery(source, of.name(file.name), shortened(file.read_bytes()))


def shortened(content: bytes) -> bytes:
    """The first lines of a large table or of many messages; documents that are one whole are left as they are."""
    if len(content) <= LARGE or content.lstrip()[:1] in b"<{[" or content.startswith(b"PK"):
        return content
    return content[: content.rfind(b"\r" if content.startswith(b"MSH") else b"\n", 0, LARGE) + 1]


def pick(chance: Random, deliveries: tuple[Delivery, ...]) -> Delivery:
    """One of them; the larger a file is, the more seldom, so that most of the time is not spent on a few."""
    weights = list(accumulate(1 / (_LIGHT + len(one.content)) for one in deliveries))
    return chance.choices(deliveries, cum_weights=weights)[0]
