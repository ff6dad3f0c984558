"""What could be better in a chronology: the failures that inspectors and reviews report, as advice and never a block.

Each check looks at entries as one reader may know of them, so what is sealed to the reader can be told by none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from consent import quality_balance as balance
from consent import quality_contribution as contribution
from consent import quality_entries as entries
from consent import quality_review as review
from consent import quality_wording as wording
from consent.quality_shapes import Advice, Check, Chronology
from consent.quality_words import Guide

CHECKS: Final = (
    Check("no-meaning", "What it meant for the child", "D-02; Tayside 2015; CI17 p.6", entries.no_meaning),
    Check("no-action", "What was done, or why nothing was", "D-07; CI17 p.6", entries.no_action),
    Check("no-outcome", "What came of it", "D-12; Looked After Children guidance 2009 Part XI", entries.no_outcome),
    Check("no-source", "Who says so", "D-07; Tayside 2015", entries.no_source),
    Check("fact-or-opinion", "Fact, opinion or allegation", "D-07 D-12", entries.fact_or_opinion),
    Check("only-adverse", "Strengths as well as concerns", "D-01 D-04; CP21 3.172 3.176", balance.only_adverse),
    Check("every-contact", "Not every contact", "D-04 D-09; CP21 3.176", balance.every_contact),
    Check("too-many", "No more than can be read", "D-09; D-03", balance.too_many),
    Check("too-long", "As long as the stage calls for", "D-06; CI17 point 6", balance.too_long),
    Check("silent-agency", "Something from everybody", "D-05 D-12; CP21 3.177", contribution.silent_agency),
    Check("not-answered", "Everybody who was asked", "D-05; CP21 3.177", contribution.not_answered),
    Check("not-up-to-date", "Up to date", "D-06 D-13; CI17", review.not_up_to_date),
    Check("unreviewed", "Looked at as a whole", "D-06; CI17 point 7", review.unreviewed),
    Check("no-analysis", "What it all means", "D-02 D-06; CI17", review.no_analysis),
    Check("no-child-view", "What the child says", "D-12 S-17", contribution.no_child_view),
    Check("no-parent-view", "What the parents say", "D-09 S-17", contribution.no_parent_view),
    Check("after-it-ended", "After support ended", "NSPCC case reviews 2012 to 2015", balance.after_it_ended),
    Check("no-father", "Fathers and partners", "S-24; NSPCC case reviews 2012 to 2015", contribution.no_father),
    Check("long-headline", "Short headlines", "D-07 D-09", wording.long_headline),
    Check("vague-phrase", "Say what happened", "D-07; CI17 p.6", wording.vague_phrase),
    Check("judgemental-word", "Words that do not judge", "D-09; Tayside 2015", wording.judgemental_word),
    Check("acronym", "Plain English", "D-09; Tayside 2015", wording.acronym),
)
"""CP21: National Guidance for Child Protection in Scotland 2021. CI17: Care Inspectorate, Practice guide to
chronologies, 2017. D- and S- numbers are the hub's requirements."""


def advice(story: Chronology, guide: Guide) -> Iterator[Advice]:
    """Everything that the checks find, in their order."""
    for check in CHECKS:
        for found in check.look(story, guide):
            yield Advice(check.name, check.title, found.sentence, found.entries, found.next_step, check.source)
