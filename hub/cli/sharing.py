"""Commands about decisions to share and not to share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from consent.sharing_decisions import Recorded
from consent.sharing_terms import Ask, Choice
from consent.sharing_view import LedgerLine, MatterView
from hub.api.sharing_shapes import ledger_to_json, matters_to_json, recorded_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.reading import Child
from hub.cli.session import LOCAL, session_of
from hub.tables import plain

Matter = Annotated[UUID, typer.Argument(help="The id of the request or decision.")]
Words = Annotated[str, typer.Option(help="In your own words.")]
Purpose = Annotated[str, typer.Option(help="child-plan, child-protection or direct-care")]
SAID = {
    "waiting": "Asked; it waits for an answer.",
    "answered": "Asked before, and answered.",
    "to-release": "Decided; the Lead Professional is to release it.",
    "shared": "Decided and shared; open from the first day on.",
    "not-shared": "Decided not to share; the decision is kept.",
    "ended": "Ended; closed from the next reading on.",
    "closed": "Shared before; closed since, because its entry became more private.",
}


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    group = typer.Typer(help="Ask for information, and decide to share or not to.", no_args_is_help=True)
    for name, command in (
        ("request", request),
        ("decide", decide),
        ("decline", decline),
        ("release", release),
        ("end", end),
        ("list", listed),
        ("waiting", waiting),
        ("unanswered", unanswered),
        ("not-shared", not_shared),
    ):
        group.command(name)(command)
    app.add_typer(group, name="sharing")


def request(
    context: typer.Context,
    child: Child,
    who: As,
    asked: Annotated[str, typer.Option(help="An organisation's code, or a kind of agency such as gp.")],
    wanted: Words,
    why: Words,
    due: Annotated[str, typer.Option(help="The day by which an answer is needed, YYYY-MM-DD.")],
    purpose: Purpose = "child-plan",
    basis: str = "public-task",
    json: AsJson = False,
) -> None:
    """Ask for information about a child. Whether there is any is never said."""
    session = session_of(context)
    ask = Ask(asked, wanted, why, purpose, basis, due)
    _done(session.house.hub.sharing.request(session.acting(who), child, ask), json=json)


def decide(
    context: typer.Context,
    child: Child,
    who: As,
    outcome: Annotated[str, typer.Option(help="share, share-part or not-share")],
    what: Words,
    reasons: Words,
    recipient: Annotated[str, typer.Option(help="An organisation's code; empty to answer whoever asked.")] = "",
    entry: Annotated[list[UUID] | None, typer.Option(help="An entry to share; once for each.")] = None,
    asked: Annotated[UUID | None, typer.Option(help="The request that this answers.")] = None,
    purpose: Annotated[str, typer.Option(help="What it is shared for; empty for what was asked.")] = "",
    basis: Annotated[list[str] | None, typer.Option(help="A lawful basis; consent stands alone.")] = None,
    since: Annotated[str, typer.Option(help="First day, YYYY-MM-DD; empty for today.")] = "",
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD; empty for no end.")] = "",
    recipient_role: Annotated[str, typer.Option(help="For whom there, such as head-teacher.")] = "",
    informed: Annotated[str, typer.Option(help="yes or no: whether the child or a parent was told.")] = "",
    informed_why: Words = "",
    necessity: Words = "",
    child_views: Words = "",
    parent_views: Words = "",
    withheld: Words = "",
    consulted: Words = "",
    answer: Words = "",
    json: AsJson = False,
) -> None:
    """Record a decision to share or not to, as Practice Guidance 4 §12 asks. What is shared is open at once."""
    session = session_of(context)
    first = since or session.now().astimezone(LOCAL).date().isoformat()
    choice = Choice(
        outcome=outcome,
        recipient=recipient,
        recipient_role=recipient_role,
        purpose=purpose,
        bases=tuple(basis or ()),
        since=first,
        until=until,
        entries=tuple(entry or ()),
        what=what,
        reasons=reasons,
        child_views=child_views,
        parent_views=parent_views,
        informed=informed,
        informed_why=informed_why,
        necessity=necessity,
        withheld=withheld,
        consulted=consulted,
        answer=answer,
    )
    session.house.catch_up()
    _done(session.house.hub.sharing.decide(session.acting(who), child, choice, asked=asked), json=json)


def decline(
    context: typer.Context,
    child: Child,
    matter: Matter,
    who: As,
    reasons: Words,
    answer: Words = "",
    json: AsJson = False,
) -> None:
    """Answer a request with a decision to share nothing. Reasons are kept; the answer is told to whoever asked."""
    session = session_of(context)
    made = session.house.hub.sharing.decline
    _done(made(session.acting(who), child, matter, reasons=reasons, answer=answer), json=json)


def release(context: typer.Context, child: Child, matter: Matter, who: As, json: AsJson = False) -> None:
    """Release, as the Lead Professional, what was decided to be shared with a third-sector service."""
    session = session_of(context)
    _done(session.house.hub.sharing.release(session.acting(who), child, matter), json=json)


def end(context: typer.Context, child: Child, matter: Matter, who: As, reason: Words, json: AsJson = False) -> None:
    """Close again, at once, what was released."""
    session = session_of(context)
    _done(session.house.hub.sharing.end_release(session.acting(who), child, matter, reason=reason), json=json)


def listed(context: typer.Context, child: Child, who: As, json: AsJson = False) -> None:
    """List what was asked, shared and not shared about a child, as far as it concerns your organisation."""
    session = session_of(context)
    session.house.catch_up()
    found = session.house.hub.sharing.of_child(session.acting(who), child)
    typer.echo(matters_to_json(found).decode()) if json else Console().print(_matters(found))


def waiting(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List the requests that wait for an answer of your organisation."""
    session = session_of(context)
    found = session.house.hub.sharing.waiting_for(session.acting(who))
    typer.echo(matters_to_json(found).decode()) if json else Console().print(_matters(found))


def unanswered(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List every request without an answer, with its age. For governance leads."""
    session = session_of(context)
    found = session.house.hub.sharing.unanswered(session.acting(who))
    typer.echo(ledger_to_json(found).decode()) if json else Console().print(_ledger(found))


def not_shared(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List every decision not to share some or all. For governance leads."""
    session = session_of(context)
    found = session.house.hub.sharing.not_shared(session.acting(who))
    typer.echo(ledger_to_json(found).decode()) if json else Console().print(_ledger(found))


def _done(done: Recorded, *, json: bool) -> None:
    typer.echo(recorded_to_json(done).decode() if json else f"{SAID[done.state]} Its id is {done.matter}.")


def _matters(found: tuple[MatterView, ...]) -> Table:
    table = Table("Id", "State", "Days", "Asked by", "Asked", "Shared with", "Purpose", "About")
    for one in found:
        about = one.words.get("wanted") or one.words.get("what", "")
        late = " (overdue)" if one.overdue else ""
        row = (one.asker, one.asked, one.recipient, one.purpose or one.asked_purpose, about)
        table.add_row(str(one.matter), one.state + late, str(one.age), *map(plain, row))
    return table


def _ledger(found: tuple[LedgerLine, ...]) -> Table:
    table = Table("Id", "Child", "Asked by", "Asked", "Decided by", "Outcome", "Purpose", "Days")
    for one in found:
        late = " (overdue)" if one.overdue else ""
        row = (one.asker, one.asked, one.decider, one.outcome, one.purpose, f"{one.age}{late}")
        table.add_row(str(one.matter), str(one.child), *map(plain, row))
    return table
