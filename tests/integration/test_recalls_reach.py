"""Corrections reach those who asked for the past, and those who read an edition; and find the editions themselves."""

from __future__ import annotations

from hub.update import Occurred, Precision
from tests.editing import frozen, look, registered
from tests.fix_hub import TestHub
from tests.integration.test_recalls import WHEN, the_entry
from tests.recalling import corrected, notices
from tests.staging import Stages
from tests.stories import everyone, now_of, read, take, told

CONCERN = Occurred("2024-09-02T09:41:07+01:00", Precision.INSTANT)


def test_whoever_asked_after_the_correction_how_it_was_known_before_knows_that_it_was(hub: TestHub) -> None:
    stages = Stages(hub)
    with stages.at("2026-01-05 09:00"):
        take(hub, [*everyone(), told("gp", "ordinary", occurred=WHEN)])
    child, then = hub.only_child(), now_of(hub)
    with stages.at("2026-01-06 09:00"):
        read(hub, "morag", child, known_at=then)
    with stages.at("2026-01-07 09:00"):
        corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")
    with stages.at("2026-01-07 09:30"):
        read(hub, "fiona", child, known_at=then)
    with stages.at("2026-01-09 09:00"):
        read(hub, "catriona", child, known_at=then)
    stages.settle()

    told_whom = {who for who in ("morag", "fiona", "catriona") if notices(hub, who)}

    assert told_whom == {"morag", "fiona"}


def test_an_edition_that_tells_a_version_which_no_longer_stands_is_found(hub: TestHub) -> None:
    child = registered(hub)
    entry = the_entry(hub, child, "2024-09-02")
    edition = frozen(hub, child)
    lead, room = hub.person("eilidh"), hub.house.hub.knowing
    assert room.recall_of(lead, entry).editions == ()

    corrected(
        hub,
        "gp",
        "concern",
        1,
        code="gp.not_brought",
        occurred=CONCERN,
        mapping="read-anew",
        original=b'{"other": "bytes"}',
    )
    assert room.recall_of(lead, entry).editions == ()
    corrected(hub, "gp", "concern", 2, code="gp.not_brought", occurred=CONCERN, headline="It was the other ear")

    assert [(pin.edition, pin.revision) for pin in room.recall_of(lead, entry).editions] == [(edition, 1)]


def test_whoever_read_an_edition_is_told_when_what_it_tells_is_corrected(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child)
    look(hub, "morag", child, edition)
    assert notices(hub, "morag") == []

    corrected(hub, "gp", "concern", 1, code="gp.not_brought", occurred=CONCERN, headline="It was the other ear")

    assert [what for what, _ in notices(hub, "morag")] == ["corrected"]
