"""Who would be shown an entry today: for governance leads, at the prompt."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from consent import in_words
from consent.who_sees_in_hub import REASONS
from hub.api.overseen import sights_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.session import session_of
from hub.tables import row, table


def add_to(app: typer.Typer) -> None:
    """Add it to the command line, beside the others about the policy."""
    policy = next(group.typer_instance for group in app.registered_groups if group.name == "policy")
    if policy is not None:
        policy.command("who-sees")(who_sees)


def who_sees(
    context: typer.Context,
    child: Annotated[UUID, typer.Argument(help="The child's id.")],
    entry: Annotated[UUID, typer.Argument(help="The entry's id.")],
    who: As,
    reason: Annotated[str, typer.Option(help=f"Why you ask: {', '.join(REASONS)}.")],
    json: AsJson = False,
) -> None:
    """List who would be shown anything of an entry today, how far and by which rule. Nothing of what it says."""
    session = session_of(context)
    reader = session.acting(who)
    session.house.catch_up()
    found = session.house.hub.who_sees.ask(reader, child, entry, reason=reason)
    if json:
        typer.echo(sights_to_json(found).decode())
        return
    shown = table("purpose", "who", "role", "organisation", "sees", "rule")
    for one in found:
        where = one.reader.organisation
        role = in_words.said("role", one.reader.role.value)
        row(shown, one.purpose, one.reader.name, role, where, in_words.LEVELS[one.level], one.rule)
    Console().print(shown)
