"""Commands about who works with a child, and what they put on record: involvement, consent, capacity, duties, ties."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console, Group
from rich.text import Text

from consent.card import Line, WhoWorks
from consent.decision import Level
from consent.on_record import Page
from consent.statements import CapacitySaid, ConsentSaid, DutySaid, SafeAddressSaid, TieSaid
from hub import tables
from hub.api.working_shapes import card_to_json, noted_to_json, page_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.reading import Basis, Child, Purpose
from hub.cli.session import session_of
from hub.errors import BadInput
from hub.people import Agency

Until = Annotated[str, typer.Option(help="Last day, YYYY-MM-DD; empty for no end.")]
First = Annotated[str, typer.Option("--since", help="First day, YYYY-MM-DD; empty for today.")]
Why = Annotated[str, typer.Option("--reason", help="Why, in a sentence or two.")]
IN_FORCE = "Recorded; in force from the next reading on."


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("involvement")(involvement)
    app.command("consent")(consent)
    app.command("capacity")(capacity)
    app.command("duty")(duty)
    app.command("tie")(tie)
    app.command("safe-address")(safe_address)


def involvement(
    context: typer.Context,
    child: Child,
    who: As,
    purpose: Purpose = "child-plan",
    basis: Basis = "public-task",
    json: AsJson = False,
) -> None:
    """Show who works with a child, and how to reach them. The reading's id goes to standard error."""
    session = session_of(context)
    found = session.house.hub.casework.working_with(session.acting(who), child, purpose=purpose, basis=basis)
    typer.echo(f"Recorded as reading {found.reading}.", err=True)
    typer.echo(card_to_json(found).decode()) if json else Console().print(_card(found))


def consent(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="give, refuse, withdraw, or show")],
    child: UUID,
    who: As,
    recipient: Annotated[Agency | None, typer.Option(help="The agency that may or may not be told.")] = None,
    category: Annotated[str, typer.Option(help="What it is about: health, education or social-work.")] = "",
    given_by: Annotated[str, typer.Option(help="child, parent or carer")] = "parent",
    how: Annotated[str, typer.Option(help="spoken, written or form")] = "",
    evidence: Annotated[str, typer.Option(help="Where the record of it is.")] = "",
    since: First = "",
    until: Until = "",
    json: AsJson = False,
) -> None:
    """Record a decision about consent, which is in force for the next reading; or show what is on record."""
    session = session_of(context)
    casework, by = session.house.hub.casework, session.acting(who)
    if what == "show":
        found = casework.on_record(by, child)
        typer.echo(f"Recorded as reading {found.reading}.", err=True)
        typer.echo(page_to_json(found).decode()) if json else Console().print(_page(found))
        return
    if recipient is None:
        raise BadInput("It is not said who may or may not be told.", "Name an agency with --recipient.")
    said = ConsentSaid(what, recipient.value, category, given_by, how, evidence, since, until)
    _recorded(casework.record_consent(by, child, said), json=json)


def capacity(
    context: typer.Context,
    child: Child,
    who: As,
    state: Annotated[str, typer.Option(help="assessed-capable or assessed-not-yet")],
    reason: Why,
    since: First = "",
    until: Until = "",
    json: AsJson = False,
) -> None:
    """Record whether a child can decide about their own information."""
    session = session_of(context)
    said = CapacitySaid(state, reason, since, until)
    session.house.hub.casework.record_capacity(session.acting(who), child, said)
    _recorded(json=json)


def duty(
    context: typer.Context,
    child: Child,
    who: As,
    duty: Annotated[str, typer.Option(help="lead-professional, named-person or works-with")],
    organisation: Annotated[str, typer.Option(help="The organisation's code in the directory.")],
    worker: Annotated[str, typer.Option(help="One worker's code; empty for the team as a whole.")] = "",
    name: Annotated[str, typer.Option(help="The worker's name.")] = "",
    contact: Annotated[str, typer.Option(help="How to reach them.")] = "",
    cover: Annotated[str, typer.Option(help="Who answers when they are away.")] = "",
    sensitivity: Annotated[
        str, typer.Option(help="What the involvement itself would give away, such as gender-based-violence.")
    ] = "ordinary",
    reason: Why = "",
    since: First = "",
    until: Until = "",
    json: AsJson = False,
) -> None:
    """Record that somebody has a duty for a child; with --until that it ends."""
    session = session_of(context)
    said = DutySaid(duty, organisation, worker, name, contact, cover, sensitivity, reason, since, until)
    session.house.hub.casework.record_duty(session.acting(who), child, said)
    _recorded(json=json)


def tie(
    context: typer.Context,
    child: Child,
    who: As,
    person: Annotated[str, typer.Option(help="Whose tie: a person's id; empty for your own.")] = "",
    tie: Annotated[str, typer.Option(help="self, parental or family; your own is always family.")] = "family",
    reason: Why = "",
    since: First = "",
    until: Until = "",
    json: AsJson = False,
) -> None:
    """Declare a tie of your own to a child's family, or record somebody else's. Governance is told."""
    session = session_of(context)
    by = session.acting(who)
    session.house.hub.casework.record_tie(by, child, TieSaid(person or by.id, tie, reason, since, until))
    _recorded(json=json)


def safe_address(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="set or lift")],
    child: UUID,
    who: As,
    reason: Why,
    json: AsJson = False,
) -> None:
    """Record that an address of a child has to be kept secret, or no longer has to."""
    if what not in ("set", "lift"):
        raise BadInput("A secret address is set or lifted.", "Use set or lift.")
    session = session_of(context)
    said = SafeAddressSaid(kept=what == "set", reason=reason)
    session.house.hub.casework.record_safe_address(session.acting(who), child, said)
    _recorded(json=json)


def _recorded(notes: tuple[str, ...] = (), *, json: bool) -> None:
    if json:
        typer.echo(noted_to_json(notes).decode())
        return
    typer.echo(IN_FORCE)
    for note in notes:
        typer.echo(note)


def _card(card: WhoWorks) -> Group:
    listed = tables.table(
        "who", "duty", "how to reach them", "since", "last confirmed", title="Who works with the child"
    )
    for line in card.lines:
        confirmed = f"{line.confirmed}\nmore than a year ago" if line.stale else line.confirmed
        reach = "\n".join(part for part in (line.contact, line.cover and f"Cover: {line.cover}") if part)
        tables.row(listed, _who(line), line.duty.replace("-", " "), reach, line.since, confirmed)
    reasons = dict.fromkeys(f"{line.reason} Ask: {line.ask} [{line.rule}]" for line in card.lines if line.ask_needed)
    return Group(listed, *(Text(tables.plain(reason), style="italic") for reason in reasons))


def _who(line: Line) -> str:
    if line.level == Level.WITHHELD:
        return f"A service of this kind: {line.agency.label}"
    return "\n".join(part for part in (line.worker, line.organisation or line.agency.label) if part)


def _page(page: Page) -> Group:
    listed = tables.table("to", "about", "state", "given by", "from", "until", "recorded by", title="Consent")
    for one in page.consents:
        tables.row(
            listed, one.recipient, one.category, one.state, one.given_by, one.since, one.until or "no end", one.by
        )
    capacity = f"Capacity: {page.capacity.state.replace('-', ' ')}." if page.capacity else "Capacity: not assessed."
    address = "An address has to be kept secret." if page.address_kept else "No address is marked as secret."
    return Group(listed, Text(capacity), Text(address), *(Text(note, style="italic") for note in page.notes))
