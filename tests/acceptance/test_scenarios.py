"""Every story told to a real hub and asked of it in three ways: it answers as the story, and as the story's world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import pytest

from consent import scenarios, who_sees_in_hub
from consent.decision import Asked, Disclosure, Level, Redacted, Shown, Withheld
from consent.disclosure import Gate
from consent.policy import Policy
from consent.scenarios_told import Book, Question
from consent.world import World
from hub import directory
from hub.errors import NothingToShow
from hub.people import Practitioner
from hub.settings import Settings
from hub.wiring import assemble
from tests.acceptance.telling import Telling
from tests.fix_hub import ROOT, Clock, TestHub, _addresses, _create, _drop
from tests.fix_postgres import Postgres

STORIES = ROOT / "policies" / "scenarios"
Answers = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Asking:
    """One question of one story in the hub, with what three ways of asking gave."""

    where: str
    expected: Answers
    explained: Answers
    seen: Answers
    listed: dict[str, dict[str, tuple[int, str]]]
    world: dict[str, dict[str, tuple[int, str]]]
    nothing: bool
    should_be_nothing: bool
    who: str


@pytest.fixture(scope="module")
def book(policy: Policy) -> Book:
    return scenarios.read(policy, STORIES)


@pytest.fixture(scope="module")
def hub(
    postgres: Postgres, template: tuple[str, str], policy: Policy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestHub]:
    """A hub whose directory is the people of the stories."""
    names = _create(postgres, f"hub_{uuid4().hex[:10]}", template)
    addresses, clock, kek = _addresses(postgres, names), Clock(), uuid4().bytes * 2
    people = STORIES / "people.toml"
    settings = Settings(tmp_path_factory.mktemp("told"), ROOT / "policies", people, demo=True)
    house = assemble(settings, addresses, kek, policy, directory.load(people), clock)
    yield TestHub(house, addresses, clock, kek)
    house.close()
    _drop(postgres, names)


@pytest.fixture(scope="module")
def askings(hub: TestHub, book: Book, policy: Policy) -> list[Asking]:
    """All stories in one hub, every happening and every question in the order of their moments."""
    told = [Telling(hub, book, story, place) for place, story in enumerate(book.stories)]
    for one in told:
        one.begin()
    hub.house.catch_up()
    found: list[Asking] = []
    moments: list[tuple[datetime, int, Callable[[], None]]] = []
    for one in told:
        one.learn()
        world = World(book.cast, one.story, policy)
        moments += [(at, 0, act) for at, act in one.happenings()]
        for question in one.story.questions:
            moments.append((question.at, 1, partial(_ask, found, hub, one, world, question)))
    for at, _, act in sorted(moments, key=lambda moment: moment[:2]):
        hub.clock.at = at
        act()
    return found


def _ask(found: list[Asking], hub: TestHub, told: Telling, world: World, question: Question) -> None:
    who = told.book.cast.person(question.who)
    seen, nothing = _seen(hub, told, who, question)
    names = list(told.story.entries)
    asking = Asking(
        question.where,
        {name: (int(one.level), one.rule) for name, one in question.sees.items()},
        {name: _explained(hub, told, who, question, name) for name in names},
        seen,
        {name: _listed(hub, told, question, name) for name in names},
        {name: _in_world(world, question, name) for name in names},
        nothing,
        question.nothing,
        question.who,
    )
    found.append(asking)


def _explained(hub: TestHub, told: Telling, who: Practitioner, question: Question, name: str) -> tuple[int, str]:
    """May they see it: one entry, asked through the gate; one line of the card, looked for on it."""
    if name not in told.entries:
        return _on_card(hub, told, who, question)[0].get(name, (0, ""))
    gate, entry = hub.house.hub.disclosure, told.entries[name]
    try:
        found = gate.explain(who, told.child, entry, purpose=question.purpose, basis=question.basis)
    except NothingToShow:
        return 0, ""
    return int(found.answer.level), found.answer.rule


def _seen(hub: TestHub, told: Telling, who: Practitioner, question: Question) -> tuple[Answers, bool]:
    """What do they see: the whole chronology, through the gate, and the card where the story is about it."""
    gate = hub.house.hub.disclosure
    card, closed = _on_card(hub, told, who, question)
    try:
        found = gate.chronology(who, told.child, purpose=question.purpose, basis=question.basis)
    except NothingToShow:
        return card, closed
    return card | {name: answer for name, entry in told.entries.items() if (answer := _in(found, entry))}, False


def _on_card(hub: TestHub, told: Telling, who: Practitioner, question: Question) -> tuple[Answers, bool]:
    """The lines of the card that the story is about, and whether there is nothing at all to show."""
    lines = {name: entry for name, entry in told.story.entries.items() if name not in told.entries}
    if not lines:
        return {}, True
    casework = hub.house.hub.casework
    try:
        card = casework.working_with(who, told.child, purpose=question.purpose, basis=question.basis)
    except NothingToShow:
        return {}, True
    answers: Answers = {}
    for name, entry in lines.items():
        for line in card.lines:
            # What is withheld names no service, and neither does a summary where an address has to be kept secret.
            same = line.agency == entry.agency and line.duty in {"", "works-with"}
            if same and line.organisation in {"", told.service(name)}:
                answers[name] = int(line.level), line.rule
    return answers, False


def _in(found: Disclosure, entry: UUID) -> tuple[int, str] | None:
    for one in found.entries:
        if one.entry == entry:
            match one:
                case Withheld():
                    return int(Level.WITHHELD), one.rule
                case Redacted():
                    return int(Level.REDACTED), one.rule
                case Shown():
                    return int(Level.EXPORTABLE if one.exportable else Level.SHOWN), one.rule
    return None


def _listed(hub: TestHub, told: Telling, question: Question, name: str) -> dict[str, tuple[int, str]]:
    """Who sees it: everybody of the directory, from the entry's side, over the real database."""
    people = told.book.cast.people()
    if name not in told.entries:
        seen_by = {person.id: _on_card(hub, told, person, question)[0].get(name) for person in people}
        return {who: answer for who, answer in seen_by.items() if answer}
    gate, entry = hub.house.hub.disclosure, told.entries[name]
    assert isinstance(gate, Gate)
    means = gate._means
    with means.reading() as session:
        ground = question.purpose, question.basis
        seen = who_sees_in_hub.of_entry(means, session, people, (told.child, entry), ground)
    assert seen is not None
    return {one.reader.id: (int(one.answer.level), one.answer.rule) for one in seen}


def _in_world(world: World, question: Question, name: str) -> dict[str, tuple[int, str]]:
    """What the story's own world says of everybody of the directory."""
    answers = {}
    for person in world.cast.people():
        asked = Asked(person, question.purpose, question.basis)
        facts = world.facts(asked, question.at)
        answer = world.policy.answer_of(asked, facts, world.key(facts, world.keys(facts), name))
        if answer.level:
            answers[person.id] = int(answer.level), answer.rule
    return answers


def test_every_question_was_asked(askings: list[Asking], book: Book) -> None:
    assert len(askings) == sum(len(story.questions) for story in book.stories)


def test_asked_of_one_entry_the_hub_answers_as_the_story(askings: list[Asking]) -> None:
    wrong = [
        (one.where, name, expected, one.explained[name])
        for one in askings
        for name, expected in one.expected.items()
        # Something sealed is told by no rule to whoever asks.
        if one.explained[name] != (expected if expected[0] else (0, ""))
    ]
    assert wrong == []


def test_the_chronology_shows_what_the_story_says_and_nothing_more(askings: list[Asking]) -> None:
    wrong = [
        (one.where, sorted(set(one.seen.items()) ^ {(n, e) for n, e in one.expected.items() if e[0]}))
        for one in askings
        if one.seen != {name: expected for name, expected in one.expected.items() if expected[0]}
    ]
    assert wrong == []


def test_where_the_story_says_so_there_is_nothing_to_show(askings: list[Asking]) -> None:
    assert [one.where for one in askings if one.nothing != one.should_be_nothing] == []


def test_who_sees_an_entry_is_in_the_hub_who_sees_it_in_the_story(askings: list[Asking]) -> None:
    wrong = [
        (one.where, name)
        for one in askings
        for name, expected in one.expected.items()
        if one.listed[name].get(one.who, (0, "")) != (expected if expected[0] else (0, ""))
    ]
    assert wrong == []


def test_of_everybody_else_too_the_hub_and_the_world_of_the_story_say_the_same(askings: list[Asking]) -> None:
    wrong = [
        (one.where, name, sorted(set(one.listed[name].items()) ^ set(one.world[name].items())))
        for one in askings
        for name in one.expected
        if one.listed[name] != one.world[name]
    ]
    assert wrong == []
