"""Commands: chronologies that were chosen, analysed and frozen for a meeting."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from consent.edition_shapes import Change, Contribution, EditionSaid, Member, Written
from hub.api.edition_shapes import (
    compared_to_json,
    drafted_to_json,
    frozen_to_json,
    lines_to_json,
    reviewed_to_json,
    view_to_json,
)
from hub.cli.edition_tables import compared, drafted, listed, viewed
from hub.cli.feeding import As, AsJson
from hub.cli.reading import Child, KnownAt
from hub.cli.session import Session, moment, session_of
from hub.doors.editions import Editions
from hub.errors import BadInput

Edition = Annotated[UUID, typer.Argument(help="The edition's id.")]
Entries = Annotated[list[UUID], typer.Argument(help="Entries of the draft, by their ids.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence.")]
Seen = Annotated[int, typer.Option(help="The version of the draft that you looked at.")]
For = Annotated[
    list[str],
    typer.Option("--for", help="A person's id, or an organisation's code with a colon and a role behind it, or none."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    group = typer.Typer(help="Choose, analyse and freeze a chronology for a meeting.", no_args_is_help=True)
    for name, command in (
        ("prepare", prepare),
        ("show", show),
        ("list", list_editions),
        ("include", include),
        ("exclude", exclude),
        ("analyse", analyse),
        ("ask", ask),
        ("refresh", refresh),
        ("freeze", freeze),
        ("diff", diff),
        ("reviewed", reviewed),
    ):
        group.command(name)(command)
    app.add_typer(group, name="edition")


def prepare(
    context: typer.Context,
    child: Child,
    who: As,
    purpose: Annotated[str, typer.Option(help="Such as cppm, core-group, lac-review or assistance.")],
    audience: For,
    since: Annotated[str, typer.Option(help="The first day that it is about; none for all.")] = "",
    until: Annotated[str, typer.Option(help="The last day that it is about; none for all.")] = "",
    known_at: KnownAt = "",
    stage: Annotated[str, typer.Option(help="The stage of the process; none for what is on record.")] = "",
    basis: Annotated[str, typer.Option(help="On which basis its audience reads it.")] = "public-task",
    json: AsJson = False,
) -> None:
    """Make a draft of all that may matter, in one action: what is left out has its reason."""
    session = session_of(context)
    members = tuple(map(_member, audience))
    said = EditionSaid(purpose, members, since, until, moment(known_at, "--known-at"), stage, basis)
    done = _room(session).prepare(session.acting(who), child, said)
    typer.echo(drafted_to_json(done).decode() if json else drafted(done))


def show(context: typer.Context, child: Child, edition: Edition, who: As, json: AsJson = False) -> None:
    """Show an edition as this person may see it. The reading's id goes to standard error."""
    session = session_of(context)
    found = _room(session).read(session.acting(who), child, edition)
    typer.echo(f"Recorded as reading {found.reading}.", err=True)
    typer.echo(view_to_json(found).decode()) if json else Console().print(viewed(found))


def list_editions(context: typer.Context, child: Child, who: As, json: AsJson = False) -> None:
    """List the editions of a child that this person may read, the newest first."""
    session = session_of(context)
    found = _room(session).listed(session.acting(who), child)
    typer.echo(lines_to_json(found).decode()) if json else Console().print(listed(found))


def include(
    context: typer.Context,
    child: Child,
    edition: Edition,
    entry: Entries,
    who: As,
    reason: Reason,
    seen: Seen = 0,
    json: AsJson = False,
) -> None:
    """Take entries into a draft, with the reason."""
    _change(context, who, (child, edition, seen), Change(include=tuple(entry), reason=reason), json=json)


def exclude(
    context: typer.Context,
    child: Child,
    edition: Edition,
    entry: Entries,
    who: As,
    reason: Reason,
    seen: Seen = 0,
    json: AsJson = False,
) -> None:
    """Leave entries out of a draft, with the reason."""
    _change(context, who, (child, edition, seen), Change(exclude=tuple(entry), reason=reason), json=json)


def analyse(
    context: typer.Context,
    child: Child,
    edition: Edition,
    part: Annotated[str, typer.Argument(help="Such as getting-in-the-way, patterns, child-view.")],
    who: As,
    text: Annotated[str, typer.Option(help="In your own words; everybody of the audience reads them.")] = "",
    cite: Annotated[list[UUID] | None, typer.Option(help="An entry that it rests on; once for each.")] = None,
    none: Annotated[str, typer.Option(help="Of a view: why there is none, such as not-able.")] = "",
    seen: Seen = 0,
    json: AsJson = False,
) -> None:
    """Write one part of a draft: an answer to one of the five questions, what was found, or a view."""
    written = Written(part, text, tuple(cite or ()), none)
    _change(context, who, (child, edition, seen), Change(written=(written,)), json=json)


def ask(
    context: typer.Context,
    child: Child,
    edition: Edition,
    organisation: Annotated[str, typer.Argument(help="An organisation's code.")],
    who: As,
    answer: Annotated[str, typer.Option(help="no-answer, contributed, nothing-held or refused")] = "no-answer",
    reason: Annotated[str, typer.Option(help="Why it refused.")] = "",
    seen: Seen = 0,
    json: AsJson = False,
) -> None:
    """Note that an organisation was asked to contribute, or what it answered."""
    asked = Contribution(organisation, answer, reason)
    _change(context, who, (child, edition, seen), Change(asked=(asked,)), json=json)


def refresh(
    context: typer.Context, child: Child, edition: Edition, who: As, seen: Seen = 0, json: AsJson = False
) -> None:
    """Look again at what is known now; what was chosen by hand stays so."""
    _change(context, who, (child, edition, seen), Change(refresh=True), json=json)


def freeze(
    context: typer.Context, child: Child, edition: Edition, who: As, seen: Seen = 0, json: AsJson = False
) -> None:
    """Freeze a draft: its audience may read it from then on, and nobody changes it."""
    session = session_of(context)
    done = _room(session).freeze(session.acting(who), child, edition, seen=seen)
    if json:
        typer.echo(frozen_to_json(done).decode())
        return
    typer.echo(f"Frozen. Your copy's hash is {done.hash}.")
    for note in done.notes:
        typer.echo(note)
    for entry in done.quoted:
        typer.echo(f"Cited, and not shown in full to all: {entry}")


def diff(
    context: typer.Context,
    child: Child,
    older: Edition,
    newer: Annotated[UUID, typer.Argument(help="The later edition's id.")],
    who: As,
    json: AsJson = False,
) -> None:
    """Say what is otherwise in the newer of two editions, of what this person may see of both."""
    session = session_of(context)
    found = _room(session).compare(session.acting(who), child, older, newer)
    typer.echo(compared_to_json(found).decode()) if json else Console().print(compared(found))


def reviewed(context: typer.Context, child: Child, who: As, json: AsJson = False) -> None:
    """Say when the story was last looked at as a whole, and how much of significance became known after."""
    session = session_of(context)
    found = _room(session).reviewed(session.acting(who), child)
    if json:
        typer.echo(reviewed_to_json(found).decode())
    elif found.edition is None:
        typer.echo("There is no edition of it that you may read.")
    else:
        typer.echo(f"{found.days} days ago; {len(found.significant)} significant entries became known after it.")


def _change(context: typer.Context, who: str, which: tuple[UUID, UUID, int], said: Change, *, json: bool) -> None:
    session, (child, edition, seen) = session_of(context), which
    done = _room(session).change(session.acting(who), child, edition, said, seen=seen)
    typer.echo(drafted_to_json(done).decode() if json else drafted(done))


def _room(session: Session) -> Editions:
    session.house.catch_up()
    return session.house.hub.editions


def _member(text: str) -> Member:
    """A person of the directory, or `CODE:` for an organisation, `CODE:role` for those there with a role."""
    if not text:
        raise BadInput("Nobody is named.", "Give --for with a person's id, or an organisation's code and a colon.")
    organisation, colon, role = text.partition(":")
    return Member(organisation=organisation, role=role) if colon else Member(person=text)
