"""Which entries an edition proposes at each stage, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from consent.edition_candidates import Window, candidates
from consent.edition_detail import FILE, Detail, load
from consent.edition_shapes import PURPOSES, STAGES
from hub.errors import HalfConfigured
from projections.story import Row

POLICIES = Path(__file__).resolve().parents[3] / "policies"


def a_row(number: int, **fields: Any) -> Row:  # noqa: ANN401 - any column of a row
    """An entry shown whole: a routine consultation on a day of its own."""
    day = f"2026-01-{number + 1:02}"
    start = {"start": day, "precision": "day", "end": "", "approximate": False, "place": day}
    what = {"code": "gp.consultation.summary", "significance": "routine", "polarity": "happened", "valence": "neutral"}
    words = {"headline": f"Seen {number}", "detail": "", "author": "", "organisation": "", "source": "gp-connect"}
    rest = {"recorded_at_source": "", "received_at": None, "revision": 1, "defects": 0, "said": 1, "held": 1}
    also = {"assertion": "", "marks": None, "account": None}
    row: dict[str, Any] = {"entry": UUID(int=number), "key": 1, "restricted": False, "level": 3}
    return Row(**(row | start | what | words | rest | also | fields))


@pytest.fixture(scope="module")
def detail() -> Detail:
    return load(POLICIES)


def reasons(detail: Detail, stage: str, *rows: Row, window: Window | None = None) -> list[str]:
    """Why each is in or out, with a plus before what is in."""
    agencies = {row.entry: "gp" for row in rows}
    found = candidates(rows, agencies, detail.stages[stage], window or Window(), {})
    return [f"{'+' if one.included else ''}{one.why}" for one in found]


def test_every_stage_and_purpose_has_its_line_with_a_source(detail: Detail) -> None:
    assert (set(detail.stages), set(detail.purposes)) == (set(STAGES), set(PURPOSES))
    assert all(one.source and one.longest > 0 for one in detail.stages.values())
    assert all(one.source and one.purpose for one in detail.purposes.values())


def test_detail_follows_the_stage(detail: Detail) -> None:
    rows = (
        a_row(1),
        a_row(2, significance="notable"),
        a_row(3, significance="significant"),
        a_row(4, valence="strength", significance="notable"),
        a_row(5, code="sw.child.seen"),
    )

    universal, registered = reasons(detail, "universal", *rows), reasons(detail, "registered", *rows)

    assert universal == ["routine", "routine", "+significant-enough", "routine", "routine"]
    assert registered == ["routine", "+significant-enough", "+significant-enough", "+always-in", "+always-in"]


@pytest.mark.parametrize(
    "fields",
    [
        {"valence": "concern"},
        {"polarity": "did-not-happen"},
        {"marks": {"turning": "relapse"}},
        {"code": "any.view.child"},
        {"code": "any.disagreement.raised"},
    ],
    ids=["concern", "missed", "turning", "view", "disagreement"],
)
def test_some_things_are_in_at_every_stage(detail: Detail, fields: dict[str, Any]) -> None:
    assert {reasons(detail, stage, a_row(1, **fields))[0] for stage in STAGES} == {"+always-in"}


def test_a_strength_that_is_a_matter_of_course_is_routine_too(detail: Detail) -> None:
    assert reasons(detail, "registered", a_row(1, valence="strength")) == ["routine"]


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        ("2026-03-01", "", True),
        ("2026-04-30", "", True),
        ("2026-02-28", "", False),
        ("2026-05-01T00:10:00Z", "", False),
        ("2026-04-30T23:10:00Z", "", True),
        ("2026-02-01", "2026-03-01", True),
        ("2026-01-01", "2026-02-01", False),
        ("2026-03", "", True),
        ("2026", "", True),
        ("2025", "", False),
        ("2026-05", "", False),
        ("", "", True),
    ],
    ids=str,
)
def test_the_window_holds_what_may_have_touched_it(start: str, end: str, inside: bool) -> None:  # noqa: FBT001 - expected
    assert Window("2026-03-01", "2026-04-30").holds(start, end) is inside


def test_only_what_is_read_whole_can_be_the_same_said_again(detail: Detail) -> None:
    same: dict[str, Any] = {"start": "2026-02-02", "headline": "Fell", "valence": "concern"}
    shown = reasons(detail, "universal", a_row(1, **same), a_row(2, **same), a_row(3, **(same | {"headline": "Hit"})))
    summaries = reasons(detail, "universal", a_row(1, **same, level=2), a_row(2, **same, level=2))

    assert shown == ["+always-in", "duplicate", "+always-in"]
    assert summaries == ["+always-in", "+always-in"]


def test_what_the_maker_may_only_know_to_exist_is_left_for_their_own_hand(detail: Detail) -> None:
    withheld = a_row(1, level=1, code="", significance="", polarity="", valence="")

    assert reasons(detail, "registered", withheld) == ["not-open-to-maker"]
    chosen = candidates(
        [withheld], {withheld.entry: "gp"}, detail.stages["registered"], Window(), {withheld.entry: True}
    )
    assert [(one.included, one.why) for one in chosen] == [(True, "chosen")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("notable,turning", "much,turning"),
        ("turning|concern", "turning|rumour"),
        (",40,", ",long,"),
        ("registered,", "r,"),
    ],
    ids=["least", "always", "longest", "stage"],
)
def test_a_file_that_is_not_understood_is_refused_and_says_where(tmp_path: Path, old: str, new: str) -> None:
    text = (POLICIES / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(HalfConfigured, match=r"line|registered"):
        load(tmp_path)
    with pytest.raises(HalfConfigured, match="cannot be read"):
        load(tmp_path / "nowhere")
