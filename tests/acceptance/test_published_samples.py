"""Agencies' own published files go in by `hub ingest`: all accounted for, once, and nobody's in another's story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from hub.events.identity import PersonDetailsStated
from hub.events.records import Record
from hub.update import Delivery
from tests.fix_hub import TestHub
from tests.prompt import Prompt, a_prompt

OUTCOMES = ("accepted", "duplicate", "revised", "retracted", "conflict", "quarantined")
SAMPLES = {
    "gp-connect": "gpconnect_structured/*.json",
    "nems": "nems_events/*.xml",
    "school-census": "school_census/*.csv",
}
FHIR = {"f": "http://hl7.org/fhir"}


@pytest.fixture(scope="module")
def prompt() -> Iterator[Prompt]:
    with a_prompt() as made:
        yield made


def files(shared: Path, source: str) -> list[Path]:
    found = sorted((shared / "samples").glob(SAMPLES[source]))
    if not found:
        pytest.skip(f"the published samples of {source} are not in ../shared/samples")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("source", SAMPLES)
def test_every_published_record_is_accounted_for_and_a_second_run_changes_nothing(
    prompt: Prompt, shared: Path, source: str
) -> None:
    given = files(shared, source)

    first = prompt.hub("ingest", source, *given, "--json")
    second = prompt.hub("ingest", source, *given, "--json")

    said = first.json
    closed = said["conflict"] + said["quarantined"]
    assert first.code == (3 if closed else 0), first.err
    assert said["records"] >= len(given)
    assert sum(said[outcome] for outcome in OUTCOMES) == said["records"]
    assert sum(said["reasons"].values()) >= said["records"] - said["accepted"]
    again = second.json
    assert (second.code, again["records"]) == (0, said["records"])
    assert again["duplicate"] == again["records"]
    waiting = [
        one for one in prompt.hub("quarantine", "list", "--limit", "1000", "--json").json if one["source"] == source
    ]
    assert len(waiting) == closed
    assert all(one["reason"] and one["message"] and one["next_step"] for one in waiting)


@pytest.mark.parametrize("source", ["gp-connect", "nems"])
def test_every_result_that_is_not_accepted_has_its_reason(hub: TestHub, shared: Path, source: str) -> None:
    for file in files(shared, source):
        delivery = Delivery(source, file.name, file.read_bytes())

        receipt = hub.house.hub.intake.receive(hub.house.translate(delivery))

        assert receipt.results
        for result in receipt.results:
            assert result.outcome == "accepted" or result.reason
            assert result.outcome not in ("quarantined", "conflict") or result.next_step
            assert file.stem not in result.message + result.next_step


def test_no_birth_notification_lands_in_the_mothers_story(hub: TestHub, shared: Path) -> None:
    births = [file for file in files(shared, "nems") if b"birth-notification" in file.read_bytes()]
    if not births:
        pytest.skip("there is no birth notification in ../shared/samples/nems_events")
    for file in births:
        content = file.read_bytes()
        hub.house.hub.intake.receive(hub.house.translate(Delivery("nems", file.name, content)))
        number, given, born = mother_of(content)

        with hub.house._database.transaction("hub_projector") as cursor:
            events = [one.event for one in hub.house._ledgers["ledger"].read(cursor, after=0)]
        stated = [event for event in events if isinstance(event, PersonDetailsStated)]
        records = [event for event in events if isinstance(event, Record)]

        assert records
        for person in stated:
            assert number not in [one.value for one in person.identifiers]
            assert number not in person.local_id
            assert given not in [name.upper() for name in person.given]
            assert born not in person.birth_dates
        digest = hub.house.hub.intake.find_child_digest("nhs-number", number)
        with hub.as_owner() as connection:
            query = "select count(*) from identity.identifiers where digest = %s"
            assert connection.execute(query, [digest]).fetchone() == (0,)
        assert {record.person_record for record in records} == {person.originator_id for person in stated}
        assert all(record.about == "child" for record in records)


def mother_of(content: bytes) -> tuple[str, str, str]:
    """Number, given name in capitals, and birth date of the adult to whom the message is addressed: its mother."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    header = root.find(".//f:MessageHeader/f:extension", FHIR)
    assert header is not None

    def first(path: str) -> str:
        found = header.find(path, FHIR)
        assert found is not None
        return str(found.get("value"))

    return (
        first(".//f:valueIdentifier/f:value"),
        first(".//f:valueHumanName/f:given").upper(),
        first(".//f:valueDateTime")[:10],
    )
