"""What waits is tried again with a mended mapping, or let go by a named person; nobody sends anything twice for us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters import sources
from adapters.school_census import codes as school_codes
from adapters.school_census.codes import Words
from hub.errors import BadInput, NothingToShow
from hub.receipt import Receipt
from hub.update import Delivery
from tests.builders import an_update
from tests.fix_hub import TestHub

NAME = "2024_autumn_termlysessiondetailsonroll.csv"
HEADER = b"pupilonrolltableid,nativeid,termlysessiondetailsonrolltableid,sessions,attendancereason\n"
TABLE = HEADER + b"p1,SCH-ROWANBANK,s1,3,I\np1,SCH-ROWANBANK,s2,2,ZZ\np1,SCH-ROWANBANK,s3,2,QQ\n"


def census(hub: TestHub, content: bytes = TABLE) -> Receipt:
    return hub.house.hub.intake.receive(hub.house.translate(Delivery("school-census", NAME, content)))


def retry(hub: TestHub, source: str = "", reason: str = "") -> Receipt:
    return hub.house.hub.intake.quarantine.retry(hub.house.translate_again, "tests", source=source, reason=reason)


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Mends the census code list as its keepers would: ZZ is known from now on, and I is worded otherwise."""

    def do() -> None:
        codes = dict(school_codes._lists())
        codes["attendance", "ZZ"] = Words("taught elsewhere by arrangement")
        codes["attendance", "I"] = Words("ill, with a note")
        known = sources._sources() | {"school-census": replace(sources.source("school-census"), mapping="1.mended")}
        monkeypatch.setattr(school_codes, "_lists", lambda: codes)
        monkeypatch.setattr(sources, "_sources", lambda: known)

    return do


def outcomes(receipt: Receipt) -> list[str]:
    return [f"{one.outcome.value} {one.reason}".strip() for one in receipt.results]


def test_an_unmapped_code_waits_and_is_placed_by_a_retry_once_the_list_is_mended(
    hub: TestHub, mend: Callable[[], None]
) -> None:
    assert outcomes(census(hub)) == ["accepted", "quarantined unmapped-code", "quarantined unmapped-code"]
    assert outcomes(retry(hub, reason="unmapped-code")) == ["duplicate already-in-quarantine"] * 2

    mend()
    found = retry(hub, reason="unmapped-code")

    assert sorted(outcomes(found)) == ["accepted", "duplicate already-in-quarantine"]
    (left,) = hub.house.hub.intake.quarantine.waiting()
    assert (left.reason, left.attempts) == ("unmapped-code", 2)


def test_after_a_mapping_is_mended_old_events_are_shown_rightly_and_nobody_sends_again(
    hub: TestHub, mend: Callable[[], None]
) -> None:
    census(hub, HEADER + b"p1,SCH-ROWANBANK,s1,3,I\n")
    (before,) = shown(hub)

    mend()
    found = hub.house.reread("school-census")

    assert outcomes(found) == ["revised read-anew"]
    assert shown(hub) == ["3 sessions: ill, with a note"]
    assert before != "3 sessions: ill, with a note"
    assert outcomes(hub.house.reread("school-census")) == []


def shown(hub: TestHub) -> list[str]:
    """The headlines of the census, as they stand in the read model, opened as the gate opens them."""
    hub.house.catch_up()
    with hub.as_owner() as connection:
        rows = connection.execute(
            "select headline from read.entries where known_to = 'infinity' and code = 'ed.attendance.summary' "
            "and headline like '%sessions%' order by 1"
        ).fetchall()
    return [row[0] for row in rows]


def test_the_same_file_after_a_mended_mapping_is_a_revision_and_never_a_conflict(
    hub: TestHub, mend: Callable[[], None]
) -> None:
    row = HEADER + b"p1,SCH-ROWANBANK,s1,3,I\n"
    census(hub, row)

    mend()

    assert outcomes(census(hub, row)) == ["revised read-anew"]
    assert outcomes(census(hub, row)) == ["duplicate already-held"]


def test_a_conflict_that_is_still_one_goes_on_waiting(hub: TestHub) -> None:
    intake, other = hub.house.hub.intake, an_update(headline="Another", original=b"{}")
    assert outcomes(intake.receive([an_update(), other])) == ["accepted", "conflict same-version-other-content"]

    again = intake.quarantine.retry(lambda _, __: [other], "tests", source="gp-connect")

    assert outcomes(again) == ["duplicate already-in-quarantine"]
    assert len(intake.quarantine.waiting()) == 1


def test_one_let_go_says_who_and_why_and_waits_again_when_it_is_sent_again(hub: TestHub) -> None:
    census(hub, HEADER + b"p1,SCH-ROWANBANK,s2,2,ZZ\n")
    quarantine = hub.house.hub.intake.quarantine
    (waits,) = quarantine.waiting()
    with pytest.raises(BadInput):
        quarantine.discard(waits.id, "catriona", "  ")

    gone = quarantine.discard(waits.id, "catriona", "A test pupil.")

    assert (gone.state, gone.settled_by, gone.because) == ("discarded", "catriona", "A test pupil.")
    assert quarantine.waiting() == []
    with pytest.raises(NothingToShow):
        quarantine.discard(waits.id, "catriona", "Again.")
    assert outcomes(census(hub, HEADER + b"p1,SCH-ROWANBANK,s2,2,ZZ\n")) == ["quarantined unmapped-code"]
    assert [one.id for one in quarantine.waiting()] == [waits.id]


def test_of_a_file_that_was_too_large_only_the_beginning_is_here_and_a_retry_says_so(hub: TestHub) -> None:
    found = sources.translate(Delivery("nems", "x.xml", b"<a>" * 9), record_limit=99, file_limit=9)
    hub.house.hub.intake.receive(found)

    assert outcomes(retry(hub, source="nems")) == ["quarantined file-too-large"]


def test_a_versioned_record_whose_content_changed_is_a_conflict_whatever_its_mapping(hub: TestHub) -> None:
    intake = hub.house.hub.intake
    intake.receive([an_update(mapping="1.a")])

    other = an_update(mapping="1.b", headline="Another", original=b"{}")

    assert outcomes(intake.receive([other])) == ["conflict same-version-other-content"]
    assert outcomes(intake.receive([an_update(mapping="1.b", headline="Worded anew")])) == ["revised read-anew"]
