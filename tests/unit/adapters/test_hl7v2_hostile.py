"""However a hospital's file is broken or crafted, it costs bounded time and ends in updates and refusals."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.update import Refusal, Update
from tests.unit.adapters.hospital_messages import (
    CHILD,
    NEXT_OF_KIN,
    a_header,
    a_message,
    a_patient,
    a_result,
    a_value,
    an_admission,
    an_order,
    read,
)

FILE = (
    an_admission()
    + a_result(a_value(), "NTE|1||A note.")
    + a_message(a_header("ADT^A40"), a_patient(), NEXT_OF_KIN, "MRG|H99^^^HILL^MR")
)
SETTINGS = settings(max_examples=250, deadline=None, derandomize=True, database=None)


def looked_at(content: bytes) -> None:
    """Always something, never a name or number in what is said, and nothing of it said twice otherwise."""
    found = read(content)
    assert found
    for one in found:
        assert isinstance(one, Update | Refusal)
        said = f"{one.message}{one.next_step}{one.place}" if isinstance(one, Refusal) else one.place
        assert "Fernie" not in said
        assert CHILD not in said
        assert b"mhairi@" not in one.original
        (again,) = read(one.original)
        assert type(again) is type(one)


@SETTINGS
@given(st.integers(0), st.integers(0, 60), st.binary(max_size=6))
def test_bytes_lost_or_changed_end_in_updates_and_refusals(where: int, length: int, put: bytes) -> None:
    start = where % len(FILE)

    looked_at(FILE[:start] + put + FILE[start + length :])


@SETTINGS
@given(st.lists(st.tuples(st.integers(0), st.integers(0, 7)), min_size=1, max_size=8))
def test_bits_turned_over_end_in_updates_and_refusals(flips: list[tuple[int, int]]) -> None:
    content = bytearray(FILE)
    for where, bit in flips:
        content[where % len(content)] ^= 1 << bit

    looked_at(bytes(content))


@SETTINGS
@given(st.text(alphabet="MSHPIDOBR|^~\\&\r\n\x0b\x1c\x001 é", max_size=200))
def test_anything_like_a_message_ends_in_updates_and_refusals(text: str) -> None:
    assert read(text.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"MSH|^~\\&|" * 100_000,
        b"MSH|^~\\&\r" * 100_000,
        b"\r" * 1_000_000,
        b"MSH" * 300_000,
        a_message(a_header("ORU^R01"), a_patient()) + b"OBR|\r" * 100_000,
        a_message(a_header("ORU^R01"), a_patient(), "PV1|" + "x" * 500_000, *(["OBR|1||L1"] * 5_000)),
        a_message(a_header("ORU^R01"), a_patient(), an_order(), a_value("\\.br\\" * 15_000, kind="TX")),
        a_message(a_header(), "PID|1||" + "~".join(["H1^^^X"] * 20_000)),
        b"NTE|1||a\r" + b"b\r" * 300_000,
    ],
)
def test_what_was_made_to_hurt_costs_a_bounded_time(content: bytes) -> None:
    began = time.process_time()

    read(content)

    assert time.process_time() - began < 20
