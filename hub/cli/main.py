"""Where the command line starts: it reads the environment once, runs one command, and turns errors into exit codes.

Exit codes: 0 done, 1 refused or failed, 2 wrong use or half configured, 3 done but something waits in quarantine.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing

import typer
from typer.main import get_command

from hub.cli import (
    consenting,
    contributing,
    editions,
    emergency,
    feeding,
    inbox,
    knowing,
    overseeing,
    policy,
    projecting,
    quality,
    reading,
    running,
    sharing,
    streaming,
    views,
    waiting,
    who_sees,
)
from hub.cli.session import Session
from hub.errors import HubError, unforeseen
from hub.tables import plain

app = typer.Typer(
    name="hub",
    help="The shared chronology: what agencies know of a child, to those who may see it, and the record of who looked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for commands in (
    feeding,
    reading,
    consenting,
    sharing,
    emergency,
    policy,
    overseeing,
    running,
    projecting,
    streaming,
    waiting,
    who_sees,
    contributing,
    knowing,
    inbox,
    editions,
    views,
    quality,
):
    commands.add_to(app)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its code. Errors go to standard error, with what to do next."""
    threading.excepthook = _thread_failed
    signal.signal(signal.SIGTERM, _asked_to_stop)
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command in this process and give its exit code."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 1
    except HubError as error:
        typer.echo(f"Error: {plain(error.message)}", err=True)
        if error.next_step:
            typer.echo(f"Next: {plain(error.next_step)}", err=True)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001 - whatever it is, what is printed of it must not quote a record
        typer.echo(f"Error: {unforeseen(error)}.", err=True)
        typer.echo("Next: try again; if it goes on, report this line, which quotes nothing.", err=True)
        return 1


def _run(arguments: list[str]) -> int:
    with closing(Session(os.environ)) as session:
        try:
            _commands()(args=arguments, obj=session)
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 0
    return 0


@functools.cache
def _commands() -> Callable[..., object]:
    """The commands with all their words, which are put together once however many a process runs."""
    return get_command(app)


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        typer.echo(f"Error: {unforeseen(failed.exc_value)}.", err=True)


def _asked_to_stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
