"""A finding made small: as much is cut away as can be while it is still found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from hub.update import Delivery

_LONG_ENOUGH = 8


def smaller(delivery: Delivery, still: Callable[[Delivery], bool], seconds: float = 20.0) -> Delivery:
    """The smallest that was found in so many seconds; pieces of half its length go first, single bytes last."""
    until, length = time.monotonic() + seconds, len(delivery.content) // 2
    while length and time.monotonic() < until:
        delivery, cut = _without_pieces(delivery, length, still, until)
        length = length // 2 if not cut or length < _LONG_ENOUGH else min(length, len(delivery.content) // 2)
    return delivery


def _without_pieces(
    delivery: Delivery, length: int, still: Callable[[Delivery], bool], until: float
) -> tuple[Delivery, bool]:
    at, cut = 0, False
    while at < len(delivery.content) and time.monotonic() < until:
        less = replace(delivery, content=delivery.content[:at] + delivery.content[at + length :])
        if still(less):
            delivery, cut = less, True
        else:
            at += length
    return delivery, cut
