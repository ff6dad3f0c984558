"""The second part of the demo's story: what is open changes by consent, by a decision to share, and in an emergency.

All of it goes through the same rooms as the doors, and after each part stands where one sees it oneself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from consent.decision import Disclosure, Entry, Shown
from consent.emergency_shapes import Emergency
from consent.facts import HERE, day_of
from consent.sharing_terms import Ask, Choice
from consent.statements import ConsentSaid
from hub.errors import NothingToShow
from hub.people import Practitioner
from hub.tables import plain, when
from hub.wiring import House

Acting = Callable[[str], Practitioner]

NOT_BROUGHT: Final = "2021-11-18"
"""The day of the GP practice's entry that is shared in the story."""

ASK: Final = Ask(
    asked="Z99104",
    wanted="Anything about getting to appointments that the school could help with.",
    why="Isla missed an appointment; the school runs a bus.",
    purpose="child-plan",
    basis="public-task",
)
CHOICE: Final = Choice(
    outcome="share",
    what="The note of one missed appointment, and why it was missed.",
    reasons="The school can offer the journey. It needs this note for that, and nothing else.",
    bases=("public-task",),
    informed="yes",
    informed_why="Her mother asked for it.",
    necessity="One entry is enough.",
    child_views="Isla would like to go on the bus.",
    parent_views="Her mother is glad of the help.",
)
REASON: Final = "Ambulance called to Isla; her allergies and medicines are needed now."


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells, about whom, and to which screen."""

    house: House
    acting: Acting
    child: UUID
    console: Console
    now: Callable[[], datetime]

    def say(self, words: str, style: str = "") -> None:
        """One paragraph of plain words."""
        self.console.print(Padding(Text(plain(words), style=style), (0, 2)))

    def see(self, where: str) -> None:
        """The command or page where one sees it oneself."""
        self.console.print(Text(f"  > {where}", style="cyan"), soft_wrap=True)

    def chapter(self, title: str) -> None:
        """What the next lines are about."""
        self.console.print(Rule(title))

    def read(self, who: str, purpose: str, basis: str) -> Disclosure:
        """A chronology as somebody of the story is shown it."""
        gate = self.house.hub.disclosure
        return gate.chronology(self.acting(who), self.child, purpose=purpose, basis=basis)


def card(story: Teller) -> None:
    """Who works with the child, before anything of what they wrote."""
    story.chapter("Before any content: who works with the child, as Morag sees it")
    found = story.house.hub.casework.working_with(
        story.acting("morag"), story.child, purpose="child-plan", basis="public-task"
    )
    for line in found.lines:
        who = ", ".join(filter(None, (line.worker, line.organisation)))
        story.say(f"{line.duty.replace('-', ' ')}: {who}. {line.contact}".rstrip(". ") + ".")
    story.see("hub involvement $CHILD --as morag; on the pages: the child, Who works with the child")


def consent(story: Teller) -> None:
    """A consent withdrawn: what it stopped, and what it did not."""
    story.chapter("A consent is withdrawn: what it stops, and what it does not")
    casework = story.house.hub.casework
    casework.record_consent(story.acting("morag"), story.child, ConsentSaid("give", "education", "health"))
    before = story.read("catriona", "child-plan", "consent")
    casework.record_consent(story.acting("morag"), story.child, ConsentSaid("withdraw", "education", "health"))
    after = story.read("catriona", "child-plan", "consent")
    plan = story.read("catriona", "child-plan", "public-task")
    story.say("Isla's mother agreed that the school may see what health wrote. Then she changed her mind.")
    story.say(f"Catriona Muir, head teacher, asks on the basis of consent: {_counted(before)}.")
    story.say(f"The next moment, it being withdrawn: {_counted(after)}.")
    story.say(f"On her public task, under the plan, which never rested on consent: {_counted(plan)}.")
    story.see("hub consent show $CHILD --as morag; on the pages: the child, Consent and duties")


def sharing(story: Teller) -> None:
    """One entry asked for, decided about and seen by whoever asked."""
    story.chapter("One entry is asked for, and shared by a decision with its reasons")
    if _shared(story):
        story.say("Already decided when this story was told before; make demo RESET=1 tells it from the start.")
    else:
        _ask_and_share(story)
    seen = _on(story.read("callum", "child-plan", "public-task"), NOT_BROUGHT)
    if isinstance(seen, Shown):
        story.say(f"Callum reads now: {when(seen.when)}, {seen.summary}. {_line(seen.detail)} [{seen.rule}]")
    story.see("hub sharing list $CHILD --as callum; on the pages: the child, Sharing")


def _ask_and_share(story: Teller) -> None:
    office, today = story.house.hub.sharing, day_of(story.now())
    entry = _on(story.read("dr-anwar", "child-plan", "public-task"), NOT_BROUGHT)
    due = (today + timedelta(days=7)).isoformat()
    asked = office.request(story.acting("callum"), story.child, replace(ASK, due=due))
    story.say(f'Callum Reid, class teacher, asks the GP practice: "{ASK.wanted}"')
    choice = replace(CHOICE, since=today.isoformat(), entries=(entry.entry,))
    office.decide(story.acting("dr-anwar"), story.child, choice, asked=asked.matter)
    story.say(f'Dr Sana Anwar shares one entry: "{CHOICE.reasons}" Views, basis and who was told are kept with it.')


def _shared(story: Teller) -> bool:
    matters = story.house.hub.sharing.of_child(story.acting("callum"), story.child)
    return any(one.state == "shared" for one in matters)


def emergency(story: Teller) -> None:
    """Somebody who does not work with the child opens emergency access; who was told, what stays shut, the review."""
    story.chapter("An emergency, opened by somebody who does not work with the child")
    office, shona = story.house.hub.emergency, story.acting("shona")
    before = _nothing(lambda: story.read("shona", "child-protection", "vital-interests"))
    opened = office.open(shona, story.child, REASON)
    seen = story.read("shona", "child-protection", "vital-interests")
    story.say(
        f"Shona Kerr, health visitor elsewhere, gets {before} of Isla. She opens emergency access, until "
        f'{opened.until.astimezone(HERE):%H:%M} at most: "{REASON}" Now she sees {_counted(seen)}.'
    )
    story.say(f"Told at once: {', '.join(_told(story, opened))}. What stays sealed all the same:")
    for kind, rule in sorted(_sealed(story, seen.reading).items()):
        story.say(f"- what is marked {kind.replace('-', ' ')} [{rule or 'no rule opens it'}]")
    office.end(shona, opened.id)
    over = _nothing(lambda: story.read("shona", "child-protection", "vital-interests"))
    story.house.catch_up()
    office.review(story.acting("ruaridh"), opened.id, "justified")
    story.say(f"She ends it and gets {over} again. Ruaridh Bell, governance lead, reviews it: justified.")
    story.see("hub emergency told --as fiona; on the pages: My children (Fiona); Emergency access (Ruaridh)")


def _told(story: Teller, opened: Emergency) -> list[str]:
    office, people = story.house.hub.emergency, ("fiona", "eilidh", "ruaridh", "catriona")
    return [story.acting(who).name for who in people if opened in office.told(story.acting(who))]


def _sealed(story: Teller, reading: UUID) -> dict[str, str]:
    """The kinds of entry that stay sealed in a reading, and by which rule: as governance has it explained."""
    found = story.house.hub.governance.decision(story.acting("eilidh"), reading)
    return {one.sensitivity: one.rule for one in found.decisions if one.level == "sealed"}


def _nothing(read: Callable[[], Disclosure]) -> str:
    """What somebody gets who is shown nothing."""
    try:
        return _counted(read())
    except NothingToShow:
        return "nothing"


def _counted(found: Disclosure) -> str:
    counts = Counter(type(entry).__name__.lower() for entry in found.entries)
    said = {"shown": "in full", "redacted": "in summary", "withheld": "withheld"}
    return ", ".join(f"{counts[name]} {words}" for name, words in said.items() if counts[name]) or "nothing"


def _on(found: Disclosure, day: str) -> Entry:
    return next(entry for entry in found.entries if entry.when.start.startswith(day))


def _line(detail: str) -> str:
    return " ".join(detail.split())
