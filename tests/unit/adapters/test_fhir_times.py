"""A time is written exactly as precisely as it was stated, and a date that cannot be is never guessed."""

from __future__ import annotations

import pytest

from adapters.fhir.times import happened, moment, stated
from hub.update import Precision


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("2019", "2019", Precision.YEAR),
        ("2019-02", "2019-02", Precision.MONTH),
        ("2019-02-28", "2019-02-28", Precision.DAY),
        ("2019-02-28T10:00:00Z", "2019-02-28T10:00:00+00:00", Precision.INSTANT),
        ("2019-02-28T10:00:00.12+01:00", "2019-02-28T10:00:00.12+01:00", Precision.INSTANT),
        ("2019-02-28T10:00-05:30", "2019-02-28T10:00:00-05:30", Precision.INSTANT),
    ],
)
def test_a_time_keeps_the_precision_it_was_stated_with(text: str, value: str, precision: Precision) -> None:
    found = moment(text)

    assert found is not None
    assert (found.value, found.precision, found.zone_assumed) == (value, precision, False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2019-01-05T10:00:00", "2019-01-05T10:00:00+00:00"),
        ("2019-07-05T10:00:00", "2019-07-05T10:00:00+01:00"),
        ("2019-03-31T00:59:00", "2019-03-31T00:59:00+00:00"),
        ("2019-03-31T02:00:00", "2019-03-31T02:00:00+01:00"),
        ("2019-10-27T02:00:00", "2019-10-27T02:00:00+00:00"),
    ],
)
def test_an_instant_without_an_offset_is_read_as_british_time_and_says_so(text: str, value: str) -> None:
    found = moment(text)

    assert found is not None
    assert (found.value, found.zone_assumed) == (value, True)


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-30",
        "2019-13",
        "2019-02-28T25:00:00Z",
        "2019-02-28T10:00:00+58:00",
        "2019-02-28T10:00:00+01:75",
        "0000",
        "9999-12-31",
        "28/02/2019",
        "yesterday",
        "२०१९",
    ],
)
def test_a_date_that_cannot_be_is_unknown_and_a_defect(text: str) -> None:
    found, defects = stated(text, "/here")

    assert (found.value, found.precision) == ("", Precision.UNKNOWN)
    assert [(defect.code, defect.place) for defect in defects] == [("date-invalid", "/here")]
    assert text not in defects[0].note


def test_order_is_in_utc_and_of_one_width_so_that_it_sorts() -> None:
    stamps = ["2017-11-01T15:00:33+00:00", "2017-11-01T15:00:33.5+01:00", "2017-11-01T16:30:00+01:00"]
    orders = [found.order for stamp in stamps if (found := moment(stamp))]

    assert len({len(order) for order in orders}) == 1
    assert sorted(orders) == [orders[1], orders[0], orders[2]]


def test_a_period_that_ends_before_it_begins_is_kept_and_noted() -> None:
    occurred, defects = happened("2019-02-02T10:00:00Z", "2019-02-01T10:00:00Z", "/p")

    assert (occurred.start, occurred.end) == ("2019-02-02T10:00:00+00:00", "2019-02-01T10:00:00+00:00")
    assert [defect.code for defect in defects] == ["period-reversed"]


def test_what_is_not_stated_is_unknown_without_a_defect() -> None:
    occurred, defects = happened("", "", "/p")

    assert (occurred.start, occurred.precision, defects) == ("", Precision.UNKNOWN, ())
