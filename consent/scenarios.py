"""The stories asked: each question in three ways that must agree with one another and with what the story says.

May this person see this entry; what does this person see; who sees this entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from consent import deciding, scenarios_read
from consent.decision import Answer, Asked, Level
from consent.policy import Policy
from consent.scenarios_told import Book, Expected, Question, Story
from consent.who_sees import Candidate, who_sees
from consent.world import World, people

FOLDER = "scenarios"
"""Where the stories are, in a policy's folder."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one story: how many answers were compared, and in words each that is not as the story says."""

    story: Story
    asked: int
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the policy decides as the story says, whichever way it is asked."""
        return not self.differences


def run(policy: Policy, folder: Path) -> tuple[Outcome, ...]:
    """Every story of the folder, asked of the policy. Raises PolicyRefused where a story is not understood."""
    book = read(policy, folder)
    return tuple(outcome(policy, book, story) for story in book.stories)


def read(policy: Policy, folder: Path) -> Book:
    """The stories and their people. Raises PolicyRefused where one is not understood, naming file and line."""
    return scenarios_read.load(policy, folder)


def outcome(policy: Policy, book: Book, story: Story) -> Outcome:
    """One story, asked."""
    world = World(book.cast, story, policy)
    differences = tuple(difference for question in story.questions for difference in _asked(world, question))
    return Outcome(story, 3 * len(story.questions) * len(story.entries), differences)


def _asked(world: World, question: Question) -> Iterator[str]:
    """Every way in which an answer is not what the story says."""
    asked = Asked(world.cast.person(question.who), question.purpose, question.basis)
    facts = world.facts(asked, question.at)
    decided = deciding.decide(asked, world.child, facts, world.policy, world.keys(facts))
    levels = decided.levels()
    for name, expected in question.sees.items():
        key = world.key(facts, decided.keys, name)
        given = {
            "may they see it": world.policy.answer_of(asked, facts, key),
            "what do they see": decided.answers[key.number],
            "who sees it": _from_the_entry(world, question, name),
        }
        for way, answer in given.items():
            if not _same(answer, expected):
                yield f"{question.where}: {question.who}, {name}, {_said(expected)}; asked '{way}': {_given(answer)}"
        if world.let_out(levels, name) != expected.level:
            yield f"{question.where}: {question.who}, {name}: the levels handed to the database are others"
    nothing = not decided.works_with and not any(expected.level for expected in question.sees.values())
    if nothing != question.nothing:
        is_it = (
            "there is nothing to show, as of a child who does not exist" if nothing else "there is a child to know of"
        )
        yield f"{question.where}: {question.who}: {is_it}; the story says otherwise"


def _from_the_entry(world: World, question: Question, name: str) -> Answer | None:
    """What the whole list of those who see an entry says of the one who asks; None: they are not on it."""
    candidates = []
    for person in people(world):
        facts = world.facts(Asked(person, question.purpose, question.basis), question.at)
        candidates.append(Candidate(person, facts, world.key(facts, world.keys(facts), name)))
    seen = who_sees(world.policy, question.purpose, question.basis, candidates)
    return next((one.answer for one in seen if one.reader.id == question.who), None)


def _same(answer: Answer | None, expected: Expected) -> bool:
    # Who does not see an entry is not on the list of those who do, by whatever rule.
    return expected.level == Level.SEALED if answer is None else (answer.level, answer.rule) == expected.pair


def _said(expected: Expected) -> str:
    return f"{expected.level.name.lower()} by {expected.rule or 'no rule'}"


def _given(answer: Answer | None) -> str:
    return "not on the list" if answer is None else f"{answer.level.name.lower()} by {answer.rule or 'no rule'}"
