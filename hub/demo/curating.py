"""The third part of the demo's story: entries of people's own, an edition, a correction, and who knew what when.

Told again over what is stored already, it makes nothing twice, and shows what is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from rich import box
from rich.table import Column, Table

from consent.contributing_terms import OUTCOME, RAISED, EntrySaid
from consent.decision import Redacted, Shown
from consent.edition_shapes import Change, EditionLine, EditionSaid, EditionView, Member, Written
from consent.facts import HERE, day_of
from consent.inbox_terms import Word
from consent.knowing_shapes import EntryKnown, Knower
from hub.demo import story as family
from hub.demo.deciding import Teller

LEAD: Final = "fiona"
AUDIENCE: Final = ("fiona", "catriona", "callum")
ALL: Final = 1000

HUNGRY: Final = EntrySaid(
    code="ed.wellbeing.concern",
    start="2025-12-08",
    headline="Came to school hungry on two mornings",
    detail="Isla said that she had not had breakfast. She ate well at the snack table and was cheerful after.",
    assertion="opinion",
    source_kind="direct-observation",
    impact="She could not settle to her reading before the break.",
    child_view="“I like the toast at school.”",
    no_action_reason="Not yet: the family is asked first.",
)
BREAKFAST: Final = EntrySaid(
    code=OUTCOME,
    start="2025-12-10",
    headline="A place at the breakfast club, from the next Monday",
    detail="Her mother asked for it herself. Finn may come along.",
    assertion="fact",
    source_kind="direct-observation",
)
OTHERWISE: Final = EntrySaid(
    code=RAISED,
    start="2025-12-11",
    headline="Her mother says that Isla had breakfast on both mornings",
    detail="She packs a second one because the walk is long, and would like that to stand here too.",
    assertion="self-report",
    source_kind="told-by-parent",
)
WRONG_DAY: Final = "2022-11-03"
"""The day of an immunisation, as health visiting first sent it."""
CHOSEN: Final = "What was missed before was kept this time."
ANSWER: Final = "The allocated social worker asks about breakfast at the next visit."


def entries(story: Teller) -> UUID:
    """What no system sends: an entry by hand, what came of it, another view of it, and who acts on it."""
    story.chapter("What no system sends is added by hand, answered, and seen differently")
    noted = _add(story, "callum", HUNGRY)
    _add(story, LEAD, replace(BREAKFAST, cites=(noted,)))
    _add(story, "morag", replace(OTHERWISE, cites=(noted,)))
    due = (day_of(story.now()) + timedelta(days=7)).isoformat()
    story.house.catch_up()
    word = Word("acting", ANSWER, due)
    story.house.hub.inbox.acknowledge(story.acting(LEAD), story.child, noted, word, purpose="child-plan")
    story.say(f'Callum Reid: "{HUNGRY.headline}" (an opinion). Fiona Adeyemi, the outcome: "{BREAKFAST.headline}".')
    story.say(f'Morag Sinclair disagrees for the mother: "{OTHERWISE.headline}". Nobody overwrites anybody.')
    story.say(f'Fiona acts on it, for all to see: "{ANSWER}"')
    story.see("hub inbox --as morag; on the pages: Inbox; the child, each entry")
    return noted


def edition(story: Teller) -> None:
    """A chronology for a meeting, frozen by whoever leads: each of its audience gets a copy of their own."""
    story.chapter("An edition, frozen by whoever leads, and a copy for each of its readers")
    line = _frozen(story) or _freeze(story)
    story.say(
        f"Fiona Adeyemi, allocated social worker, prepared it in one action and froze it "
        f"({_moment(story, line.frozen_at)}). Each copy is decided for its reader, and nobody changes it any more:"
    )
    for who in AUDIENCE:
        story.say(_copy(story, who, line.edition))
    story.see("hub edition list $CHILD --as callum; on the pages: the child, Editions")


def correction(story: Teller) -> UUID | None:
    """A date was wrong: exactly those are told who had been shown it."""
    story.chapter("A correction, and exactly who is told of it")
    gate, house = story.house.hub.knowing, story.house
    for delivery in family.arriving_later():
        house.hub.intake.receive(house.translate(delivery))
    house.catch_up()
    told = {one.id: gate.recalls(one) for one in house.directory.people()}
    wrong = next((recall for found in told.values() for recall in found), None)
    if wrong is None:
        return None
    waiting = next((one for one in told["callum"] if one.entry == wrong.entry and one.noted_at is None), None)
    if waiting is not None:
        gate.acknowledge(story.acting("callum"), waiting.entry, waiting.revision, waiting.what)
    names = {one.id: one.name for one in house.directory.people()}
    yes = [names[who] for who, found in told.items() if found]
    no = [names[who] for who, found in told.items() if not found]
    account = gate.recall_of(story.acting("eilidh"), wrong.entry)
    story.say("Health visiting corrects the day of an immunisation. Who was shown the wrong one hears of it.")
    story.say(f"Told of it: {', '.join(yes)}. Not told, never having seen it: {', '.join(no)}.")
    story.say(
        f"{account.noted} of {len(account.told)} took note. Frozen editions with the old day in them, which say so to "
        f"their readers: {len(account.editions)}."
    )
    story.see(f"hub corrections list --as morag; hub corrections who {wrong.entry} --as eilidh; pages: Corrections")
    return wrong.entry


def who_knew(story: Teller, about: Sequence[UUID]) -> None:
    """Who knew what when: for a few entries, what each organisation could see, was told, read and answered."""
    story.chapter("Who knew what when, as Fiona may see it")
    story.house.catch_up()
    matrix = story.house.hub.knowing.matrix(story.acting(LEAD), story.child, limit=ALL)
    said = {one.entry: one for one in story.read(LEAD, "child-plan", "legal-obligation").entries}
    columns = ("", "organisation", "open to them", "told", "read", "said")
    listed = Table(*(Column(name, no_wrap=True) for name in columns), box=box.SIMPLE_HEAD)
    for number, known in enumerate((one for one in matrix.entries if one.entry in about), 1):
        entry = said[known.entry]
        named = entry.summary if isinstance(entry, Shown | Redacted) else "not shown"
        story.say(f"({number}) {named}, {entry.when.start[:10]}")
        for place, one in enumerate(_organisations(known)):
            listed.add_row("" if place else f"({number})", one.organisation, *_moments(story, one))
    story.console.print(listed)
    story.see(f"hub who-knew $CHILD --as {LEAD}; on the pages: the child, Who knew what when")


def _add(story: Teller, who: str, said: EntrySaid) -> UUID:
    story.house.catch_up()
    once = uuid5(story.child, f"demo/{said.code}")
    return story.house.hub.contributing.add(story.acting(who), story.child, said, once=once)


def _on(story: Teller, day: str) -> UUID:
    found = story.read(LEAD, "child-plan", "legal-obligation")
    return next(one.entry for one in found.entries if one.when.start.startswith(day))


def _frozen(story: Teller) -> EditionLine | None:
    listed = story.house.hub.editions.listed(story.acting(LEAD), story.child)
    return next((one for one in listed if one.state == "frozen"), None)


def _freeze(story: Teller) -> EditionLine:
    room, lead = story.house.hub.editions, story.acting(LEAD)
    said = EditionSaid("assistance", tuple(Member(who) for who in AUDIENCE))
    drafted = room.prepare(lead, story.child, said)
    written = (
        Written("patterns", "Appointments are missed where the journey is long, and kept where it is short."),
        Written("strengths", "Her mother asks for help herself, and takes it up."),
        Written("child-view", "“I would like to go on the bus.”"),
    )
    chosen = (_on(story, WRONG_DAY),)
    room.change(lead, story.child, drafted.edition, Change(include=chosen, reason=CHOSEN, written=written))
    room.freeze(lead, story.child, drafted.edition)
    return next(one for one in room.listed(lead, story.child) if one.edition == drafted.edition)


def _copy(story: Teller, who: str, edition: UUID) -> str:
    found: EditionView = story.house.hub.editions.read(story.acting(who), story.child, edition)
    kinds = Counter(type(one.entry) for one in found.entries)
    counted = f"{kinds[Shown]} entries in full, {kinds[Redacted]} in summary"
    closed = len(found.entries) - kinds[Shown] - kinds[Redacted]
    more = f", {closed} withheld" if closed else ""
    kept = "as it was frozen" if found.whole else "NOT as it was frozen"
    return f"- {story.acting(who).name}: {counted}{more}; hash {found.hash[:12]}…, {kept}"


def _organisations(known: EntryKnown) -> list[Knower]:
    return [one for one in known.knowers if one.organisation and not one.person]


def _moments(story: Teller, one: Knower) -> tuple[str, ...]:
    since = one.available[0].since if one.available else None
    moments = [_moment(story, at) for at in (since, one.delivered, one.opened, one.acknowledged)]
    return *moments[:-1], f"{moments[-1]} {one.what}".strip()


def _moment(story: Teller, at: datetime | None) -> str:
    """The time of something today, and of what was before, the day."""
    if at is None:
        return ""
    there = at.astimezone(HERE)
    return f"{there:%H:%M:%S}" if there.date() == day_of(story.now()) else f"{there:%d %b %Y}"
