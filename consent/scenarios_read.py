"""Reading the stories: understood whole, or refused whole, with every problem named by file and line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, get_args

from consent import scenarios_yaml
from consent.decision import Level
from consent.policy import Policy
from consent.scenarios_told import (
    CAPACITIES,
    STAGES,
    STATES,
    TIES,
    Book,
    Consent,
    Emergency,
    Entry,
    Expected,
    Question,
    Release,
    Story,
)
from consent.scenarios_yaml import Part, Span, each
from hub import directory
from hub.directory import Directory
from hub.people import Agency
from hub.update import Sensitivity

CAST: Final = "people.toml"
"""Everybody who plays a part, as a directory of an invented partnership."""

NO_RULE: Final = "no rule"
_GIVERS: Final = ("child", "parent", "carer")


def load(policy: Policy, folder: Path) -> Book:
    """Every story of the folder; raises PolicyRefused that names each thing not understood, with file and line."""
    problems: list[str] = []
    cast = directory.load(folder / CAST)
    reader = _Reader(policy, cast)
    read = (scenarios_yaml.read(path, problems) for path in sorted(folder.glob("*.yaml")))
    stories = [story for stories in each(filter(None, read), reader.stories) for story in stories]
    names = [story.name for story in stories]
    problems += [f"two stories are called '{name}'" for name in sorted({one for one in names if names.count(one) > 1})]
    if problems or not stories:
        raise scenarios_yaml.not_understood(problems or ["there is no story"])
    return Book(cast, tuple(stories))


class _Reader:
    """Reads one story after another, with the policy's own words and the people there are."""

    def __init__(self, policy: Policy, cast: Directory) -> None:
        self._domain = policy.domain
        self._rules = (*(rule.id for rule in policy.rules), NO_RULE)
        self._people = tuple(person.id for person in cast.people())
        self._organisations = tuple(one.code for one in cast.organisations())

    def stories(self, part: Part) -> list[Story]:
        """Every story of one file."""
        return each(part.named().items(), self._story)

    def _story(self, named: tuple[str, Part]) -> Story:
        name, part = named
        needed = ("title", "story", "law", "default rules", "child", "people", "entries", "asked")
        told = part.fields(needed, ("consent", "capacity", "released", "emergency"))
        child = told["child"].fields(("born",), (*STAGES, "safe-address", "marked restricted by"))
        people = {who: _spans(one, TIES) for who, one in _known(told["people"], self._people, "person").items()}
        entries = {one.name: one for one in each(told["entries"].named().items(), self._entry)}
        return Story(
            name=name,
            chapter=part.chapter,
            title=told["title"].text(),
            story=told["story"].text(),
            law=told["law"].text(),
            rules=tuple(each(told["default rules"].items(), _number)),
            born=child["born"].day(),
            people=people,
            entries=entries,
            questions=tuple(each(told["asked"].items(), lambda one: self._question(one, people, entries))),
            stages={name: child[name].span() for name in STAGES if name in child},
            consents=tuple(each(_list(told, "consent"), self._consent)),
            capacity=_spans(told["capacity"], CAPACITIES) if "capacity" in told else {},
            releases=tuple(each(_list(told, "released"), lambda one: self._release(one, entries))),
            emergencies=tuple(each(_list(told, "emergency"), lambda one: _emergency(one, people))),
            safe_address=child["safe-address"].span() if "safe-address" in child else None,
            marked=tuple(each(_list(child, "marked restricted by"), lambda one: one.one_of(tuple(Agency), "agency"))),
            where=part.where,
        )

    def _entry(self, named: tuple[str, Part]) -> Entry:
        name, part = named
        said = part.fields(("says", "from", "about", "on"), ("label", "names somebody else"))
        return Entry(
            name,
            said["says"].text(),
            said["from"].one_of(tuple(Agency), "agency"),
            said["about"].one_of(tuple(self._domain["category"]), "kind of entry"),
            said["on"].day(),
            said["label"].one_of(get_args(Sensitivity), "label") if "label" in said else "ordinary",
            _yes(said, "names somebody else"),
        )

    def _consent(self, part: Part) -> Consent:
        said = part.fields(("says", "by", "to", "about", "on"), ("until",))
        return Consent(
            said["says"].one_of(STATES, "answer"),
            said["by"].one_of(_GIVERS, "giver of consent"),
            said["to"].one_of(tuple(Agency), "agency"),
            said["about"].one_of(tuple(self._domain["category"]), "kind of entry"),
            said["on"].day(),
            said["until"].day() if "until" in said else None,
        )

    def _release(self, part: Part, entries: Collection[str]) -> Release:
        said = part.fields(("entries", "by", "to", "for", "lasts"), ("basis",))
        return Release(
            tuple(one.one_of(entries, "entry") for one in said["entries"].items()),
            said["by"].one_of(self._people, "person"),
            said["to"].one_of(self._organisations, "organisation"),
            said["for"].one_of(tuple(self._domain["purpose"]), "purpose"),
            said["lasts"].span(),
            said["basis"].one_of(tuple(self._domain["basis"]), "basis") if "basis" in said else "public-task",
        )

    def _question(self, part: Part, people: Collection[str], entries: Collection[str]) -> Question:
        said = part.fields(("who", "for", "basis", "on", "sees"), ("nothing to show",))
        return Question(
            said["who"].one_of(people, "person in this story"),
            said["for"].one_of(tuple(self._domain["purpose"]), "purpose"),
            said["basis"].one_of(tuple(self._domain["basis"]), "basis"),
            said["on"].moment(),
            self._sees(said["sees"], entries),
            _yes(said, "nothing to show"),
            part.where,
        )

    def _sees(self, part: Part, entries: Collection[str]) -> dict[str, Expected]:
        """`shown by plan-ordinary`, for each entry; or one line for `everything`."""
        found = _known(part, (*entries, "everything"), "entry")
        if "everything" in found and len(found) == 1:
            return dict.fromkeys(entries, self._expected(found["everything"]))
        if found.keys() != set(entries):
            raise part.wrong(f"each entry is needed here, and nothing else: {', '.join(entries)}")
        return {name: self._expected(one) for name, one in found.items()}

    def _expected(self, part: Part) -> Expected:
        level, _, rule = part.text().partition(" by ")
        if level.upper() not in Level.__members__ or rule not in self._rules:
            levels = ", ".join(one.name.lower() for one in Level)
            raise part.wrong(f"a level ({levels}), 'by', and the id of a rule of the table or '{NO_RULE}' is needed")
        return Expected(Level[level.upper()], "" if rule == NO_RULE else rule)


def _known(part: Part, names: Collection[str], what: str) -> dict[str, Part]:
    found = part.named()
    problems = [
        one.wrong(f"there is no {what} '{name}'; known are {', '.join(names)}")
        for name, one in found.items()
        if name not in names
    ]
    if problems:
        raise problems[0]
    return found


def _spans(part: Part, names: Collection[str]) -> dict[str, Span]:
    return {name: one.span() for name, one in _known(part, names, "such fact").items()}


def _emergency(part: Part, people: Collection[str]) -> Emergency:
    said = part.fields(("who", "on"))
    return Emergency(said["who"].one_of(people, "person in this story"), said["on"].moment())


def _number(part: Part) -> int:
    return int(part.one_of(tuple(str(number) for number in range(1, 16)), "default rule"))


def _list(told: Mapping[str, Part], name: str) -> list[Part]:
    return told[name].items() if name in told else []


def _yes(said: Mapping[str, Part], name: str) -> bool:
    return name in said and said[name].yes()
