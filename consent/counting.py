"""By which recorded decision of a reading one entry was let out or held back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from consent.deciding import RESTRICTED, STRICTER
from consent.replay import RELEASED
from hub.audit.trail import Disclosed, KeyDecision
from projections.labels import Labels, labels_of
from projections.readings import Kept
from projections.session import Cursor


def decision_about(cursor: Cursor, kept: Kept, entry: UUID) -> KeyDecision | None:
    """The decision by which an entry counted; None where the child had no such entry then.

    A reading as of an earlier moment lets an entry out no further than both its kind then and its kind when it was read
    allow. Whether its source restricts it is today's mark.
    """
    event = kept.event
    if event.child is None:
        return None
    moments = [datetime.fromisoformat(event.known_at)] if event.known_at else []
    kinds = [labels_of(cursor, event.child, entry, moment) for moment in (*moments, kept.at)]
    if kinds[0] is None:
        return None
    found = [_decision(event, labels, entry) for labels in kinds if labels is not None]
    return min((one for one in found if one is not None), key=lambda one: one.level, default=None)


def _decision(event: Disclosed, labels: Labels, entry: UUID) -> KeyDecision | None:
    released = any(name == f"{RELEASED}{entry}" for name, _, _ in event.facts)
    stricter = labels.restricted and labels.sensitivity in STRICTER
    sensitivities = (RESTRICTED, labels.sensitivity) if stricter else (labels.sensitivity,)
    for sensitivity in sensitivities:
        if (found := _of_kind(event.decisions, labels, sensitivity, released=released)) is not None:
            return found
    return None


def _of_kind(
    decisions: Sequence[KeyDecision], labels: Labels, sensitivity: str, *, released: bool
) -> KeyDecision | None:
    wanted = labels.agency, labels.category, sensitivity, labels.third_party, released
    for one in decisions:
        if (one.agency, one.category, one.sensitivity, one.third_party, one.released) == wanted:
            return one
    return None
