"""The story as known on a past day stays as it was, whatever arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from consent.decision import Shown
from hub.api.shapes import disclosure_to_json
from hub.update import Update
from tests.builders import somebody
from tests.fix_hub import TestHub
from tests.stories import NUMBER, PLAN, everyone, now_of, on, read, settled, take, told

READERS = ("dr-anwar", "morag", "callum", "fiona", "catriona")


def late(_: TestHub) -> list[Update]:
    return [told("gp", "letter", occurred=on("2021-03-03"))]


def correction(_: TestHub) -> list[Update]:
    return [
        told(
            "gp", "ordinary", version="2", order="2026-01-01T00:00:00Z", occurred=on("2024-08-31"), headline="Corrected"
        )
    ]


def older_version(_: TestHub) -> list[Update]:
    return [told("gp", "ordinary", version="0", order="2020-01-01T00:00:00Z", headline="What it said before")]


def retraction(_: TestHub) -> list[Update]:
    return [told("gp", "ordinary", version="2", order="2026-01-01T00:00:00Z", action="retract")]


def new_kind(_: TestHub) -> list[Update]:
    """A decision key that did not exist at the time."""
    return [told("sw", "placed", code="sw.placement.started", occurred=on("2023-01-01"), sensitivity="restricted")]


def new_name(_: TestHub) -> list[Update]:
    return [told("gp", "renamed", person=somebody("gp-isla", NUMBER, "Kerr"), occurred=on("2022-02-02"))]


def late_identifier(hub: TestHub) -> list[Update]:
    """A pupil known by a local id alone, whose number comes at last: the whole person record moves to Isla."""
    bare = replace(somebody("pupil-9", "", "", "", ""), given=())
    take(hub, [told("school", "unplaced", person=bare, occurred=on("2025-02-02"))])
    return [told("school", "placed", person=somebody("pupil-9", NUMBER), occurred=on("2025-03-03"))]


def others(_: TestHub) -> list[Update]:
    people = [somebody(f"other-{n}", "", "Baird", f"Rory{n}", "2015-01-01") for n in range(40)]
    return [told("gp", f"other-{n}", person=people[n % 40]) for n in range(200)]


@pytest.mark.parametrize(
    "arrives", [late, correction, older_version, retraction, new_kind, new_name, late_identifier, others]
)
def test_the_story_as_known_then_is_byte_identical_after(
    hub: TestHub, arrives: Callable[[TestHub], list[Update]]
) -> None:
    child = settled(hub)
    updates = arrives(hub)
    moment = now_of(hub)
    before = [disclosure_to_json(read(hub, who, child, known_at=moment)) for who in READERS]
    first = [disclosure_to_json(read(hub, who, child, known_at=moment, limit=2)) for who in READERS]

    take(hub, updates)

    assert [disclosure_to_json(read(hub, who, child, known_at=moment)) for who in READERS] == before
    assert [disclosure_to_json(read(hub, who, child, known_at=moment, limit=2)) for who in READERS] == first
    if arrives not in (older_version, others):
        now = [disclosure_to_json(read(hub, who, child)) for who in READERS]
        assert now != [text.replace(_known_at(moment), b"null") for text in before]


def _known_at(moment: datetime) -> bytes:
    return f'"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"'.encode()


def headlines(hub: TestHub, child: UUID, moment: datetime | None = None, who: str = "dr-anwar") -> list[str]:
    found = read(hub, who, child, known_at=moment)
    return [entry.headline for entry in found.entries if isinstance(entry, Shown)]


def test_each_past_day_shows_the_wording_of_that_day(hub: TestHub) -> None:
    take(hub, everyone())
    child, moments = hub.only_child(), []
    for n, wording in enumerate(("First", "Second", "Third"), start=1):
        take(hub, [told("gp", "worded", version=str(n), order=f"2026-0{n}-01T00:00:00Z", headline=wording)])
        moments.append(now_of(hub))
    take(hub, [told("gp", "worded", version="4", order="2026-04-01T00:00:00Z", action="retract")])

    def wordings(moment: datetime | None) -> list[str]:
        return [one for one in headlines(hub, child, moment) if not one.startswith("canary")]

    assert [wordings(moment) for moment in moments] == [["First"], ["Second"], ["Third"]]
    assert wordings(None) == []


def test_nothing_was_known_before_the_first_record(hub: TestHub) -> None:
    moment = now_of(hub)
    child = settled(hub)

    found = read(hub, "dr-anwar", child, known_at=moment)

    assert found.entries == ()
    assert found.card.name == ""


def test_two_versions_in_one_delivery_become_known_as_one(hub: TestHub) -> None:
    moment = now_of(hub)
    take(
        hub,
        [
            *everyone(),
            told("gp", "worded", headline="Old"),
            told("gp", "worded", version="2", order="2026", headline="New"),
        ],
    )
    child = hub.only_child()

    assert "Old" not in headlines(hub, child)
    assert headlines(hub, child).count("New") == 1
    assert headlines(hub, child, moment) == []


# Versions out of order


def version(number: int, **fields: str) -> Update:
    return told(
        "gp",
        "worded",
        version=str(number),
        order=f"2026-01-{number:02}T00:00:00Z",
        headline=f"Version {number}",
        **fields,
    )


@pytest.mark.parametrize(
    ("arriving", "standing"),
    [
        ([1, 2, 3], ["Version 3"]),
        ([3, 2, 1], ["Version 3"]),
        ([2, 3, 1], ["Version 3"]),
        ([4, 1, 2, 3], []),
        ([1, 4, 3, 2], []),
        ([5, 4, 1], ["Version 5"]),
        ([4, 5], ["Version 5"]),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_the_newest_version_by_the_sources_own_order_stands(
    hub: TestHub, arriving: list[int], standing: list[str], *, together: bool
) -> None:
    take(hub, everyone())
    versions = [version(n, action="retract") if n == 4 else version(n) for n in arriving]

    for batch in [versions] if together else [[one] for one in versions]:
        take(hub, batch)

    assert [one for one in headlines(hub, hub.only_child()) if one.startswith("Version")] == standing


def test_a_version_that_came_too_late_was_never_what_was_known(hub: TestHub) -> None:
    take(hub, everyone())
    child, moments = hub.only_child(), []
    for number in (3, 1, 2):
        take(hub, [version(number)])
        moments.append(now_of(hub))

    for moment in (*moments, None):
        assert [one for one in headlines(hub, child, moment) if one.startswith("Version")] == ["Version 3"]


def test_where_a_source_orders_nothing_the_order_of_arrival_decides(hub: TestHub) -> None:
    take(hub, everyone())
    for wording in ("One", "Two"):
        take(hub, [told("school", "unordered", version="", order="", headline=wording)])

    assert [e for e in headlines(hub, hub.only_child(), who="callum") if not e.startswith("canary")] == ["Two"]


# Since a moment


def test_since_shows_what_became_known_and_what_changed_after_that_moment(hub: TestHub) -> None:
    child = settled(hub)
    moment = now_of(hub)
    take(hub, [*late(hub), *correction(hub)])

    found = read(hub, "dr-anwar", child, since=moment)

    assert [e.headline for e in found.entries if isinstance(e, Shown)] == ["canary-letter-headline", "Corrected"]


def test_since_and_known_at_together_show_what_became_known_between_them(hub: TestHub) -> None:
    child = settled(hub)
    since = now_of(hub)
    take(hub, late(hub))
    until = now_of(hub)
    take(hub, correction(hub))

    found = read(hub, "dr-anwar", child, since=since, known_at=until)

    assert [e.headline for e in found.entries if isinstance(e, Shown)] == ["canary-letter-headline"]


def test_pages_of_a_past_day_stay_the_pages_of_that_day_while_records_arrive(hub: TestHub) -> None:
    child = settled(hub)
    moment = now_of(hub)
    whole = read(hub, "dr-anwar", child, known_at=moment).entries
    first = read(hub, "dr-anwar", child, known_at=moment, limit=3)

    take(hub, [*late(hub), *correction(hub), *retraction_of_all()])

    rest = read(hub, "dr-anwar", child, known_at=moment, cursor=first.cursor)
    assert (*first.entries, *rest.entries) == whole


def retraction_of_all() -> list[Update]:
    gone = {"version": "9", "order": "2026-09-09T00:00:00Z", "action": "retract"}
    return [told("gp", name, **gone) for name in ("concern", "mother")]


def test_what_everybody_knows_is_asked_with_a_purpose_each_time(hub: TestHub) -> None:
    """A question about the past is a reading like any other, and is recorded with the day it asked about."""
    child = settled(hub)
    moment = now_of(hub)

    read(hub, "morag", child, known_at=moment)

    hub.house.catch_up()
    line = hub.house.hub.governance.readings(hub.person("eilidh"))[0]
    assert (line.known_at, line.purpose) == (moment, PLAN["purpose"])
