"""A minute of the fuzzing, the same each time, in three files: here the stories, and what tells that somebody met."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from hub.intake import identifying
from hub.update import Delivery, Identifier, Person, Update
from tests.accounts.run import house
from tests.builders import an_update
from tests.contract.adapter import outcomes, samples
from tests.fuzz.cast import FINN, ISLA, Child, child, recast
from tests.fuzz.meeting import another, plainly, strangers
from tests.fuzz.run import SEED, tell
from tests.fuzz.smaller import smaller
from tests.fuzz.telling import Telling

WREN = Child("Wren", "Lennox", date(2019, 3, 14), "9991000089", "3113500087", "Z928999910007", "000001082")
CHILDREN = (ISLA, WREN)


def stated(*, number: str = "", given: str = "", born: str = "") -> Person:
    numbers = (Identifier("nhs-number", number),) if number else ()
    return Person("p", numbers, "Lennox", (given,) if given else (), (born,) if born else ())


@pytest.mark.slow
def test_nobody_gets_into_anothers_story_however_their_files_are_mixed_up() -> None:
    with house() as hub:
        told = tell(Telling(hub), SEED, stories=60)

    assert told.met == {}
    assert told.files > 500
    assert min(told.outcomes[name] for name in ("accepted", "conflict", "quarantined", "duplicate")) > 50


@pytest.mark.slow
def test_a_hub_that_trusts_numbers_alone_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifying, "another_person", lambda *_: False)
    monkeypatch.setattr(identifying.Identifying, "_changed", lambda *_: set())
    with house() as hub:
        told = tell(Telling(hub), SEED, stories=25)

    assert any(what.startswith("two children") for what in told.met)


def test_a_child_is_plainly_meant_where_two_things_say_so_and_nothing_says_another() -> None:
    assert plainly(stated(number=WREN.nhs, given="Wren"), CHILDREN) == 1
    assert plainly(stated(number=WREN.nhs, given="Isla"), CHILDREN) is None
    assert plainly(stated(given="Isla", born="2019-03-14"), CHILDREN) is None  # twins: the day is both of theirs
    assert plainly(stated(given="Isla"), CHILDREN, least=1) == 0
    assert strangers([stated(number=WREN.nhs, given="Wren"), stated(number=ISLA.nhs, given="Isla")], CHILDREN)
    assert not strangers([stated(number=WREN.nhs, given="Wren"), stated(number=WREN.nhs, given="Isla")], CHILDREN)


def test_a_record_of_anothers_bytes_or_of_two_children_unasked_is_told() -> None:
    isla = an_update("r", person=stated(number=ISLA.nhs, given="Isla"))

    def of(*children: Child, question: str = "") -> Update:
        original = " ".join(one.nhs for one in children).encode()
        return an_update("r", person=isla.person, original=original, question=question)

    assert another(of(ISLA), CHILDREN) == ""
    assert "another" in another(of(WREN), CHILDREN)
    assert "nobody is asked" in another(of(ISLA, WREN), CHILDREN)
    assert another(of(ISLA, WREN, question="two-people"), CHILDREN) == ""


@pytest.mark.parametrize("source", ["csc-api", "hl7v2", "nems", "annex-a", "oneroster"])
def test_recast_samples_are_the_same_records_of_others(source: str) -> None:
    one, other = child(1, Random(1)), child(2, Random(1))  # noqa: S311 - the same children each time
    for sample in samples(source):
        ours, theirs = outcomes(sample), outcomes(recast(sample, ((ISLA, one), (FINN, other)), 1))
        assert [type(found) for found in ours] == [type(found) for found in theirs]
        names = {given for found in theirs if isinstance(found, Update) for given in found.person.given[:1]}
        assert {name.title() for name in names} <= {one.given, other.given}


def test_a_finding_is_made_as_small_as_it_is_still_found() -> None:
    large = Delivery("nems", "x", b"a" * 300 + b"<b>" + b"c" * 300)

    assert smaller(large, lambda found: b"<b>" in found.content).content == b"<b>"
