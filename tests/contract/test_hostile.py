"""The check of what work costs finds work that grows faster than the file, of every kind, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from hub.update import Delivery
from tests.contract.hostile import check_cost

SIZE = 2_000


def _made(size: int) -> Delivery:
    return Delivery("gp-connect", "x", b"a" * size)


def _linear(delivery: Delivery) -> int:
    return sum(byte * byte % 7 for _ in range(400) for byte in delivery.content)


def _sorting(delivery: Delivery) -> list[str]:
    return sorted(str(number * 7919 % 100_003) for number in range(len(delivery.content) * 40))


def _in_a_loop(delivery: Delivery) -> int:
    return sum(1 for one in delivery.content[::4] for _ in delivery.content if one)


def _in_copies(delivery: Delivery) -> bytes:
    left = delivery.content * 30
    while left:
        left = left[1:]
    return left


def _in_a_pattern(delivery: Delivery) -> list[str]:
    return re.findall(r"a*b", delivery.content.decode() * 3)


def _in_a_list(delivery: Delivery) -> list[int]:
    seen: list[int] = []
    for number in range(len(delivery.content)):
        if number not in seen:
            seen.append(number)
    return seen


@pytest.mark.parametrize("work", [_linear, _sorting])
def test_work_that_grows_as_the_file_does_is_let_pass(work: Callable[[Delivery], object]) -> None:
    check_cost(work, _made, SIZE)


@pytest.mark.parametrize("work", [_in_a_loop, _in_copies, _in_a_pattern, _in_a_list])
def test_work_that_grows_with_the_square_of_the_file_is_found(work: Callable[[Delivery], object]) -> None:
    with pytest.raises(AssertionError, match="16 times the bytes"):
        check_cost(work, _made, SIZE)


def test_work_too_small_to_be_measured_is_let_pass() -> None:
    check_cost(lambda delivery: [delivery.content for _ in delivery.content], _made, 10)
