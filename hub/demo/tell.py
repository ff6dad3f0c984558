"""The story the demo tells: four agencies' files in, one child's chronology out to three people, and who looked.

Then what changes it: consent, a decision to share, an emergency; what people make of it: entries of their own, an
edition, a correction; and what governance can ask of all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from adapters import sources
from consent.decision import Disclosure, Reading
from hub.demo import curating, deciding, governing, side_by_side, through_kafka
from hub.people import Practitioner
from hub.receipt import merge
from hub.update import Delivery
from hub.wiring import House

Acting = Callable[[str], Practitioner]
GOVERNANCE = "eilidh"


@dataclass(frozen=True, slots=True)
class Look:
    """One reader of the story: who, for what, on which basis."""

    who: str
    purpose: str
    basis: str


LOOKS = (
    Look("morag", "child-plan", "public-task"),
    Look("callum", "child-plan", "public-task"),
    Look("fiona", "child-plan", "legal-obligation"),
)


def load(house: House, deliveries: Sequence[Delivery], console: Console, *, kafka: bool = False) -> None:
    """Take the family's files in, directly or through a Kafka of the demo's own, and say what became of them."""
    console.print(Rule("An invented family's records arrive, in the formats agencies already send"))
    with through_kafka.arriving(house, console.print) if kafka else nullcontext(_directly(house)) as arrive:
        for source in dict.fromkeys(delivery.source for delivery in deliveries):
            files = [delivery for delivery in deliveries if delivery.source == source]
            console.print(_arrived(source, len(files), arrive(files)))


def _directly(house: House) -> through_kafka.Arrive:
    def arrive(files: Sequence[Delivery]) -> Mapping[str, int]:
        receipts = [house.hub.intake.receive(house.translate(delivery)) for delivery in files]
        return merge(files[0].source, receipts).counts()

    return arrive


def tell(house: House, acting: Acting, child: tuple[str, str], console: Console, now: Callable[[], datetime]) -> None:
    """Show the child's chronology to each reader, then the log of exactly those readings."""
    with console.status("Bringing the read models up to date …"):
        house.catch_up()
    found = house.hub.disclosure.find(acting(LOOKS[0].who), system=child[0], value=child[1])
    story = deciding.Teller(house, acting, found[0].child, console, now)
    story.say("Below, > says where to see it yourself: on the pages, or at a prompt that begins with")
    story.see(f"export HUB_DEMO=1 CHILD={story.child} PATH=.venv/bin:$PATH")
    deciding.card(story)
    console.print(Rule("One story, as three people are shown it"))
    seen = {look.who: story.read(look.who, look.purpose, look.basis) for look in LOOKS}
    side_by_side.show(console, {acting(who): one for who, one in seen.items()})
    story.see("hub chronology $CHILD --as callum --purpose child-plan --basis public-task; on the pages: the child")
    readings = {one.reading for one in seen.values()}
    console.print(Rule("The access log of exactly those readings, as the governance lead sees it"))
    house.catch_up()
    log = house.hub.governance.readings(acting(GOVERNANCE), limit=1000)
    for one in (one for one in log[::-1] if one.reading in readings):
        story.say(_logged(one))
    story.see(f"hub audit tail --as {GOVERNANCE}; on the pages: Access log (Eilidh)")
    _go_on(story, seen["callum"])


def _go_on(story: deciding.Teller, seen: Disclosure) -> None:
    """What follows the readings."""
    deciding.consent(story)
    governing.one_entry(story, seen)
    deciding.sharing(story)
    deciding.emergency(story)
    noted = curating.entries(story)
    curating.edition(story)
    corrected = curating.correction(story)
    curating.who_knew(story, [one for one in (corrected, noted) if one])
    governing.rules(story)


def _arrived(source: str, files: int, counts: Mapping[str, int]) -> Text:
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    return Text(f"  {_label(source):16} {source:14} {files:3} files, {sum(counts.values()):3} records: {said}")


def _logged(one: Reading) -> str:
    counted = f"{one.shown} open, {one.redacted} in summary, {one.withheld} withheld"
    ground = f"{one.action} for {one.purpose} on {one.basis}"
    return f"{one.at:%d %b %Y %H:%M:%S} {one.reader}, {one.role}: {ground}; {counted}; by {', '.join(one.rules)}"


def _label(source: str) -> str:
    agency = sources.agency_of(source)
    return agency.label if agency else "Any agency"
