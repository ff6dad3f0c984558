"""Within one batch each name is worked out once, and it is the same name as ever."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from hub.intake.naming import BatchNaming, Naming
from hub.update import Update
from tests.builders import an_update


class Digest:
    """A digest without a key, which counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, *parts: str) -> bytes:
        self.asked += 1
        return hashlib.sha256("\x1f".join(parts).encode()).digest()


def _names(naming: Naming, one: Update) -> tuple[object, ...]:
    return (
        naming.record_stream(one),
        naming.person_record(one),
        naming.fingerprint(one),
        naming.version(one),
        naming.original(one),
        naming.statement(one.person),
        naming.identifier("upn", "A1"),
        naming.scope(one.source, "everything"),
    )


def test_the_names_of_a_batch_are_those_that_were_always_given() -> None:
    batch = BatchNaming(Digest())
    records = [an_update(f"r-{n}", version=version) for n in range(20) for version in ("", "1")]

    for one in records:
        assert _names(batch, one) == _names(Naming(Digest()), one)
        assert _names(batch, one) == _names(Naming(Digest()), one)


def test_each_name_is_worked_out_once() -> None:
    digest = Digest()
    batch, one = BatchNaming(digest), an_update(version="")
    _names(batch, one)
    asked = digest.asked

    _names(batch, one)

    assert digest.asked == asked


def test_another_record_never_gets_the_name_of_one_that_is_gone() -> None:
    batch = BatchNaming(Digest())
    first = an_update("r-0")
    names = {batch.record_stream(replace(first, record_id=f"r-{n}")) for n in range(500)}

    assert len(names) == 500
