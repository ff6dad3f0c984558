"""What a person sees at a prompt: a chronology, an explanation, the access log, as tables.

What an agency wrote is shown as it is, letter by letter: it can neither be read as markup nor steer the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from consent import entry_words
from consent.beside import status
from consent.decision import Disclosure, Entry, Explanation, FoundChild, Reading, Redacted, Shown, When, Withheld
from hub.people import Practitioner
from hub.update import Account, Marks

# Codes that move the cursor or colour the screen, and those that turn the direction of writing.
_CODES = (*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_STEERING = dict.fromkeys(_CODES, "") | {ord("\t"): " ", ord("\n"): "\n"}


def plain(text: str) -> str:
    """The text without what would steer the terminal it is printed on; lines stay lines."""
    return text.translate(_STEERING)


def table(*columns: str, title: str = "") -> Table:
    """A table as wide as the terminal, whose words break rather than end in dots. Fill it by `row`."""
    heading = Text(plain(title), style="table.title") if title else None
    return Table(*(Column(name, overflow="fold") for name in columns), expand=True, title_justify="left", title=heading)


def row(filled: Table, *cells: str | Text) -> None:
    """Add a row of plain words."""
    filled.add_row(*(Text(plain(cell)) if isinstance(cell, str) else cell for cell in cells))


def chronology(disclosure: Disclosure) -> RenderableType:
    """The entries oldest first; beneath them, once each, the reasons why something is held back."""
    shown = table("when", "agency", "what", "shown", title=_title(disclosure))
    reasons: dict[str, int] = {}
    for entry in disclosure.entries:
        what, level = _what(entry)
        for line in () if isinstance(entry, Withheld) else _beside(entry, disclosure.beside.get(entry.entry, ())):
            what.append(f"\n{plain(line)}", style="not bold")
        if not isinstance(entry, Shown):
            level.append(f" ({reasons.setdefault(_why(entry), len(reasons) + 1)})")
        row(shown, when(entry.when), entry.agency.label, what, level)
    closed = sum(not isinstance(entry, Shown) for entry in disclosure.entries)
    line = f"{len(disclosure.entries)} entries, {closed} with content not shown to you."
    notes = (Text(plain(f" ({number}) {why}"), style="italic") for why, number in reasons.items())
    return Group(shown, *notes, Text(line))


def explanation(found: Explanation) -> RenderableType:
    """The level, the rule and its sentence, and the facts with the log position of the event behind each."""
    answer = found.answer
    facts = table("fact", "value", "event", title=f"{answer.level.name.lower()} by {answer.rule or 'no rule'}")
    for fact in found.facts:
        row(facts, fact.name, fact.value, str(fact.position or "-"))
    asked = Text(plain(found.ask), style="italic")
    return Group(Text(plain(answer.sentence)), asked, facts, Text(f"Policy {found.policy[:12]}"))


def children(found: Sequence[FoundChild]) -> Table:
    """Children with the hub's own ids."""
    listed = table("child", "name", "born", "you are")
    for child in found:
        row(listed, str(child.child), child.name, child.born, child.relation)
    return listed


def people(found: Sequence[Practitioner]) -> Table:
    """People with the ids that --as takes."""
    listed = table("id", "name", "role", "works for")
    for person in found:
        row(listed, person.id, person.name, person.role.value, person.organisation)
    return listed


def readings(found: Sequence[Reading]) -> Table:
    """The access log: how many entries were open, summarised and withheld, and the rules that decided them."""
    log = table("when", "who", "what, and what for", "entries", "by which rules")
    for one in found:
        who = f"{one.reader}\n{one.role}"
        what = "\n".join(part for part in (one.action, one.purpose, one.basis) if part)
        counted = f"{one.shown} open\n{one.redacted} summary\n{one.withheld} withheld"
        rules = "\n".join(one.rules) or one.outcome
        row(log, f"{one.at:%d %b %Y}\n{one.at:%H:%M:%S}", who, what, counted, rules)
    return log


def when(moment: When) -> str:
    """A time as exactly as it is known, and no more exactly."""
    start = moment.start.replace("T", " ")[:16] if moment.precision == "instant" else moment.start
    text = f"{start} to {moment.end[:10]}" if moment.end else start
    return f"about {text}" if moment.approximate else text or "not stated"


def _title(disclosure: Disclosure) -> str:
    who = f"{disclosure.card.name}, born {disclosure.card.born}" if disclosure.card.name else "A child"
    known = f", as known at {disclosure.known_at:%d %b %Y %H:%M}" if disclosure.known_at else ""
    return f"{who}; for {disclosure.purpose} on {disclosure.basis}{known}"


def _what(entry: Entry) -> tuple[Text, Text]:
    match entry:
        case Shown():
            text = Text(plain(entry.summary), style="bold")
            headline = "" if entry.headline.casefold() == entry.summary.casefold() else entry.headline
            author = f"({entry.author})" if entry.author else ""
            words = [w for w in (_sure(entry), headline, entry.detail, *_said(entry), author) if w]
            return text.append("".join(f"\n{plain(word)}" for word in words), style="not bold"), Text(
                "in full", style="green"
            )
        case Redacted():
            text = Text(plain(entry.summary), style="bold")
            sure = _sure(entry)
            return text.append(f"\n{sure}" if sure else "", style="not bold"), Text("summary", style="yellow")
        case Withheld():
            return Text("Not shown to you", style="bold"), Text("withheld", style="red")
        case unknown:
            assert_never(unknown)


def _sure(entry: Shown | Redacted) -> str:
    """How sure it is, where it is no plain fact."""
    assertion = entry.assertion if isinstance(entry, Redacted) else entry.marks.assertion if entry.marks else ""
    return "" if assertion in {"", "fact"} else f"{entry_words.ASSERTIONS[assertion]}:"


def _said(entry: Shown) -> Iterator[str]:
    """What guidance asks of an entry besides, as far as it was said."""
    account, marks = entry.account or Account(), entry.marks or Marks()
    known_by = ": ".join(
        part for part in (entry_words.known_by(marks.source_kind, entry.source), account.source_detail) if part
    )
    said = {
        "What it means for the child": account.impact,
        "What was done": account.action_taken,
        "Why nothing was done": account.no_action_reason,
        "View of the child": account.child_view,
        "View of a parent or carer": account.parent_view,
        "Turning point": entry_words.TURNING.get(marks.turning, ""),
        "Contact": ", ".join(part for part in (entry_words.SEEN.get(marks.seen, ""), account.seen_where) if part),
        "Wellbeing": entry_words.wellbeing(marks.wellbeing),
        "My World Triangle": entry_words.triangle(marks.triangle),
        "How it is known": known_by,
        "Recorded for": account.on_behalf_of,
    }
    return (f"{label}: {words}" for label, words in said.items() if words)


def _beside(entry: Shown | Redacted, about: Sequence[Shown | Redacted]) -> Iterator[str]:
    """How it stands, and what is said about it."""
    if stands := entry_words.STATUSES[status(entry, about)]:
        yield f"{stands}."
    for one in about:
        told = f": {one.headline}" if isinstance(one, Shown) else ""
        yield f"{one.summary}, {when(one.when)}, {one.agency.label}{told}"


def _why(entry: Redacted | Withheld) -> str:
    return f"{entry.reason} Ask: {entry.ask} [{entry.rule}]"
