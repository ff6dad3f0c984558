"""Reading one element of a census politely: what is odd about it becomes a defect, never a crash or a guess.

Names are compared without their namespace. Places are XPaths with the number of each element among its like.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from lxml import etree

from adapters.reading.dates import day_of
from hub.update import Defect

LONGEST_VALUE = 200
"""Characters of a value that is read. It is written into the original of each record of its child."""
MOST_INSIDE = 10_000
"""Elements of one child, or of the head of a census, that are read; the largest child that is published has 36."""
_COUNT = etree.XPath("count(.//*)")
_BEFORE = etree.XPath("count(preceding-sibling::*)")
_FLAGS = {"0": False, "1": True}
_SPELT_FLAGS = {"false": False, "true": True, "n": False, "y": True, "no": False, "yes": True}


@dataclass(frozen=True)
class Part:
    """One element, its XPath, and what was found wrong while reading it."""

    element: etree._Element
    place: str
    defects: list[Defect] = field(default_factory=list)

    @cached_property
    def parts(self) -> dict[str, list[Part]]:
        """The elements directly inside, by name, each in the order of the document."""
        found: dict[str, list[Part]] = {}
        for child in self.element.iterchildren(tag=etree.Element):
            name = local_name(child)
            alike = found.setdefault(name, [])
            alike.append(Part(child, f"{self.place}/{plain(name)}[{len(alike) + 1}]"))
        return found

    @property
    def unnamed(self) -> str:
        """The XPath by the element's number alone: an unknown element's name is the sender's own and may be content."""
        return f"{self.place.rpartition('/')[0]}/*[{number_of(_BEFORE, self.element) + 1}]"

    def all(self, name: str) -> list[Part]:
        """Every element of this name directly inside."""
        return self.parts.get(name, [])

    def first(self, name: str) -> Part | None:
        """The first element of this name directly inside; each after it is a defect."""
        found = self.all(name)
        if len(found) > 1:
            self.defect("repeated-element", found[1].place, "Stated more than once; the first is read.")
        return found[0] if found else None

    def value(self) -> str:
        """The element's own text, trimmed; a longer one than any code or id is a defect and reads as empty."""
        text = (self.element.text or "").strip()
        if len(text) <= LONGEST_VALUE:
            return text
        self.defect("too-long", "", f"Longer than {LONGEST_VALUE} characters; not read.")
        return ""

    def text(self, name: str) -> str:
        """What the first element of this name says; empty when there is none."""
        found = self.first(name)
        if found is None:
            return ""
        text = found.value()
        self.defects.extend(found.defects)
        found.defects.clear()
        return text

    def day(self, name: str) -> str:
        """A day as `YYYY-MM-DD`; empty, with a defect, when it is something else."""
        text = self.text(name)
        day = day_of(text)
        if text and not day:
            self.defect("bad-date", self.all(name)[0].place, "Not a date.")
        return day

    def flag(self, name: str) -> bool | None:
        """A yes or no; None when it is not stated or, with a defect, when it is neither."""
        text = self.text(name)
        if not text or text in _FLAGS:
            return _FLAGS.get(text)
        spelt = _SPELT_FLAGS.get(text.casefold())
        note = "Neither yes nor no." if spelt is None else "The census writes 1 or 0 here; read as it is meant."
        self.defect("bad-flag" if spelt is None else "flag-spelling", self.all(name)[0].place, note)
        return spelt

    def states(self, *names: str) -> bool:
        """Tell whether any of these stands inside."""
        return any(name in self.parts for name in names)

    def defect(self, code: str, place: str, note: str) -> None:
        """Note, once, what is wrong; here, where no other place is given."""
        found = Defect(code, place or self.place, note)
        if found not in self.defects:
            self.defects.append(found)

    def look_over(self, order: Sequence[str]) -> None:
        """Note text that stands between elements, and elements that stand in another order than the census has."""
        told = [child.tail for child in self.element.iterchildren()] + [self.element.text]
        if any(text and text.strip() for text in told):
            self.defect("stray-text", "", "Text stands between the elements; it is not read.")
        known = {name: at for at, name in enumerate(order)}
        places = [known[name] for child in self.elements() if (name := local_name(child)) in known]
        if any(later < earlier for earlier, later in pairwise(places)):
            self.defect("out-of-order", "", "The elements stand in another order than the census has.")

    def elements(self) -> Iterator[etree._Element]:
        """The elements directly inside, in the order of the document."""
        return self.element.iterchildren(tag=etree.Element)


def elements_inside(element: etree._Element) -> int:
    """How many elements stand inside, however deep."""
    return number_of(_COUNT, element)


def number_of(count: etree.XPath, element: etree._Element) -> int:
    """What an XPath counts from an element."""
    # The library's published types do not say that a count is a number.
    return int(float(str(count(element))))


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(element).localname


def plain(name: str) -> str:
    """A name fit for a place: one that is no plain short word could be content, so it shows as `*`."""
    return name if name.isascii() and name.isalnum() and len(name) <= 40 else "*"  # noqa: PLR2004 - a long name
