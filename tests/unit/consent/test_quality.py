"""Each quality check finds its bad example and nothing in its good one, and speaks of nothing a reader may not see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from consent.decision import Shown, Withheld
from consent.quality import CHECKS, advice
from consent.quality_words import COLUMNS, LIMITS, PHRASES, read_guide
from hub.errors import HalfConfigured
from tests.quality.examples import Pair, guide, pairs

OF_OPEN_WORDS = {check.name for check in CHECKS if check.look.__module__.endswith(("_entries", "_wording"))}
"""The checks of what an entry says and how it says it, which need every word of it."""


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.check)
def test_a_check_advises_on_its_bad_example_and_not_on_its_good_one(pair: Pair) -> None:
    bad = [one for one in advice(pair.bad.chronology, guide()) if one.check == pair.check]
    good = [one for one in advice(pair.good.chronology, guide()) if one.check == pair.check]

    assert [one.sentence for one in bad] == [pair.says]
    assert bad[0].entries == pair.about
    assert bad[0].next_step.endswith(".") or ":" in bad[0].next_step
    assert good == []


def test_every_check_has_its_examples_and_its_source() -> None:
    assert [check.name for check in CHECKS] == [pair.check for pair in pairs()]
    assert [check.name for check in CHECKS if not check.source] == []


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.check)
def test_advice_never_speaks_of_words_that_are_not_open_to_the_reader(pair: Pair) -> None:
    story = pair.bad.chronology
    closed = tuple(
        Withheld(one.entry, one.agency, one.when, one.rule, one.reason, "") if isinstance(one, Shown) else one
        for one in story.entries
    )
    found = {one.check for one in advice(replace(story, entries=closed), guide())}

    assert found & OF_OPEN_WORDS == set()


def test_nothing_is_said_of_a_child_of_whom_nothing_may_be_known() -> None:
    story = replace(pairs()[0].bad.chronology, entries=())

    assert list(advice(story, guide())) == []


def test_every_limit_and_word_says_where_it_comes_from() -> None:
    found = guide()

    assert found.limits.keys() == set(LIMITS)
    assert [word.text for kind in PHRASES for word in found.words[kind] if not word.source] == []


@pytest.mark.parametrize(
    "line",
    [
        "limit,outcome-days,soon,ours",
        "limit,unheard-of,3,ours",
        "rude,word,another,ours",
        "vague,one phrase,,",
        "vague,one phrase,better,ours,more",
    ],
    ids=["no-number", "no-such-limit", "no-such-kind", "no-source", "too-much"],
)
def test_a_line_that_cannot_be_meant_is_refused_by_its_name(tmp_path: Path, line: str) -> None:
    limits = [f"limit,{name},1,ours" for name in LIMITS if not line.startswith(f"limit,{name},")]
    (tmp_path / "quality.csv").write_text("\n".join([",".join(COLUMNS), *limits, line]), encoding="utf-8")

    with pytest.raises(HalfConfigured, match=line.split(",")[1]):
        read_guide(tmp_path)
