"""What one row of a mapped table says happened, by the rules of its map: when, in which words, with which facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

from adapters.column_map.cells import UNKNOWN, Cells
from adapters.column_map.people import stated
from adapters.column_map.rules import PERIOD, Rule
from hub.update import (
    Author,
    Coding,
    Fact,
    InvolvementFact,
    Occurred,
    Precision,
    Sensitivity,
    Significance,
    Snapshot,
    StatusFact,
)
from hub.vocabulary import terms

StatusKind = Literal["concern", "registered", "plan", "single-agency-plan", "looked-after"]
_MOST_GUARDED_LAST: tuple[Sensitivity, ...] = (
    "ordinary",
    "concern",
    "confidential-health",
    "criminal",
    "gender-based-violence",
    "sexual-health",
    "adoption",
    "police-restricted",
    "restricted",
)


def applies(cells: Cells) -> bool:
    """Whether the table has anything to say of this row: every column of its `when` rules holds what they ask."""
    rules = cells.table.all("when")
    return all(
        _asked(cells.text(column), {rule.value for rule in rules if rule.column == column})
        for column in {rule.column for rule in rules}
    )


def _asked(text: str, values: set[str]) -> bool:
    """`*` is anything that is not blank, `!x` anything that is neither blank nor x, `x` is x."""
    if f"!{text}" in values or not text:
        return False
    return text in values or "*" in values or any(value.startswith("!") for value in values)


def code(cells: Cells) -> Rule | str:
    """The rule that gives the record's code and headline; or the name of the column that holds an unknown value."""
    rules = cells.table.all("code")
    columns = dict.fromkeys(rule.column for rule in rules if rule.column)
    for column in columns:
        if found := cells.matching("code", column):
            return found
        if cells.text(column):
            return column
    return next((rule for rule in rules if not rule.column), None) or next(iter(columns))


def not_known(cells: Cells) -> str:
    """The column whose value must be one that the map knows, and is not; empty for none."""
    rules = cells.table.all("must-know")
    return next((rule.column for rule in rules if cells.matching(rule.value, rule.column) is None), "")


def occurred(cells: Cells) -> Occurred:
    """When, to the day: from the first column that is not blank; or the whole period that the delivery's name says."""
    rules = cells.table.all("occurred")
    if not rules:
        return Occurred("", Precision.UNKNOWN)
    if rules[0].column == PERIOD:
        return _over(cells)
    rule = next((one for one in rules if cells.text(one.column)), rules[0])
    since = cells.day(rule.column)
    if not cells.text(rule.column) and rule.value != "may-be-blank":
        cells.defect("no-date", rule.column, "No date is given.")
    if not since:
        return Occurred("", Precision.UNKNOWN)
    return Occurred(since, Precision.DAY, _end(cells, since))


def _over(cells: Cells) -> Occurred:
    if cells.name.since:
        return Occurred(cells.name.since, Precision.DAY, cells.name.until)
    cells.defect("period-unknown", PERIOD, "The file's name does not say the year.")
    return Occurred("", Precision.UNKNOWN)


def _end(cells: Cells, since: str) -> str:
    rule = cells.table.first("until")
    until = cells.day(rule.column) if rule else ""
    if rule and until and until < since:
        cells.defect("end-before-start", rule.column, "The record ends before it starts.")
        return ""
    return until


def sensitivity(cells: Cells, code_: str) -> Sensitivity:
    """The most guarded of what the code says by itself and what the row says; a row never lowers it."""
    columns = {rule.column for rule in cells.table.all("sensitivity")}
    found = [rule for column in columns if (rule := cells.matching("sensitivity", column))]
    said = (terms()[code_].sensitivity, *(cast(Sensitivity, rule.gives) for rule in found))
    return max(said, key=_MOST_GUARDED_LAST.index)


def significance(cells: Cells) -> Significance | None:
    """What the row says of its own weight; None where it says nothing."""
    columns = {rule.column for rule in cells.table.all("significance")}
    found = [rule for column in columns if (rule := cells.matching("significance", column))]
    return cast(Significance, found[0].gives) if found else None


def detail(cells: Cells) -> str:
    """The row in sentences, column by column in the order of the map."""
    sentences = (_sentence(cells, rule) for rule in cells.table.said)
    return " ".join(sentence for sentence in sentences if sentence)


def _sentence(cells: Cells, rule: Rule) -> str:
    text = _shown(cells, rule)
    if not text:
        return ""
    ended = text if text[-1] in ".!?" else f"{text}."
    return f"{rule.words}: {ended}" if rule.words else ended


def _shown(cells: Cells, rule: Rule) -> str:
    if rule.part == "label":
        return _word(cells, rule.column)
    return cells.day(rule.column) if rule.value == "day" else cells.text(rule.column)


def _word(cells: Cells, column: str) -> str:
    text = cells.text(column)
    if known := cells.matching("words", column):
        return known.words
    return f"code {text} as sent" if text else ""


def codings(cells: Cells) -> Iterator[Coding]:
    """Each coded column as sent, with its meaning; what the map does not know is kept and noted."""
    for rule in cells.table.all("label"):
        if not (text := cells.text(rule.column)):
            continue
        if cells.matching("words", rule.column) is None:
            cells.defect("unmapped-word", rule.column, "The value is not in the map; kept as sent.")
        yield Coding(rule.gives, text, _word(cells, rule.column))


def facts(cells: Cells) -> Iterator[Fact]:
    """Stages of protection and who works with the child, only where their days can be told."""
    for rule in cells.table.all("status"):
        since, until, told = _days(cells, rule)
        if since and told:
            yield StatusFact(cast(StatusKind, rule.gives), since, until)
    for rule in cells.table.all("involved"):
        since, until, told = _days(cells, rule)
        organisation = stated(cells, "organisation")
        if told and organisation not in {"", UNKNOWN}:
            yield InvolvementFact(rule.gives, organisation, stated(cells, "worker"), since=since, until=until)


def _days(cells: Cells, rule: Rule) -> tuple[str, str, bool]:
    """Since, until, and whether that is all: an end that is stated and cannot be read is not `still going on`."""
    since = cells.day(rule.column)
    until = cells.day(rule.value) if rule.value else ""
    return since, until, bool(until) or not (rule.value and cells.is_stated(rule.value))


def author(cells: Cells) -> Author:
    """Who recorded it."""
    return Author(stated(cells, "author-name"), stated(cells, "author-role"), stated(cells, "author-organisation"))


def organisation(cells: Cells) -> str:
    """Which practice, team, school or council it comes from."""
    said = stated(cells, "organisation")
    return "" if said == UNKNOWN else said


def snapshot(cells: Cells) -> Snapshot | None:
    """What the delivery is whole for; None where its publisher or its year is not known, for then it is whole for
    nothing that could be compared.
    """
    rule = cells.table.first("snapshot")
    if rule is None:
        return None
    name = cells.name
    if cells.publisher in {"", UNKNOWN} or not name.period:
        return None
    return Snapshot(f"{cells.publisher}|{rule.gives}|{name.period}|{cells.table.name}", name.delivered or name.period)
