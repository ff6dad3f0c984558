"""The stories as a document: who asked, what for, what they see of each entry, and the rule and the law behind it.

`python -m consent.scenarios_page` writes it anew as `docs/who-sees-what.md`; a test goes red where it is stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from consent import in_words, scenarios
from consent.policy import Policy, load
from consent.scenarios_told import Book, Entry, Question, Story

PROJECT: Final = Path(__file__).resolve().parents[1]
DOCUMENT: Final = PROJECT / "docs" / "who-sees-what.md"


def document(policy: Policy, folder: Path) -> str:
    """The whole document. Raises PolicyRefused where a story is not understood."""
    book = scenarios.read(policy, folder)
    return "\n".join((*_head(book), *_chapters(book))) + "\n"


def write() -> None:
    """Write it from the policy of this project."""
    policies = PROJECT / "policies"
    DOCUMENT.write_text(document(load(policies), policies / scenarios.FOLDER), encoding="utf-8")


def _head(book: Book) -> Iterator[str]:
    asked = sum(len(story.questions) * len(story.entries) for story in book.stories)
    yield "# Who sees what"
    yield ""
    yield (
        f"{len(book.stories)} stories of invented children, and what the people in them see: {asked} answers. Each is "
        "asked in three ways that must agree (may this person see this entry; what does this person see; who sees this "
        "entry), before a version of the rules comes into force and in a real hub. The stories are in "
        "[policies/scenarios](../policies/scenarios), the rules in [policies/rules.csv](../policies/rules.csv)."
    )
    yield ""
    yield "This page is written by `make stories`."
    yield ""
    yield "| what the reader sees | that is |"
    yield "|---|---|"
    for level, words in in_words.LEVELS.items():
        yield f"| **{words}** | {in_words.LADDER[level]} |"


def _chapters(book: Book) -> Iterator[str]:
    for chapter, stories in groupby(book.stories, key=lambda story: story.chapter):
        yield ""
        yield f"## {chapter}"
        for story in stories:
            yield from _story(book, story)


def _story(book: Book, story: Story) -> Iterator[str]:
    yield ""
    yield f"### {story.title}"
    yield ""
    yield story.story
    yield ""
    yield f"| who asks, what for, when | {' | '.join(map(_entry, story.entries.values()))} |"
    yield f"|---{'|---' * len(story.entries)}|"
    for question in story.questions:
        yield f"| {_asks(book, question)} | {' | '.join(_answer(question, name) for name in story.entries)} |"
    yield ""
    stands = "; ".join(f"{number} {in_words.DEFAULT_RULES[number]}" for number in story.rules)
    yield f"Stands for: {stands}. Rests on: {story.law}."


def _entry(entry: Entry) -> str:
    marks = [in_words.said("agency", entry.agency)]
    marks += [in_words.said("sensitivity", entry.sensitivity)] if entry.sensitivity != "ordinary" else []
    marks += ["speaks of somebody else"] if entry.third_party else []
    return f"{entry.says} ({', '.join(marks)})"


def _asks(book: Book, question: Question) -> str:
    who = book.cast.person(question.who)
    noon = (question.at.hour, question.at.minute) == (12, 0)
    when = question.at.date().isoformat() + ("" if noon else f" {question.at:%H:%M}")
    nothing = "; *as if there were no such child*" if question.nothing else ""
    purpose, basis = in_words.said("purpose", question.purpose), in_words.said("basis", question.basis)
    return f"{who.name}, {in_words.said('role', who.role.value)}; {purpose}, {basis}; {when}{nothing}"


def _answer(question: Question, name: str) -> str:
    expected = question.sees[name]
    return f"**{in_words.LEVELS[expected.level]}**, {f'`{expected.rule}`' if expected.rule else 'no rule'}"


if __name__ == "__main__":
    write()
