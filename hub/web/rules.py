"""Pages that say in plain words what the hub decides: who sees what, and where the rules come from.

They are for everybody who is signed in: a rule that decides about people is open to be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from consent import in_words
from consent.in_words import RuleInWords
from consent.published import Edition
from consent.scenarios_told import Book, Question, Story
from hub.people import Practitioner
from hub.web import words
from hub.web.site import Site

_CONTROLLERS: Final = {"public": "public bodies", "other": "other organisations"}


def routes(site: Site) -> list[Route]:
    """Every page of it."""

    def rules(_request: Request, reader: Practitioner) -> Response:
        edition = site.hub.policies.edition()
        return site.html("rules.html", reader=reader, edition=edition, page=RulesPage(edition), told=in_words)

    def who_sees_what(_request: Request, reader: Practitioner) -> Response:
        edition = site.hub.policies.edition()
        page = StoriesPage(edition.book) if edition.book else None
        return site.html("who_sees_what.html", reader=reader, edition=edition, page=page, told=in_words)

    return [
        Route("/rules", site.signed_in(rules), methods=["GET"]),
        Route("/who-sees-what", site.signed_in(who_sees_what), methods=["GET"]),
    ]


@dataclass(frozen=True, slots=True)
class Ground:
    """A purpose or a basis for readers. goes_with: the bases of a purpose; empty for a basis."""

    name: str
    meaning: str
    citation: str
    who: str
    when: str
    goes_with: str


class RulesPage:
    """What the page of the rules shows, in its order."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    def chapters(self) -> list[tuple[int, str, list[RuleInWords]]]:
        """The rows of the table under the default rule that each carries out: what opens first, then what closes."""
        found = sorted(self._edition.rules, key=lambda one: (one.rule.default_rule, not one.opens, one.rule.row))
        return [
            (number, in_words.DEFAULT_RULES[number], list(rows))
            for number, rows in groupby(found, key=lambda one: one.rule.default_rule)
        ]

    def purposes(self) -> list[Ground]:
        """What may be asked for."""
        return self._grounds("purpose")

    def bases(self) -> list[Ground]:
        """What a purpose may rest on."""
        return self._grounds("basis")

    def _grounds(self, column: str) -> list[Ground]:
        policy = self._edition.policy
        held = policy.grounds.purposes if column == "purpose" else policy.grounds.bases
        return [
            Ground(
                in_words.said(column, one.value),
                policy.domain[column][one.value],
                one.citation,
                in_words.one_of([_CONTROLLERS[kind] for kind in ("public", "other") if kind in one.controllers]),
                words.day(one.since) + (f" to {words.day(one.until)}" if one.until else ""),
                in_words.one_of([in_words.said("basis", basis) for basis in sorted(one.bases)]) if one.bases else "",
            )
            for one in held.values()
        ]


class StoriesPage:
    """What the page of the stories shows, in its order."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def chapters(self) -> list[tuple[str, list[Story]]]:
        """The stories by what they are about."""
        return [(chapter, list(found)) for chapter, found in groupby(self._book.stories, key=lambda one: one.chapter)]

    def who(self, question: Question) -> Practitioner:
        """Whoever asks."""
        return self._book.cast.person(question.who)

    def when(self, question: Question) -> str:
        """On which day, and at which time where that matters."""
        noon = (question.at.hour, question.at.minute) == (12, 0)
        return words.day(question.at.date()) if noon else f"{words.day(question.at.date())}, {question.at:%H:%M}"

    def default_rules(self, numbers: Iterable[int]) -> list[str]:
        """The default rules that a story stands for, in words."""
        return [in_words.DEFAULT_RULES[number] for number in numbers]
