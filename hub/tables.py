"""What a person sees at a prompt: a chronology, an explanation, the access log, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from consent.decision import Disclosure, Entry, Explanation, FoundChild, Reading, Redacted, Shown, When, Withheld
from hub.people import Practitioner


def chronology(disclosure: Disclosure) -> RenderableType:
    """The entries oldest first; beneath them, once each, the reasons why something is held back."""
    table = _table("when", "agency", "what", "shown", title=_title(disclosure))
    reasons: dict[str, int] = {}
    for entry in disclosure.entries:
        what, level = _what(entry)
        if not isinstance(entry, Shown):
            level.append(f" ({reasons.setdefault(_why(entry), len(reasons) + 1)})")
        table.add_row(when(entry.when), entry.agency.label, what, level)
    closed = sum(not isinstance(entry, Shown) for entry in disclosure.entries)
    line = f"{len(disclosure.entries)} entries, {closed} with content not shown to you."
    return Group(table, *(Text(f" ({number}) {why}", style="italic") for why, number in reasons.items()), Text(line))


def explanation(found: Explanation) -> RenderableType:
    """The level, the rule and its sentence, and the facts with the log position of the event behind each."""
    table = Table(
        "fact",
        "value",
        "event",
        title_justify="left",
        title=f"{found.answer.level.name.lower()} by {found.answer.rule or 'no rule'}",
    )
    for fact in found.facts:
        table.add_row(fact.name, fact.value, str(fact.position or "-"))
    return Group(
        Text(found.answer.sentence), Text(found.ask, style="italic"), table, Text(f"Policy {found.policy[:12]}")
    )


def children(found: Sequence[FoundChild]) -> Table:
    """Children with the hub's own ids."""
    table = _table("child", "name", "born", "you are")
    for child in found:
        table.add_row(str(child.child), child.name, child.born, child.relation)
    return table


def people(found: Sequence[Practitioner]) -> Table:
    """People with the ids that --as takes."""
    table = _table("id", "name", "role", "works for")
    for person in found:
        table.add_row(person.id, person.name, person.role.value, person.organisation)
    return table


def readings(found: Sequence[Reading]) -> Table:
    """The access log: how many entries were open, summarised and withheld, and the rules that decided them."""
    table = _table("when", "who", "what, and what for", "entries", "by which rules")
    for one in found:
        who = f"{one.reader}\n{one.role}"
        what = "\n".join(part for part in (one.action, one.purpose, one.basis) if part)
        counted = f"{one.shown} open\n{one.redacted} summary\n{one.withheld} withheld"
        rules = "\n".join(one.rules) or one.outcome
        table.add_row(f"{one.at:%d %b %Y}\n{one.at:%H:%M:%S}", who, what, counted, rules)
    return table


def when(moment: When) -> str:
    """A time as exactly as it is known, and no more exactly."""
    start = moment.start.replace("T", " ")[:16] if moment.precision == "instant" else moment.start
    text = f"{start} to {moment.end[:10]}" if moment.end else start
    return f"about {text}" if moment.approximate else text or "not stated"


def _table(*columns: str, title: str | None = None) -> Table:
    """A table as wide as the terminal, whose words break rather than end in dots."""
    return Table(*(Column(name, overflow="fold") for name in columns), expand=True, title_justify="left", title=title)


def _title(disclosure: Disclosure) -> str:
    who = f"{disclosure.card.name}, born {disclosure.card.born}" if disclosure.card.name else "A child"
    known = f", as known at {disclosure.known_at:%d %b %Y %H:%M}" if disclosure.known_at else ""
    return f"{who}; for {disclosure.purpose} on {disclosure.basis}{known}"


def _what(entry: Entry) -> tuple[Text, Text]:
    match entry:
        case Shown():
            text = Text(entry.summary, style="bold")
            headline = "" if entry.headline.casefold() == entry.summary.casefold() else entry.headline
            words = [w for w in (headline, entry.detail, f"({entry.author})" if entry.author else "") if w]
            return text.append("".join(f"\n{word}" for word in words), style="not bold"), Text("in full", style="green")
        case Redacted():
            return Text(entry.summary, style="bold"), Text("summary", style="yellow")
        case Withheld():
            return Text("Not shown to you", style="bold"), Text("withheld", style="red")
        case unknown:
            assert_never(unknown)


def _why(entry: Redacted | Withheld) -> str:
    return f"{entry.reason} Ask: {entry.ask} [{entry.rule}]"
