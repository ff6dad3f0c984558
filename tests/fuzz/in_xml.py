"""Mutants of XML: elements change places, go, come twice or sink deep; prologs that no parser may obey."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random

from lxml import etree

from tests.fuzz import odd

Element = etree._Element
PROLOGS = (
    b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;&x;&x;&x;&x;&x;">]>',
    b'<!DOCTYPE a SYSTEM "file:///etc/hostname">',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    b'<?xml version="1.0" encoding="UTF-16"?>',
    b'<?xml version="1.0" encoding="windows-1252"?>',
    b'<?xml version="1.1"?>',
    b'<?xml version="1.0" standalone="no"?><!-- <!DOCTYPE --> ',
    b"\n\n<!--" + b"-" + b"x" * 3_000 + b"-->",
    b'<?xml-stylesheet href="x"?>',
)
BETWEEN = (
    b"<!-- x -->",
    b"<?x y?>",
    b"<![CDATA[<a>&]]>",
    b"&x;",
    b"&#x1F600;",
    b"&#xFFFE;",
    b"&#8238;",
    b"\xc2\xa0",
    b"text",
)
SPACES = ("", "http://hl7.org/fhir", "urn:other", "http://www.w3.org/1999/xhtml")
DEEP = (3, 40, 70, 300)


def mutate(chance: Random, content: bytes, other: bytes) -> bytes:
    """One to four changes; raises ValueError where the content is no XML to begin with."""
    tree, donor = _read(content), None
    if tree is None:
        raise ValueError
    donor = _read(other)
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice(WAYS)(chance, tree, tree if donor is None else donor)
    said = etree.tostring(tree, encoding="utf-8", xml_declaration=chance.random() < 0.5)
    return chance.choice(TEXT_WAYS)(chance, said) if chance.random() < 0.2 else said


def _read(content: bytes) -> Element | None:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def elements(tree: Element) -> list[Element]:
    """Every element, no comment and no instruction."""
    return list(tree.iter("*"))


def _below(tree: Element) -> list[Element]:
    return elements(tree)[1:]


def _like(one: Element, among: list[Element]) -> list[Element]:
    return [other for other in among if other.tag == one.tag and other is not one]


def drop(chance: Random, tree: Element, _: Element) -> None:
    """An element goes."""
    if below := _below(tree):
        _parent(chosen := chance.choice(below)).remove(chosen)


def double(chance: Random, tree: Element, donor: Element) -> None:
    """An element comes again beside itself, or one of the same name from another file does."""
    if below := _below(tree):
        chosen = chance.choice(below)
        theirs = _like(chosen, elements(donor))
        chosen.addnext(copy.deepcopy(chance.choice(theirs) if theirs and chance.random() < 0.6 else chosen))


def borrow(chance: Random, tree: Element, donor: Element) -> None:
    """Another file's element in the place of this file's of the same name."""
    if below := _below(tree):
        chosen = chance.choice(below)
        if theirs := _like(chosen, elements(donor)):
            _parent(chosen).replace(chosen, copy.deepcopy(chance.choice(theirs)))


def swap(chance: Random, tree: Element, _: Element) -> None:
    """Two elements of one name change places."""
    if not (below := _below(tree)):
        return
    first = chance.choice(below)
    others = [one for one in _like(first, below) if one not in first.iter() and first not in one.iter()]
    if others:
        second = chance.choice(others)
        mark = etree.Element("mark")
        _parent(first).replace(first, mark)
        _parent(second).replace(second, first)
        _parent(mark).replace(mark, second)


def move(chance: Random, tree: Element, _: Element) -> None:
    """An element somewhere else."""
    below = _below(tree)
    if below:
        chosen = chance.choice(below)
        places = [one for one in elements(tree) if one not in chosen.iter()]
        place = chance.choice(places)
        place.insert(chance.randrange(len(place) + 1), chosen)


def revalue(chance: Random, tree: Element, donor: Element) -> None:
    """Another attribute's value or another text."""
    every = [*elements(tree), *elements(donor)]
    chosen = chance.choice(elements(tree))
    if chosen.attrib:
        name = chance.choice(list(chosen.attrib))
        others = [value for one in _like(chosen, every) if isinstance(value := one.get(name), str)]
        chosen.set(name, _allowed(odd.text(chance, str(chosen.get(name)), others)))
    else:
        others = [one.text for one in _like(chosen, every) if one.text]
        chosen.text = _allowed(odd.text(chance, chosen.text or "", others))


def rename(chance: Random, tree: Element, _: Element) -> None:
    """Another name, or the same in another namespace."""
    chosen = chance.choice(elements(tree))
    name = etree.QName(chosen)
    if chance.random() < 0.5:
        chosen.tag = etree.QName(chance.choice(SPACES) or None, name.localname).text
    else:
        chosen.tag = chance.choice(elements(tree)).tag


def deepen(chance: Random, tree: Element, _: Element) -> None:
    """An element far down in others of its own name."""
    if below := _below(tree):
        chosen = chance.choice(below)
        depth = chance.choice(DEEP)
        for _level in range(depth):
            around = etree.Element(chosen.tag)
            _parent(chosen).replace(chosen, around)
            around.append(chosen)


WAYS: tuple[Callable[[Random, Element, Element], None], ...] = (
    drop,
    double,
    borrow,
    swap,
    move,
    revalue,
    revalue,
    revalue,
    rename,
    deepen,
)


def prologue(chance: Random, said: bytes) -> bytes:
    """A document type, a declaration or a remark before it all."""
    root = said.partition(b"?>\n")[2] if said.startswith(b"<?xml") else said
    return chance.choice(PROLOGS) + root


def between(chance: Random, said: bytes) -> bytes:
    """A remark, an entity, odd text between two tags, or in a value."""
    places = [place for place, byte in enumerate(said) if byte in b'><"']
    at = chance.choice(places) + 1
    return said[:at] + chance.choice(BETWEEN) + said[at:]


def attribute(chance: Random, said: bytes) -> bytes:
    """An attribute twice."""
    at = said.find(b'="', chance.randrange(len(said)))
    begin = said.rfind(b" ", 0, at)
    end = said.find(b'"', at + 2)
    return said[: end + 1] + said[begin : end + 1] + said[end + 1 :] if -1 not in (at, begin, end) else said


TEXT_WAYS: tuple[Callable[[Random, bytes], bytes], ...] = (prologue, between, attribute)


def _parent(one: Element) -> Element:
    parent = one.getparent()
    assert parent is not None, "only elements below the root are moved"
    return parent


def _allowed(text: str) -> str:
    """Without what XML cannot say; the mutants of bytes say it anyway."""
    return "".join(one for one in text if one in "\t\n" or " " <= one < "\ud800" or "\udfff" < one < "\ufffe")
