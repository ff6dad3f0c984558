"""The story the demo tells: four agencies' files in, one child's chronology out to three people, and who looked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from adapters import sources
from hub import tables
from hub.people import Practitioner
from hub.receipt import Receipt, merge
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


def tell(
    house: House, acting: Acting, deliveries: Sequence[Delivery], child: tuple[str, str], console: Console
) -> None:
    """Load the family's files, show the child's chronology to each reader, then the log of exactly those readings."""
    console.print(Rule("An invented family's records arrive, in the formats agencies already send"))
    for source in dict.fromkeys(delivery.source for delivery in deliveries):
        files = [delivery for delivery in deliveries if delivery.source == source]
        receipts = [house.hub.intake.receive(house.translate(delivery)) for delivery in files]
        console.print(_arrived(merge(source, receipts), len(files)))
    with console.status("Bringing the read models up to date …"):
        house.catch_up()
    found = house.hub.disclosure.find(acting(LOOKS[0].who), system=child[0], value=child[1])
    readings = {_look(house, acting(look.who), look, found[0].child, console) for look in LOOKS}
    console.print(Rule("The access log of exactly those readings, as the governance lead sees it"))
    house.catch_up()
    log = house.hub.governance.readings(acting(GOVERNANCE), limit=1000)
    console.print(tables.readings([one for one in log[::-1] if one.reading in readings]))
    console.print(
        f"The child's id in the hub is {found[0].child}; try: HUB_DEMO=1 .venv/bin/hub people", soft_wrap=True
    )


def _arrived(receipt: Receipt, files: int) -> Text:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in receipt.counts().items() if count)
    agency = _label(receipt.source)
    return Text(f"  {agency:16} {receipt.source:14} {files:3} files, {len(receipt.results):3} records: {counts}")


def _look(house: House, reader: Practitioner, look: Look, child: UUID, console: Console) -> UUID:
    console.print(Rule(f"{reader.name}, {reader.role.value.replace('-', ' ')}"))
    shown = house.hub.disclosure.chronology(reader, child, purpose=look.purpose, basis=look.basis)
    console.print(tables.chronology(shown))
    return shown.reading


def _label(source: str) -> str:
    agency = sources.agency_of(source)
    return agency.label if agency else "Any agency"
