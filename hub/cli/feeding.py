"""Commands that bring records in and look after what came: ingest, sources, quarantine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from hub import tables
from hub.api.shapes import receipt_summary
from hub.cli import watching
from hub.cli.files import SELF, files_of, take_in
from hub.cli.session import session_of
from hub.errors import BadInput
from hub.receipt import Outcome, Receipt, merge
from hub.wiring import described_sources, source_names

WAITING = 3
LISTED = 20
As = Annotated[str, typer.Option("--as", help="Who acts: a person's id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("ingest")(ingest)
    app.command("sources")(list_sources)


def ingest(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="One of `hub sources`.")],
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders whose files are all taken.")],
    watch: Annotated[bool, typer.Option("--watch", help="Go on taking what is dropped into one folder.")] = False,
    owner: Annotated[str, typer.Option(help="The organisation that may look the receipts up.")] = SELF,
    json: AsJson = False,
) -> None:
    """Take in a source's files. Every record ends as exactly one of six outcomes; running it again is harmless.

    With --watch, each file dropped into the folder is taken once it has come to rest, and then moved into its `taken`
    folder; what became of its records is written into `receipts`. Press Ctrl-C to stop.
    """
    if source not in source_names():
        raise BadInput("There is no source of that name.", f"The sources are: {', '.join(source_names())}.")
    session = session_of(context)
    if watch:
        watching.watch(session, source, paths, owner)
        return
    receipts, unread = take_in(session, source, files_of(paths), owner)
    session.house.catch_up()
    receipt = merge(source, receipts)
    _print_receipt(receipt, [str(one.id) for one in receipts if one.id], json=json)
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
    if json:
        typer.echo(orjson.dumps(source_names()).decode())
        return
    listed = tables.table("source", "from", "note")
    for one in described_sources():
        tables.row(listed, *one)
    Console().print(listed)


def _print_receipt(receipt: Receipt, ids: list[str], *, json: bool) -> None:
    if json:
        summary = receipt_summary(receipt) | {"absent": receipt.absent, "receipts": ids}
        typer.echo(orjson.dumps(summary, option=orjson.OPT_SORT_KEYS).decode())
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
    if receipt.absent:
        typer.echo(f"  {receipt.absent} records of the last delivery are not in this one: hub questions")
    for one in ids:
        typer.echo(f"  Every record, one by one: hub receipt {one}")
