"""Saying of two entries whether they tell of one happening: by a person who may read both, and never by the hub.

It opens nothing and hides nothing: a reader who may see one of them alone sees that one, and no trace of the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from consent import statements
from consent.decision import Asked, Level
from consent.derived import Pair, pair_of
from consent.means import CASEWORK, STATUTORY, Means
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow, NotPermitted
from hub.events.base import Event
from hub.events.views import Comparing as Compared
from hub.events.views import EntriesComparedAnew, EntriesJoined, EntriesKeptApart
from hub.people import Practitioner
from projections import joined, story
from projections.session import Cursor

ACTIONS: Final = {"joined": "join", "apart": "keep-apart", "anew": "compare-anew"}
EVENTS: Final[dict[str, type[Compared]]] = {
    "joined": EntriesJoined,
    "apart": EntriesKeptApart,
    "anew": EntriesComparedAnew,
}


class Comparing:
    """Records what people say of two entries."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def said(self, reader: Practitioner, child: UUID, entries: Sequence[UUID], what: str, reason: str) -> None:
        """Record it, for whoever works with the child and may read both whole; see `consent.views`."""
        if len(entries) != 2 or entries[0] == entries[1]:  # noqa: PLR2004 - a pair
            raise BadInput("It takes two entries.", "Name two entries of the child, each once.")
        pair, reason = pair_of(*entries), statements.text(reason, "reason")
        self._means.must_work_with(reader, child, ACTIONS[what])
        self._must_read_both(reader, child, pair, ACTIONS[what])
        stream = self._means.stream("compared", *map(str, pair))

        def decided(session: Cursor, version: int) -> Sequence[Event]:
            stands = next((one.what for one in joined.standing(session, pair)), "anew")
            if stands == what:
                raise BadInput("That is what is on record of these two.", "Look at the page again.")
            event = EVENTS[what](
                originator_id=stream,
                originator_version=version,
                child=child,
                entries=pair,
                by=reader.id,
                organisation=reader.organisation,
                agency=reader.agency.value,
                reason=reason,
            )
            return [event]

        self._means.act(stream, decided)

    def _must_read_both(self, reader: Practitioner, child: UUID, pair: Pair, action: str) -> None:
        """Raise NothingToShow where one of them is sealed or does not exist, NotPermitted where one is not open whole.

        What emergency access opens does not count: it is for reading.
        """
        with self._means.reading() as session:
            asked = Asked(reader, CASEWORK[0], STATUTORY)
            decided = self._means.decide(session, asked, child, lasting=True)
            keys: list[int] = []
            for entry in pair:
                held = story.key_of(session, child, entry)
                if held is not None:
                    released = entry in decided.facts.released
                    keys.append(decided.keys.counted(held[0], restricted=held[1], released=released))
            least = min((decided.answers[key].level for key in keys), default=Level.SEALED)
            least = least if len(keys) == len(pair) else Level.SEALED
            line = replace(self._means.line(reader, action, found=least > Level.SEALED), child=child)
            line = replace(line, outcome="refused") if Level.SEALED < least < Level.SHOWN else line
            if least < Level.SHOWN:
                self._means.trail.record(session, line)
            else:
                self._means.record(session, decided, action, Counter(), found=True)
        if least == Level.SEALED:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        if least < Level.SHOWN:
            raise NotPermitted("You may not read both of these whole.", "Ask somebody who may, to compare them.")
