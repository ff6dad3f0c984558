"""Whatever a record says, and whatever its sender calls it, no place, reason, message or next step says it again."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from adapters import sources
from hub.update import Refusal, Update
from tests.planting import broken, different, leaks, read, said, soaked

SAMPLES = {f"{source}/{sample.name}": sample for source in sources.names() for sample in different(source)}
MOST = 100


def test_every_source_has_a_sample_that_can_be_planted() -> None:
    assert {sample.source for sample in SAMPLES.values()} == set(sources.names())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_record_full_of_canaries_is_read_and_nothing_of_it_is_said(name: str) -> None:
    sample = SAMPLES[name]

    found = read(sample.source, sample.name, soaked(sample))

    records = [one for one in found if isinstance(one, Update)]
    assert records
    assert leaks(*(str(one) for one in records)), "the canaries were to be in the records"
    assert leaks(*(text for one in found for text in said(one))) == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_record_full_of_canaries_that_is_refused_is_not_quoted(name: str) -> None:
    sample = SAMPLES[name]
    refused: set[str] = set()
    told: set[str] = set()
    for content in broken(sample, MOST):
        for one in read(sample.source, sample.name, content):
            told |= {text for text in said(one) if leaks(text)}
            refused |= {one.reason} if isinstance(one, Refusal) else set()

    assert told == set()
    assert len(refused) >= 3, "it was to be broken in several ways"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_name_of_a_file_is_not_said(name: str) -> None:
    sample = SAMPLES[name]
    stem, suffix = PurePath(sample.name).stem, PurePath(sample.name).suffix
    parts = stem.split("_")
    names = [f"{stem} Canaryfamily 9990010102{suffix}", f"Canaryfamily_{sample.name}", "9990010102 1990-12-31 Canary"]
    names += ["_".join([*parts[:n], "Canaryfamily", *parts[n + 1 :]]) + suffix for n in range(len(parts))]
    for other in names:
        for one in (*read(sample.source, other, soaked(sample)), *read(sample.source, other, b"canary")):
            assert leaks(*said(one)) == set()
