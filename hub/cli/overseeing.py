"""Commands for governance leads: what waits for them, why a past decision fell as it did, and would it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console, Group, RenderableType
from rich.text import Text

from consent.attention import Attention
from consent.explaining import ReadingExplained
from consent.replay import Replayed
from hub.api.overseen import attention_to_json, reading_to_json, replay_to_json
from hub.cli.feeding import As, AsJson
from hub.cli.session import first_moment, moment, session_of
from hub.tables import plain, row, table

From = Annotated[str, typer.Option("--from", help="The first day or instant; left out, from the beginning.")]
To = Annotated[str, typer.Option("--to", help="The last day or instant; left out, until now.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line, beside the others about the access log."""
    audit = next(group.typer_instance for group in app.registered_groups if group.name == "audit")
    if audit is not None:
        audit.command("explain")(explain)
        audit.command("replay")(replay)
        audit.command("attention")(attention)
        audit.command("note")(note)


def explain(
    context: typer.Context,
    reading: Annotated[UUID, typer.Argument(help="The reading's id, from `hub audit tail --json`.")],
    who: As,
    entry: Annotated[UUID | None, typer.Option(help="Only the decision by which this entry counted.")] = None,
    json: AsJson = False,
) -> None:
    """Explain a recorded reading: levels, rules, the events behind its facts, and what would lawfully alter it."""
    session = session_of(context)
    found = session.house.hub.governance.decision(session.acting(who), reading, entry=entry)
    typer.echo(reading_to_json(found).decode()) if json else Console().print(explained(found))


def replay(context: typer.Context, who: As, since: From = "", until: To = "", json: AsJson = False) -> None:
    """Work out every recorded decision of a period again, from its record alone. Exit code 1 where one differs."""
    session = session_of(context)
    period = {"since": first_moment(since, "--from"), "until": moment(until, "--to")}
    found = session.house.hub.governance.replay(session.acting(who), **period)
    typer.echo(replay_to_json(found).decode()) if json else Console().print(replayed(found))
    if found.unequal:
        raise typer.Exit(1)


def attention(context: typer.Context, who: As, json: AsJson = False) -> None:
    """List what governance is to be told of: refusals for a tie, ties stated, emergency access; and who took note."""
    session = session_of(context)
    session.house.catch_up()
    found = session.house.hub.governance.attention(session.acting(who))
    typer.echo(attention_to_json(found).decode()) if json else Console().print(attended(found))


def note(
    context: typer.Context,
    reading: Annotated[UUID, typer.Argument(help="The reading's id, from `hub audit attention --json`.")],
    who: As,
) -> None:
    """Take note of a line, and of the earlier ones of the same person, child and reason."""
    session = session_of(context)
    session.house.catch_up()
    session.house.hub.governance.take_note(session.acting(who), reading)
    typer.echo("It is recorded that you took note of it.")


def attended(found: Sequence[Attention]) -> RenderableType:
    """Who, why, how often and since when; whoever took note of it."""
    lines = table("last", "who", "why", "child", "times", "reading", "noted")
    for one in found:
        noted = f"{one.noted.by}, {one.noted.at:%d %b %Y %H:%M}" if one.noted else "waits"
        when, whose = f"{one.last:%d %b %Y %H:%M}", str(one.child or "-")
        row(lines, when, f"{one.reader}\n{one.role}", one.why, whose, str(one.times), str(one.reading), noted)
    return Group(lines, Text(f"{sum(one.noted is None for one in found):,} wait for somebody to take note."))


def explained(found: ReadingExplained) -> RenderableType:
    """Who read what, the facts with their events, and each kind of entry that came out; the rest is in --json."""
    facts = table("fact", "value", "event behind it", "recorded", title=f"{found.reader}, {found.role}: {found.action}")
    for fact in found.facts:
        place = f"{fact.kind} {fact.position}" if fact.position is not None else "-"
        row(facts, fact.name, fact.value, place, f"{fact.at:%d %b %Y %H:%M}" if fact.at else "-")
    decisions = table("entries", "kind", "level", "rules", "why", "what would alter it")
    for one in found.decisions:
        if not one.entries and len(found.decisions) > 1:
            continue
        kind = ", ".join((one.agency, one.category, one.sensitivity, *(["another person"] if one.third_party else [])))
        rules = f"{one.rule or 'no rule'} (of {', '.join(one.matched) or 'none'})"
        altered = "; ".join(f"{way.words} ({way.who}): {way.becomes.name.lower()}" for way in one.changes)
        row(decisions, str(one.entries), kind, one.level, rules, one.sentence, altered or "nothing lawful")
    version = f"Policy {found.policy[:12] or 'none'}, {'in force' if found.in_force else 'no longer in force'}."
    shut = sum(not one.entries for one in found.decisions)
    notes = [version, f"{shut} kinds of entry of which none came out are in --json."]
    return Group(facts, decisions, *(Text(plain(note)) for note in (*notes, found.problem) if note))


def replayed(found: Replayed) -> RenderableType:
    """How many came out equal, and which did not."""
    lines = [
        f"{found.readings:,} recorded readings hold a decision: {found.decisions:,} decisions replayed.",
        f"{found.equal:,} readings came out as recorded, {len(found.unequal):,} did not.",
        *(f"unequal: {reading}" for reading in found.unequal),
    ]
    for reason, readings in found.unreplayable:
        lines.append(f"{len(readings):,} cannot be replayed: {reason}.")
    return Text("\n".join(lines))
