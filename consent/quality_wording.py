"""Words that the family, who will read it, can understand, and that do not judge them.

Only the words of an entry that is wholly open to the reader are looked at, and what an edition itself says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from consent.days import plural
from consent.quality_shapes import Chronology, Found, ids
from consent.quality_words import Guide, Word

_CAPITALS: Final = re.compile(r"(?<!\w)[A-Z]{2,6}(?!\w)")
_LOWER: Final = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class _Text:
    """One piece of writing, and the entry it stands in; None for the edition's own."""

    entry: UUID | None
    words: str


def long_headline(story: Chronology, guide: Guide) -> Iterator[Found]:
    """A headline is no longer a headline."""
    most = guide.limits["headline-characters"]
    if long := [one for one in story.shown() if len(one.headline) > most]:
        yield Found(
            f"{plural(len(long), 'headline')} {'is' if len(long) == 1 else 'are'} longer than {most} characters.",
            ids(long),
            "Say in a line what happened; the rest belongs in the detail, or in the agency's own record.",
        )


def vague_phrase(story: Chronology, guide: Guide) -> Iterator[Found]:
    """A phrase says that something happened and not what."""
    for word, where in _found(story, guide, "vague"):
        yield Found(f"“{word.text}” does not say what happened.", where, word.instead)


def judgemental_word(story: Chronology, guide: Guide) -> Iterator[Found]:
    """A word judges the child or the family."""
    for word, where in _found(story, guide, "judgemental"):
        yield Found(f"“{word.text}” judges, and the family will read it.", where, f"Better: {word.instead}")


def acronym(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Letters stand for something that is nowhere explained."""
    meant = {word.text: word.instead for word in guide.words["acronym"]}
    known = {word.text for word in guide.words["known"]}
    places: dict[str, dict[UUID, None]] = {}
    for text in _texts(story):
        for letters in _letters(text.words, meant):
            if letters not in known:
                places.setdefault(letters, {}).update({text.entry: None} if text.entry else {})
    for letters in sorted(places):
        instead = f"Write in full: {meant[letters]}." if letters in meant else "Write in full what it stands for."
        yield Found(f"“{letters}” is not explained.", tuple(places[letters]), instead)


def _found(story: Chronology, guide: Guide, kind: str) -> Iterator[tuple[Word, tuple[UUID, ...]]]:
    """Each word of a kind that stands somewhere, with the entries it stands in."""
    places: dict[Word, dict[UUID, None]] = {}
    for text in _texts(story):
        for word in guide.found(kind, text.words):
            places.setdefault(word, {}).update({text.entry: None} if text.entry else {})
    return ((word, tuple(where)) for word, where in places.items())


def _texts(story: Chronology) -> Iterator[_Text]:
    for one in story.shown():
        account = one.account
        said = (account.impact, account.action_taken, account.no_action_reason) if account else ()
        yield _Text(one.entry, "\n".join(filter(None, (one.headline, *said))))
    if story.edition is not None:
        yield _Text(None, story.edition.analysis)


def _letters(text: str, meant: dict[str, str]) -> Iterator[str]:
    """Capitals that the text does not explain, neither in brackets after them nor before; none of a shouted text."""
    if not _LOWER.search(text):
        return
    for letters in dict.fromkeys(_CAPITALS.findall(text)):
        explained = f"({letters})" in text or f"{letters} (" in text
        explained = explained or (letters in meant and meant[letters].lower() in text.lower())
        if not explained:
            yield letters
