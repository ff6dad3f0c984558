"""Whether two children met: told from what was sent and stated of them, not from how the hub matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from hub.events.identity import PersonDetailsStated
from hub.identity.names import first_given
from hub.update import Person, Update
from tests.fuzz.cast import Child

Stated = PersonDetailsStated | Person


def strangers(stated: Iterable[Stated], children: Sequence[Child]) -> str:
    """Whether two of the children are plainly meant by what was stated of one."""
    meant = {who for one in stated if (who := plainly(one, children)) is not None}
    return "two children in one story" if len(meant) > 1 else ""


def plainly(stated: Stated, children: Sequence[Child], least: int = 2) -> int | None:
    """Which of the children is meant: so many of number, given name and birth date say so, and nothing says another."""
    votes: Counter[int] = Counter()
    for facet in (_by_number, _by_given, _by_birth):
        found = {at for at, one in enumerate(children) if facet(stated, one)}
        if len(found) == 1:
            votes[found.pop()] += 1
        elif found and facet is not _by_birth:
            return None
    return next(iter(votes)) if len(votes) == 1 and votes.total() >= least else None


def another(update: Update, children: Sequence[Child]) -> str:
    """Whether a record was given to one child though its own bytes speak of another alone, or of both unasked."""
    who = plainly(update.person, children)
    named = {at for at, one in enumerate(children) if any(n and n.encode() in update.original for n in one.numbers)}
    if who is not None and named and who not in named:
        return f"{update.source}: a record of one child's bytes for another"
    stated = {at for at, one in enumerate(children) if _by_number(update.person, one)}
    if len(named) > 1 and not update.question and len(stated) < len(named):
        return f"{update.source}: two children's numbers in one record, and nobody is asked"
    return ""


def _by_number(stated: Stated, one: Child) -> bool:
    return any("".join(number.value.split()).upper() in one.numbers for number in stated.identifiers if number.value)


def _by_given(stated: Stated, one: Child) -> bool:
    return first_given(stated.given) == one.given.casefold()


def _by_birth(stated: Stated, one: Child) -> bool:
    return any(day.startswith(one.born.isoformat()) for day in stated.birth_dates)
