"""Good records around a bad one still go in, whatever is wrong with it and whichever adapter let it through."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex

import pytest

from hub.update import (
    Author,
    Coding,
    Defect,
    Identifier,
    Occurred,
    Person,
    Precision,
    Refusal,
    ThirdPerson,
    Translated,
    Update,
)
from tests.builders import ISLA, an_update, works_with
from tests.fix_hub import TestHub
from tests.looking import parked, records

ENDLESS = token_hex(9000)  # no index takes a key this long
NUL, HALF = "a\x00b", "a\ud800b"


def with_text(text: str) -> list[Update]:
    """Records with this text in one of the places that the database looks things up by, or that every reader sees."""
    return [
        an_update("1", organisation=text),
        an_update("2", order=text),
        an_update("3", occurred=Occurred(text, Precision.DAY)),
        an_update("4", occurred=Occurred("2024", Precision.YEAR, text)),
        an_update("5", recorded_at_source=text),
        an_update("6", person=replace(ISLA, identifiers=(Identifier(text, "1"),))),
        an_update("7", third_persons=(ThirdPerson(text, "x", "Jean"),)),
        an_update("8", facts=(works_with("school", text),)),
        an_update("9", facts=(works_with("school", "S", text),)),
        an_update("10", facts=(works_with("school", "S", since=text),)),
    ]


def sealed_with(text: str) -> list[Update]:
    """Records with this text where it is sealed."""
    return [
        replace(an_update("11"), record_id=text),
        an_update("12", version=text),
        an_update("13", headline=text),
        an_update("14", detail=text),
        an_update("15", author=Author(text)),
        an_update("16", codings=(Coding("s", "1", text),)),
        an_update("17", person=Person("p-17", (Identifier("nhs-number", text),))),
        an_update("18", person=Person(text)),
        an_update("19", person=Person("p-19", family=text, given=(text,), birth_dates=(text,), postcode=text)),
        an_update("20", third_persons=(ThirdPerson("mother", text, text, text),)),
    ]


def outcomes(hub: TestHub, records: list[Translated]) -> list[str]:
    good = [an_update(f"good-{n}") for n in range(len(records) + 1)]
    mixed: list[Translated] = [one for pair in zip(good, records, strict=False) for one in pair]
    results = hub.house.hub.intake.receive([*mixed, good[-1]]).results
    assert {str(result.outcome) for result in results[::2]} == {"accepted"}
    return [f"{result.outcome} {result.reason}".strip() for result in results[1::2]]


@pytest.mark.parametrize("text", [NUL, HALF], ids=["NUL", "half a pair"])
def test_text_that_is_no_text_is_refused_wherever_it_stands(hub: TestHub, text: str) -> None:
    bad = [*with_text(text), *sealed_with(text), an_update("21", defects=(Defect("bad", text),))]

    assert set(outcomes(hub, [*bad])) == {"quarantined impossible-text"}


def test_a_code_or_date_too_long_to_be_looked_up_is_refused(hub: TestHub) -> None:
    assert set(outcomes(hub, [*with_text(ENDLESS)])) == {"quarantined too-long"}


def test_a_long_text_is_not(hub: TestHub) -> None:
    assert set(outcomes(hub, [*sealed_with(ENDLESS)])) <= {"accepted", "revised person-details-changed"}

    hub.house.catch_up()
    assert parked(hub) == []
    assert max(len(record.headline) for record in records(hub)) == len(ENDLESS)


@pytest.mark.parametrize("text", [NUL, HALF, ENDLESS], ids=["NUL", "half a pair", "endless"])
def test_a_refusal_is_kept_even_when_its_place_is_named_by_what_is_broken(hub: TestHub, text: str) -> None:
    refusal = Refusal("nems", "unmapped-code", text, text, text, b"<a/>", "text/xml")
    bad: list[Translated] = [refusal, an_update("1", place=text, code="no.such.code")]

    assert outcomes(hub, bad) == ["quarantined unmapped-code"] * 2
    assert len(hub.house.hub.intake.quarantine.waiting()) == 2
