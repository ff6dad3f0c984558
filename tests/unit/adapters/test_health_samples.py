"""The published GP and child health files go in: counted, none lost, and no birth in the mother's story."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from adapters import gp_connect, nems
from hub.update import Delivery, Refusal, Translated, Update
from hub.vocabulary import terms

SAMPLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "samples"
OUR_OWN = Path(__file__).resolve().parents[3] / "adapters" / "samples"

GP_COUNTS = [(0, 1), (0, 68), (57, 0), (70, 0), (116, 0), (157, 0)]
"""Updates and refusals of each published GP file, fewest updates first: a letter that names no patient, a record
without its patient, and four whole records."""


def files(folder: Path, pattern: str) -> list[Path]:
    found = sorted(folder.glob(pattern))
    if not found:
        pytest.skip(f"The published samples of {folder.name} are not beside the project.")
    return found


def counted(translate: Callable[[Delivery], Iterable[Translated]], path: Path) -> tuple[int, int]:
    found = list(translate(Delivery("any", path.name, path.read_bytes())))
    kinds = Counter(type(record) for record in found)
    assert sum(kinds.values()) == len(found)
    return kinds[Update], kinds[Refusal]


def updates(translate: Callable[[Delivery], Iterable[Translated]], paths: list[Path]) -> list[Update]:
    found = [record for path in paths for record in translate(Delivery("any", path.name, path.read_bytes()))]
    return [record for record in found if isinstance(record, Update)]


def test_every_published_gp_record_is_an_update_or_waits_with_its_reason() -> None:
    paths = files(SAMPLES / "gpconnect_structured", "*.json")

    assert sorted(counted(gp_connect.translate, path) for path in paths) == GP_COUNTS


def test_every_published_message_is_one_update() -> None:
    paths = files(SAMPLES / "nems_events", "*.xml")

    assert [counted(nems.translate, path) for path in paths] == [(1, 0)] * 16


def test_no_published_birth_is_the_mothers() -> None:
    births = [
        part
        for part in updates(nems.translate, files(SAMPLES / "nems_events", "*.xml"))
        if part.code == "hv.birth.notified"
    ]

    assert births
    for birth in births:
        assert all(date >= "2017" for date in birth.person.birth_dates)
        mothers = {part.value for person in birth.third_persons for part in person.identifiers}
        assert mothers.isdisjoint(part.value for part in birth.person.identifiers)


def test_published_patients_who_share_an_invalid_number_stay_apart() -> None:
    found = updates(gp_connect.translate, files(SAMPLES / "gpconnect_structured", "*.json"))

    assert len({part.value for record in found for part in record.person.identifiers}) == 1
    assert len({record.person.local_id for record in found}) == 4


def test_published_new_update_and_delete_meet_in_one_record_in_the_right_order() -> None:
    found = updates(nems.translate, files(SAMPLES / "nems_events", "newborn-hearing-1-*.xml"))
    in_order = sorted(found, key=lambda record: record.order)

    assert len({record.record_id for record in found}) == 1
    assert len({record.version for record in found}) == 3
    assert [record.action for record in in_order] == ["assert", "assert", "retract"]


def test_every_code_is_in_the_vocabulary_and_no_record_is_less_closed_than_its_code() -> None:
    gp = updates(gp_connect.translate, files(SAMPLES / "gpconnect_structured", "*.json"))
    health_visiting = updates(nems.translate, files(SAMPLES / "nems_events", "*.xml"))

    assert all(
        record.sensitivity in {terms()[record.code].sensitivity, "restricted"} for record in gp + health_visiting
    )


def test_our_own_samples_are_all_updates_without_defects() -> None:
    found = updates(gp_connect.translate, files(OUR_OWN / "gp-connect", "*.json"))
    found += updates(nems.translate, files(OUR_OWN / "nems", "*.xml"))

    assert all(counted(nems.translate, path) == (1, 0) for path in files(OUR_OWN / "nems", "*.xml"))
    assert {defect.code for record in found for defect in record.defects} == set()


def test_a_whole_published_record_is_translated_within_two_seconds() -> None:
    largest = max(files(SAMPLES / "gpconnect_structured", "*.json"), key=lambda path: path.stat().st_size)

    started = time.process_time()
    counted(gp_connect.translate, largest)

    assert time.process_time() - started < 2
