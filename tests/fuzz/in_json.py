"""Mutants of JSON that are nearly JSON: values change places, keys go or come twice, types and depths change."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from random import Random

from tests.fuzz import odd

Holder = dict[str, object] | list[object]
Slot = tuple[Holder, str | int]
_KEY = re.compile(r'"[A-Za-z_]+": ')
_NUMBER = re.compile(r"(?<=[\[ ,:])-?\d+(?=[,\]} ])")
NUMBERS = ("1e400", "-0", "18446744073709551616", "9" * 400, "0.1e-9999", "NaN", "-Infinity", "1" + "0" * 5_000)
DEEP = (5, 33, 600, 20_000)


def mutate(chance: Random, content: bytes, other: bytes) -> bytes:
    """One to four changes; raises ValueError where the content is no JSON to begin with."""
    tree = {"": json.loads(content.decode("utf-8-sig"))}
    donor = _read(other)
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice(WAYS)(chance, tree, donor)
    said = json.dumps(tree[""], ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.2:
        said = chance.choice(TEXT_WAYS)(chance, said)
    return said.encode("utf-8", "surrogatepass")


def _read(other: bytes) -> object:
    try:
        return json.loads(other.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}


def slots(node: object) -> list[Slot]:
    """Every place that holds a value, as its holder and the key or number."""
    found: list[Slot] = []
    waiting = [node]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict):
            found += [(holder, key) for key in holder]
            waiting += holder.values()
        elif isinstance(holder, list):
            found += [(holder, number) for number in range(len(holder))]
            waiting += holder
    return found


def _get(slot: Slot) -> object:
    holder, key = slot
    return holder[key]  # type: ignore[index] # a dict by its keys, a list by its numbers


def _put(slot: Slot, value: object) -> None:
    holder, key = slot
    holder[key] = value  # type: ignore[index] # likewise


def _like(slot: Slot, among: list[Slot]) -> list[Slot]:
    """The places of the same key as this one."""
    return [one for one in among if type(one[1]) is str and one[1] == slot[1]] if type(slot[1]) is str else []


def swap(chance: Random, tree: object, _: object) -> None:
    """Two values of one key change places: one record's with another's, one child's with another's."""
    found = slots(tree)
    first = chance.choice(found)
    second = chance.choice(_like(first, found) or found)
    one, other = _get(first), _get(second)
    if _inside(one, second[0]) or _inside(other, first[0]):
        return
    _put(first, other)
    _put(second, one)


def borrow(chance: Random, tree: object, donor: object) -> None:
    """A value of another file, in the place of this file's value of the same key."""
    first = chance.choice(slots(tree))
    theirs = _like(first, slots(donor))
    if theirs:
        _put(first, copy.deepcopy(_get(chance.choice(theirs))))


def drop(chance: Random, tree: object, _: object) -> None:
    """A key or an item goes."""
    holder, key = chance.choice(slots(tree))
    if key != "":
        del holder[key]  # type: ignore[arg-type] # likewise


def double(chance: Random, tree: object, donor: object) -> None:
    """An item comes again, or an item of another file comes too, anywhere in the list."""
    lists = [(holder, key) for holder, key in slots(tree) if isinstance(holder, list)]
    if lists:
        holder, key = chance.choice(lists)
        theirs = [_get(one) for one in slots(donor) if isinstance(one[0], list)]
        item = chance.choice(theirs) if theirs and chance.random() < 0.5 else _get((holder, key))
        assert isinstance(holder, list)
        holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(item))


def retype(chance: Random, tree: object, _: object) -> None:
    """A value of another type, or an odd one of its own."""
    slot = chance.choice(slots(tree))
    value = _get(slot)
    if isinstance(value, str) and chance.random() < 0.7:
        others = [found for one in _like(slot, slots(tree)) if isinstance(found := _get(one), str)]
        _put(slot, odd.text(chance, value, others))
    else:
        _put(slot, copy.deepcopy(chance.choice((*odd.VALUES, [value], {"value": value}, str(value)[:400]))))


def rename(chance: Random, tree: object, _: object) -> None:
    """A key that is another, odd, or what was a value."""
    holder, key = chance.choice(slots(tree))
    if isinstance(holder, dict) and key != "":
        values = [found for one in slots(tree) if isinstance(found := _get(one), str)]
        keys = [other for _, other in slots(tree) if isinstance(other, str) and other]
        holder[chance.choice((*odd.TEXTS[:4], *values[:40], *keys[:40]))] = holder.pop(str(key))


def shuffle(chance: Random, tree: object, _: object) -> None:
    """A list in another order."""
    lists = [value for slot in slots(tree) if isinstance(value := _get(slot), list)]
    if lists:
        chance.shuffle(chance.choice(lists))


WAYS: tuple[Callable[[Random, object, object], None], ...] = (
    swap,
    borrow,
    drop,
    double,
    retype,
    retype,
    rename,
    shuffle,
)


def twice(chance: Random, said: str) -> str:
    """One key twice in its object, with two values."""
    keys = list(_KEY.finditer(said))
    if not keys:
        return said
    found = chance.choice(keys)
    value = chance.choice(("null", '"x"', "1", "{}", "[]"))
    return f"{said[: found.start()]}{found[0]}{value}, {said[found.start() :]}"


def enlarge(chance: Random, said: str) -> str:
    """A number that no machine holds."""
    numbers = list(_NUMBER.finditer(said)) or list(re.finditer(r'(?<=": )"[^"\\]*"', said))
    if not numbers:
        return said
    found = chance.choice(numbers)
    return said[: found.start()] + chance.choice(NUMBERS) + said[found.end() :]


def deepen(chance: Random, said: str) -> str:
    """A value far down in lists or objects."""
    values = list(re.finditer(r'(?<=": )"[^"\\]*"', said))
    if not values:
        return said
    found, depth = chance.choice(values), chance.choice(DEEP)
    before, after = chance.choice((("[", "]"), ('{"extension": ', "}"), ('{"contained": [', "]}")))
    return said[: found.start()] + before * depth + found[0] + after * depth + said[found.end() :]


TEXT_WAYS: tuple[Callable[[Random, str], str], ...] = (twice, enlarge, deepen)


def _inside(value: object, holder: object) -> bool:
    """Whether the holder is somewhere in the value: to put the value there would make a ring."""
    return value is holder or any(_get(slot) is holder for slot in slots(value))
