"""A wrong year is refused where it is made: else it would keep every later correction out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from adapters.timely import timely
from hub.update import Refusal, Snapshot, Update
from tests.builders import an_update

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("order", ["2026-11-25", "2062-09-07T10:00:00Z", "2062-1-spring", "2028", "9999-12-31"])
def test_an_order_ahead_of_today_is_refused_with_its_bytes(order: str) -> None:
    (one,) = timely([an_update(order=order)], TODAY)
    (other,) = timely([replace(an_update(order=""), snapshot=Snapshot("s", order))], TODAY)

    assert isinstance(one, Refusal)
    assert isinstance(other, Refusal)
    assert (one.reason, one.original) == ("order-in-the-future", an_update().original)


@pytest.mark.parametrize(
    "order", ["", "2026-11-22", "2026-11-24T23:59:59Z", "2027-1-spring", "2019-3-autumn", "00000000000000002062", "7"]
)
def test_any_other_order_passes(order: str) -> None:
    (one,) = timely([an_update(order=order)], TODAY)

    assert isinstance(one, Update)
