"""Commands of the Kafka door: consume and relay. They run until told to stop, and end what they are at first."""

from __future__ import annotations

import signal
from threading import Event
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.cli.feeding import AsJson
from hub.cli.session import Session, session_of

if TYPE_CHECKING:
    from hub.stream.consuming import Counts

SOMETHING_WAITS = 3
Drain = Annotated[bool, typer.Option("--drain", help="End when nothing more waits.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("consume")(consume)
    app.command("relay")(relay)


def consume(
    context: typer.Context,
    drain: Drain = False,
    status: Annotated[bool, typer.Option("--status", help="Show how far each topic has been read, and end.")] = False,
    json: AsJson = False,
) -> None:
    """Take in what agencies' systems wrote to the Kafka topics hub.updates.SOURCE, until told to stop."""
    from hub.stream import opening  # noqa: PLC0415 - only a command of the Kafka door waits for Kafka's library

    session = session_of(context)
    kafka = opening.brokers(session.settings)
    if status:
        show(session, json=json)
        return
    stop = _told_to_stop()
    if session.settings.embedded:
        session.house.follow()
    with opening.consumer(session.house, kafka, _tell) as consumer:
        counts = consumer.run(stop, drain=drain)
    typer.echo(orjson.dumps(_found(counts)).decode() if json else _said(counts))
    if counts.waiting:
        raise typer.Exit(SOMETHING_WAITS)


def show(session: Session, *, json: bool) -> None:
    """Print position, end and lag of every partition."""
    from hub.stream import opening  # noqa: PLC0415 - likewise

    found = opening.status(session.house, opening.brokers(session.settings))
    if json:
        typer.echo(orjson.dumps(found).decode())
        return
    table = Table("topic", "partition", "position", "end", "lag", "state")
    for one in found:
        table.add_row(one.topic, str(one.partition), str(one.position), str(one.end), str(one.lag), one.state)
    Console().print(table)


def relay(context: typer.Context, drain: Drain = False, json: AsJson = False) -> None:
    """Send the notices that wait to the Kafka topic hub.notices, until told to stop. They name no content."""
    from hub.stream import opening  # noqa: PLC0415 - likewise

    session = session_of(context)
    kafka = opening.brokers(session.settings)
    sent = opening.relay(session.house, kafka, _tell).run(_told_to_stop(), drain=drain)
    typer.echo(orjson.dumps({"sent": sent}).decode() if json else f"{sent} notices sent")


def _told_to_stop() -> Event:
    """Set by the signals that ask a process to end: what is being taken in is taken in whole first."""
    stop = Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    return stop


def _tell(line: str) -> None:
    typer.echo(line, err=True)


def _found(counts: Counts) -> dict[str, object]:
    return {"records": counts.records, **counts.outcomes, "reasons": counts.reasons}


def _said(counts: Counts) -> str:
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in counts.outcomes.items() if count)
    return f"{counts.records} records taken in: {outcomes or 'nothing'}"
