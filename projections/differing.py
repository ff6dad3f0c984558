"""When two versions of an entry tell a reader different things, by how much of the entry the reader may see."""

from __future__ import annotations

from operator import attrgetter
from typing import Final, LiteralString

from projections.story import Row

# What is told of a version, at each level. When it came to the hub, which place in the order it has and how it is
# labelled for decisions tell nobody anything: a version that differs in these alone corrects nothing.
SUMMARY: LiteralString = (
    "({0}.code, {0}.occurred_start, {0}.precision, {0}.occurred_end, {0}.approximate, {0}.significance, {0}.polarity, "
    "{0}.valence, coalesce({0}.marks->>'assertion', ''))"
)
WHOLE: LiteralString = (
    "({0}.headline, {0}.detail, {0}.author, {0}.organisation, {0}.source, {0}.recorded_at_source, {0}.marks, "
    "{0}.account)"
)
# The same of what has left the database.
READ_SUMMARY: Final = attrgetter(
    "code", "start", "precision", "end", "approximate", "significance", "polarity", "valence", "assertion"
)
READ_WHOLE: Final = attrgetter(
    "headline", "detail", "author", "organisation", "source", "recorded_at_source", "marks", "account"
)


def differs(one: LiteralString, other: LiteralString, level: LiteralString) -> LiteralString:
    """SQL for whether two versions of an entry, rows of read.entries, tell different things at a level."""
    summary = SUMMARY.replace("{0}", one) + " is distinct from " + SUMMARY.replace("{0}", other)
    whole = WHOLE.replace("{0}", one) + " is distinct from " + WHOLE.replace("{0}", other)
    return "(" + level + " >= 2 and (" + summary + " or " + level + " >= 3 and " + whole + "))"


def tells_otherwise(one: Row, other: Row) -> bool:
    """Whether two readings of an entry say different things of it, as far as both were let out."""
    level = min(one.level, other.level)
    return (level >= 2 and READ_SUMMARY(one) != READ_SUMMARY(other)) or (  # noqa: PLR2004 - as in `differs`
        level >= 3 and READ_WHOLE(one) != READ_WHOLE(other)  # noqa: PLR2004 - as in `differs`
    )
