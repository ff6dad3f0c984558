"""Every source of the registry keeps the contract of adapters, with its samples and with whatever else it is sent."""

from __future__ import annotations

from functools import partial

import pytest

from adapters import sources
from hub.update import Delivery
from tests.contract.adapter import check, check_hostile, check_outcome, check_row, outcomes, samples
from tests.contract.hostile import DEEP, check_cost, deep

NAMES = sources.names()
SAMPLES = {f"{name}/{one.name}": one for name in NAMES for one in samples(name)}
LENNOX = ("Lennox", "Isla", "Finn", "9990190313", "9990240221", "2019-03", "ZZ99")
"""Values of the invented family that no refusal, place or note may hold."""


@pytest.mark.parametrize("name", NAMES)
def test_its_row_is_whole(name: str) -> None:
    check_row(name)


@pytest.mark.parametrize("sample", SAMPLES)
def test_its_samples_keep_the_contract(sample: str) -> None:
    check(SAMPLES[sample], canaries=LENNOX)


@pytest.mark.parametrize("name", [name for name in NAMES if samples(name)])
def test_it_takes_whatever_was_damaged_on_the_way(name: str) -> None:
    for one in samples(name)[:6]:
        assert check_hostile(one)


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_bytes_that_were_made_to_hurt(name: str) -> None:
    for content in deep(DEEP).values():
        delivery = Delivery(name, "hurt", content)
        for one in outcomes(delivery):
            check_outcome(delivery, one)


@pytest.mark.parametrize("kind", sorted(deep(64)))
@pytest.mark.parametrize("name", NAMES)
def test_its_work_grows_as_the_file_does(name: str, kind: str) -> None:
    check_cost(outcomes, partial(_made, name, kind), DEEP // 2)


def _made(name: str, kind: str, size: int) -> Delivery:
    return Delivery(name, "hurt", deep(size)[kind])
