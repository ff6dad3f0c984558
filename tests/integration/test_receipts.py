"""A submission's receipt: every record, its outcome and the way to mend it, for its sender and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from hub.errors import NothingToShow, Raced
from hub.receipt import KeptReceipt, Position, Receipt, Submission
from hub.update import Refusal, Translated
from tests.builders import an_update
from tests.fix_hub import TestHub

PRACTICE = Submission("http", "Z99104", "practice-system")
REFUSAL = Refusal("gp-connect", "no-subject", "/entry/4", "Of nobody.", "Send it with its patient.", b"{}", "x/y")


def send(hub: TestHub, *updates: Translated, submission: Submission | None = PRACTICE) -> Receipt:
    return hub.house.hub.intake.receive(updates, submission=submission)


def kept(hub: TestHub, receipt: Receipt, owner: str | None = "Z99104") -> KeptReceipt:
    assert receipt.id is not None
    return hub.house.hub.intake.receipt(owner, receipt.id)


def test_what_was_answered_can_be_looked_up_record_by_record(hub: TestHub) -> None:
    answered = send(hub, an_update(), an_update(), REFUSAL)

    found = kept(hub, answered)

    assert found.receipt == answered
    assert found.finished_at is not None
    assert [(r.outcome.value, r.place, r.next_step) for r in found.receipt.results][2] == (
        "quarantined",
        "/entry/4",
        "Send it with its patient.",
    )


def test_a_large_submission_is_looked_up_in_its_own_order(hub: TestHub) -> None:
    answered = send(hub, *(an_update(f"r{n}", place=f"/entry/{n}") for n in range(1100)))

    assert [one.place for one in kept(hub, answered).receipt.results] == [f"/entry/{n}" for n in range(1100)]


@pytest.mark.parametrize("owner", ["Z99105", "", "Z9910%"])
def test_another_owner_gets_the_answer_of_a_receipt_that_never_was(hub: TestHub, owner: str) -> None:
    answered = send(hub, an_update())
    assert answered.id is not None

    told = [refusal(hub, owner, identity) for identity in (answered.id, uuid4())]

    assert told[0] == told[1]


def refusal(hub: TestHub, owner: str, identity: UUID) -> tuple[str, str]:
    with pytest.raises(NothingToShow) as caught:
        hub.house.hub.intake.receipt(owner, identity)
    return caught.value.message, caught.value.next_step


def test_a_submission_cut_short_shows_what_is_durable(hub: TestHub) -> None:
    def cut() -> Iterator[Translated]:
        yield from (an_update(f"r{n}") for n in range(1200))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        hub.house.hub.intake.receive(cut(), submission=PRACTICE)

    (listed,) = hub.house.hub.intake.receipts("Z99104")
    assert listed.finished_at is None
    assert listed.records in (500, 1000)
    found = hub.house.hub.intake.receipt("Z99104", listed.id)
    assert len(found.receipt.results) == listed.records
    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from intake.revisions").fetchone() == (listed.records,)


def test_an_owner_lists_their_own_receipts_newest_first(hub: TestHub) -> None:
    first, second = send(hub, an_update()), send(hub, an_update("r2"))
    send(hub, an_update("r3"), submission=Submission("kafka", "another", "x"))

    assert [one.id for one in hub.house.hub.intake.receipts("Z99104")] == [second.id, first.id]
    assert hub.house.hub.intake.receipts("Z99104", source="nems") == []


def test_without_a_sender_no_receipt_is_kept(hub: TestHub) -> None:
    assert send(hub, an_update(), submission=None).id is None


def test_a_position_moves_with_its_events_or_not_at_all(hub: TestHub) -> None:
    intake = hub.house.hub.intake
    intake.receive([an_update()], positions=[Position("hub.updates.nems", 0, 0, 7)])
    assert intake.positions() == {("hub.updates.nems", 0): 7}

    with pytest.raises(Raced):
        intake.receive([an_update("r2")], positions=[Position("hub.updates.nems", 0, 0, 9)])

    assert intake.positions() == {("hub.updates.nems", 0): 7}
    assert [r.outcome.value for r in intake.receive([an_update("r2")]).results] == ["accepted"]


def test_a_position_moves_where_there_was_nothing_to_take_in(hub: TestHub) -> None:
    hub.house.hub.intake.receive([], positions=[Position("hub.updates.nems", 1, 5, 6)])

    assert hub.house.hub.intake.positions() == {("hub.updates.nems", 1): 6}
