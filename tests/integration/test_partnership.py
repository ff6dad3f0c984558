"""What governance edits in the directory's file is on record when it changed, and nothing is where it did not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg import ClientCursor

from consent.facts import duties_of
from hub import demo, directory
from hub.events.partnership import AgreementTerm, OrganisationStated, RegistrationStated, Term
from hub.wiring import assemble
from projections import partnership, standing
from projections.involvement import NOW
from tests.fix_hub import TestHub
from tests.stating import facts
from tests.stories import read, settled

DEMO = Path(demo.__file__).parent / "directory.toml"
SCHOOL = 'code = "SCH-ROWANBANK"'
MANY = 100_000
STREAM = UUID(int=1)


def listed(folder: Path, change: Callable[[str], str]) -> directory.Directory:
    """The demo's directory with a change."""
    text = DEMO.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    (folder / "directory.toml").write_text(changed, encoding="utf-8")
    return directory.load(folder / "directory.toml")


def of_school(was: str, becomes: str) -> Callable[[str], str]:
    """A change of the school's own lines."""

    def change(text: str) -> str:
        head, code, tail = text.partition(SCHOOL)
        return head + code + tail.replace(was, becomes, 1)

    return change


def recorded(hub: TestHub) -> int:
    """How many events there are."""
    with hub.as_owner() as owner:
        row = owner.execute("select count(*) from ledger.events").fetchone()
    return int(row[0]) if row else 0


def test_the_start_records_the_directory_and_another_start_nothing(hub: TestHub, tmp_path: Path) -> None:
    house = hub.house
    assert house.changed_at_start == len(house.directory.organisations()) + len(house.directory.people())
    before = recorded(hub)

    assert house.apply_directory() == 0
    joined = listed(
        tmp_path,
        of_school(
            "since = 2019-01-01 }]",
            "since = 2019-01-01, until = 2025-12-31 }, "
            '{ purposes = ["child-protection", "child-plan"], since = 2026-01-01 }]',
        ),
    )
    assert house._partnership.apply(joined) == 0  # written otherwise, and the same days

    assert recorded(hub) == before


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        (of_school('purposes = ["child-plan", "child-protection"]', 'purposes = ["audit"]'), "agreement", "none"),
        (of_school("since = 2019-01-01 }]", "since = 2026-11-02 }]"), "agreement", "none"),
        (of_school('agency = "education"', 'agency = "education"\ncontroller = "other"'), "controller", "other"),
        (
            lambda text: text.replace('id = "callum"', 'id = "callum"\nregistered = [{ since = 2026-12-01 }]'),
            "registration",
            "lapsed",
        ),
        (
            lambda text: text.replace('id = "callum"', 'id = "callum"\nsuspended = [{ since = 2026-10-01 }]'),
            "registration",
            "lapsed",
        ),
        (lambda text: text.replace('id = "callum"', 'id = "calum"'), "registration", "lapsed"),
    ],
)
def test_a_change_of_the_file_is_in_force_for_the_next_decision(
    hub: TestHub, tmp_path: Path, change: Callable[[str], str], name: str, value: str
) -> None:
    child = settled(hub)
    reader = hub.person("callum")

    changed = hub.house._partnership.apply(listed(tmp_path, change))

    assert changed in {1, 2}  # a person under another id is one who left and one who came
    found = facts(hub, reader, child)
    assert getattr(found, name) == value


def test_an_organisation_that_the_file_no_longer_names_takes_no_part(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    reader = hub.person("catriona")

    hub.house._partnership.apply(listed(tmp_path, lambda text: text.replace("SCH-ROWANBANK", "SCH-OTHER")))

    assert facts(hub, reader, child).agreement == "none"


def test_two_who_put_the_same_change_on_record_at_once_record_it_once(hub: TestHub, tmp_path: Path) -> None:
    changed = listed(tmp_path, of_school("since = 2019-01-01 }]", "since = 2019-01-01, until = 2030-01-01 }]"))
    before = recorded(hub)

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(hub.house._partnership.apply, [changed] * 4))

    assert sorted(counts) == [0, 0, 0, 1]
    assert recorded(hub) == before + 1


def test_after_an_upgrade_the_facts_are_made_of_the_log_before_anything_is_decided(hub: TestHub) -> None:
    child = settled(hub)
    before = facts(hub, "callum", child)
    with hub.as_owner() as owner:
        owner.execute("drop table read.consent, read.status, read.involvement, read.agreements")
        owner.execute("comment on schema read is 'of an earlier release'")

    settings, known = hub.house.settings, hub.house.directory
    again = assemble(settings, hub.addresses, hub.kek, hub.house.policy, known, hub.clock)

    assert facts(hub, "callum", child) == before
    assert read(hub, "callum", child).entries
    again.close()


def test_terms_are_joined_where_they_meet_and_broken_where_somebody_is_suspended() -> None:
    about: dict[str, Any] = {"originator_id": STREAM, "originator_version": 1}
    agreed = OrganisationStated(
        **about,
        code="S",
        agency="education",
        controller="public",
        agreements=(
            AgreementTerm(("plan", "audit"), "2024-01-01", "2024-06-30"),
            AgreementTerm(("plan",), "2024-07-01", "2024-12-31"),
            AgreementTerm(("plan",), "2024-03-01", "2024-04-30"),
            AgreementTerm(("plan",), "2026-01-01"),
            AgreementTerm(("plan",), "2027-01-01", "2027-12-31"),
        ),
    )
    practises = RegistrationStated(
        **about,
        person="p",
        registered=(Term("", "2024-12-31"), Term("2025-01-01")),
        suspended=(Term("2024-05-01", "2024-05-31"), Term("2026-01-01", "2026-01-31")),
    )

    assert partnership.agreed(agreed) == (
        ("audit", "2024-01-01", "2024-06-30"),
        ("plan", "2024-01-01", "2024-12-31"),
        ("plan", "2026-01-01", "infinity"),
    )
    assert partnership.practising(practises) == (
        ("-infinity", "2024-04-30"),
        ("2024-06-01", "2025-12-31"),
        ("2026-02-01", "infinity"),
    )


def test_a_hundred_thousand_consents_of_other_children_change_nothing_of_the_plan(hub: TestHub) -> None:
    child = settled(hub)
    reader = hub.person("callum")

    def blocks() -> int:
        day = hub.clock().date().isoformat()
        asked = {
            "child": child,
            "agency": reader.agency.value,
            "organisation": reader.organisation,
            "worker": reader.worker,
            "person": reader.id,
            "duties": list(duties_of(reader)),
            "purpose": "child-plan",
            "day": day,
            "on": day,
            "moment": hub.clock(),
            "at": NOW,
        }
        with hub.as_owner() as owner, ClientCursor(owner) as cursor:
            row = cursor.execute("explain (analyze, buffers, format json) " + standing.ALL, asked).fetchone()
        assert row is not None
        plan = row[0][0]["Plan"]
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    before = blocks()
    with hub.as_owner() as owner:
        owner.execute(
            "insert into read.consent (stream, version, ordinal, since, until, known_from, known_to, position, child, "
            "recipient, category, given_by, state) select gen_random_uuid(), 1, 1, '2024-01-01', 'infinity', now(), "
            "'infinity', n, gen_random_uuid(), 'education', 'health', 'parent', 'given' from generate_series(1, %s) n",
            [MANY],
        )
        owner.execute("vacuum analyze read.consent")

    assert blocks() <= before + 60  # an index may be a level deeper; a walk through them all would be a thousand
