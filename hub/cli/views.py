"""Commands: what follows from the entries, in a form that a person can check."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from consent.views import Derived
from hub.api.view_shapes import views_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.reading import Basis, Child, KnownAt, Purpose, is_today
from hub.cli.session import moment, session_of
from hub.tables import plain

One = Annotated[UUID, typer.Argument(help="The id of one entry.")]
Other = Annotated[UUID, typer.Argument(help="The id of the other.")]
Reason = Annotated[str, typer.Option(help="Why, in your own words.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("views")(views)
    group = typer.Typer(help="Say whether two entries tell of one happening.", no_args_is_help=True)
    for name, command in (("join", join), ("keep-apart", keep_apart), ("compare-anew", compare_anew)):
        group.command(name)(command)
    app.add_typer(group, name="same")


def views(
    context: typer.Context,
    child: Child,
    who: As,
    purpose: Purpose = "child-plan",
    basis: Basis = "public-task",
    known_at: KnownAt = "",
    json: AsJson = False,
) -> None:
    """Say what follows from the entries that this person may know of. The reading's id goes to standard error."""
    session = session_of(context)
    session.house.catch_up()
    at = None if is_today(session, known_at) else moment(known_at, "--known-at")
    found = session.house.hub.views.of(session.acting(who), child, purpose=purpose, basis=basis, known_at=at)
    typer.echo(f"Recorded as reading {found.reading}.", err=True)
    typer.echo(views_to_json(found).decode()) if json else Console().print(_table(found))


def join(context: typer.Context, child: Child, one: One, other: Other, who: As, reason: Reason = "") -> None:
    """Record that two entries tell of one happening. Nobody sees more or less of either for it."""
    session = session_of(context)
    session.house.catch_up()
    session.house.hub.views.join(session.acting(who), child, (one, other), reason=reason)
    typer.echo("Recorded: one happening.")


def keep_apart(context: typer.Context, child: Child, one: One, other: Other, who: As, reason: Reason = "") -> None:
    """Record that two entries tell of two happenings."""
    session = session_of(context)
    session.house.catch_up()
    session.house.hub.views.keep_apart(session.acting(who), child, (one, other), reason=reason)
    typer.echo("Recorded: two happenings.")


def compare_anew(context: typer.Context, child: Child, one: One, other: Other, who: As, reason: Reason = "") -> None:
    """Take back what was said of two entries."""
    session = session_of(context)
    session.house.catch_up()
    session.house.hub.views.compare_anew(session.acting(who), child, (one, other), reason=reason)
    typer.echo("Taken back: it is open again.")


def _table(found: Derived) -> Table:
    table = Table("View", "State", "What follows", "Entries")
    for section in found.sections:
        for one in section.statements:
            table.add_row(section.view, one.status, plain(one.words), str(len(one.entries)))
        for unknown in section.unknown:
            table.add_row(section.view, "not known", plain(unknown), "")
    return table
