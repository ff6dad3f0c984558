"""The checks as a document: the failure that inspectors report, a bad and a good example, and the advice that is given.

`python -m tests.quality.page` writes it anew as `docs/quality-checks.md`; a test goes red where it is stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from consent.decision import Entry, Redacted, Shown
from consent.quality import CHECKS, advice
from consent.quality_shapes import Check, Stated
from consent.quality_words import Guide
from hub.update import Account
from tests.quality.examples import PROJECT, Example, Pair, guide, pairs

DOCUMENT: Final = PROJECT / "docs" / "quality-checks.md"
_FEW: Final = 6
_ACCOUNT: Final = {
    "impact": "what it meant",
    "action_taken": "what was done",
    "no_action_reason": "why nothing was done",
    "child_view": "the child",
    "parent_view": "a parent",
}


def document() -> str:
    """The whole document."""
    found = {pair.check: pair for pair in pairs()}
    words = guide()
    lines = [*_head(), *(line for check in CHECKS for line in _check(check, found[check.name], words)), *_words(words)]
    return "\n".join(lines) + "\n"


def _head() -> Iterator[str]:
    yield "# What could be better in a chronology"
    yield ""
    yield (
        f"{len(CHECKS)} checks, each for a failure that inspectors and reviews report. They give advice and stop "
        "nobody from doing anything. Each looks at entries as one reader may know of them, so none can tell a reader "
        "of something that is closed to them. The advice stands beside a child's chronology "
        "(`hub quality CHILD`, `GET /v1/children/{child}/quality`) and beside an edition while it is prepared."
    )
    yield ""
    yield (
        "Words and limits are in [policies/quality.csv](../policies/quality.csv), each with its source, for governance "
        "leads to correct. D- and S- numbers are the hub's requirements."
    )
    yield ""
    yield "This page is written by `python -m tests.quality.page` from `tests/quality/examples.toml`."


def _check(check: Check, pair: Pair, words: Guide) -> Iterator[str]:
    found = next(one for one in advice(pair.bad.chronology, words) if one.check == check.name)
    yield from ("", f"## {check.title}", "", f"The failure: {pair.failure} Source: {check.source}. (`{check.name}`)")
    yield from _example("Bad", pair.bad)
    yield from ("", f"> {found.sentence} *{found.next_step}*")
    yield from _example("Good", pair.good)


def _example(kind: str, example: Example) -> Iterator[str]:
    yield from ("", f"**{kind}.** {example.story}", "")
    story = example.chronology
    for one in story.entries[:_FEW]:
        yield f"- {_entry(one)}"
    if len(story.entries) > _FEW:
        yield f"- … {len(story.entries)} entries in all; the last: {_entry(story.entries[-1])}"
    if story.edition is not None:
        yield f"- *The edition:* {_edition(story.edition)}"
    if story.reviewed is not None:
        yield f"- *The newest edition:* frozen {story.reviewed.days} days ago"


def _entry(one: Entry) -> str:
    date = f"{one.when.start}, {one.agency.label}"
    if not isinstance(one, Shown):
        return f"{date}: {one.summary if isinstance(one, Redacted) else 'not shown'}"
    account = one.account or Account()
    said = [f"{label}: {getattr(account, name)}" for name, label in _ACCOUNT.items() if getattr(account, name)]
    marks = (
        [mark.replace("-", " ") for mark in (one.marks.assertion, one.marks.source_kind) if mark] if one.marks else []
    )
    tags = ", ".join([one.significance, *([] if one.valence == "neutral" else [one.valence]), *marks])
    return " — ".join([f"{date} ({tags}): {one.headline}", *said])


def _marks(one: Shown) -> tuple[str, ...]:
    return (one.marks.assertion, one.marks.source_kind) if one.marks else ()


def _edition(said: Stated) -> str:
    asked = [f"{one.name}: {one.answer.replace('-', ' ')}" for one in said.asked]
    limit = [f"about {said.limit} entries at this stage"] if said.limit else []
    return "; ".join([f"analysis: {said.analysis or 'none'}", *limit, *asked])


def _words(words: Guide) -> Iterator[str]:
    yield from ("", "## The words", "", "| kind | word | better | source |", "|---|---|---|---|")
    for kind in ("vague", "judgemental", "acronym"):
        for word in words.words[kind]:
            yield f"| {kind} | {word.text} | {word.instead} | {word.source} |"
    yield from ("", "## The limits", "", "| limit | is | source |", "|---|---|---|")
    for name, value in words.limits.items():
        yield f"| {name.replace('-', ' ')} | {value} | {words.sources[name]} |"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
