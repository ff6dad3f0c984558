"""The code lists of the children in need census, from data: each code in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from adapters.maps.table import rows
from hub.update import Sensitivity


@dataclass(frozen=True, slots=True)
class Words:
    """What one code means. `sensitivity` only where the code says more than its kind of happening does."""

    words: str
    sensitivity: Sensitivity | None = None


def words_for(kind: str, code: str) -> Words | None:
    """The meaning of a code of this kind (`referral-source`, `factor`, …), or None when it is not in the list."""
    return _lists().get((kind, code.upper()))


@cache
def _lists() -> dict[tuple[str, str], Words]:
    return {
        (row["kind"], row["code"]): Words(row["words"], cast("Sensitivity | None", row["sensitivity"] or None))
        for row in rows("cin-census")
    }
