"""The code lists of immunisation records, as the hub's map has them."""

from __future__ import annotations

from functools import cache

from adapters.maps.table import rows


def means(kind: str, sent: str) -> str:
    """What a code of one list stands for; empty where the list lacks it."""
    return listed(kind).get(" ".join(sent.casefold().split()), "")


@cache
def listed(kind: str) -> dict[str, str]:
    """One list: what is sent, and what it means."""
    return {row["sent"]: row["means"] for row in rows("imms") if row["list"] == kind}
