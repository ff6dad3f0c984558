"""The pages of editions: what a form sends is chosen, a long story is paged, and a draft is its maker's alone."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

from consent.decision import Shown
from consent.edition_shapes import Member, Written
from hub.web.edition_form import ON_A_PAGE
from tests.editing import CORE_GROUP, change, contacts, freeze, frozen, look, prepare, registered
from tests.fix_hub import TestHub
from tests.integration.test_working_doors import OWN_SITE, client
from tests.knocking import Caller
from tests.stories import on, take, told

READERS = (Member(organisation="SCH-ROWANBANK"), Member(organisation="Z99104"))


def at(child: UUID, edition: UUID | str = "", part: str = "") -> str:
    """The address of a page."""
    return "/".join(filter(None, (f"/children/{child}/editions", str(edition), part)))


def ticked(page: str) -> dict[str, str]:
    """What a browser would send of a page of entries: each tick, and the version."""
    boxes = re.findall(r'name="(entry-[0-9a-f-]{36})" type="checkbox" checked', page)
    return dict.fromkeys(boxes, "on") | {"version": version_of(page)}


def version_of(page: str) -> str:
    """The version of the draft in a form."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def send(browser: Caller, address: str, fields: dict[str, str]) -> int:
    """Send a form; the status of the answer."""
    return int(browser.post(address, data=fields, headers=OWN_SITE).status_code)


def test_five_hundred_candidates_come_in_pages_that_each_can_be_sent_whole(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub, *contacts(500))
    edition = prepare(hub, child).edition
    fiona = client(hub, tmp_path, "fiona")
    last = fiona.get(at(child, edition, "entries"), params={"page": "10000"})
    third = f"{at(child, edition, 'entries')}?page=3"
    page = fiona.get(third).text
    sent = ticked(page)
    left = re.findall(r'name="(entry-[0-9a-f-]{36})" type="checkbox">', page)

    status = send(fiona, third, sent | {left[0]: "on", "reason": "It shows how it began."})

    found = look(hub, "fiona", child, edition)
    everything = len(found.entries) + len(found.left_out)
    assert (last.status_code, status) == (200, 303)
    assert f"page {-(-everything // ON_A_PAGE)} of" in last.text
    assert len(left) + len(sent) - 1 <= ON_A_PAGE
    chosen = {one.entry.entry: one for one in found.entries if one.why == "chosen"}
    assert set(chosen) == {UUID(left[0].removeprefix("entry-"))}
    assert {one.words for one in chosen.values()} == {"It shows how it began."}


def test_a_change_without_a_reason_changes_nothing_and_loses_no_tick(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    fiona = client(hub, tmp_path, "fiona")
    address = at(child, edition, "entries")
    sent = ticked(fiona.get(address).text)
    first = next(name for name in sent if name.startswith("entry-"))
    before = look(hub, "fiona", child, edition)

    answer = fiona.post(address, data={name: on for name, on in sent.items() if name != first}, headers=OWN_SITE)

    assert answer.status_code == 422
    assert f'name="{first}" type="checkbox">' in answer.text
    assert look(hub, "fiona", child, edition).entries == before.entries


def test_a_form_that_looked_at_an_older_draft_is_not_taken(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    fiona = client(hub, tmp_path, "fiona")
    address = at(child, edition, "write/meaning")
    version = version_of(fiona.get(address).text)
    change(hub, child, edition, written=(Written("strengths", "Her aunt."),))

    status = send(fiona, address, {"version": version, "text": "It means much."})

    assert status == 409
    assert "meaning" not in look(hub, "fiona", child, edition).written


def test_a_draft_is_to_everybody_else_as_if_there_were_none(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    morag = client(hub, tmp_path, "morag")

    for part in ("", "entries", "write/meaning", "asked", "audience", "freeze"):
        theirs, none = morag.get(at(child, edition, part)), morag.get(at(child, UUID(int=4), part))
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert theirs.text == none.text


def test_a_frozen_edition_has_no_form(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub)
    edition = frozen(hub, child)
    fiona = client(hub, tmp_path, "fiona")

    assert fiona.get(at(child, edition, "entries")).status_code == 403
    assert send(fiona, at(child, edition, "write/meaning"), {"text": "More."}) == 403
    assert '<form method="post" novalidate' not in fiona.get(at(child, edition)).text


def test_two_editions_are_compared_in_words(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub)
    older = frozen(hub, child)
    take(hub, [told("sw", "moved", code="sw.placement.moved", occurred=on("2026-10-05"))])
    newer = prepare(hub, child, CORE_GROUP).edition
    change(hub, child, newer, written=(Written("meaning", "Isla has moved."),))
    freeze(hub, child, newer)
    fiona = client(hub, tmp_path, "fiona")

    page = fiona.get(at(child, "compare"), params={"older": str(older), "newer": str(newer)}).text
    listed = fiona.get(at(child)).text

    assert "canary-moved-headline" in page
    assert "What it all means for the child" in page
    assert "There is a newer one" in listed


def test_an_edition_is_prepared_for_whom_the_form_names(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub)
    fiona = client(hub, tmp_path, "fiona")
    to = {"to-SCH-ROWANBANK": "on", "role-SCH-ROWANBANK": "head-teacher"}
    sent = {"purpose": "assistance", "basis": "public-task", **to}

    answer = fiona.post(at(child, "prepare"), data=sent, headers=OWN_SITE)
    nobody = fiona.post(at(child, "prepare"), data={"purpose": "assistance"}, headers=OWN_SITE)

    edition = UUID(answer.headers["location"].rpartition("/")[2])
    assert look(hub, "fiona", child, edition).audience == (Member("", "SCH-ROWANBANK", "head-teacher"),)
    assert nobody.status_code == 422
    assert "Say for whom it is made." in nobody.text


def test_what_a_part_rests_on_is_named_by_its_number(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub)
    edition = prepare(hub, child, CORE_GROUP, audience=READERS).edition
    first = look(hub, "fiona", child, edition).entries[0].entry.entry
    change(hub, child, edition, written=(Written("meaning", "It began here.", (first,)),))
    freeze(hub, child, edition)

    page = client(hub, tmp_path, "fiona").get(at(child, edition)).text

    assert f'<a href="#e-{first}">entry 1</a>' in page


def test_before_freezing_its_maker_is_told_what_each_copy_would_hold_and_of_nobody_by_name(
    hub: TestHub, tmp_path: Path
) -> None:
    child = registered(hub)
    audience = (Member("callum"), Member("dr-anwar"))
    edition = prepare(hub, child, CORE_GROUP, purpose="assistance", audience=audience).edition
    included = len(look(hub, "fiona", child, edition).entries)

    page = client(hub, tmp_path, "fiona").get(at(child, edition, "freeze")).text
    copies = hub.house.hub.editions.previewed(hub.person("fiona"), child, edition)
    freeze(hub, child, edition)

    assert copies[0].own
    assert [one.whole + one.summary + one.existence + one.absent for one in copies] == [included] * len(copies)
    assert [one.absent for one in copies if one.own] == [0]
    read = [look(hub, who, child, edition).entries for who in ("fiona", "callum", "dr-anwar")]
    shown = [sum(isinstance(one.entry, Shown) for one in entries) for entries in read]
    assert sorted(shown) == sorted(one.whole for one in copies for _ in range(one.readers))
    assert "1 person" in page
