"""England's yearly census of children in need (XML): each referral, assessment, plan and inquiry one record of a child.

No published file keeps to the census's own schemas, so it is read leniently: elements out of order or out of place,
stray text and other spellings of yes and no are defects. The census gives its records no ids. A record is known by
council, child, element and start date, and by its number among those of one day. A case left out of a later census is
noticed by the hub; nothing here takes anything back.

One id that stands for children with different dates of birth, or with numbers of which none agrees, is refused with
all those children: nobody but the council can tell whose each record is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from adapters.cin_census.child import (
    IDENTIFIERS,
    SOURCE,
    Child,
    Codes,
    Record,
    Why,
    person_of,
    place,
    refuse_whole,
)
from adapters.cin_census.message import MEDIA, Head, NotPlaced, copied, element, head_of
from adapters.cin_census.part import Part
from adapters.cin_census.records import CAN_STAND_ALONE, misplaced, records, unknown
from adapters.reading import Unreadable, read_xml, unreadable_refusal
from adapters.reading.limits import until_hopeless
from hub.update import Delivery, Refusal, Translated

_CHILD, _DETAILS, _DEATH, _UNKNOWN = "Child", "CINdetails", "PersonDeathDate", "unknown"


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Every record of the census, in its order and as they are asked for: an Update, or a Refusal of that part.

    A file that is no census, or whose head does not say which council's, is one Refusal; so is the rest of a file
    after a thousand refusals running.
    """
    return until_hopeless(_translated(delivery), delivery, MEDIA)


def _translated(delivery: Delivery) -> Iterator[Translated]:
    try:
        message = Part(read_xml(delivery.content), "/Message")
        head = _head(message)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
    except NotPlaced as wrong:
        yield _whole_file(delivery, Why(wrong.reason, wrong.place, wrong.message, wrong.next_step))
    else:
        yield from _or_nothing(delivery, _census(head, list(_children(message))))


def _or_nothing(delivery: Delivery, found: Iterator[Translated]) -> Iterator[Translated]:
    nothing = True
    for one in found:
        nothing = False
        yield one
    if nothing:
        yield _whole_file(
            delivery, Why("no-records", "/Message/Children", "The census holds no child.", "Send the census whole.")
        )


def _whole_file(delivery: Delivery, why: Why) -> Refusal:
    return Refusal(SOURCE, why.reason, why.place, why.message, why.next_step, delivery.content, MEDIA)


def _head(message: Part) -> Head:
    if etree.QName(message.element).localname != "Message" or not message.states("Children", _CHILD):
        text = "The file is no children in need census."
        step = "Send one census: an XML document with Message, Header and Children."
        raise NotPlaced("not-this-format", "/*", text, step)
    return head_of(message)


def _children(message: Part) -> Iterator[Part]:
    """All that stands where children should, and children that stand directly under the message."""
    for name, parts in message.parts.items():
        for part in parts:
            if name == "Children":
                yield from (one for inside in part.parts.values() for one in inside)
            elif name != "Header":
                yield part


def _census(head: Head, found: list[Part]) -> Iterator[Translated]:
    alike, seen = _alike(found), Counter[str]()
    if len(found) != 1 or len(found[0].all(_DETAILS)) > 1:
        # Only a document that holds one record may say which: of any other nothing is left out.
        head = replace(head, alone=None)
    for part in found:
        if etree.QName(part.element).localname != _CHILD:
            yield _stranger(head, part)
            continue
        own_id = _own_id(part)
        group = alike.get(own_id, [])
        if not own_id:
            why = Why("no-subject", part.place, "The child has no LAchildID that can be read.")
            yield refuse_whole(head, why, [copied(part.element)])
        elif _contradict(group):
            if group[0] is part:
                yield _two_identities(head, group)
        else:
            yield from _child(head, part, seen)


def _stranger(head: Head, part: Part) -> Refusal:
    text = "Something other than a child stands among the children."
    step = "If it belongs to the census, ask the hub's keepers to add it, then retry it."
    why = Why("unknown-element", part.unnamed, text, step)
    return refuse_whole(head, why, [copied(part.element)])


def _alike(found: list[Part]) -> dict[str, list[Part]]:
    alike: dict[str, list[Part]] = {}
    for part in found:
        alike.setdefault(_own_id(part), []).append(part)
    return alike


def _own_id(part: Part) -> str:
    """The council's id of the child; none where it cannot be read or several are stated."""
    stated = _stated(part, "LAchildID")
    return stated.pop() if len(stated) == 1 else ""


def _stated(part: Part, name: str) -> set[str]:
    """All that the child's identifiers say under a name, wherever in the child they stand."""
    holders = [*part.all("ChildIdentifiers"), part]
    return {text for holder in holders for one in holder.all(name) if (text := Part(one.element, "").value())}


def _contradict(group: list[Part]) -> bool:
    """Whether children of one id cannot all be one child."""
    born = {frozenset(days) for part in group if (days := _stated(part, "PersonBirthDate"))}
    numbers = [upns for part in group if (upns := _stated(part, "UPN") | _stated(part, "FormerUPN"))]
    return len(set().union(*born)) > 1 or (len(numbers) > 1 and not set.intersection(*numbers))


def _two_identities(head: Head, group: list[Part]) -> Refusal:
    text = "One LAchildID stands for children whose dates of birth or numbers contradict one another."
    step = "Give each child an id of its own, or the one child the same details throughout, and send the census again."
    why = Why("two-identities", group[0].place, text, step)
    return refuse_whole(head, why, [copied(part.element) for part in group])


def _child(head: Head, part: Part, seen: Counter[str]) -> Iterator[Translated]:
    who = _identifiers(part)
    person = person_of(head, who)
    given = tuple((name, text) for name in IDENTIFIERS if (text := Part(who.element, "").text(name)))
    child = Child(head, person, given, seen, part.place)
    for record in (_details(part, who), _death(part, who)):
        if record and (head.alone is None or head.alone.record == record.name):
            yield place(child, record)
    for name, parts in part.parts.items():
        for one in parts:
            yield from _inside(child, name, one)


def _inside(child: Child, name: str, one: Part) -> Iterator[Translated]:
    """What stands directly under a child, beside who it is."""
    if name == _DETAILS:
        yield from records(child, one)
    elif name in CAN_STAND_ALONE:
        alone = Part(element(_DETAILS, (), [one.element]), one.place)
        for record in misplaced(one, alone):
            if child.head.alone is None or child.head.alone.record == record.name:
                yield place(child, record)
    elif name not in _OWN and (child.head.alone is None or child.head.alone.record == _UNKNOWN):
        yield unknown(child, one, (one.element,))


_OWN = frozenset({"ChildIdentifiers", "ChildCharacteristics", *IDENTIFIERS})


def _identifiers(part: Part) -> Part:
    """The child's identifiers, with those that stand outside their place."""
    first = part.first("ChildIdentifiers")
    strays = [one.element for name in IDENTIFIERS for one in part.all(name)]
    if first is not None and not strays:
        first.look_over(IDENTIFIERS)
        return first
    made = element("ChildIdentifiers", (), [*(first.elements() if first else ()), *strays])
    who = Part(made, f"{part.place}/ChildIdentifiers[1]")
    who.defect("misplaced", part.place, "Identifiers stand outside their element; they are read.")
    return who


def _details(part: Part, who: Part) -> Record:
    """What the council knows of the child beside the happenings; the ethnic group is no part of a chronology."""
    traits = part.first("ChildCharacteristics")
    held = traits.all("Disabilities") if traits else []
    stated = [one for group in held for one in group.all("Disability") if one.value()]
    codes = Codes(part)
    words = [codes.look_up("disability", one.value(), one.place) for one in stated]
    expected = "" if who.text("PersonBirthDate") else who.day("ExpectedPersonBirthDate")
    parts = [f"Disabilities recorded: {', '.join(words)}." if any(words) else ""]
    parts.append(f"Not yet born; expected on {expected}." if expected else "")
    kept = (element("ChildCharacteristics", (), [element("Disabilities", (), (one.element for one in stated))]),)
    record = Record(_CHILD, part, "", "sw.child.details", "Social work holds a record of the child", kept, undated=True)
    return replace(
        record,
        detail=" ".join(filter(None, parts)),
        codings=tuple(codes.codings),
        unmapped=codes.unmapped,
        defects=(*who.defects,),
    )


def _death(part: Part, who: Part) -> Record | None:
    if not who.text(_DEATH):
        return None
    day = who.day(_DEATH)
    where = Part(part.element, f"{who.place}/{_DEATH}")
    wrong = Part(who.element, where.place)
    wrong.day(_DEATH)
    return replace(
        Record(_DEATH, where, "", "sw.child.died", "Death of the child recorded", (), day, undated=True),
        defects=tuple(wrong.defects),
    )
