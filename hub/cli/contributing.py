"""Commands: what people add to a chronology by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import orjson
import typer

from consent.contributing_terms import OUTCOME, PLAIN, RAISED, RESOLVED, VIEWS, EntrySaid
from hub.cli.feeding import As, AsJson
from hub.cli.reading import Child
from hub.cli.session import Session, session_of
from hub.errors import BadInput

Entry = Annotated[UUID, typer.Argument(help="The entry's id.")]
Start = Annotated[str, typer.Option(help="When: 2026, 2026-03, 2026-03-21 or 2026-03-21T14:05")]
Headline = Annotated[str, typer.Option(help="What happened, in one line.")]
Detail = Annotated[str, typer.Option(help="What else somebody needs to know.")]
Assertion = Annotated[str, typer.Option(help="fact, opinion, allegation or self-report")]
SourceKind = Annotated[
    str, typer.Option(help="direct-observation, told-by-child, told-by-parent, told-by-professional or document")
]
SEVERAL: Final = ("wellbeing", "triangle", "people", "cites")
BESIDE: Final = tuple(
    part.name
    for part in fields(EntrySaid)
    if part.name not in {"code", "start", "headline", "detail", "assertion", "source_kind"}
)
Also = Annotated[
    list[str] | None,
    typer.Option(
        help=f"Anything else, as name=value, once for each: {', '.join(BESIDE)}. Of people: relation|name|what is said."
    ),
]
Once = Annotated[UUID | None, typer.Option(help="An id of your own: sent twice, kept once.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    group = typer.Typer(help="Add to a chronology, put right, take back.", no_args_is_help=True)
    for name, command in (
        ("add", add),
        ("outcome", outcome),
        ("view", view),
        ("disagree", disagree),
        ("resolve", resolve),
        ("correct", correct),
        ("take-back", take_back),
    ):
        group.command(name)(command)
    app.add_typer(group, name="entry")


@dataclass(frozen=True, slots=True)
class _Adding:
    """Somebody who adds, and whether the answer is JSON."""

    context: typer.Context
    who: str
    json: bool

    def add(self, child: UUID, said: EntrySaid, once: UUID | None) -> None:
        session = _ready(self.context)
        self.done(session.house.hub.contributing.add(session.acting(self.who), child, said, once=once), "Added")

    def done(self, entry: UUID, what: str) -> None:
        shown = orjson.dumps({"entry": str(entry)}).decode() if self.json else f"{what}. The entry's id is {entry}."
        typer.echo(shown)


def add(
    context: typer.Context,
    child: Child,
    who: As,
    start: Start,
    headline: Headline,
    assertion: Assertion,
    source_kind: SourceKind,
    code: Annotated[str, typer.Option(help="What kind: a code that your agency records by hand.")] = PLAIN,
    detail: Detail = "",
    also: Also = None,
    once: Once = None,
    json: AsJson = False,
) -> None:
    """Add an entry to a child's chronology, under your own name and your agency's."""
    said = _said(_core(start, headline, detail, assertion, source_kind), also, code)
    _Adding(context, who, json).add(child, said, once)


def outcome(
    context: typer.Context,
    child: Child,
    entry: Entry,
    who: As,
    start: Start,
    headline: Headline,
    assertion: Assertion,
    source_kind: SourceKind,
    detail: Detail = "",
    also: Also = None,
    once: Once = None,
    json: AsJson = False,
) -> None:
    """Add what came of an entry."""
    said = _said(_core(start, headline, detail, assertion, source_kind), also, OUTCOME, entry)
    _Adding(context, who, json).add(child, said, once)


def view(
    context: typer.Context,
    child: Child,
    entry: Entry,
    who: As,
    whose: Annotated[str, typer.Option(help="child, parent or advocate")],
    start: Start,
    headline: Headline,
    assertion: Assertion,
    source_kind: SourceKind,
    detail: Detail = "",
    also: Also = None,
    once: Once = None,
    json: AsJson = False,
) -> None:
    """Add what the child, a parent or an advocate thinks of an entry."""
    if whose not in VIEWS:
        raise BadInput("It is not said whose view it is.", f"Use --whose with one of: {', '.join(VIEWS)}.")
    said = _said(_core(start, headline, detail, assertion, source_kind), also, VIEWS[whose], entry)
    _Adding(context, who, json).add(child, said, once)


def disagree(
    context: typer.Context,
    child: Child,
    entry: Entry,
    who: As,
    start: Start,
    headline: Headline,
    assertion: Assertion,
    source_kind: SourceKind,
    detail: Detail = "",
    also: Also = None,
    once: Once = None,
    json: AsJson = False,
) -> None:
    """Disagree with an entry: it is shown as disputed until the disagreement is resolved."""
    said = _said(_core(start, headline, detail, assertion, source_kind), also, RAISED, entry)
    _Adding(context, who, json).add(child, said, once)


def resolve(
    context: typer.Context,
    child: Child,
    entry: Entry,
    who: As,
    start: Start,
    headline: Headline,
    assertion: Assertion,
    source_kind: SourceKind,
    detail: Detail = "",
    also: Also = None,
    once: Once = None,
    json: AsJson = False,
) -> None:
    """Say how a disagreement was resolved; the entry is the disagreement."""
    said = _said(_core(start, headline, detail, assertion, source_kind), also, RESOLVED, entry)
    _Adding(context, who, json).add(child, said, once)


def correct(
    context: typer.Context,
    child: Child,
    entry: Entry,
    who: As,
    start: Start,
    headline: Headline,
    assertion: Assertion,
    source_kind: SourceKind,
    code: Annotated[str, typer.Option(help="What kind it is.")] = PLAIN,
    detail: Detail = "",
    also: Also = None,
    revision: Annotated[int, typer.Option(help="The version that this corrects; 0 for whichever stands.")] = 0,
    json: AsJson = False,
) -> None:
    """Put an entry of your own team right: give the whole entry as it should stand."""
    said = _said(_core(start, headline, detail, assertion, source_kind), also, code)
    session = _ready(context)
    session.house.hub.contributing.correct(session.acting(who), child, entry, said, revision=revision)
    _Adding(context, who, json).done(entry, "Corrected")


def take_back(
    context: typer.Context,
    child: Child,
    entry: Entry,
    who: As,
    reason: Annotated[str, typer.Option(help="Why it was wrong.")],
    json: AsJson = False,
) -> None:
    """Take an entry of your own team back as wrong."""
    session = _ready(context)
    session.house.hub.contributing.take_back(session.acting(who), child, entry, reason)
    _Adding(context, who, json).done(entry, "Taken back")


def _ready(context: typer.Context) -> Session:
    """What an entry is about is looked up in the read models, so they are brought up to date first."""
    session = session_of(context)
    session.house.catch_up()
    return session


def _core(start: str, headline: str, detail: str, assertion: str, source_kind: str) -> Mapping[str, str]:
    return {
        "start": start,
        "headline": headline,
        "detail": detail,
        "assertion": assertion,
        "source_kind": source_kind,
    }


def _said(core: Mapping[str, str], also: list[str] | None, code: str, *cited: UUID) -> EntrySaid:
    """The entry. Raises BadInput, which repeats nothing, for what is not understood."""
    found: dict[str, Any] = dict(core) | {"code": code, "cites": list(cited)}
    for one in also or ():
        name, _, value = one.partition("=")
        if name not in BESIDE:
            raise BadInput("An --also names no field.", f"Write name=value, with one of: {', '.join(BESIDE)}.")
        if name == "people":
            found.setdefault(name, []).append(
                dict(zip(("relation", "name", "text"), value.split("|", 2), strict=False))
            )
        elif name in SEVERAL:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    try:
        return msgspec.convert(found, EntrySaid, strict=False)
    except msgspec.ValidationError:
        raise BadInput(
            "An --also has a value that cannot be meant.",
            "approximate is true or false, sequence a number, cites an entry's id; all others are words.",
        ) from None
