"""What somebody says who adds to a chronology by hand, and the rules it has to keep before anything is looked up.

What is wrong is named all at once, each by its own field, so that nobody fills in a form twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from consent import entry_words
from consent.contributing_times import Untimely, occurred
from consent.sharing_terms import Incomplete
from consent.statements import is_text, says_something
from hub.people import Agency
from hub.update import Occurred
from hub.vocabulary import terms

LONGEST: Final = 4000
HEADLINE: Final = 280
LINE: Final = 200
MOST_CITED: Final = 100
MOST_PEOPLE: Final = 10
LAST_PLACE: Final = 999
"""Of an order within a day."""

OUTCOME: Final = "any.outcome.added"
ANALYSIS: Final = "any.analysis.added"
RAISED: Final = "any.disagreement.raised"
RESOLVED: Final = "any.disagreement.resolved"
VIEWS: Final = {"child": "any.view.child", "parent": "any.view.parent", "advocate": "any.view.advocate"}
PLAIN: Final = "any.event.noted"
ABOUT_ENTRIES: Final = frozenset({OUTCOME, ANALYSIS, RAISED, RESOLVED})
"""What makes sense only beside the entries that it is about: to whoever may know of none of them, it is an entry."""
ANYBODYS: Final = (
    PLAIN,
    "any.strength.noted",
    "any.family.change",
    "any.unmet_need",
    "any.service.ended",
    *VIEWS.values(),
    *sorted(ABOUT_ENTRIES),
)
OWN_STEPS: Final[Mapping[Agency, tuple[str, ...]]] = {
    Agency.GP: ("gp.not_brought", "gp.injury.presented"),
    Agency.HEALTH_VISITING: ("hv.contact.extra", "hv.contact.missed", "hv.hpi.changed"),
    Agency.SOCIAL_WORK: (
        "sw.child.seen",
        "sw.child.not_seen",
        "sw.core_group.held",
        "sw.plan.reviewed",
        "sw.missing.reported",
        "sw.missing.returned",
        "sw.missing.discussion",
    ),
    Agency.EDUCATION: ("ed.wellbeing.noted", "ed.wellbeing.concern", "ed.achievement", "ed.not_collected"),
    Agency.POLICE: (
        "police.concern.raised",
        "police.concern.household",
        "police.concern.conduct",
        "police.missing",
    ),
    Agency.THIRD_SECTOR: (
        "ts.support.started",
        "ts.support.contact",
        "ts.support.missed",
        "ts.support.ended",
        "ts.concern.passed_on",
    ),
}
"""What each agency may record by hand besides, in its own words of the vocabulary. None of it opens a record."""
MISSED: Final = frozenset({"gp.not_brought", "hv.contact.missed", "sw.child.not_seen", "ts.support.missed"})
"""Steps that say of something expected that it did not happen."""
CATEGORIES: Final = {
    Agency.GP: "health",
    Agency.HEALTH_VISITING: "health",
    Agency.SOCIAL_WORK: "social-work",
    Agency.EDUCATION: "education",
    Agency.POLICE: "police",
    Agency.THIRD_SECTOR: "social-work",
}
RELATIONS: Final = ("mother", "father", "sibling", "carer", "other")
# Each is at least as closed as the one before, in every rule that looks at it: what is about several entries takes the
# last of theirs. A secret address comes after the other special kinds, because one rule closes it to its own agency.
SENSITIVITIES: Final = tuple(entry_words.SENSITIVITIES)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who is neither the child nor a professional. relation: mother, father, sibling, carer, other."""

    relation: str = ""
    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class EntrySaid:
    """One contribution. start and end as `consent.contributing_times` reads them; coded words as in `hub.update`.

    code: of the vocabulary. cites: the entries that it is about. people: third persons whom it names. on_behalf_of: the
    agency without access for which it is recorded. Empty means not said; valence and significance are then the code's.
    """

    code: str = PLAIN
    start: str = ""
    end: str = ""
    approximate: bool = False
    sequence: int = 0
    headline: str = ""
    detail: str = ""
    assertion: str = ""
    source_kind: str = ""
    source_detail: str = ""
    on_behalf_of: str = ""
    valence: str = ""
    significance: str = ""
    sensitivity: str = "ordinary"
    about: str = "child"
    wellbeing: tuple[str, ...] = ()
    triangle: tuple[str, ...] = ()
    impact: str = ""
    action_taken: str = ""
    no_action_reason: str = ""
    turning: str = ""
    child_view: str = ""
    parent_view: str = ""
    seen: str = ""
    seen_where: str = ""
    people: tuple[Named, ...] = ()
    cites: tuple[UUID, ...] = ()


WORDS: Final = {
    "headline": HEADLINE,
    "detail": LONGEST,
    "impact": LONGEST,
    "action_taken": LONGEST,
    "no_action_reason": LONGEST,
    "child_view": LONGEST,
    "parent_view": LONGEST,
    "source_detail": LINE,
    "on_behalf_of": LINE,
    "seen_where": LINE,
}
"""What is written in words of one's own, and how long each may be, in characters."""
_CODED: Final[Mapping[str, Mapping[str, str]]] = {
    "assertion": entry_words.ASSERTIONS,
    "source_kind": entry_words.STATED,
    "valence": entry_words.VALENCES,
    "significance": entry_words.SIGNIFICANCES,
    "sensitivity": entry_words.SENSITIVITIES,
    "about": entry_words.ABOUT,
    "turning": entry_words.TURNING,
    "seen": entry_words.SEEN,
}
_MUST: Final = {
    "assertion": "Say whether it is a fact, an opinion, an allegation or what somebody said of themselves.",
    "source_kind": "Say how whoever recorded it came to know.",
    "sensitivity": "Say how sensitive it is.",
    "about": "Say whom it is about.",
}


def codes(agency: Agency) -> tuple[str, ...]:
    """What somebody of this kind of agency may record by hand."""
    return (*ANYBODYS, *OWN_STEPS.get(agency, ()))


def checked(said: EntrySaid, agency: Agency, now: datetime) -> tuple[EntrySaid, Occurred]:
    """The same, tidied, and when it happened. Raises Incomplete, which names all that is wrong and repeats nothing."""
    tidied = replace(
        said,
        **{name: _tidy(getattr(said, name)) for name in WORDS},  # type: ignore[arg-type]  # all of these are text
        people=tuple(Named(one.relation, one.name.strip(), one.text.strip()) for one in said.people),
        cites=tuple(dict.fromkeys(said.cites)),
    )
    faults: dict[str, str] = {}
    for name, fault in _faults(tidied, agency):
        faults.setdefault(name, fault)
    when = None
    try:
        when = occurred(said.start, said.end, now, approximate=said.approximate)
    except Untimely as error:
        faults.setdefault(error.field, str(error))
    if faults or when is None:
        order = [part.name for part in fields(EntrySaid)]
        raise Incomplete(dict(sorted(faults.items(), key=lambda one: order.index(one[0]))))
    return tidied, when


def _faults(said: EntrySaid, agency: Agency) -> Iterator[tuple[str, str]]:
    if said.code not in codes(agency):
        yield "code", "Choose a kind of entry that your agency records by hand."
    if not said.headline:
        yield "headline", "Say what happened, in one line."
    yield from _too_long(said)
    yield from _unknown(said)
    yield from _contradictions(said)
    yield from _people(said)
    if not 0 <= said.sequence <= LAST_PLACE:
        yield "sequence", f"Write the place within the day as a whole number from 1 to {LAST_PLACE}, or leave it out."
    if said.code in ABOUT_ENTRIES and not said.cites:
        yield "cites", "Name the entries that it is about."
    if len(said.cites) > MOST_CITED:
        yield "cites", f"Name at most {MOST_CITED} entries."


def _too_long(said: EntrySaid) -> Iterator[tuple[str, str]]:
    for name, longest in WORDS.items():
        text = getattr(said, name)
        if len(text) > longest or not is_text(text):
            yield name, f"Write at most {longest:,} characters of plain text."


def _unknown(said: EntrySaid) -> Iterator[tuple[str, str]]:
    for name, known in _CODED.items():
        value = getattr(said, name)
        if value not in known and (value or name in _MUST):
            yield name, _MUST.get(name, f"Use one of: {', '.join(known)}.")
    for name, words in (("wellbeing", entry_words.WELLBEING), ("triangle", entry_words.TRIANGLE)):
        if not set(getattr(said, name)) <= set(words):
            yield name, f"Use any of: {', '.join(words)}."


def _contradictions(said: EntrySaid) -> Iterator[tuple[str, str]]:
    if said.action_taken and said.no_action_reason:
        yield "no_action_reason", "Say what was done, or why nothing was: not both."
    if said.about != "child" and not said.impact:
        yield "impact", "Say what it means for the child: an entry about somebody else is kept only for that."
    if said.on_behalf_of and said.source_kind != "told-by-professional":
        yield "source_kind", "What is recorded for another agency was told by a professional of it."
    if said.seen_where and said.seen not in {"seen", "seen-alone"}:
        yield "seen_where", "Say that the child was seen, or leave out where."


def _people(said: EntrySaid) -> Iterator[tuple[str, str]]:
    if len(said.people) > MOST_PEOPLE:
        yield "people", f"Name at most {MOST_PEOPLE} people."
    for one in said.people:
        if one.relation not in RELATIONS or not says_something(one.name):
            yield "people", f"Of each person write the name, and who they are to the child: {', '.join(RELATIONS)}."
        if len(one.name) > LINE or len(one.text) > LONGEST or not is_text(one.name + one.text):
            yield "people", f"Write a name in at most {LINE} characters, and the rest in at most {LONGEST:,}."


def _tidy(text: str) -> str:
    return text.strip() if says_something(text) else ""


def least(code: str, chosen: str, *cited: str) -> str:
    """The sensitivity of a contribution: as chosen, and never below its kind's own or that of any entry it cites."""
    return max((chosen, terms()[code].sensitivity, *cited), key=SENSITIVITIES.index)
