"""What the leak suite plants: one canary on each rung, and for each rung the readers who must not find it anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from consent.edition_shapes import EditionSaid, Member, Written
from consent.sharing_terms import Choice
from consent.statements import ConsentSaid, SafeAddressSaid
from hub.events.circumstances import DutyStated
from hub.update import Author, Occurred, Person, Precision, Update
from tests import editing
from tests.asking import ASK, chosen, refusing
from tests.builders import mother, somebody, stage, works_with
from tests.fix_hub import TestHub
from tests.stories import everyone, now_of, on, take, told

AVA, FINN = somebody("gp-ava", "9990000034", "Baird", "Ava", "2018-01-05"), somebody("gp-finn", "9990000026", "Grant")
UNKNOWN_NUMBER = "9990009999"
NAMELESS, NAMED = "sw-moved", somebody("sw-moved", "9990000050", "Wood", "Eve", "2017-02-03")
PRIVATE = ("canary-private-",)
JUNE = ("2012-06-", "June 2012", "Jun 2012")
SERVICE, REFUGE = "canary-service-name", "canary-refuge-contact"
SCHOOL, COUNCIL, HAVEN, HIDDEN = "SCH-ROWANBANK", "la-990", "TS-HAVEN", "TS-HIDDEN"
NOBODY = UUID("00000000-0000-4000-8000-00000000dead")
OUTSIDERS = ("nadia", "isobel")
SECOND = ("callum", "morag", "fiona", "shona", "eilidh")
UNTOLD = ("callum", "morag", "fiona", "eilidh", *OUTSIDERS)
EDITION = EditionSaid("assistance", (Member(organisation=SCHOOL), Member(organisation="Z99104")))
TEAM = ("callum", "morag", "dr-anwar", "fiona")


@dataclass
class World:
    """The children by name, what can be named of them by its id, and a moment before what came later."""

    isla: UUID
    ava: UUID
    finn: UUID
    left: UUID
    entries: dict[str, UUID] = field(default_factory=dict)
    matters: tuple[UUID, ...] = ()
    emergency: UUID = NOBODY
    edition: UUID = NOBODY
    then: str = ""


@dataclass(frozen=True)
class Rung:
    """One level: of which child, from whom it is hidden, by which words, and whom it is shown to and in which words.

    but: the channels that may tell it all the same, each with its reason.
    """

    name: str
    child: str
    hidden_from: tuple[str, ...]
    words: tuple[str, ...]
    shown_to: str = ""
    but: Mapping[str, str] = field(default_factory=dict)


THEN = {
    f"chronology{place} of a past day{prompt}": "it is asked what was known then, and then it was so"
    for place, prompt in (("", ""), (" page", ""), ("", " at the prompt"))
}
RUNGS = (
    Rung("shown", "isla", (), ("canary-shown-",), "callum"),
    Rung("summary only", "isla", ("callum",), ("canary-summary-", "canary-third-part"), "dr-anwar"),
    Rung("withheld", "isla", ("callum",), ("canary-withheld-", "T03:47", " 3:47", "gp.not_brought"), "morag"),
    Rung("withheld for audit", "isla", ("eilidh",), ("canary-shown-", "canary-summary-", "canary-withheld-", "Isla")),
    Rung("sealed: adoption", "isla", (*TEAM[:3], "shona", "eilidh", *OUTSIDERS), ("canary-adoption-",), "fiona"),
    Rung(
        "sealed: sexual health",
        "isla",
        ("callum", "morag", "fiona", "shona", "eilidh"),
        ("canary-sexual-",),
        "dr-anwar",
    ),
    Rung("sealed: a day and a minute", "isla", ("callum", "shona", "eilidh", *OUTSIDERS), JUNE),
    Rung(
        "restricted at its source",
        "isla",
        ("callum", "dr-anwar", "fiona", "shona", "eilidh", *OUTSIDERS),
        ("canary-restricted-", "Canaryrestricted"),
        "morag",
    ),
    Rung("released to another", "isla", ("morag", "fiona", "shona", "eilidh", *OUTSIDERS), PRIVATE, "callum"),
    Rung("under emergency access", "isla", OUTSIDERS, ("canary-", "Isla")),
    Rung("an old version", "isla", (*TEAM, "shona", "eilidh"), ("canary-old-",), but=THEN),
    Rung("more private later", "isla", (*TEAM[:3], "shona", "eilidh"), ("canary-later-",), "fiona"),
    Rung("gone to another child", "left", ("callum",), ("canary-moved-",), but=THEN),
    Rung("of another child", "isla", ("callum", "morag", "fiona", "shona", "eilidh"), ("canary-finn-",)),
    Rung("a secret address: others", "ava", ("callum", "morag"), ("canary-others-",), "dr-anwar"),
    Rung("a secret address: where", "ava", ("callum", "morag"), (REFUGE,), "fiona"),
    Rung("a secret address: why", "ava", ("callum", "morag", "nadia"), ("canary-secret-reason",), "fiona"),
    Rung("a secret address: evidence", "ava", ("callum", "morag"), ("canary-evidence-ava",), "fiona"),
    Rung("a service that tells", "isla", (*TEAM[:3], "eilidh", *OUTSIDERS), (SERVICE, HIDDEN)),
    Rung(
        "why it was shared",
        "isla",
        ("callum", "morag", "fiona", "eilidh", *OUTSIDERS),
        ("canary-decided-",),
        "dr-anwar",
    ),
    Rung(
        "why it was not shared",
        "isla",
        ("callum", "morag", "fiona", "eilidh", *OUTSIDERS),
        ("canary-kept-",),
        "dr-anwar",
    ),
    Rung("what another asked", "isla", ("morag", "fiona", "eilidh", *OUTSIDERS), ("canary-asked-",), "dr-anwar"),
    Rung("an edition for others", "isla", ("morag", "shona", "eilidh", *OUTSIDERS), ("canary-written-",), "callum"),
    Rung("why in an emergency", "isla", (*TEAM, *OUTSIDERS), ("canary-emergency-",), "eilidh"),
)


def visible(hub: TestHub) -> World:
    """Everything but what is sealed to those who read: three children, and one whose only record went to another."""
    take(hub, [*everyone(), *_graded(), *_of_ava(), *_superseded(), *_finn_and_eve()])
    then = now_of(hub).isoformat()
    world = World(_child(hub, "joined"), _child(hub, "ava"), _child(hub, "finn"), _child(hub, "moved"), then=then)
    _duty(hub, world.left, SCHOOL, "education", "ordinary", "")
    take(hub, [_moved(NAMED, "2")])
    take(hub, [told("school", "versions", **_version("2", "canary-new-headline", code="ed.attendance.summary"))])
    take(hub, [told("sw", "later", **_version("2", "canary-later-headline", code="sw.adoption.step"))])
    _stated(hub, world)
    _shared(hub, world)
    _frozen(hub, world)
    return world


def sealed(hub: TestHub, world: World) -> None:
    """What nobody but its own agency may know of; and, of each kind, the day and the minute of its own."""
    dawn = Occurred("2012-06-07T05:06:07Z", Precision.INSTANT)
    take(
        hub,
        [
            told("sw", "adoption", code="sw.adoption.step", occurred=dawn),
            told("gp", "sexual", code="gp.sexual_health.contact", occurred=on("2012-06-08")),
            told("hv", "restricted", occurred=on("2012-06-09"), person=_restricted()),
            told("hv", "restricted-too", code="hv.contact.missed", occurred=on("2026-10-30"), person=_restricted()),
        ],
    )
    _duty(hub, world.isla, HIDDEN, "third-sector", "gender-based-violence", SERVICE)
    named(hub, world)


def named(hub: TestHub, world: World) -> None:
    """Learn the id of every entry, by the record that it is of."""
    with hub.as_owner() as connection:
        by_record = "select split_part(author, '-', 2), stream from read.entries where author like 'canary-%'"
        rows = connection.execute(by_record)
        world.entries = dict(rows.fetchall())


def _graded() -> list[Update]:
    """One entry on each rung that somebody may know of."""
    concern = Occurred("2012-07-08T03:47:19Z", Precision.INSTANT)
    third = mother("canary-third-part")
    return [
        told("school", "shown", code="ed.attendance.summary", occurred=on("2024-09-01")),
        told("gp", "summary", occurred=on("2024-09-03"), third_persons=(third,)),
        told("gp", "withheld", code="gp.not_brought", occurred=concern),
        told("gp", "private", code="gp.parent.mental_health.impact", occurred=on("2024-09-04")),
    ]


def _of_ava() -> list[Update]:
    """Ava, whose address has to be kept secret."""
    allocated = works_with("allocated-social-worker", COUNCIL, "SW-0417")
    nurse, school = works_with("health-visiting-team", "Z9HV1"), works_with("school", SCHOOL)
    return [
        told("gp", "ava", code="gp.registered", person=AVA, facts=(works_with("gp-practice", "Z99104"),)),
        told("hv", "ava2", person=replace(AVA, local_id="hv-ava"), facts=(nurse,), headline="Seen", detail=""),
        told("sw", "ava3", person=replace(AVA, local_id="sw-ava"), facts=(allocated, stage("plan")), headline="Plan"),
        told("school", "ava4", person=replace(AVA, local_id="school-ava"), facts=(school,), code="ed.enrolled"),
        told("gp", "others", person=AVA, third_persons=(mother("canary-others-part"),)),
    ]


def _superseded() -> list[Update]:
    """Two records in their first version, as everybody of the team was shown them."""
    return [
        told("school", "versions", **_version("1", "canary-old-headline", code="ed.attendance.summary")),
        told("sw", "later", **_version("1", "canary-later-headline", code="sw.plan.agreed")),
    ]


def _version(number: str, headline: str, *, code: str) -> dict[str, object]:
    own = Author("canary-author" if number == "2" else f"{headline}-author", "GP")
    order = f"2026-01-0{number}T00:00:00Z"
    said = {"headline": headline, "detail": headline.replace("headline", "detail"), "author": own, "organisation": ""}
    return {"version": number, "order": order, "code": code, "occurred": on("2024-10-0" + number), **said}


def _finn_and_eve() -> list[Update]:
    """Another child, and one with whose record another will turn out to belong, which nobody knows of yet."""
    nameless = Person(NAMELESS, (), "Wood", ("Eve",), ("2017-02-03",))
    eve = told("hv", "eve", person=replace(NAMED, local_id="hv-eve"))
    return [told("gp", "finn", person=FINN, facts=(works_with("gp-practice", "Z99104"),)), eve, _moved(nameless)]


def _moved(person: Person, version: str = "1") -> Update:
    return told("sw", "moved", person=person, version=version, order=f"2026-01-0{version}T00:00:00Z")


def _restricted() -> Person:
    return replace(somebody("hv-restricted", "9990000018", "Canaryrestricted"), restricted=True)


def _child(hub: TestHub, record: str) -> UUID:
    with hub.as_owner() as connection:
        row = connection.execute(
            "select l.child from identity.links l join read.entries e using (person_record) "
            "where e.author like %s and l.known_to = 'infinity' limit 1",
            [f"canary-{record}-author%"],
        ).fetchone()
    assert row is not None, record
    child: UUID = row[0]
    return child


def _duty(hub: TestHub, child: UUID, organisation: str, agency: str, sensitivity: str, contact: str) -> None:  # noqa: PLR0913, PLR0917 - of a duty each part
    intake = hub.house.hub.intake
    stream = intake.stream("duty", str(child), "works-with", organisation, "")
    said = {"duty": "works-with", "agency": agency, "organisation": organisation, "sensitivity": sensitivity}
    event = DutyStated(
        originator_id=stream,
        originator_version=1,
        child=child,
        since="2024-01-01",
        recorded_by="fiona",
        contact=contact,
        cover=contact,
        **said,
    )
    intake.act(stream, lambda _, _version: [event])


def _stated(hub: TestHub, world: World) -> None:
    """What people put on record: consent with its evidence, an address to be kept secret and why, a refuge."""
    room = hub.house.hub.casework
    for child, mark in ((world.isla, "isla"), (world.ava, "ava")):
        said = ConsentSaid("give", "education", "health", "parent", "spoken", f"canary-evidence-{mark}", "2024-01-01")
        room.record_consent(hub.person("dr-anwar"), child, said)
    _duty(hub, world.ava, HAVEN, "third-sector", "ordinary", REFUGE)
    room.record_safe_address(hub.person("fiona"), world.ava, SafeAddressSaid(kept=True, reason="canary-secret-reason"))


def _shared(hub: TestHub, world: World) -> None:
    """Asked, shared with the school alone, and refused; and an emergency with its reason."""
    named(hub, world)
    rooms, callum, keeper = hub.house.hub.sharing, hub.person("callum"), hub.person("dr-anwar")
    ask = replace(ASK, wanted="canary-asked-wanted", why="canary-asked-why")
    waits = rooms.request(callum, world.isla, ask).matter
    shares = rooms.decide(keeper, world.isla, _reasoned(world.entries["private"])).matter
    refused = rooms.decide(keeper, world.isla, refusing(what="canary-kept-what", reasons="canary-kept-reasons")).matter
    world.matters = (waits, shares, refused)
    world.emergency = hub.house.hub.emergency.open(hub.person("shona"), world.isla, "canary-emergency-reason").id


def _frozen(hub: TestHub, world: World) -> None:
    """An edition for the school and the practice, by the social worker, of all that she may see."""
    draft = editing.prepare(hub, world.isla, EDITION).edition
    words = Written("meaning", "canary-written-meaning", (world.entries["shown"],))
    editing.change(
        hub, world.isla, draft, include=(world.entries["shown"],), reason="canary-written-why", written=(words,)
    )
    editing.freeze(hub, world.isla, draft)
    world.edition = draft


def _reasoned(*entries: UUID) -> Choice:
    said = {name: f"canary-decided-{name}" for name in ("what", "reasons", "necessity", "child_views", "consulted")}
    return chosen(*entries, **said)
