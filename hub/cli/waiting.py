"""Commands for what waits and what was answered: the quarantine, open questions, receipts, and reading anew."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console

from hub import tables
from hub.api.shapes import receipt_summary
from hub.cli.session import session_of
from hub.errors import BadInput
from hub.intake.quarantine import Waiting
from hub.receipt import Outcome, Receipt
from hub.wiring import source_names

STILL_WAITING = 3
As = Annotated[str, typer.Option("--as", help="Who acts: a person's id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OfSource = Annotated[str, typer.Option("--source", help="Only of this source.")]
OfReason = Annotated[str, typer.Option("--reason", help="Only for this reason.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    quarantine = typer.Typer(help="Records that could not be placed.", no_args_is_help=True)
    quarantine.command("list")(list_quarantine)
    quarantine.command("show")(show)
    quarantine.command("retry")(retry)
    quarantine.command("discard")(discard)
    app.add_typer(quarantine, name="quarantine")
    app.command("questions")(questions)
    app.command("receipt")(receipt)
    app.command("reread")(reread)


def list_quarantine(
    context: typer.Context, source: OfSource = "", reason: OfReason = "", limit: int = 100, json: AsJson = False
) -> None:
    """List what waits for a person, newest first: reasons and places, never the records themselves."""
    waiting = session_of(context).house.hub.intake.quarantine.waiting(limit, source, reason)
    if json:
        typer.echo(orjson.dumps(waiting).decode())
        return
    listed = tables.table("id", "source", "what", "reason", "place", "what to do")
    for one in waiting:
        tables.row(listed, str(one.id), one.source, one.kind, one.message, one.place, one.next_step)
    Console().print(listed)


def show(context: typer.Context, identity: Annotated[UUID, typer.Argument(metavar="ID")], json: AsJson = False) -> None:
    """Show all that may be said of one record that waits, or waited. Its bytes stay sealed."""
    _print_waiting(session_of(context).house.hub.intake.quarantine.show(identity), json=json)


def retry(
    context: typer.Context,
    ids: Annotated[list[UUID] | None, typer.Argument(metavar="[ID]...", help="Records to try again.")] = None,
    source: OfSource = "",
    reason: OfReason = "",
    every: Annotated[bool, typer.Option("--all", help="Everything that waits.")] = False,
    json: AsJson = False,
) -> None:
    """Try what waits once more, with today's mapping. What can be placed waits no longer."""
    if not (ids or source or reason or every):
        raise BadInput("Nothing was chosen to be tried again.", "Name ids, a --source, a --reason, or --all.")
    house = session_of(context).house
    found = house.hub.intake.quarantine.retry(
        house.translate_again, "hub quarantine retry", ids=ids or None, source=source, reason=reason
    )
    house.catch_up()
    _print_outcomes(found, json=json)


def discard(
    context: typer.Context,
    identity: Annotated[UUID, typer.Argument(metavar="ID")],
    who: As,
    because: Annotated[str, typer.Option(help="Why it may be let go.")],
    json: AsJson = False,
) -> None:
    """Let one record go. Who did it and why is kept with it, and so are its bytes."""
    session = session_of(context)
    by = session.acting(who)
    _print_waiting(session.house.hub.intake.quarantine.discard(identity, by.id, because), json=json)


def questions(context: typer.Context, limit: int = 100, json: AsJson = False) -> None:
    """List what the hub would not decide alone, newest first. Children appear by their opaque ids only."""
    found = session_of(context).house.hub.intake.questions(limit)
    if json:
        typer.echo(orjson.dumps(found).decode())
        return
    listed = tables.table("asked", "question", "child", "could also be")
    for one in found:
        others = ", ".join(map(str, one.candidates))
        tables.row(listed, f"{one.asked_at:%Y-%m-%d %H:%M}", one.reason, str(one.child or ""), others)
    Console().print(listed)


def receipt(
    context: typer.Context, identity: Annotated[UUID, typer.Argument(metavar="ID")], json: AsJson = False
) -> None:
    """Look up what became of every record of one submission."""
    kept = session_of(context).house.hub.intake.receipt(None, identity)
    if json:
        results = [
            {"outcome": r.outcome, "place": r.place, "reason": r.reason, "message": r.message, "next_step": r.next_step}
            for r in kept.receipt.results
        ]
        summary = receipt_summary(kept.receipt) | {"finished_at": kept.finished_at, "results": results}
        typer.echo(orjson.dumps(summary).decode())
        return
    listed = tables.table("place", "outcome", "reason", "what to do")
    for one in kept.receipt.results:
        tables.row(listed, one.place, one.outcome.value, one.message or one.reason, one.next_step)
    Console().print(listed)


def reread(context: typer.Context, source: str, json: AsJson = False) -> None:
    """Read a source's stored records again by today's mapping. What it reads otherwise becomes a revision."""
    if source not in source_names():
        raise BadInput("There is no source of that name.", f"The sources are: {', '.join(source_names())}.")
    house = session_of(context).house
    found = house.reread(source)
    house.catch_up()
    _print_outcomes(found, json=json)


def _print_waiting(one: Waiting, *, json: bool) -> None:
    if json:
        typer.echo(orjson.dumps(one).decode())
        return
    listed = tables.table("what", "said")
    for name in one.__dataclass_fields__:
        tables.row(listed, name.replace("_", " "), str(getattr(one, name) or ""))
    Console().print(listed)


def _print_outcomes(found: Receipt, *, json: bool) -> None:
    counts = found.counts()
    if json:
        typer.echo(orjson.dumps(receipt_summary(found)).decode())
    else:
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
        typer.echo(f"{len(found.results)} records: {told or 'nothing to do'}")
        for reason, count in found.reasons().items():
            typer.echo(f"  {count} {reason}")
    again = found.reasons().get("already-in-quarantine", 0)
    if counts[Outcome.QUARANTINED] or counts[Outcome.CONFLICT] or again:
        raise typer.Exit(STILL_WAITING)
