"""Commands that run the hub: serve, migrate, demo, directory."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.console import Console

from hub.cli.feeding import AsJson
from hub.cli.projecting import earlier
from hub.cli.session import Session, session_of
from hub.errors import HalfConfigured
from hub.settings import Settings
from hub.wiring import Addresses, migrate_databases, reset

Host = Annotated[str, typer.Option(help="Where to listen.")]
Port = Annotated[int, typer.Option(help="The port to listen on.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    directory = typer.Typer(help="The partnership's own list of organisations and people.", no_args_is_help=True)
    directory.command("apply")(apply_directory)
    app.add_typer(directory, name="directory")
    app.command("serve")(serve)
    app.command("migrate")(migrate)
    app.command("demo")(demo)


def apply_directory(context: typer.Context, json: AsJson = False) -> None:
    """Record what was changed in the directory's file; in force for the next decision of every running hub."""
    house = session_of(context).house
    changed = house.changed_at_start + house.apply_directory()
    said = "1 change is on record." if changed == 1 else f"{changed or 'No'} changes are on record."
    typer.echo(orjson.dumps({"changed": changed}).decode() if json else said)


def serve(context: typer.Context, host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Serve the pages and the HTTP interface, and keep the read models up to date meanwhile."""
    serve_house(session_of(context), host, port)


def serve_house(session: Session, host: str, port: int) -> None:
    """Serve until interrupted."""
    import uvicorn  # noqa: PLC0415 - only a command that serves waits for what serving needs

    from hub.api.app import create  # noqa: PLC0415 - likewise

    house, verifier, issuer = session.house, session.verifier(), session.issuer
    limit = session.settings.file_limit
    app = create(
        house.hub,
        verifier,
        sources=house.translate,
        demo=issuer,
        ready=house.ready,
        file_limit=limit,
        hosts=names(host, session.settings),
        tokens=session.tokens(f"http://{host}:{port}"),
        limits=session.settings.limits,
    )
    house.policy  # noqa: B018 - it is read to refuse to serve under a version that this program cannot prove
    if line := house.hub.policies.draft(session.settings.policies):
        typer.echo(line)
    for name in house.tending.of_an_earlier_release():
        typer.echo(earlier(name))
    house.follow()
    typer.echo(f"The hub's pages are at http://{host}:{port}/ (Ctrl-C ends it).")
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)


def names(host: str, settings: Settings) -> frozenset[str]:
    """Every name that the service answers to: this machine's own, where it listens, and those of the settings."""
    return frozenset({"127.0.0.1", "localhost", host.lower()}) | settings.hosts


def migrate(context: typer.Context) -> None:
    """Bring the databases up to date, as their owner (HUB_OWNER_URL, HUB_OWNER_KEYS_URL)."""
    settings = session_of(context).settings
    if settings.embedded:
        session_of(context).house.ready()
        typer.echo("The embedded databases are up to date.")
        return
    if not settings.owner_url or not settings.owner_keys_url:
        raise HalfConfigured(
            "The owner's logins are missing: HUB_OWNER_URL and HUB_OWNER_KEYS_URL.",
            "Set both for this command alone, and run it again.",
        )
    addresses = Addresses(settings.database_url, settings.keys_url, settings.owner_url, settings.owner_keys_url)
    applied = migrate_databases(addresses)
    typer.echo("Applied: " + (", ".join(applied) or "nothing, all is up to date"))


def demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option(help="Serve the pages after the story.")] = True,
    reset_first: Annotated[bool, typer.Option("--reset", help="Start anew.")] = False,
    kafka: Annotated[bool, typer.Option("--kafka", help="Through a real Apache Kafka, started for it.")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8080,
) -> None:
    """Tell the story of one invented child as three people see it, and show who looked."""
    from hub.demo import story, tell  # noqa: PLC0415 - only the demo waits for what telling needs

    session = session_of(context)
    if not session.settings.demo or not session.settings.embedded:
        raise HalfConfigured("The demo is off.", "Set HUB_DEMO=1, and no HUB_DATABASE_URL, and run it again.")
    console = Console()
    if reset_first:
        reset(session.settings)
        console.print("Starting anew: the demo's data is thrown away.")
    with console.status("Starting the embedded PostgreSQL and proving the policy …"):
        house = session.house
    tell.load(house, story.deliveries(), console, kafka=kafka)
    tell.tell(house, session.acting, story.ISLA, console, session.now)
    if serve:
        serve_house(session, host, port)
