"""No record enters another child's story, whatever its sender mistyped; and no typing error parts a child's records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import psycopg
import pytest

from adapters import sources
from hub.update import Delivery, Identifier, Person, Translated, Update
from tests.builders import an_update, somebody
from tests.fix_hub import TestHub
from tests.stories import take

N1, N2, N3 = "9990000018", "9990000026", "9990000034"
UPN, OTHER_UPN = "B928999922014", "B801200005001"
SOURCES = {"gp": "gp-connect", "hv": "nems", "sw": "csc-api", "school": "school-census"}
SAMPLE = Path(__file__).parents[2] / "adapters" / "samples" / "nems" / "isla-newborn-hearing.xml"


def said(name: str, person: Person) -> Update:
    """One record of an agency, told by its headline."""
    return an_update(name, source=SOURCES[name.partition("-")[0]], person=person, headline=name)


def known(local_id: str, *numbers: Identifier, given: str = "Isla", born: str = "2019-04-02") -> Person:
    return Person(local_id, numbers, "Reid", (given,) if given else (), (born,) if born else ())


def nhs(value: str) -> Identifier:
    return Identifier("nhs-number", value)


def upn(value: str, *, current: bool = True) -> Identifier:
    return Identifier("upn", value, current)


def stories(hub: TestHub) -> set[frozenset[str]]:
    """What stands in each child's story."""
    hub.house.catch_up()
    with hub.as_owner() as connection:
        rows = connection.execute(
            "select array_agg(e.headline) from identity.links l join read.entries e using (person_record) "
            "where l.known_to = 'infinity' and e.known_to = 'infinity' group by l.child"
        ).fetchall()
    return {frozenset(row[0]) for row in rows}


def told_apart(*names: str) -> set[frozenset[str]]:
    return {frozenset(story.split()) for story in names}


def questions(hub: TestHub) -> list[str]:
    with hub.as_owner() as connection:
        return [row[0] for row in connection.execute("select reason from identity.questions order by position")]


def ends(hub: TestHub, *updates: Translated) -> list[str]:
    return [one.reason or str(one.outcome) for one in hub.house.hub.intake.receive(updates).results]


def message(*changed: tuple[bytes, bytes]) -> Sequence[Translated]:
    content = SAMPLE.read_bytes()
    for before, after in (*changed, (b"isla-hearing-encounter", b"another-encounter"), (b"1ba4d5ab", b"1ba4d5ac")):
        assert before in content
        content = content.replace(before, after)
    return list(sources.translate(Delivery("nems", "x", content), record_limit=2**20, file_limit=2**26))


GIVEN, BORN, UNVERIFIED = (b"Isla", b"Finn"), (b"2019-03-14", b"2024-01-05"), (b'code value="01"', b'code value="03"')


@pytest.mark.parametrize(
    ("changed", "ends_as"),
    [
        ([GIVEN, BORN], "other-person"),  # a brother's message with the sister's number
        ([GIVEN], "other-person"),  # a twin's
        ([BORN], "other-person"),
        ([UNVERIFIED, GIVEN], "unverified-number"),
        ([UNVERIFIED], "accepted"),
        ([(b"LENNOX", b"Baird")], "accepted"),
    ],
)
def test_a_health_message_with_a_mistyped_number_waits_for_a_person(
    hub: TestHub, changed: list[tuple[bytes, bytes]], ends_as: str
) -> None:
    content = SAMPLE.read_bytes()
    first = list(sources.translate(Delivery("nems", "x", content), record_limit=2**20, file_limit=2**26))
    take(hub, first)

    assert ends(hub, *message(*changed)) == [ends_as]
    assert ends(hub, *message(*changed)) == ["already-held" if ends_as == "accepted" else "already-in-quarantine"]
    hub.only_child()


def test_an_agencys_record_id_that_names_another_child_is_a_conflict(hub: TestHub) -> None:
    finn = Person("p1", (), "Baird", ("Finn",))

    assert ends(hub, said("gp-isla", somebody("p1", N1)), said("gp-finn", finn)) == ["accepted", "other-person"]


def test_a_corrected_birth_date_under_an_agencys_own_id_is_accepted_and_asked_about_once(hub: TestHub) -> None:
    corrected = said("gp-2", somebody("p1", N1, born="2019-04-03"))

    assert ends(hub, said("gp-1", somebody("p1", N1)), corrected, corrected) == ["accepted", "accepted", "already-held"]
    assert questions(hub) == ["birth-date-changed"]


def test_the_same_birth_date_correction_under_a_number_is_a_conflict(hub: TestHub) -> None:
    assert ends(hub, said("hv-1", somebody(N1, N1)), said("hv-2", somebody(N1, N1, born="2019-04-03"))) == [
        "accepted",
        "other-person",
    ]


def test_a_twin_typed_with_the_others_number_stays_apart(hub: TestHub) -> None:
    take(hub, [said("gp-isla", somebody("i", N1)), said("sw-flora", somebody("f", N1, given="Flora"))])

    assert stories(hub) == told_apart("gp-isla", "sw-flora")
    assert questions(hub) == ["contradiction"]


@pytest.mark.parametrize("given", ["Flora", "Isla"])
def test_two_different_numbers_of_one_kind_are_never_one_child(hub: TestHub, given: str) -> None:
    take(
        hub,
        [
            said("school-isla", known("s", upn(UPN), nhs(N1))),
            said("sw-flora", known("f", upn(UPN), nhs(N2), given=given)),
            said("gp-flora", known("g", nhs(N2), given=given)),
        ],
    )

    assert stories(hub) == told_apart("school-isla", "sw-flora gp-flora")
    assert questions(hub) == ["contradiction"]


def test_another_pupil_number_is_a_contradiction_and_a_former_one_is_not(hub: TestHub) -> None:
    take(hub, [said("school-1", known("s", upn(UPN), upn(OTHER_UPN, current=False), nhs(N1)))])
    take(hub, [said("sw-1", known("w", upn(UPN), nhs(N1))), said("gp-1", known("g", upn(OTHER_UPN), nhs(N1)))])

    assert stories(hub) == told_apart("school-1 sw-1", "gp-1")


def test_a_record_named_before_is_not_moved_by_a_bare_number(hub: TestHub) -> None:
    finn = Person("f", (), "Baird", ("Finn",), ("2024-01-05",))
    take(hub, [said("gp-isla", somebody("i", N1)), said("sw-1", finn)])
    take(hub, [said("sw-2", Person("f", (nhs(N1),)))])

    assert stories(hub) == told_apart("gp-isla", "sw-1 sw-2")


def test_a_number_with_nothing_beside_it_links_nobody_and_hinders_nobody(hub: TestHub) -> None:
    bare = said("sw-bare", Person("w", (nhs(N1),)))
    named = [said("gp-isla", somebody("i", N1)), said("school-isla", somebody("s", N1))]
    take(hub, [bare, *named])

    assert stories(hub) == told_apart("sw-bare", "gp-isla school-isla")

    take(hub, [said("sw-named", somebody("w", N1))])
    assert stories(hub) == told_apart("sw-bare sw-named gp-isla school-isla")


def test_a_number_with_nothing_beside_it_is_asked_about(hub: TestHub) -> None:
    take(hub, [said("gp-isla", somebody("i", N1)), said("sw-bare", Person("w", (nhs(N1),)))])

    assert stories(hub) == told_apart("gp-isla", "sw-bare")
    assert questions(hub) == ["number-alone"]


def test_a_family_name_that_is_anothers_given_name_does_not_agree_with_it(hub: TestHub) -> None:
    other = somebody("w", N1, family="Isla", given="James", born="")
    take(hub, [said("gp-isla", somebody("i", N1, born="")), said("sw-james", other)])

    assert stories(hub) == told_apart("gp-isla", "sw-james")


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("at_once", [True, False])
def test_a_strangers_typing_error_takes_no_number_from_its_child(
    hub: TestHub,
    order: tuple[int, ...],
    at_once: bool,  # noqa: FBT001 - both are tried
) -> None:
    stranger = somebody("x", N1, family="Baird", given="Finn", born="2024-01-05")
    told = [said("gp-isla", somebody("g", N1)), said("hv-isla", somebody("h", N1)), said("sw-finn", stranger)]
    for batch in [[told[n] for n in order]] if at_once else [[told[n]] for n in order]:
        hub.house.hub.intake.receive(batch)

    assert stories(hub) == told_apart("gp-isla hv-isla", "sw-finn")


def test_a_record_that_joins_nobody_takes_no_number_from_those_it_might_be(hub: TestHub) -> None:
    take(hub, [said("gp-isla", known("g", nhs(N1))), said("school-isla", known("s", upn(UPN)))])
    take(hub, [said("sw-isla", known("w", nhs(N1), upn(UPN)))])
    take(hub, [said("hv-isla", known("h", nhs(N1))), said("sw-again", known("v", upn(UPN)))])

    assert stories(hub) == told_apart("gp-isla hv-isla", "school-isla sw-again", "sw-isla")
    assert questions(hub) == ["several-candidates"]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("flip", [True, False])
def test_a_number_stated_as_current_and_as_former_is_current(
    hub: TestHub,
    at_once: bool,  # noqa: FBT001 - both are tried
    flip: bool,  # noqa: FBT001 - both are tried
) -> None:
    numbers = (upn(UPN), upn(UPN, current=False))
    first, second = said("school-1", known("s", *numbers[:: -1 if flip else 1])), said("sw-1", known("w", upn(UPN)))
    for batch in [[first, second]] if at_once else [[first], [second]]:
        hub.house.hub.intake.receive(batch)

    hub.only_child()


@pytest.mark.parametrize("at_once", [True, False])
def test_a_number_once_fit_to_link_by_stays_so_when_it_is_repeated_as_former(hub: TestHub, at_once: bool) -> None:  # noqa: FBT001 - both are tried
    told = [
        said("school-1", known("s", upn(UPN))),
        said("school-2", known("s", upn(UPN, current=False))),
        said("sw-1", known("w", upn(UPN))),
    ]
    for batch in [told] if at_once else [[one] for one in told]:
        hub.house.hub.intake.receive(batch)

    hub.only_child()


def test_pupil_one_of_two_schools_is_two_pupils(hub: TestHub) -> None:
    roll = "pupilonrolltableid,NativeId,dob,surname,forename,upn,entrydate\n"
    excluded = "termlyexclusionsonrolltableid,pupilonrolltableid,NativeId,category,startdate,sessions,reason1\n"
    files = [
        ("2024_autumn_pupilonroll.csv", roll + "1,SCH-A,2019-Mar-14 00:00:00,Lennox,Isla,,2023-Sep-04 00:00:00\n"),
        ("2024_autumn_termlyexclusionsonroll.csv", excluded + "77,1,SCH-B,FIXD,2024-Oct-01 00:00:00,4,VB\n"),
        ("2024_autumn_pupilonroll.csv", roll + "1,SCH-B,2014-Jan-02 00:00:00,Lennox,Ross,,2023-Sep-04 00:00:00\n"),
    ]
    for name, text in files:
        delivery = Delivery("school-census", name, text.encode())
        take(hub, sources.translate(delivery, record_limit=2**20, file_limit=2**26))

    enrolled = frozenset({"Enrolled at school"})
    assert stories(hub) == {enrolled, enrolled | {"Excluded for a fixed time: 4 sessions"}}


def test_nobody_is_linked_to_a_child_whose_statements_were_erased(hub: TestHub) -> None:
    take(hub, [said("gp-isla", somebody("i", N1))])
    with psycopg.connect(hub.addresses.owner_keys, autocommit=True) as connection:
        connection.execute("delete from keys where holder <> '00000000-0000-0000-0000-000000000000'")
    hub.house.rebuild("facts", lambda _: None)

    take(hub, [said("sw-finn", somebody("f", N1, "Baird", "Finn", "2024-01-05"))])
    take(hub, [said("hv-isla", somebody("h", N1)), said("school-isla", somebody("s", N1))])

    assert len(hub.children()) == 3
    assert stories(hub) >= told_apart("sw-finn", "hv-isla school-isla")
    assert questions(hub)[0] == "erased-statement"


def test_a_rebuilt_register_decides_as_before(hub: TestHub) -> None:
    told = [
        said("gp-isla", known("g", nhs(N1))),
        said("school-isla", known("s", upn(UPN))),
        said("sw-isla", known("w", nhs(N1), upn(UPN))),
        said("sw-finn", somebody("x", N1, family="Baird", given="Finn", born="2024-01-05")),
        said("sw-bare", Person("b", (nhs(N3),))),
    ]
    take(hub, told)
    hub.house.rebuild("facts", lambda _: None)

    again = [replace(one, record_id=f"{one.record_id}-again", headline=f"{one.headline}-again") for one in told]
    take(hub, [*again, said("hv-isla", known("h", nhs(N1)))])

    assert stories(hub) == told_apart(
        "gp-isla gp-isla-again hv-isla",
        "school-isla school-isla-again",
        "sw-isla sw-isla-again",
        "sw-finn sw-finn-again",
        "sw-bare sw-bare-again",
    )
