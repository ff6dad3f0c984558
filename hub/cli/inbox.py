"""Commands: what is new since somebody last looked, and what they said they do about it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console, Group
from rich.text import Text

from consent.inbox_shapes import MyNews, Overseen, Unanswered
from consent.inbox_terms import Word
from hub import tables
from hub.api.inbox_shapes import inbox_to_json, overseen_to_json, unanswered_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.reading import Child
from hub.cli.session import session_of
from hub.errors import BadInput

Day = Annotated[str, typer.Option("--at", help="As it was at the end of this day, YYYY-MM-DD; empty for today.")]
KINDS = {"new": "new", "corrected": "corrected since you read it", "passed": "passed to you"}
MORE = "There is something new of more children than are listed. Read or answer these; then the others are."


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("inbox")(inbox)
    app.command("acknowledge")(acknowledge)
    app.command("unanswered")(unanswered)


def inbox(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List what is new of the children this person works with; nothing of what it says."""
    session = session_of(context)
    session.house.catch_up()
    found = session.house.hub.inbox.mine(session.acting(who))
    typer.echo(inbox_to_json(found).decode()) if json else Console().print(_inbox(found))


def acknowledge(
    context: typer.Context,
    child: Child,
    entry: Annotated[UUID, typer.Argument(help="The entry's id.")],
    what: Annotated[str, typer.Argument(help="seen, acting or not-for-me")],
    who: As,
    doing: Annotated[str, typer.Option(help="What you do, where you act.")] = "",
    due: Annotated[str, typer.Option(help="By when, YYYY-MM-DD, where you act.")] = "",
    passed_to: Annotated[str, typer.Option(help="Whose it is: an organisation's code, or a role.")] = "",
    purpose: Annotated[str, typer.Option(help="For which you read it; empty for any work with the child.")] = "",
    basis: Annotated[str, typer.Option(help="The lawful basis on which you read it.")] = "public-task",
) -> None:
    """Say what you do about an entry that is open to you. Passing it on opens it to nobody."""
    session = session_of(context)
    session.house.catch_up()
    said = Word(what, doing, due, passed_to)
    session.house.hub.inbox.acknowledge(session.acting(who), child, entry, said, purpose=purpose, basis=basis)
    typer.echo("Recorded.")


def unanswered(
    context: typer.Context,
    who: As,
    child: Annotated[UUID | None, typer.Argument(help="The hub's id of the child; leave out for governance.")] = None,
    at: Day = "",
    json: AsJson = False,
) -> None:
    """List the concerns that nobody of another agency answered: of one child, or counted, for governance leads."""
    session, day = session_of(context), _day(at)
    session.house.catch_up()
    room, reader = session.house.hub.inbox, session.acting(who)
    if child is None:
        counted = room.all_unanswered(reader, at=day)
        typer.echo(overseen_to_json(counted).decode()) if json else Console().print(_overseen(counted))
    else:
        found = room.unanswered(reader, child, at=day)
        typer.echo(unanswered_to_json(found).decode()) if json else Console().print(_unanswered(found))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("--at is no day.", "Write it as 2026-01-31.") from None


def _inbox(found: MyNews) -> Group:
    listed = tables.table("child", "of", "since", "what", "entry")
    for one in found.children:
        for line in one.lines:
            name = one.name or str(one.child)
            since = line.received.isoformat()
            tables.row(listed, name, line.agency.label, since, KINDS[line.kind], str(line.entry))
    return Group(listed, *([Text(MORE, style="italic")] if found.more else []))


def _unanswered(found: Unanswered) -> Group:
    listed = tables.table(
        "days", "of", "what", "when", "was to be done by", "entry", title=f"Without an answer on {found.at.isoformat()}"
    )
    for one in found.concerns:
        when = tables.when(one.when)
        promised = f"{one.promised.isoformat()}, no outcome followed" if one.promised else ""
        tables.row(listed, str(one.age), one.agency.label, one.summary, when, promised, str(one.entry))
    return Group(
        listed, Text(tables.plain(f"Listed after {found.term.days} days. {found.term.source}"), style="italic")
    )


def _overseen(found: Overseen) -> Group:
    counts = tables.table("of", *(f"{n} days or more" for n in found.ages), title=f"On {found.at.isoformat()}")
    for agency, of in found.counts.items():
        tables.row(counts, agency.label, *map(str, of))
    oldest = tables.table("days", "of", "child", "entry")
    for one in found.oldest:
        tables.row(oldest, str(one.age), one.agency.label, str(one.child), str(one.entry))
    return Group(counts, oldest, Text(tables.plain(found.term.source), style="italic"))
