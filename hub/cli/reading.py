"""Commands that show something to a person: chronology, explain, child, people, audit. Each leaves its record."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console

from hub import tables
from hub.api.shapes import disclosure_to_json, explanation_to_json, found_to_json
from hub.auth import AgencyClient
from hub.cli.feeding import As, AsJson
from hub.cli.session import LOCAL, Session, moment, session_of
from hub.errors import BadInput, NotPermitted
from hub.people import Agency
from hub.wiring import agency_of

Purpose = Annotated[str, typer.Option(help="What it is for, such as child-plan or child-protection.")]
Basis = Annotated[str, typer.Option(help="The lawful basis, such as public-task.")]
Child = Annotated[UUID, typer.Argument(help="The hub's id of the child.")]
KnownAt = Annotated[str, typer.Option("--known-at", help="As it stood on this day or at this instant.")]
LAST = "last"
MORE = "These are not all of them. Any other is found by an agency's number: hub child find."
Since = Annotated[
    str, typer.Option(help="Only what became known after this day or instant; last: since you last looked.")
]
Form = Annotated[str, typer.Option("--format", help="table or json")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("chronology")(chronology)
    app.command("explain")(explain)
    app.command("people")(people)
    app.command("token")(token)
    child = typer.Typer(help="Find a child, or list your own.", no_args_is_help=True)
    child.command("find")(find)
    child.command("list")(list_children)
    app.add_typer(child, name="child")
    audit = typer.Typer(help="Who looked at what.", no_args_is_help=True)
    audit.command("tail")(tail)
    app.add_typer(audit, name="audit")


def chronology(
    context: typer.Context,
    child: Child,
    who: As,
    purpose: Purpose = "child-plan",
    basis: Basis = "public-task",
    known_at: KnownAt = "",
    since: Since = "",
    form: Form = "table",
    json: AsJson = False,
) -> None:
    """Show a child's story as this person may see it. The reading's id goes to standard error."""
    if form not in ("table", "json"):
        raise BadInput("There is no such format.", "Use --format table or --format json.")
    session = session_of(context)
    session.house.catch_up()
    ask = partial(
        session.house.hub.disclosure.chronology,
        session.acting(who),
        child,
        purpose=purpose,
        basis=basis,
        known_at=None if is_today(session, known_at) else moment(known_at, "--known-at"),
        since=None if since == LAST else moment(since, "--since"),
        since_last=since == LAST,
    )
    cursor, first = "", True
    while first or cursor:
        found = ask(cursor=cursor)
        typer.echo(f"Recorded as reading {found.reading}.", err=True)
        if since == LAST and (looked := found.last_looked):
            typer.echo(f"Added or corrected since {looked.astimezone(LOCAL):%d %b %Y %H:%M}.", err=True)
        if under := found.emergency:
            typer.echo(f"Emergency access {under.id}, ends at {under.until.astimezone(LOCAL):%H:%M}.", err=True)
        if json or form == "json":
            typer.echo(disclosure_to_json(found).decode())
        else:
            Console().print(tables.chronology(found))
        cursor, first = found.cursor, False


def is_today(session: Session, known_at: str) -> bool:
    """Today is not over: what was known when it is over is what is known now."""
    return known_at == session.now().astimezone(LOCAL).date().isoformat()


def explain(
    context: typer.Context,
    child: Child,
    entry: Annotated[UUID, typer.Argument(help="The entry's id.")],
    who: As,
    purpose: Purpose = "child-plan",
    basis: Basis = "public-task",
    json: AsJson = False,
) -> None:
    """Say why one entry is open or closed to this person."""
    session = session_of(context)
    session.house.catch_up()
    found = session.house.hub.disclosure.explain(session.acting(who), child, entry, purpose=purpose, basis=basis)
    typer.echo(f"Recorded as reading {found.reading}.", err=True)
    if json:
        typer.echo(explanation_to_json(found).decode())
    else:
        Console().print(tables.explanation(found))


def find(
    context: typer.Context,
    system: Annotated[str, typer.Option(help="nhs-number, chi, upn, scn or la-child-id")],
    value: Annotated[
        str, typer.Option(help="The number. Use - to be asked for it, so that it stays out of the shell's history.")
    ],
    who: As,
    json: AsJson = False,
) -> None:
    """Find a child you work with by an agency's number."""
    session = session_of(context)
    number = typer.prompt("Number", hide_input=True) if value == "-" else value
    found = session.house.hub.disclosure.find(session.acting(who), system=system, value=number)
    typer.echo(found_to_json(found).decode()) if json else Console().print(tables.children(found))


def list_children(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List the children you work with today."""
    session = session_of(context)
    found = session.house.hub.disclosure.caseload(session.acting(who))
    if json:
        typer.echo(found_to_json(found.children, more=found.more).decode())
    else:
        Console().print(tables.children(found.children), *([MORE] if found.more else []))


def people(context: typer.Context, json: AsJson = False) -> None:
    """List the people of the directory; their ids go with --as."""
    found = session_of(context).house.directory.people()
    if json:
        rows = [
            {"id": p.id, "name": p.name, "role": p.role, "agency": p.agency, "organisation": p.organisation}
            for p in found
        ]
        typer.echo(orjson.dumps(rows).decode())
    else:
        Console().print(tables.people(found))


def token(
    context: typer.Context,
    who: Annotated[str, typer.Option("--as", help="A person's id; or leave it out and name sources.")] = "",
    source: Annotated[list[str] | None, typer.Option(help="A source that an agency's system may send.")] = None,
    agency: Annotated[Agency, typer.Option(help="Whose system it is, where a source serves all.")] = Agency.SOCIAL_WORK,
) -> None:
    """Print an access token of the demo's issuer: for a person who reads, or for a system that sends."""
    session = session_of(context)
    issuer = session.issuer
    if issuer is None:
        raise NotPermitted("The hub signs tokens for invented people only.", "Get one from your own issuer.")
    if who:
        typer.echo(issuer.token_for(session.house.directory.person(who), session.now()))
    elif source:
        client = AgencyClient("demo-system", agency_of(source[0]) or agency, tuple(source))
        typer.echo(issuer.client_token(client, session.now()))
    else:
        raise BadInput("A token is for somebody.", "Name a person with --as, or a system's sources with --source.")


def tail(context: typer.Context, who: As, limit: int = 20, json: AsJson = False) -> None:
    """Show the newest readings and refusals, oldest of them first. For governance leads."""
    session = session_of(context)
    session.house.catch_up()
    readings = session.house.hub.governance.readings(session.acting(who), limit=limit)[::-1]
    if json:
        for one in readings:
            typer.echo(orjson.dumps(one).decode())
    else:
        Console().print(tables.readings(readings))
