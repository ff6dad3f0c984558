"""Commands that bring records in and look after what came: ingest, sources, quarantine, consent."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hub import tables
from hub.api.shapes import receipt_summary
from hub.cli.session import LOCAL, Session, session_of
from hub.errors import BadInput
from hub.events.sharing import ConsentEvent, ConsentGiven, ConsentRefused, ConsentWithdrawn
from hub.people import Agency
from hub.receipt import Outcome, Receipt, merge
from hub.update import Delivery
from hub.vocabulary import terms
from hub.wiring import source_names

WAITING = 3
LISTED = 20
CONSENTS: dict[str, type[ConsentEvent]] = {"give": ConsentGiven, "refuse": ConsentRefused, "withdraw": ConsentWithdrawn}
As = Annotated[str, typer.Option("--as", help="Who acts: a person's id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("ingest")(ingest)
    app.command("sources")(list_sources)
    app.command("consent")(consent)


def ingest(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="One of `hub sources`.")],
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders whose files are all taken.")],
    json: AsJson = False,
) -> None:
    """Take in a source's files. Every record ends as exactly one of six outcomes; running it again is harmless."""
    if source not in source_names():
        raise BadInput("There is no source of that name.", f"The sources are: {', '.join(source_names())}.")
    session = session_of(context)
    receipts, unread = _take_in(session, source, _files(paths))
    session.house.catch_up()
    receipt = merge(source, receipts)
    _print_receipt(receipt, json=json)
    for number in unread:
        typer.echo(
            f"Error: file or folder {number} of this command could not be read. "
            "Next: check that it is there and run it again.",
            err=True,
        )
    if unread:
        raise typer.Exit(1)
    counts = receipt.counts()
    if counts[Outcome.QUARANTINED] or counts[Outcome.CONFLICT]:
        raise typer.Exit(WAITING)


def list_sources(json: AsJson = False) -> None:
    """List the sources whose files the hub can read."""
    names = source_names()
    typer.echo(orjson.dumps(names).decode() if json else "\n".join(names))


def consent(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="give, refuse or withdraw")],
    child: UUID,
    who: As,
    recipient: Annotated[Agency, typer.Option(help="The agency that may or may not be told.")],
    category: Annotated[str, typer.Option(help="What it is about: health, education or social-work.")],
    given_by: Annotated[str, typer.Option(help="child, parent or carer")] = "parent",
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD; empty for no end.")] = "",
) -> None:
    """Record a decision about consent; it is in force for the next reading."""
    session = session_of(context)
    cls, known = CONSENTS.get(what), sorted({term.category for term in terms().values()})
    if cls is None or category not in known or given_by not in ("child", "parent", "carer"):
        raise BadInput(
            "This is no decision about consent that the hub knows.",
            f"give, refuse or withdraw; category one of {', '.join(known)}.",
        )
    by, today = session.acting(who), session.now().astimezone(LOCAL).date().isoformat()

    def make(stream: UUID, version: int) -> ConsentEvent:
        return cls(
            originator_id=stream,
            originator_version=version,
            child=child,
            recipient=recipient.value,
            category=category,
            recorded_by=by.id,
            given_by=given_by,
            since=today,
            until=until,
        )

    session.house.hub.disclosure.record_consent(by, child, make, recipient=recipient.value, category=category)
    typer.echo("Recorded; in force from the next reading on.")


def _take_in(session: Session, source: str, files: list[Path]) -> tuple[list[Receipt], list[int]]:
    receipts: list[Receipt] = []
    unread: list[int] = []
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed} of {task.total} files", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(f"Reading {source}", total=len(files))
        for number, file in enumerate(files, start=1):
            try:
                delivery = _delivery(session, source, file)
            except OSError:
                unread.append(number)
            else:
                receipts.append(session.house.hub.intake.receive(session.house.translate(delivery)))
            progress.advance(task)
    return receipts, unread


def _delivery(session: Session, source: str, file: Path) -> Delivery:
    # One byte more than the limit is enough to see that a file is too large; the rest stays where it is.
    with file.open("rb") as opened:
        content = opened.read(session.settings.file_limit + 1)
        size = max(len(content), file.stat().st_size)
    return Delivery(source, file.name, content, size)


def _files(paths: list[Path]) -> list[Path]:
    return [file for path in paths for file in _within(path)]


def _within(path: Path) -> list[Path]:
    """The file, or the folder's files in order. What cannot be looked into comes back too, to be counted as unread."""
    if not _is(path, Path.is_dir):
        return [path]
    closed: list[OSError] = []
    files = [
        Path(folder, name)
        for folder, _, names in os.walk(path, onerror=closed.append)
        for name in names
        if not name.startswith(".")
    ]
    return sorted([file for file in files if _is(file, Path.is_file)] + [Path(one.filename) for one in closed])


def _is(path: Path, kind: Callable[[Path], bool]) -> bool:
    """Whether it is of this kind; one that may not even be asked is taken for a file, and cannot be read."""
    try:
        return kind(path)
    except OSError:
        return kind is Path.is_file


def _print_receipt(receipt: Receipt, *, json: bool) -> None:
    if json:
        typer.echo(orjson.dumps(receipt_summary(receipt), option=orjson.OPT_SORT_KEYS).decode())
        return
    typer.echo(f"{receipt.source}: {len(receipt.results)} records")
    for outcome, count in receipt.counts().items():
        typer.echo(f"  {outcome:12}{count:8}")
    shown = 0
    for result in receipt.results:
        if result.outcome in (Outcome.QUARANTINED, Outcome.CONFLICT) and (shown := shown + 1) <= LISTED:
            where = result.place or "the whole file"
            typer.echo(tables.plain(f"  {result.outcome} at {where}: {result.message} Next: {result.next_step}"))
    if shown > LISTED:
        typer.echo(f"  … and {shown - LISTED} more: hub quarantine list")
