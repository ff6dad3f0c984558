"""What a maker changes in a draft: checked for sense before anything is looked up, then put as events."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, get_args
from uuid import UUID

from consent.edition_shapes import PARTS, VIEWS, Answered, Change, Contribution, NoView, Written
from consent.statements import text
from hub.errors import BadInput
from hub.events.editions import (
    EditionAudienceChanged,
    EditionContributionNoted,
    EditionEntriesChosen,
    EditionEvent,
    EditionWritten,
    ForWhom,
)

CITED: Final = 200
BY_HAND: Final = 1000
"""Entries that one change names, and characters of the reason that is kept beside each of them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A change that makes sense by itself."""

    include: tuple[UUID, ...]
    exclude: tuple[UUID, ...]
    reason: str
    written: tuple[Written, ...]
    asked: tuple[Contribution, ...]

    def entries(self) -> set[UUID]:
        """All the entries that it names."""
        return {*self.include, *self.exclude, *(one for part in self.written for one in part.cites)}


def checked(said: Change, organisations: Collection[str]) -> Checked:
    """The same, tidied. Raises BadInput for what cannot be kept, and for a change in which there is nothing."""
    include, exclude = tuple(dict.fromkeys(said.include)), tuple(dict.fromkeys(said.exclude))
    if set(include) & set(exclude):
        raise BadInput("An entry cannot be both in and left out.", "Say for each entry one of the two.")
    if len(include) + len(exclude) > BY_HAND:
        raise BadInput("That names too many entries.", f"Include or exclude at most {BY_HAND:,} at once.")
    reason = text(said.reason, "reason", BY_HAND, needed=bool(include or exclude))
    written = tuple(_written(one) for one in said.written)
    asked = tuple(_contribution(one, organisations) for one in said.asked)
    if not (include or exclude or written or asked or said.audience or said.refresh):
        raise BadInput("There is nothing to change in that.", "Name entries, or write a part of the edition.")
    return Checked(include, exclude, reason, written, asked)


def _written(one: Written) -> Written:
    if one.part not in PARTS:
        raise BadInput("An edition has no such part.", f"Use one of: {', '.join(PARTS)}.")
    if one.none not in get_args(NoView) or (one.none and one.part not in VIEWS):
        listed = ", ".join(filter(None, get_args(NoView)))
        raise BadInput("This is no reason for there being no view.", f"Of a view alone, use one of: {listed}.")
    if one.none and one.text.strip():
        raise BadInput(
            "There is a view, and a reason for there being none.", "Write the view, or say why there is none."
        )
    if len(one.cites) > CITED:
        raise BadInput("That cites too many entries.", f"Cite at most {CITED} in one part.")
    return Written(one.part, text(one.text, "part of the edition"), tuple(dict.fromkeys(one.cites)), one.none)


def _contribution(one: Contribution, organisations: Collection[str]) -> Contribution:
    if one.organisation not in organisations:
        raise BadInput("This organisation is not in the directory.", "Name it by its code there.")
    if one.answer not in get_args(Answered):
        raise BadInput("This is no answer that an organisation gives.", f"Use one of: {', '.join(get_args(Answered))}.")
    needed = one.answer == "refused"
    return Contribution(one.organisation, one.answer, text(one.reason, "reason", needed=needed))


def must_be_candidates(change: Checked, known: Collection[UUID]) -> None:
    """Raise BadInput for an entry that is no candidate: the same for one that is sealed and one that is not there."""
    if not change.entries() <= set(known):
        raise BadInput(
            "Not everything named is a candidate of this draft, so nothing was changed.",
            "Look again at what is known now, and name entries that the draft lists.",
        )


def events(change: Checked, audience: tuple[ForWhom, ...], version: int, place: dict[str, Any]) -> list[EditionEvent]:
    """The change as events of the stream, from this version on. place: the stream, the child and the maker."""
    return [make(originator_version=at, **place) for at, make in enumerate(_made(change, audience), version)]


def _made(change: Checked, audience: tuple[ForWhom, ...]) -> Iterator[Any]:
    if change.include:
        yield partial(EditionEntriesChosen, entries=change.include, included=True, reason=change.reason)
    if change.exclude:
        yield partial(EditionEntriesChosen, entries=change.exclude, included=False, reason=change.reason)
    for part in change.written:
        yield partial(EditionWritten, part=part.part, text=part.text, cites=part.cites, none=part.none)
    for one in change.asked:
        yield partial(EditionContributionNoted, organisation=one.organisation, answer=one.answer, reason=one.reason)
    if audience:
        yield partial(EditionAudienceChanged, audience=audience)
