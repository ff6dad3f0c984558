"""The registry: whatever arrives leaves as updates and refusals, and nothing is lost on the way."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters import sources
from hub.demo.story import deliveries
from hub.errors import BadInput
from hub.people import Agency
from hub.update import Delivery, Refusal, Translated, Update

MIB = 1024 * 1024
ROW = b"pupilonrolltableid,NativeId,termlysessiondetailsonrolltableid,sessions,attendancereason\nt1,SCH9,s1,8.0,I\n"
NAMES = st.sampled_from(sources.names())


def through(delivery: Delivery, record_limit: int = MIB, file_limit: int = 64 * MIB) -> list[Translated]:
    return list(sources.translate(delivery, record_limit=record_limit, file_limit=file_limit))


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("gp-connect", Agency.GP),
        ("nems", Agency.HEALTH_VISITING),
        ("csc-api", Agency.SOCIAL_WORK),
        ("school-census", Agency.EDUCATION),
    ],
)
def test_a_source_speaks_for_one_kind_of_agency(name: str, agency: Agency) -> None:
    assert sources.agency_of(name) is agency


@pytest.mark.parametrize("name", sources.names())
def test_every_source_has_its_adapter_and_its_maps(name: str) -> None:
    known = sources.source(name)

    assert callable(known.translate)
    assert known.mapping


def test_no_source_is_trusted_with_numbers_it_does_not_hold() -> None:
    assert sources.trusted_systems("nems") == {"nhs-number"}
    assert "nhs-number" not in sources.trusted_systems("school-census")


def test_an_unknown_source_is_refused_at_once_and_the_known_ones_are_named() -> None:
    with pytest.raises(BadInput) as caught:
        sources.translate(Delivery("carefirst", "x.csv", b""), record_limit=MIB, file_limit=MIB)

    assert all(name in caught.value.next_step for name in sources.names())
    assert "carefirst" not in caught.value.message + caught.value.next_step


def test_a_file_over_the_limit_is_not_read_and_its_beginning_is_kept() -> None:
    content = ROW + b"t" * 200_000

    (one,) = through(Delivery("school-census", "x.csv", content), file_limit=100_000)

    assert isinstance(one, Refusal)
    assert one.reason == "file-too-large"
    assert one.original == content[: 64 * 1024]
    assert str(len(content)) in one.message
    assert "only its first 65536 bytes were kept" in one.message
    assert "Split" in one.next_step


def test_a_file_at_the_limit_is_read() -> None:
    (one,) = through(Delivery("school-census", "x.csv", ROW), file_limit=len(ROW))

    assert isinstance(one, Update)


def test_a_record_over_the_limit_is_refused_whole_and_its_neighbours_go_in() -> None:
    long = b"t2,SCH9," + b"s" * 500 + b",8.0,I\n"

    first, second, third = through(
        Delivery("school-census", "x.csv", ROW + long + b"t3,S,s3,1.0,I\n"), record_limit=400
    )

    assert isinstance(first, Update)
    assert isinstance(third, Update)
    assert isinstance(second, Refusal)
    assert (second.reason, second.place) == ("record-too-large", "row 3")
    assert second.original.endswith(long)


def test_a_fault_of_our_own_keeps_the_file_and_names_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(delivery: Delivery) -> Iterator[Translated]:
        yield from sources.source("school-census").translate(delivery)
        raise KeyError("Isla Lennox")

    monkeypatch.setattr("adapters.nems.translate", faulty)

    with caplog.at_level(logging.DEBUG):
        update, refusal = through(Delivery("nems", "isla-lennox.xml", ROW))

    assert isinstance(update, Update)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.original) == ("adapter-failed", ROW)
    assert "KeyError" in refusal.message
    assert "Isla" not in caplog.text + refusal.message + refusal.next_step
    assert "isla" not in caplog.text


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(NAMES, st.binary(max_size=400))
def test_no_bytes_make_the_registry_fail(name: str, content: bytes) -> None:
    assert all(isinstance(one, Update | Refusal) for one in through(Delivery(name, "x", content)))


def test_no_damage_to_a_real_file_makes_the_registry_fail() -> None:
    by_source = {one.source: one for one in deliveries()}

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(sorted(by_source)), st.floats(0, 1), st.floats(0, 0.2), st.binary(max_size=12))
    def damage(name: str, where: float, length: float, inserted: bytes) -> None:
        content = by_source[name].content
        start = int(len(content) * where)
        end = start + int(len(content) * length)
        damaged = content[:start] + inserted + content[end:]

        found = through(Delivery(name, by_source[name].name, damaged))

        assert not [one.reason for one in found if isinstance(one, Refusal) and one.reason == "adapter-failed"]

    damage()
