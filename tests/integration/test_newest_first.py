"""A long story begins with what happened last, and a link to an entry opens the page on which it stands."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from uuid import UUID, uuid4

import pytest
from starlette.datastructures import QueryParams

from consent.decision import Disclosure
from hub.errors import BadInput
from hub.update import Occurred, Precision
from hub.web.child import ChildPage, asked, chronology_page
from tests.editing import contacts, registered
from tests.fix_hub import TestHub
from tests.stories import entry_of, now_of, on, read, settled, take, told

NEWEST, OLDEST = "2026-10-30", "2020-02-01"
ASKED = "purpose=child-plan&basis=public-task"
WHO = ("morag", "callum", "dr-anwar", "fiona")


@pytest.fixture(scope="module")
def child(module_hub: TestHub) -> UUID:
    """Isla, with more entries than a page holds."""
    return registered(module_hub, *contacts(520), told("gp", "newest", occurred=on(NEWEST)))


def page(hub: TestHub, child: UUID, query: str = "") -> ChildPage:
    """The page of the chronology, as the health visitor asks for it."""
    reader, today = hub.person("morag"), now_of(hub).date()
    question = asked(QueryParams(f"{ASKED}&{query}"), reader.role, today)
    return chronology_page(hub.house.hub.disclosure, reader, child, question, today)


def days(found: Disclosure | None) -> list[str]:
    """The day of each entry, in their order."""
    assert found is not None
    return [one.when.start[:10] for one in found.entries]


def ids(found: Disclosure) -> list[UUID]:
    return [one.entry for one in found.entries]


def every(hub: TestHub, who: str, child: UUID, order: str, limit: int) -> list[UUID]:
    """Every page of it, one after the other."""
    found = read(hub, who, child, order=order, limit=limit)
    entries = ids(found)
    while found.cursor:
        found = read(hub, who, child, limit=limit, cursor=found.cursor)
        assert not found.first
        entries += ids(found)
    return entries


def test_the_first_page_of_a_long_story_holds_what_happened_last(module_hub: TestHub, child: UUID) -> None:
    found = page(module_hub, child)

    assert found.listing is not None
    assert found.disclosure is not None
    assert found.listing.months[0].heading == "October 2026"
    assert days(found.disclosure)[0] == NEWEST
    assert OLDEST not in days(found.disclosure)
    assert (len(found.disclosure.entries), found.more) == (500, ". These are the newest of more")

    older = page(module_hub, child, f"cursor={found.disclosure.cursor}")
    assert older.disclosure is not None
    assert days(older.disclosure)[-1] == OLDEST
    assert not set(ids(older.disclosure)) & set(ids(found.disclosure))
    assert (older.disclosure.cursor, older.more) == ("", ", of more")


def test_who_asks_for_the_oldest_first_is_given_them(module_hub: TestHub, child: UUID) -> None:
    found = page(module_hub, child, "order=oldest")

    assert found.listing is not None
    assert found.listing.months[0].heading == "February 2020"
    assert found.more == ". These are the oldest of more"


def test_software_is_given_the_oldest_first_unless_it_asks_otherwise(module_hub: TestHub, child: UUID) -> None:
    assert days(read(module_hub, "morag", child, limit=1)) == [OLDEST]
    assert days(read(module_hub, "morag", child, limit=1, order="newest")) == [NEWEST]


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_a_link_to_an_entry_opens_the_page_on_which_it_stands(module_hub: TestHub, child: UUID, order: str) -> None:
    for day in (NEWEST, "2021-02-01", OLDEST):
        entry = next(e for e in every_entry(module_hub, child) if e[1] == day)[0]
        found = page(module_hub, child, f"order={order}&entry={entry}")
        assert entry in found.listed

    last = OLDEST if order == "newest" else NEWEST
    entry = next(e for e in every_entry(module_hub, child) if e[1] == last)[0]
    there = page(module_hub, child, f"order={order}&entry={entry}").disclosure
    assert there is not None
    assert (ids(there)[0], there.first) == (entry, False)


def every_entry(hub: TestHub, child: UUID) -> list[tuple[UUID, str]]:
    found = read(hub, "morag", child, limit=1000)
    return list(zip(ids(found), days(found), strict=True))


@pytest.mark.parametrize("named", ["nothing", "sealed", ""])
def test_a_link_to_an_entry_that_one_may_not_know_of_is_as_no_link(hub: TestHub, named: str) -> None:
    child = settled(hub)
    take(hub, [told("sw", "sealed", code="sw.adoption.step", occurred=on("2019-01-01"))])
    entry = {"nothing": uuid4(), "sealed": entry_of(hub, child, "2019-01-01"), "": None}[named]

    for order in ("newest", "oldest"):
        plain = read(hub, "callum", child, limit=2, order=order)
        found = read(hub, "callum", child, limit=2, order=order, around=entry)
        assert (ids(found), found.cursor, found.first) == (ids(plain), plain.cursor, True)


def test_both_orders_have_every_entry_once_and_what_has_no_time_comes_last(hub: TestHub) -> None:
    child = settled(hub)
    undated = [told("gp", f"undated-{n}", occurred=Occurred("", Precision.UNKNOWN)) for n in range(3)]
    take(hub, [*undated, *(told("gp", f"same-{n}", occurred=on("2024-09-01")) for n in range(3))])

    for who in WHO:
        whole = read(hub, who, child)
        dated = [one.entry for one in whole.entries if one.when.start]
        without = [one.entry for one in whole.entries if not one.when.start]
        assert len(without) == len(undated)
        for limit in (1, 2, 3, 500):
            assert every(hub, who, child, "newest", limit) == [*reversed(dated), *reversed(without)]
            assert every(hub, who, child, "oldest", limit) == [*dated, *without]


def test_a_cursor_goes_on_in_the_order_in_which_it_was_given(hub: TestHub) -> None:
    child = settled(hub)
    for order, other in (("newest", "oldest"), ("oldest", "newest")):
        whole = ids(read(hub, "morag", child, order=order))
        first = read(hub, "morag", child, limit=2, order=order)

        assert ids(read(hub, "morag", child, cursor=first.cursor, order=other)) == whole[2:]


def test_a_cursor_of_the_newest_first_says_no_more_of_a_time_than_the_reader_is_shown(hub: TestHub) -> None:
    child = settled(hub)
    places = []
    for limit in range(1, len(read(hub, "callum", child).entries)):
        cursor = read(hub, "callum", child, order="newest", limit=limit).cursor
        places.append(urlsafe_b64decode(cursor).decode().removeprefix("<").partition(" ")[0])

    assert "2024-09-02" in places, "of the minute it is open to the practice alone"
    assert not any("41" in place for place in places)


def test_what_is_no_cursor_is_one_in_neither_order(hub: TestHub) -> None:
    child = settled(hub)

    with pytest.raises(BadInput):
        read(hub, "callum", child, order="newest", cursor="PA==")
