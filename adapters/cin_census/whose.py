"""Whose record a child of a census is: the council's id, and whether all that stands under one id can be one child.

It is settled for the whole file before any record leaves, from the elements themselves: each is looked at and let go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from lxml import etree

from adapters.cin_census.part import Part, local_name


def alike(children: Callable[[], Iterable[etree._Element]]) -> dict[str, list[etree._Element]]:
    """The children by the council's id, of those ids that several of them have; `children` is called twice."""
    used = Counter(map(own_id_of, children()))
    groups: dict[str, list[etree._Element]] = {}
    for child in children():
        own_id = own_id_of(child)
        if own_id and used[own_id] > 1:
            groups.setdefault(own_id, []).append(child)
    return groups


def own_id_of(child: etree._Element) -> str:
    """The council's id of the child; none where it cannot be read or several are stated."""
    stated = _stated(child, "LAchildID")
    return stated.pop() if len(stated) == 1 else ""


def contradict(group: Sequence[etree._Element]) -> bool:
    """Whether children of one id cannot all be one child."""
    born = {day for child in group for day in _stated(child, "PersonBirthDate")}
    numbers = [upns for child in group if (upns := _stated(child, "UPN", "FormerUPN"))]
    return len(born) > 1 or (len(numbers) > 1 and not set.intersection(*numbers))


def _stated(child: etree._Element, *names: str) -> set[str]:
    """All that the child's identifiers say under these names, wherever in the child they stand."""
    holders = chain((child,), _named(child, "ChildIdentifiers"))
    return {text for holder in holders for one in _named(holder, *names) if (text := Part(one, "").value())}


def _named(holder: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (one for one in holder.iterchildren(tag=etree.Element) if local_name(one) in names)
