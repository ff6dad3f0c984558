"""What somebody was told of is on record, and nothing that they were not: what is new to them stays new until then."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from starlette.datastructures import QueryParams

from consent.decision import Level
from consent.quality_shapes import Looked
from hub.events.access import Told, unpacked
from hub.web.child import ChildPage, asked, chronology_page
from tests.contributions import about, add
from tests.editing import change, freeze, frozen, look, prepare, registered, room
from tests.fix_hub import TestHub
from tests.recalling import corrected, notices
from tests.stories import PLAN, entry_on, now_of, on, read, recorded, settled, take, told

ASKED = "purpose=child-plan&basis=public-task"


def news(hub: TestHub, who: str) -> set[UUID]:
    """The entries in somebody's inbox."""
    hub.house.catch_up()
    return {line.entry for child in hub.house.hub.inbox.mine(hub.person(who)).children for line in child.lines}


def told_by(hub: TestHub, who: str, action: str) -> list[Told]:
    """Every entry that the access log says somebody was told of by an action."""
    lines = [one for one in recorded(hub) if (one.reader, one.action) == (hub.person(who).id, action)]
    return [one for line in lines for one in unpacked(line.entries)]


def quality(hub: TestHub, child: UUID, known_at: datetime | None = None) -> Looked:
    """What could be better, as the health visitor asks for it."""
    room, reader = hub.house.hub.quality, hub.person("morag")
    return room.look(reader, child, purpose=PLAN["purpose"], basis=PLAN["basis"], known_at=known_at)


def page(hub: TestHub, who: str, child: UUID, query: str = "") -> ChildPage:
    """The page of the chronology, as somebody asks for it."""
    reader, today = hub.person(who), now_of(hub).date()
    question = asked(QueryParams(f"{ASKED}&{query}"), reader.role, today)
    return chronology_page(hub.house.hub.disclosure, reader, child, question, today)


def test_a_look_at_the_quality_tells_of_the_entries_that_it_names_and_no_further_than_their_summary(
    hub: TestHub,
) -> None:
    child = settled(hub)
    before = news(hub, "morag")

    found = quality(hub, child)

    told_of = told_by(hub, "morag", "quality")
    assert {one.entry for one in told_of} == found.about.keys()
    assert {one.level for one in told_of} <= {Level.WITHHELD, Level.REDACTED}
    assert news(hub, "morag") == before - found.about.keys() != set()


def test_a_correction_of_what_advice_did_not_name_is_recalled_from_nobody_who_saw_the_advice_alone(
    hub: TestHub,
) -> None:
    child = settled(hub)
    entry = entry_on(read(hub, "dr-anwar", child), "2024-09-01")
    assert entry is not None
    found = quality(hub, child, now_of(hub))
    assert entry.entry not in found.about

    corrected(hub, "gp", "ordinary", 1, occurred=on("2024-09-01"), headline="otherwise")
    hub.house.catch_up()

    assert notices(hub, "morag") == []


def test_a_comparison_tells_of_what_differs_alone(hub: TestHub) -> None:
    child = registered(hub)
    older, newer = frozen(hub, child), prepare(hub, child).edition
    left_out = look(hub, "fiona", child, newer).entries[0].entry.entry
    change(hub, child, newer, exclude=(left_out,), reason="No longer of weight.")
    freeze(hub, child, newer)
    before = news(hub, "morag")

    room(hub).compare(hub.person("morag"), child, older, older)
    assert told_by(hub, "morag", "edition-compare") == []
    found = room(hub).compare(hub.person("morag"), child, older, newer)

    assert [one.entry.entry for one in found.left_out] == [left_out]
    assert {one.entry for one in told_by(hub, "morag", "edition-compare")} == {left_out}
    assert news(hub, "morag") == before - {left_out} != set()


def test_when_the_story_was_reviewed_tells_that_there_are_later_entries_and_nothing_of_any_version(
    hub: TestHub,
) -> None:
    child = registered(hub)
    frozen(hub, child)
    take(hub, [told("sw", "later", code="sw.register.added", occurred=on("2026-10-30"))])
    before = news(hub, "morag")

    found = room(hub).reviewed(hub.person("morag"), child)

    told_of = told_by(hub, "morag", "edition-reviewed")
    assert {one.entry for one in told_of} == set(found.significant) != set()
    assert {(one.revision, one.level) for one in told_of} == {(0, Level.WITHHELD)}
    assert news(hub, "morag") == before


def test_a_page_that_is_narrowed_tells_of_what_it_keeps_and_is_no_look(hub: TestHub) -> None:
    child = settled(hub)
    before = news(hub, "morag")

    found = page(hub, "morag", child, "significance=significant&agency=education")

    assert found.listing is not None
    assert found.disclosure is not None
    kept = {row.entry for month in found.listing.months for row in month.rows if hasattr(row, "entry")}
    assert found.listing.kept == len(kept) < found.listing.known
    assert {one.entry for one in told_by(hub, "morag", "chronology-part")} == kept == found.listed
    assert news(hub, "morag") == before - kept
    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from read.looked").fetchone() == (0,)


def test_what_is_said_beside_an_entry_that_is_kept_is_told_too(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_on(read(hub, "dr-anwar", child), "2024-09-01")
    assert entry is not None
    said = add(hub, "dr-anwar", child, about(entry.entry))

    found = read(hub, "dr-anwar", child, keeps=lambda one: one.entry == entry.entry)

    assert [one.entry for one in found.beside[entry.entry]] == [said]
    assert {one.entry for one in told_by(hub, "dr-anwar", "chronology-part")} == {entry.entry, said}


def test_the_timeline_of_a_narrowed_page_has_what_is_kept_and_tells_of_no_silence(hub: TestHub) -> None:
    child = settled(hub)

    found, whole = page(hub, "morag", child, "agency=health-visiting"), page(hub, "morag", child)

    assert found.overview is not None
    assert whole.overview is not None
    assert sum(lane.count for lane in found.overview.lanes) == len(found.listed) < len(whole.listed)
    assert (found.overview.wide_gaps, found.overview.narrow_gaps) == ((), ())
