"""What each mutant is held to: nothing thrown, the same twice, whole outcomes, cost in proportion, nobody quoted."""

from __future__ import annotations

import contextlib
import re
import resource
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from time import process_time

from adapters import sources
from hub.update import Delivery, Person, Refusal, Translated, Update
from tests.contract.adapter import (
    check_order,
    check_outcome,
    check_read_again,
    check_says_nothing,
    counted,
    outcomes,
)
from tests.fuzz.corpus import seeds

MIB = 1024 * 1024
SLOW_PER_MIB, SLOW_AT_LEAST = 1.0, 0.5
MOST_MEMORY = 200
RECORD_LIMIT, FILE_LIMIT = 4 * MIB, 64 * MIB
_TRIES = 3
_READ_AGAIN = 8
_CANARIES = 40
_EMPTY = re.compile(rb"""^\s*$|"Children":\s*\[\s*\]""")
"""Nothing at all, and a day on which a council has nothing to tell."""
_STAMPS = {"delivery": "", "mapping": "", "agency": "", "person": Person("")}


@dataclass(frozen=True, slots=True)
class Finding:
    """A mutant that did what none may do. `what` tells findings apart; it quotes no record."""

    source: str
    what: str
    delivery: Delivery


def held(
    delivery: Delivery, canaries: Sequence[str] = (), again: Random | None = None
) -> tuple[Counter[str], Finding | None]:
    """What a delivery became, counted, and what is wrong with it.

    `canaries`: what may never be said of it. `again`: chooses records of it that are read again alone.
    """
    before = _peak()
    try:
        found, seconds = _timed(delivery)
        _hold(delivery, found, canaries)
        for one in _some(found, again):
            check_read_again(delivery, one)
    except Exception as error:  # noqa: BLE001 - whatever is thrown is what is looked for
        return Counter(), Finding(delivery.source, _told(error), delivery)
    if _peak() - before > MOST_MEMORY:
        return counted(found), Finding(delivery.source, f"took over {MOST_MEMORY} MiB", delivery)
    if seconds > _allowed(delivery) and _slow_again(delivery):
        return counted(found), Finding(delivery.source, "took too long for its size", delivery)
    return counted(found), None


def _timed(delivery: Delivery) -> tuple[tuple[Translated, ...], float]:
    start = process_time()
    found = outcomes(delivery)
    return found, process_time() - start


def _hold(delivery: Delivery, found: Sequence[Translated], canaries: Sequence[str]) -> None:
    assert found or _EMPTY.search(delivery.content), "a delivery came in and nothing went out"
    check_order(found)
    for one in found:
        check_outcome(delivery, one)
        # What a delivery is whole for is never said: it is kept as a keyed digest alone.
        check_says_nothing(replace(one, snapshot=None) if isinstance(one, Update) else one, canaries)
    again = tuple(sources.translate(delivery, record_limit=RECORD_LIMIT, file_limit=FILE_LIMIT))
    assert "adapter-failed" not in counted(again), "the adapter failed inside the registry"
    assert [_plain(one) for one in found] == [_plain(one) for one in again], "the second time it was something else"


def _some(found: Sequence[Translated], again: Random | None) -> Sequence[Translated]:
    return again.sample(found, min(len(found), _READ_AGAIN)) if again else ()


def _plain(one: Translated) -> Translated:
    """Without what the registry adds; an update that says no agency, or is too large, is refused there."""
    if isinstance(one, Update):
        return replace(one, **_STAMPS)  # type: ignore[arg-type] # the fields' own empty values
    if one.reason in {"no-agency", "record-too-large"}:
        return Refusal(one.source, "", one.place, "", "", one.original, one.media_type)
    return replace(one, delivery="")


def _allowed(delivery: Delivery) -> float:
    return SLOW_AT_LEAST + SLOW_PER_MIB * len(delivery.content) / MIB


def _slow_again(delivery: Delivery) -> bool:
    """Slow each time: once may have been the machine."""
    return all(_timed(delivery)[1] > _allowed(delivery) for _ in range(_TRIES))


def _peak() -> int:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _told(error: Exception) -> str:
    """The kind of fault and where in the project it was; a failed check by its own words."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "site-packages" not in one.filename]
    own = [one for one in frames if Path(one.filename).parts[-2:-1] not in {("fuzz",), ("contract",)}]
    if isinstance(error, AssertionError) and not own:
        return re.sub(r"'[^']*'|\bat [^ ]+ |row \d+", "", str(error).partition("\n")[0])
    at = own[-1] if own else frames[-1]
    return f"{type(error).__name__} in {Path(at.filename).stem}.{at.name}"


@cache
def canaries_of(source: str) -> tuple[str, ...]:
    """Names, numbers and birth dates of the source's own files that are long enough to be nobody else's words."""
    found: set[str] = set()
    for one in seeds(source):
        with contextlib.suppress(Exception):
            for update in outcomes(one):
                if isinstance(update, Update):
                    found |= _personal(update.person)
    return tuple(Random(len(found)).sample(sorted(found), min(len(found), _CANARIES)))  # noqa: S311 - the same each time


def _personal(person: Person) -> set[str]:
    names = {name for name in (person.family, *person.given) if len(name) > 4 and name.isalpha()}
    numbers = {one.value for one in person.identifiers if len(one.value) > 7}
    return names | numbers | {day for day in person.birth_dates if len(day) >= 10}
