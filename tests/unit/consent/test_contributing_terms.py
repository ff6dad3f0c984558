"""What has to be said of an entry, and what cannot be: each rule refuses by its own field and repeats nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.contributing_terms import (
    ANYBODYS,
    CATEGORIES,
    OWN_STEPS,
    Named,
    checked,
    codes,
    least,
)
from consent.sharing_terms import Incomplete
from hub.people import Agency
from hub.update import Occurred, Precision
from hub.vocabulary import terms
from tests.contributions import saying

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CITED = UUID("6f0f2a3e-9c52-4d2b-8a44-0a4b7b1c9d10")
LONG = "canary" + "x" * 4000


def faults(**said: Any) -> dict[str, str]:  # noqa: ANN401 - any field of an entry
    """What is wrong with an entry, by field."""
    with pytest.raises(Incomplete) as refused:
        checked(saying(**said), Agency.SOCIAL_WORK, NOW)
    assert "canary" not in str(refused.value)
    return refused.value.faults


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("code", {"code": "gp.consultation.summary"}),
        ("code", {"code": "police.missing"}),
        ("start", {"start": ""}),
        ("start", {"start": "2026-11-02"}),
        ("start", {"start": "2026-12"}),
        ("start", {"start": "2027"}),
        ("start", {"start": "2026-11-01T12:01"}),
        ("start", {"start": "21/3/2024"}),
        ("start", {"start": "2026-3"}),
        ("start", {"start": "2026-02-30"}),
        ("start", {"start": "1899-12-31"}),
        ("end", {"start": "2026-10-20", "end": "2026-10-19"}),
        ("end", {"start": "2026-10-20", "end": "2026-11-02"}),
        ("end", {"start": "2026-10-20", "end": "2026-10"}),
        ("end", {"start": "2026-10-20T10:00", "end": "2026-10-20T09:59"}),
        ("sequence", {"sequence": -1}),
        ("sequence", {"sequence": 1000}),
        ("headline", {"headline": " \u200b "}),
        ("headline", {"headline": "canary" + "x" * 280}),
        ("detail", {"detail": LONG}),
        ("detail", {"detail": "canary\x00"}),
        ("impact", {"impact": LONG}),
        ("assertion", {"assertion": ""}),
        ("assertion", {"assertion": "rumour"}),
        ("source_kind", {"source_kind": ""}),
        ("source_kind", {"source_kind": "automated-feed"}),
        ("source_kind", {"on_behalf_of": "A nursery"}),
        ("valence", {"valence": "bad"}),
        ("significance", {"significance": "huge"}),
        ("sensitivity", {"sensitivity": ""}),
        ("about", {"about": "neighbour", "impact": "Worried"}),
        ("impact", {"about": "parent"}),
        ("wellbeing", {"wellbeing": ("safe", "rich")}),
        ("triangle", {"triangle": ("my-house",)}),
        ("turning", {"turning": "up"}),
        ("seen", {"seen": "maybe"}),
        ("seen_where", {"seen": "not-seen", "seen_where": "At school"}),
        ("no_action_reason", {"action_taken": "A call", "no_action_reason": "Not needed"}),
        ("people", {"people": (Named("mother", ""),)}),
        ("people", {"people": (Named("neighbour", "canary"),)}),
        ("people", {"people": (Named("mother", "Jean", LONG),)}),
        ("people", {"people": (Named("mother", "Jean"),) * 11}),
        ("cites", {"code": "any.outcome.added"}),
        ("cites", {"code": "any.analysis.added"}),
        ("cites", {"code": "any.disagreement.raised"}),
        ("cites", {"cites": tuple(uuid4() for _ in range(101))}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_kept_is_named_by_its_field(field: str, said: dict[str, Any]) -> None:
    assert faults(**said).keys() == {field}


def test_everything_that_is_wrong_is_named_at_once_in_the_order_of_the_form() -> None:
    assert list(faults(detail=LONG, start="", assertion="", headline="")) == [
        "start",
        "headline",
        "detail",
        "assertion",
    ]


def test_neither_action_nor_reason_is_left_to_the_quality_check() -> None:
    said, _ = checked(saying(action_taken="", no_action_reason=""), Agency.GP, NOW)

    assert (said.action_taken, said.no_action_reason) == ("", "")


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        ("2024", "", Occurred("2024", Precision.YEAR)),
        ("2026", "", Occurred("2026", Precision.YEAR)),
        ("2024-03", "2024-06", Occurred("2024-03", Precision.MONTH, "2024-06")),
        ("2026-11-01", "", Occurred("2026-11-01", Precision.DAY)),
        ("2026-07-01T10:00", "", Occurred("2026-07-01T10:00:00+01:00", Precision.INSTANT, zone_assumed=True)),
        ("2026-07-01T10:00:05Z", "", Occurred("2026-07-01T10:00:05+00:00", Precision.INSTANT)),
    ],
    ids=range(6),
)
def test_a_time_is_kept_as_exactly_as_it_is_known(start: str, end: str, kept: Occurred) -> None:
    _, when = checked(saying(start=start, end=end), Agency.GP, NOW)

    assert when == kept


def test_a_period_that_is_only_about_then_says_so() -> None:
    _, when = checked(saying(start="2024-03", end="2024-06", approximate=True), Agency.GP, NOW)

    assert when.approximate


def test_every_kind_that_can_be_recorded_by_hand_is_in_the_vocabulary_and_in_the_categories_of_its_agency() -> None:
    assert all(code in terms() for code in ANYBODYS)
    for agency, steps in OWN_STEPS.items():
        assert {terms()[code].category for code in steps} == {CATEGORIES[agency]}
        assert set(codes(agency)) == {*ANYBODYS, *steps}


@pytest.mark.parametrize(
    ("chosen", "cited", "kept"),
    [
        ("ordinary", (), "ordinary"),
        ("concern", ("ordinary",), "concern"),
        ("ordinary", ("confidential-health", "concern"), "confidential-health"),
        ("criminal", ("sexual-health", "adoption"), "adoption"),
    ],
    ids=range(4),
)
def test_a_contribution_is_never_less_closed_than_what_it_is_about(
    chosen: str, cited: tuple[str, ...], kept: str
) -> None:
    assert least("any.event.noted", chosen, *cited) == kept


def test_nor_less_closed_than_its_own_kind() -> None:
    assert least("police.concern.household", "ordinary") == "gender-based-violence"
