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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

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
from adapters.cin_census.part import MOST_INSIDE, Part, elements_inside, local_name, number_of
from adapters.cin_census.records import CAN_STAND_ALONE, misplaced, records, unknown
from adapters.cin_census.whose import alike, contradict, own_id_of
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
        root = read_xml(delivery.content)
        head = _head(root)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
    except NotPlaced as wrong:
        yield _whole_file(delivery, Why(wrong.reason, wrong.place, wrong.message, wrong.next_step))
    else:
        yield from _or_nothing(delivery, _census(head, root))


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


_MOST_BELOW = 50_000
_MUCH_BESIDE = etree.XPath("count(/*/*[local-name() != 'Children' and local-name() != 'Child']/descendant-or-self::*)")


def _head(root: etree._Element) -> Head:
    if len(root) > _MOST_BELOW or number_of(_MUCH_BESIDE, root) > MOST_INSIDE:
        text = "More stands beside the children than the head of any census."
        raise NotPlaced("xml-too-many-elements", "/*", text, "Send the census as the system exported it.")
    message = Part(root, "/Message")
    if local_name(root) != "Message" or not message.states("Children", _CHILD):
        text = "The file is no children in need census."
        step = "Send one census: an XML document with Message, Header and Children."
        raise NotPlaced("not-this-format", "/*", text, step)
    return head_of(message)


def _children(root: etree._Element) -> Iterator[Part]:
    """All that stands where children should, and children that stand directly under the message.

    Each is made as it is asked for and let go of afterwards: a census is large, and what is read of it larger.
    """
    holders = 0
    for one, at in _placed(root, "/Message"):
        name = local_name(one)
        holders += name == "Children"
        if name == "Children":
            yield from (Part(*inside) for inside in _placed(one, f"/Message/Children[{holders}]"))
        elif name != "Header":
            yield Part(one, at)


def _placed(holder: etree._Element, place: str) -> Iterator[tuple[etree._Element, str]]:
    """The elements directly inside with their XPaths; of anything but a child, by its number alone."""
    children = 0
    for number, one in enumerate(holder.iterchildren(tag=etree.Element), 1):
        if local_name(one) == _CHILD:
            children += 1
            yield one, f"{place}/{_CHILD}[{children}]"
        else:
            yield one, f"{place}/*[{number}]"


def _census(head: Head, root: etree._Element) -> Iterator[Translated]:
    if not _may_be_one_record(root):
        # Only a document that holds one record may say which: of any other nothing is left out.
        head = replace(head, alone=None)
    groups, seen = alike(lambda: (part.element for part in _children(root) if _is_child(part))), Counter[str]()
    torn = {own_id for own_id, group in groups.items() if contradict(group)}
    for part in _children(root):
        if not _is_child(part):
            yield _stranger(head, part)
            continue
        own_id = own_id_of(part.element)
        group = groups.get(own_id, [part.element])
        if not own_id:
            why = Why("no-subject", part.place, "The child has no LAchildID that can be read.")
            yield refuse_whole(head, why, [copied(part.element)])
        elif own_id in torn or (len(group) == 1 and contradict(group)):
            if group[0] is part.element:
                yield _two_identities(head, part.place, group)
        elif elements_inside(part.element) > MOST_INSIDE:
            yield _too_large(head, part)
        else:
            yield from _child(head, part, seen)


def _may_be_one_record(root: etree._Element) -> bool:
    first = list(islice(_children(root), 2))
    return len(first) == 1 and elements_inside(first[0].element) <= MOST_INSIDE and len(first[0].all(_DETAILS)) <= 1


def _is_child(part: Part) -> bool:
    return local_name(part.element) == _CHILD


def _stranger(head: Head, part: Part) -> Refusal:
    text = "Something other than a child stands among the children."
    step = "If it belongs to the census, ask the hub's keepers to add it, then retry it."
    return refuse_whole(head, Why("unknown-element", part.place, text, step), [copied(part.element)])


def _too_large(head: Head, part: Part) -> Refusal:
    text = f"One child holds more than {MOST_INSIDE} elements, which no record of a child does."
    return refuse_whole(head, Why("child-too-large", part.place, text), [copied(part.element)])


def _two_identities(head: Head, place: str, group: Sequence[etree._Element]) -> Refusal:
    text = "One LAchildID stands for children whose dates of birth or numbers contradict one another."
    step = "Give each child an id of its own, or the one child the same details throughout, and send the census again."
    return refuse_whole(head, Why("two-identities", place, text, step), [copied(one) for one in group])


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
