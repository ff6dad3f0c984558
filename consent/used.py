"""What the policy was really asked: every combination of values in the recorded readings, and how often it came up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from consent.decision import DecisionKey
from consent.policy import point_of
from consent.table import Point
from consent.what_if import situation_of
from projections.decided import DecidedReading, Ruling


def used(readings: Iterable[DecidedReading], rulings: Mapping[int, Ruling]) -> Counter[Point]:
    """Each combination decided in these readings, and in how many of them, whether or not it let anything out.

    A reading whose record is of an older shape, and does not say all that a combination needs, is left out.
    """
    found: Counter[Point] = Counter()
    for number, times in Counter(one.ruling for one in readings).items():
        ruling = rulings[number]
        if (situation := situation_of(ruling)) is not None:
            for agency, category, sensitivity, third_party, released, _, _ in ruling.decisions:
                key = DecisionKey(0, agency, category, sensitivity, third_party, released)
                found[point_of(*situation, key)] += times
    return found
