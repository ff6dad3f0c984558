"""A command that says what could be better in a child's chronology. Advice, never a block."""

from __future__ import annotations

import typer
from rich.console import Console

from hub import tables
from hub.api.quality_shapes import looked_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.reading import Basis, Child, KnownAt, Purpose
from hub.cli.session import moment, session_of


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("quality")(quality)


def quality(
    context: typer.Context,
    child: Child,
    who: As,
    purpose: Purpose = "child-plan",
    basis: Basis = "public-task",
    known_at: KnownAt = "",
    json: AsJson = False,
) -> None:
    """Say what could be better in a child's chronology, of what this person may know of."""
    session = session_of(context)
    session.house.catch_up()
    found = session.house.hub.quality.look(
        session.acting(who), child, purpose=purpose, basis=basis, known_at=moment(known_at, "--known-at")
    )
    typer.echo(f"Recorded as reading {found.reading}.", err=True)
    if json:
        typer.echo(looked_to_json(found).decode())
        return
    shown = tables.table("what could be better", "what to do next", "entries", "source")
    for one in found.advice:
        tables.row(shown, f"{one.title}\n{one.sentence}", one.next_step, str(len(one.entries)), one.source)
    Console().print(shown if found.advice else "No check has anything to advise.")
