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

CP21: Final = "National Guidance for Child Protection in Scotland 2021"
CI17: Final = "Care Inspectorate, Practice guide to chronologies 2017"
TAYSIDE: Final = "Tayside Practitioner's Guidance: Chronologies 2015"
LOOKED_AFTER: Final = "Guidance on the Looked After Children (Scotland) Regulations 2009, Part XI"
NSPCC: Final = "NSPCC, summary of case reviews 2012 to 2015"

CHECKS: Final = (
    Check("no-meaning", "What it meant for the child", f"{CI17}, p.6; {TAYSIDE} (D-02)", entries.no_meaning),
    Check("no-action", "What was done, or why nothing was", f"{CI17}, p.6 (D-07)", entries.no_action),
    Check("no-outcome", "What came of it", f"{LOOKED_AFTER} (D-12)", entries.no_outcome),
    Check("no-source", "Who says so", f"{TAYSIDE} (D-07)", entries.no_source),
    Check("fact-or-opinion", "Fact, opinion or allegation", f"{LOOKED_AFTER} (D-07 D-12)", entries.fact_or_opinion),
    Check(
        "only-adverse", "Strengths as well as concerns", f"{CP21}, 3.172 and 3.176 (D-01 D-04)", balance.only_adverse
    ),
    Check("every-contact", "Not every contact", f"{CP21}, 3.176 (D-04 D-09)", balance.every_contact),
    Check("too-many", "No more than can be read", f"{TAYSIDE} (D-03 D-09)", balance.too_many),
    Check("too-long", "As long as the stage calls for", f"{CI17}, point 6 (D-06)", balance.too_long),
    Check("silent-agency", "Something from everybody", f"{CP21}, 3.177 (D-05 D-12)", contribution.silent_agency),
    Check("not-answered", "Everybody who was asked", f"{CP21}, 3.177 (D-05)", contribution.not_answered),
    Check("not-up-to-date", "Up to date", f"{CI17} (D-06 D-13)", review.not_up_to_date),
    Check("unreviewed", "Looked at as a whole", f"{CI17}, point 7 (D-06)", review.unreviewed),
    Check("no-analysis", "What it all means", f"{CI17} (D-02 D-06)", review.no_analysis),
    Check("no-child-view", "What the child says", f"{LOOKED_AFTER} (D-12 S-17)", contribution.no_child_view),
    Check("no-parent-view", "What the parents say", f"{LOOKED_AFTER} (D-09 S-17)", contribution.no_parent_view),
    Check("after-it-ended", "After support ended", NSPCC, balance.after_it_ended),
    Check("no-father", "Fathers and partners", f"{NSPCC} (S-24)", contribution.no_father),
    Check("long-headline", "Short headlines", f"{TAYSIDE} (D-07 D-09)", wording.long_headline),
    Check("vague-phrase", "Say what happened", f"{CI17}, p.6 (D-07)", wording.vague_phrase),
    Check("judgemental-word", "Words that do not judge", f"{TAYSIDE} (D-09)", wording.judgemental_word),
    Check("acronym", "Plain English", f"{TAYSIDE} (D-09)", wording.acronym),
)
"""In the order in which they are told."""


def advice(story: Chronology, guide: Guide) -> Iterator[Advice]:
    """Everything that the checks find, in their order."""
    for check in CHECKS:
        for found in check.look(story, guide):
            yield Advice(check.name, check.title, found.sentence, found.entries, found.next_step, check.source)
