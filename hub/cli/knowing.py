"""Commands: who knew what when, and corrections that reach whoever was shown the old version."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from consent.knowing_shapes import Knower
from consent.recall_shapes import Account
from hub.api.knowing_shapes import account_to_json, accounts_to_json, matrix_to_json, recalls_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.reading import is_today
from hub.cli.session import LOCAL, moment, session_of
from hub.tables import row, table

Which = Annotated[UUID, typer.Argument(help="The entry's id.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    group = typer.Typer(help="Corrections: who was told the old version, and who took note.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("acknowledge")(acknowledge)
    group.command("who")(who_)
    app.add_typer(group, name="corrections")
    app.command("who-knew")(who_knew)


def list_(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List what you were told and no longer stands. Nothing of what the entries say."""
    session = session_of(context)
    session.house.catch_up()
    found = session.house.hub.knowing.recalls(session.acting(who))
    if json:
        typer.echo(recalls_to_json(found).decode())
        return
    listed = table("entry", "child", "revision", "what", "you were told", "since", "whom to ask", "noted")
    for one in found:
        when = (_time(one.told_at), _time(one.at))
        row(listed, str(one.entry), str(one.child), str(one.revision), one.what, *when, one.ask, _time(one.noted_at))
    Console().print(listed)


def acknowledge(
    context: typer.Context,
    entry: Which,
    revision: Annotated[int, typer.Argument(help="The revision of the correction, as it is listed.")],
    who: As,
    what: Annotated[str, typer.Option(help="corrected, taken-back or other-child; or leave it out.")] = "",
) -> None:
    """Take note of a correction."""
    session = session_of(context)
    session.house.hub.knowing.acknowledge(session.acting(who), entry, revision, what)
    typer.echo("Noted.")


def who_(
    context: typer.Context,
    who: As,
    entry: Annotated[UUID | None, typer.Argument(help="The entry's id; leave it out to list them all.")] = None,
    json: AsJson = False,
) -> None:
    """Say who was told a version that no longer stands. For governance leads, and for whose record it is."""
    session = session_of(context)
    reader = session.acting(who)
    session.house.catch_up()
    room = session.house.hub.knowing
    found = room.recalled(reader) if entry is None else (room.recall_of(reader, entry),)
    if json:
        typer.echo((accounts_to_json(found) if entry is None else account_to_json(found[0])).decode())
        return
    _accounts(found)


def who_knew(
    context: typer.Context,
    child: Annotated[UUID, typer.Argument(help="The child's id.")],
    who: As,
    at: Annotated[str, typer.Option(help="As it was on this day or at this instant; left out: now.")] = "",
    cursor: Annotated[str, typer.Option(help="The end of the page before, as it was given.")] = "",
    json: AsJson = False,
) -> None:
    """Say who knew what when of a child's entries: agencies, their organisations and people. No word of an entry."""
    session = session_of(context)
    reader = session.acting(who)
    session.house.catch_up()
    then = None if is_today(session, at) else moment(at, "--at")
    found = session.house.hub.knowing.matrix(reader, child, at=then, cursor=cursor)
    if json:
        typer.echo(matrix_to_json(found).decode())
        return
    shown = table("entry", "who", "recorded", "open to them", "told", "read", "said")
    for entry in found.entries:
        for place, one in enumerate(entry.knowers):
            row(shown, "" if place else str(entry.entry), _named(one), *_moments(one))
    Console().print(shown)
    if found.cursor:
        typer.echo(f"There is more: --cursor {found.cursor}")


def _accounts(found: tuple[Account, ...]) -> None:
    listed = table("entry", "who", "organisation", "told", "what", "since", "noted")
    for account in found:
        for place, one in enumerate(account.told):
            entry = "" if place else str(account.entry)
            when = (_time(one.told_at), one.what, _time(one.at), _time(one.noted_at))
            row(listed, entry, one.person or "-", one.organisation or one.agency, *when)
    Console().print(listed)
    for account in found:
        typer.echo(f"{account.entry}: {account.noted} of {len(account.told)} took note.")
        for pin in account.editions:
            typer.echo(f"  Edition {pin.edition} has version {pin.revision} of it.")


def _named(one: Knower) -> str:
    return "    " + one.person if one.person else "  " + one.organisation if one.organisation else one.agency


def _moments(one: Knower) -> tuple[str, ...]:
    spans = ", ".join(f"{_time(span.since)} to {_time(span.until) or 'now'}" for span in one.available)
    read = f"{_time(one.opened)} (version {one.revision})" if one.opened else ""
    return _time(one.recorded), spans, _time(one.delivered), read, f"{_time(one.acknowledged)} {one.what}".strip()


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(LOCAL):%d %b %Y %H:%M}"
