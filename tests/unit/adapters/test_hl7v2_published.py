"""A thousand published hospital messages: counted, none lost, in any order, and quickly."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from adapters.hl7v2 import framing as hl7v2_framing
from hub.update import Delivery, Update
from tests.contract.adapter import check
from tests.unit.adapters.hospital_messages import (
    read,
)


@pytest.fixture(scope="module")
def published() -> bytes:
    path = Path(__file__).resolve().parents[4] / "shared" / "samples" / "hl7v2_simhospital" / "messages.out"
    if not path.is_file():
        pytest.skip("the folder of published samples (../shared) is not beside the project")
    return path.read_bytes()


def test_every_published_message_is_one_update(published: bytes) -> None:
    found = read(published)

    assert Counter(one.code if isinstance(one, Update) else one.reason for one in found) == {
        "hospital.result.reported": 610,
        "hospital.admitted": 400,
        "hospital.document": 2,
        "hospital.person.merged": 1,
    }
    assert len({one.record_id for one in found if isinstance(one, Update)}) == 1_013
    numbers = {part for one in found if isinstance(one, Update) for part in one.person.identifiers}
    assert len(numbers) == 403
    assert {part.system for part in numbers} == {"nhs-number"}


@pytest.mark.slow
def test_published_messages_are_read_again_alone_and_in_any_order(published: bytes) -> None:
    check(Delivery("hl7v2", "messages.out", published), canaries=("Esterkin", "2478684691", "Trivedi"))
    forwards = {one.record_id: one for one in read(published) if isinstance(one, Update)}
    pieces = [piece.original for piece in hl7v2_framing.pieces(published)]
    backwards = {one.record_id: one for one in read(b"\r".join(reversed(pieces))) if isinstance(one, Update)}

    assert {key: one.order for key, one in forwards.items()} == {key: one.order for key, one in backwards.items()}


def test_a_thousand_published_messages_take_a_few_seconds(published: bytes) -> None:
    began = time.process_time()

    read(published)

    assert time.process_time() - began < 10


def test_published_addresses_and_telephone_numbers_are_not_kept(published: bytes) -> None:
    found = read(published)

    assert not any(b"170 Juice Place" in one.original or b"020 5368 1665" in one.original for one in found)
