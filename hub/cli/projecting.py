"""Commands for the read models: how they stand, making them anew beside the ones in use, going back, and repairing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from hub.cli.feeding import AsJson
from hub.cli.session import session_of
from hub.errors import BadInput
from hub.wiring import Remade, Status, Tending, group_names

Name = Annotated[str, typer.Argument(help="The read model's name: hub project status lists them.")]
Every = Annotated[str, typer.Argument(help="One read model; all of them when left out.")]
Accept = Annotated[
    bool,
    typer.Option("--accept-differences", help="Put the new one in use even where it differs from the one in use."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    project = typer.Typer(help="The read models: how they stand, and making them anew.", no_args_is_help=True)
    project.command("status")(status)
    project.command("rebuild")(rebuild)
    project.command("rollback")(roll_back)
    project.command("drop-kept")(drop_kept)
    project.command("repair")(repair)
    parked = typer.Typer(help="Events that could not be taken in, and wait.", no_args_is_help=True)
    parked.command("list")(list_parked)
    parked.command("retry")(retry_parked)
    project.add_typer(parked, name="parked")
    app.add_typer(project, name="project")


def status(context: typer.Context, json: AsJson = False) -> None:
    """Show which version of each read model is in use, how far it is behind its log, and what is parked."""
    found = session_of(context).house.status()
    if json:
        typer.echo(orjson.dumps(found).decode())
        return
    table = Table("read model", "version", "position", "behind", "parked", "last sign of life", "besides")
    for one in found:
        behind = f"{one.lag} ({one.seconds:.0f} s)" if one.lag else "0"
        beat = f"{one.heartbeat:%d %b %Y %H:%M:%S}"
        table.add_row(one.name, str(one.version), str(one.position), behind, str(one.parked), beat, _besides(one))
    Console().print(table)
    for one in found:
        for reason, count in sorted(one.reasons.items()):
            typer.echo(f"{one.name}: {count} parked: {reason}")
        if one.earlier_release:
            typer.echo(earlier(one.name))


def earlier(name: str) -> str:
    """What is said of a read model that an earlier release made otherwise."""
    return f"{name}: made by an earlier release, and in use as it is: run hub project rebuild {name}"


def _besides(one: Status) -> str:
    return ", ".join(f"{other.version} {other.state} at {other.position}" for other in one.others)


def rebuild(context: typer.Context, name: Every = "", accept: Accept = False, json: AsJson = False) -> None:
    """Make read models anew from the log beside the ones in use, compare, and put them in their place.

    Readers notice nothing. The old one is kept for going back. Where the two differ, nothing is exchanged unless the
    differences are accepted.
    """
    tending, names = _tending(context), [_known(name)] if name else list(group_names())
    differ = False
    for one in names:
        with _progress(f"Rebuilding {one}") as progress:
            done = tending.rebuild(one, progress, accept=accept)
        differ = differ or not done.swapped
        typer.echo(orjson.dumps({"name": one, "remade": done}).decode() if json else _told(one, done))
    if differ:
        raise typer.Exit(1)


def _told(name: str, done: Remade) -> str:
    lines = [f"{name}: rebuilt from {done.events} events"]
    for one in done.differences:
        lines.append(
            f"  {one.table}: {one.missing} rows only in the one in use, {one.added} only in the new one, "
            f"{one.changed} differ"
        )
        lines += [f"    such as {example}" for example in one.examples]
    if not done.swapped:
        lines += [
            "Nothing was exchanged: both are kept as they are. If the new one is right (after a repair, an erasure, or",
            f"a new release), run hub project rebuild {name} --accept-differences; else hub project drop-kept {name}.",
        ]
    return "\n".join(lines)


def roll_back(context: typer.Context, name: Name, json: AsJson = False) -> None:
    """Put the version that was kept back in use, brought up to date; the one in use is then kept."""
    tending = _tending(context)
    with _progress(f"Going back to the earlier {_known(name)}") as progress:
        done = tending.roll_back(name, progress)
    said = f"{name}: the earlier version is in use again, brought up to date by {done.events} events"
    typer.echo(orjson.dumps({"name": name, "remade": done}).decode() if json else said)


def drop_kept(context: typer.Context, name: Name, json: AsJson = False) -> None:
    """Throw away every version that is not in use: the one kept, and one begun and not put in use."""
    dropped = _tending(context).drop(_known(name))
    said = "nothing was kept" if not dropped else f"dropped version {' and '.join(map(str, dropped))}"
    typer.echo(orjson.dumps({"name": name, "dropped": dropped}).decode() if json else f"{name}: {said}")


def repair(
    context: typer.Context,
    name: Name,
    child: Annotated[UUID, typer.Argument(help="The child's id in the hub.")],
    json: AsJson = False,
) -> None:
    """Make the rows of one child anew from that child's own records, while everything stays in use."""
    done = _tending(context).repair(_known(name), child)
    said = f"{name}: made anew from {done.events} events of {done.streams} streams"
    typer.echo(orjson.dumps({"name": name, "repaired": done}).decode() if json else said)


def list_parked(context: typer.Context, name: Every = "", json: AsJson = False) -> None:
    """List the events that could not be taken in, and why."""
    found = _tending(context).parked(_known(name) if name else "")
    if json:
        typer.echo(orjson.dumps(found).decode())
        return
    table = Table("read model", "position", "event", "since", "reason")
    for one in found:
        table.add_row(one.projection, str(one.position), one.topic, f"{one.parked_at:%d %b %Y %H:%M}", one.reason)
    Console().print(table)


def retry_parked(context: typer.Context, name: Name, json: AsJson = False) -> None:
    """Try the parked events of a read model again, once what kept them out is mended."""
    done = _tending(context).retry(_known(name))
    said = f"{name}: {done.taken} taken in, {done.waiting} still wait"
    typer.echo(orjson.dumps({"name": name, "retried": done}).decode() if json else said)
    if done.waiting:
        raise typer.Exit(1)


def _tending(context: typer.Context) -> Tending:
    return session_of(context).house.tending


def _known(name: str) -> str:
    if name not in group_names():
        raise BadInput("There is no read model of that name.", f"They are: {', '.join(group_names())}.")
    return name


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed} events"),
        TimeElapsedColumn(),
    )
    shown = Console(stderr=True)
    with Progress(*columns, console=shown, transient=True, disable=not sys.stderr.isatty()) as progress:
        yield partial(_seen, progress, progress.add_task(what, total=None))


def _seen(progress: Progress, task: TaskID, count: int) -> None:
    progress.update(task, completed=count)
