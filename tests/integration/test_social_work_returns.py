"""England's social work returns through a whole hub: repeats change nothing, nobody's rows enter another's story."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.update import Delivery, Translated, Update
from tests.contract.adapter import samples
from tests.fix_hub import TestHub
from tests.unit.adapters.workbooks import CONTACTS, day, workbook

RETURNS = ("cin-census", "annex-a")
NAME = "301_annex_a_2024-01-31.xlsx"


def translated(hub: TestHub, *deliveries: Delivery) -> list[Translated]:
    return [one for delivery in deliveries for one in hub.house.translate(delivery)]


def took(hub: TestHub, *deliveries: Delivery) -> Counter[str]:
    return ends(hub, translated(hub, *deliveries), whole=True)


def ends(hub: TestHub, found: list[Translated], *, whole: bool = False) -> Counter[str]:
    return Counter(str(one.outcome) for one in hub.house.hub.intake.receive(found, whole=whole).results)


def questions(hub: TestHub) -> Counter[str]:
    with hub.as_owner() as connection:
        return Counter(row[0] for row in connection.execute("select reason from identity.questions"))


def stories(hub: TestHub) -> set[frozenset[tuple[str, str, str]]]:
    """What stands of each child."""
    hub.house.catch_up()
    with hub.as_owner() as connection:
        rows = connection.execute(
            "select array_agg(array[e.code, e.occurred_start, coalesce(e.detail, '')]) from identity.links l "
            "join read.entries e using (person_record) where l.known_to = 'infinity' and e.known_to = 'infinity' "
            "group by l.child"
        ).fetchall()
    return {frozenset((one[0], one[1], one[2]) for one in row[0]) for row in rows}


def published(shared: Path, source: str) -> Delivery:
    if source == "annex-a":
        return Delivery(source, NAME, (shared / "samples" / "annex_a" / "Annex_A_2024_Jan.xlsx").read_bytes())
    return Delivery(source, "cin.xml", (shared / "samples" / "cin_census" / "fake_CIN_data.xml").read_bytes())


@pytest.mark.parametrize("source", RETURNS)
def test_the_invented_family_comes_in_once(hub: TestHub, source: str) -> None:
    given = samples(source)

    first, again = took(hub, *given), took(hub, *given)

    assert set(first) <= {"accepted", "revised", "duplicate"}
    assert set(again) == {"duplicate"}
    assert len(hub.children()) == 2


@pytest.mark.parametrize("source", RETURNS)
def test_the_published_files_tell_the_same_stories_twice_and_in_any_order(
    make_hub: Callable[[], TestHub], shared: Path, source: str
) -> None:
    in_order, in_disorder = make_hub(), make_hub()
    found = translated(in_order, published(shared, source))
    shuffled = found.copy()
    random.Random(903).shuffle(shuffled)  # noqa: S311 - an order that can be repeated

    first, again, other = ends(in_order, found), ends(in_order, found), ends(in_disorder, shuffled)

    assert first["accepted"] == other["accepted"] == sum(isinstance(one, Update) for one in found)
    assert sum(first.values()) == len(found)
    assert again == {"duplicate": len(found)}
    assert stories(in_order) == stories(in_disorder)
    assert len(in_order.children()) == len({one.person.local_id for one in found if isinstance(one, Update)})


def test_both_returns_and_the_daily_payload_know_one_child_by_one_number(hub: TestHub) -> None:
    took(hub, *samples("csc-api"), *samples("cin-census"))

    with hub.as_owner() as connection:
        together = connection.execute(
            "select count(*) from identity.links where known_to = 'infinity' group by child order by 1"
        ).fetchall()

    # Isla's UPN links her; Finn has none in the census, and a council's own number alone links nobody.
    assert [row[0] for row in together] == [1, 1, 2]


def test_no_child_of_the_published_workbook_has_two_dates_of_birth(hub: TestHub, shared: Path) -> None:
    ended = took(hub, published(shared, "annex-a"))

    with hub.as_owner() as connection:
        waiting = connection.execute(
            "select reason, count(*) from intake.quarantine group by reason order by reason"
        ).fetchall()

    assert ended == {"accepted": 99, "quarantined": 16}
    assert waiting == [("not-about-a-child", 5), ("two-identities", 10), ("unmapped-code", 1)]


def test_an_id_that_is_another_childs_in_the_next_workbook_is_a_conflict(hub: TestHub) -> None:
    def contacts(born: str, on: str) -> bytes:
        return workbook({"List 1": [CONTACTS, ("LC-1", "F", day(born), day(on), "6")]})

    first = took(hub, Delivery("annex-a", NAME, contacts("2019-03-14", "2024-01-05")))
    second = took(hub, Delivery("annex-a", NAME.replace("01-31", "07-31"), contacts("2012-08-08", "2024-06-05")))

    assert (first, second) == ({"accepted": 1}, {"conflict": 1})
    assert {frozenset(one[1] for one in story) for story in stories(hub)} == {frozenset({"2024-01-05"})}


def test_two_councils_may_number_two_children_alike(hub: TestHub) -> None:
    row = ("LC-1", "F", day("2019-03-14"), day("2024-01-05"), "6")
    content = workbook({"List 1": [CONTACTS, row]})

    took(hub, *(Delivery("annex-a", f"{council}_annex_a_2024-01-31.xlsx", content) for council in (301, 302)))

    assert len(hub.children()) == 2


def test_a_row_left_out_of_the_next_workbook_is_asked_about_and_stays(hub: TestHub) -> None:
    rows = [("LC-1", "F", day("2019-03-14"), day("2024-01-05"), "6"), ("LC-2", "M", None, day("2024-01-06"), "6")]

    took(hub, Delivery("annex-a", NAME, workbook({"List 1": [CONTACTS, *rows]})))
    took(hub, Delivery("annex-a", NAME.replace("01-31", "02-28"), workbook({"List 1": [CONTACTS, rows[0]]})))

    assert questions(hub)["absent-from-latest"] == 1
    assert len(stories(hub)) == 2
