"""Commands that open emergency access, give its reason and end it; that say who was told of it; and that review it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from consent.emergency_shapes import Emergency
from hub import tables
from hub.api.emergency_shapes import emergencies_to_json, emergency_to_json, tasks_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.session import LOCAL, session_of
from hub.doors.emergency import Emergencies
from hub.errors import BadInput

ForChild = Annotated[UUID | None, typer.Argument(help="The hub's id of the child; or leave it out and give a number.")]
System = Annotated[str, typer.Option(help="nhs-number, chi, upn, scn or la-child-id")]
Value = Annotated[
    str, typer.Option(help="The number. Use - to be asked for it, so that it stays out of the shell's history.")
]
Reason = Annotated[str, typer.Option(help="Why. Use - to be asked for it; leave it out to give it within 24 hours.")]
Which = Annotated[UUID, typer.Argument(help="The id of the emergency access.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    group = typer.Typer(
        help="Emergency access: three hours at most, recorded, announced, reviewed.", no_args_is_help=True
    )
    group.command("open")(open_)
    group.command("reason")(reason_)
    group.command("end")(end)
    group.command("list")(list_)
    group.command("told")(told)
    group.command("acknowledge")(acknowledge)
    group.command("waiting")(waiting)
    group.command("review")(review)
    app.add_typer(group, name="emergency")


def open_(
    context: typer.Context,
    who: As,
    child: ForChild = None,
    system: System = "",
    value: Value = "",
    reason: Reason = "",
    json: AsJson = False,
) -> None:
    """Open it to a child: by the hub's id, or by an agency's number. It is told at once, and reviewed afterwards."""
    if (child is None) == (not system or not value):
        raise BadInput("It is opened to one child.", "Give the hub's id of the child, or both --system and --value.")
    office, reader = _office(context), session_of(context).acting(who)
    said = _asked(reason, "Reason")
    if child is not None:
        found = office.open(reader, child, said)
    else:
        found = office.open_by_number(reader, system, _asked(value, "Number", hidden=True), said)
    _say(found, json=json)


def reason_(
    context: typer.Context,
    emergency: Which,
    who: As,
    reason: Annotated[str, typer.Option(help="Why. Left out, it is asked for.")] = "-",
    json: AsJson = False,
) -> None:
    """Say why you opened it."""
    reader = session_of(context).acting(who)
    _say(_office(context).give_reason(reader, emergency, _asked(reason, "Reason")), json=json)


def end(context: typer.Context, emergency: Which, who: As, json: AsJson = False) -> None:
    """End it before its time."""
    _say(_office(context).end(session_of(context).acting(who), emergency), json=json)


def list_(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List what you have open now, and what is over and still needs its reason."""
    _list(_office(context).mine(session_of(context).acting(who)), json=json)


def told(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List what you have to be told of: as lead professional, allocated worker or governance lead."""
    _list(_office(context).told(session_of(context).acting(who)), json=json)


def acknowledge(context: typer.Context, emergency: Which, who: As) -> None:
    """Take note of one that you were told of."""
    _office(context).acknowledge(session_of(context).acting(who), emergency)
    typer.echo("Noted.")


def waiting(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List what no review has closed yet, with what was opened. For governance leads."""
    session = session_of(context)
    session.house.catch_up()
    found = _office(context).waiting(session.acting(who))
    if json:
        typer.echo(tasks_to_json(found).decode())
        return
    listed = tables.table("emergency", "child", "who", "opened", "reason", "shown", "summaries", "withheld", "finding")
    for one in found:
        late = one.emergency.reason_overdue(session.now())
        reason = one.reason or ("OVERDUE" if late else "to follow" if one.emergency.reason_due else "erased")
        counts = (str(number) for number in one.opened)
        head = (str(one.emergency.id), str(one.emergency.child), _who(one.emergency), _time(one.emergency))
        tables.row(listed, *head, reason, *counts, one.finding)
    Console().print(listed)


def review(
    context: typer.Context,
    emergency: Which,
    who: As,
    finding: Annotated[str, typer.Option(help="justified, not-justified or needs-follow-up")],
    note: Annotated[str, typer.Option(help="What is to be said to it; needed unless it was justified.")] = "",
) -> None:
    """Close the review with what it found; needs-follow-up leaves it open. For governance leads, never of one's own."""
    _office(context).review(session_of(context).acting(who), emergency, finding, note)
    typer.echo("Recorded." if finding != "needs-follow-up" else "Recorded; the review stays open.")


def _office(context: typer.Context) -> Emergencies:
    return session_of(context).house.hub.emergency


def _asked(given: str, what: str, *, hidden: bool = False) -> str:
    return str(typer.prompt(what, hide_input=hidden)) if given == "-" else given


def _say(one: Emergency, *, json: bool) -> None:
    if json:
        typer.echo(emergency_to_json(one).decode())
        return
    typer.echo(f"Emergency access {one.id} to child {one.child}, {_time(one)}.")
    typer.echo("Read with --purpose child-protection --basis vital-interests. It is recorded, announced and reviewed.")
    if one.reason_due:
        typer.echo(
            f"Give the reason by {one.reason_due.astimezone(LOCAL):%d %b %Y %H:%M}: hub emergency reason {one.id}"
        )


def _list(found: tuple[Emergency, ...], *, json: bool) -> None:
    if json:
        typer.echo(emergencies_to_json(found).decode())
        return
    listed = tables.table("emergency", "child", "who", "opened", "reason")
    for one in found:
        reason = f"due {one.reason_due.astimezone(LOCAL):%d %b %H:%M}" if one.reason_due else "given"
        tables.row(listed, str(one.id), str(one.child), _who(one), _time(one), reason)
    Console().print(listed)


def _who(one: Emergency) -> str:
    return f"{one.person}, {one.role}, {one.organisation}"


def _time(one: Emergency) -> str:
    return f"{one.opened_at.astimezone(LOCAL):%d %b %Y %H:%M} to {one.until.astimezone(LOCAL):%H:%M}"
