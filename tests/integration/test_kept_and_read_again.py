"""What the hub keeps of GP and social work records is enough: read again, nothing is lost and nothing moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from adapters import sources
from adapters.fhir import gp_entries
from hub.receipt import Receipt
from tests.contract.adapter import samples
from tests.fix_hub import TestHub
from tests.unit.adapters.health_messages import a_patient, a_practice, a_record, an_entry, gp

OLDER = ("gp-connect", "csc-api", "nems")


def take(hub: TestHub, source: str) -> Receipt:
    receipts = (hub.house.hub.intake.receive(hub.house.translate(file)) for file in samples(source))
    return Receipt(source, tuple(result for receipt in receipts for result in receipt.results))


def mended(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """From now on this source is read by another mapping."""
    known = sources._sources() | {name: replace(sources.source(name), mapping="another")}
    monkeypatch.setattr(sources, "_sources", lambda: known)


def outcomes(receipt: Receipt) -> Counter[str]:
    return Counter(f"{one.outcome.value} {one.reason}".strip() for one in receipt.results)


def standing(hub: TestHub, source: str) -> int:
    with hub.as_owner() as connection:
        row = connection.execute("select count(distinct stream) from intake.revisions where source = %s", [source])
        return int((row.fetchone() or (0,))[0])


@pytest.mark.parametrize("source", OLDER)
def test_every_record_is_read_again_and_is_what_it_was(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    take(hub, source)
    before, children = standing(hub, source), hub.children()

    mended(monkeypatch, source)
    found = hub.house.reread(source)

    assert before
    assert outcomes(found) == {"duplicate already-held": before}
    assert (standing(hub, source), hub.children()) == (before, children)
    assert not hub.house.hub.intake.quarantine.waiting()


def test_a_mended_code_list_revises_the_gp_records_that_it_is_about(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(hub, "gp-connect")
    before = standing(hub, "gp-connect")
    coarser = {key: "gp.observation" for key, code in gp_entries.mapped().items() if code == "gp.injury.presented"}
    codes = gp_entries.mapped() | coarser
    monkeypatch.setattr(gp_entries, "mapped", lambda: codes)

    mended(monkeypatch, "gp-connect")
    found = outcomes(hub.house.reread("gp-connect"))

    assert found["revised read-anew"] == 1
    assert found["duplicate already-held"] == before - 1
    assert outcomes(hub.house.reread("gp-connect"))["revised read-anew"] == 0


def test_an_entry_of_a_type_that_was_unknown_comes_out_of_quarantine_to_its_child(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = an_entry("ClinicalImpression", subject={"reference": "Patient/ada"}, date="2021-03-04")
    delivery = gp(a_record(a_patient(), a_practice(), unknown))
    first = outcomes(hub.house.hub.intake.receive(hub.house.translate(delivery)))

    monkeypatch.setitem(gp_entries.KINDS, "ClinicalImpression", gp_entries.KINDS["Observation"])
    quarantine = hub.house.hub.intake.quarantine
    found = outcomes(quarantine.retry(hub.house.translate_again, "tests", source="gp-connect"))

    assert (first, found) == ({"accepted": 1, "quarantined unmapped-code": 1}, {"accepted": 1})
    assert not quarantine.waiting()
    assert len(hub.children()) == 1


@pytest.mark.parametrize("source", OLDER)
def test_the_same_files_again_change_nothing(hub: TestHub, source: str) -> None:
    take(hub, source)
    before, children = standing(hub, source), hub.children()

    found = take(hub, source)

    assert {one.outcome.value for one in found.results} == {"duplicate"}
    assert (standing(hub, source), hub.children()) == (before, children)
