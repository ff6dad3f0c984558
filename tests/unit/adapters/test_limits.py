"""A small file never makes a large mess: what is read, kept and answered is in proportion to what was sent."""

from __future__ import annotations

import ast
import json
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from adapters import csc_api, gp_connect, sources
from adapters.reading import Unreadable, limits, read_json
from adapters.reading.csv_rows import BadRow, read_table
from adapters.reading.strict_json import MOST_VALUES
from adapters.school_census import codes as school_codes
from hub.update import Delivery, Refusal, Translated, Update

MIB = 1024 * 1024
ADAPTERS = Path(__file__).resolve().parents[3] / "adapters"


def csc(*children: bytes, la_code: str = "990") -> Delivery:
    content = b'{"la_code": "%s", "Children": [%s]}' % (la_code.encode(), b",".join(children))
    return Delivery("csc-api", "day.json", content)


def gp(count: int) -> Delivery:
    entries = [{"resource": {"resourceType": "Condition", "id": str(n)}} for n in range(count)]
    return Delivery(
        "gp-connect", "x", json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    )


def through(delivery: Delivery) -> list[Translated]:
    return list(sources.translate(delivery, record_limit=MIB, file_limit=64 * MIB))


def reasons(found: list[Translated]) -> list[str]:
    return [one.reason if isinstance(one, Refusal) else "" for one in found]


def good_child(number: int) -> bytes:
    return b'{"la_child_id": "c%d", "child_details": {"surname": "Reid"}}' % number


# Refusals in a row, and records


def test_a_payload_of_nothing_but_refusals_ends_in_one_that_keeps_the_whole_file() -> None:
    delivery = csc(*[b"0"] * 5_000)

    found = list(csc_api.translate(delivery))

    assert len(found) == 1_001
    last = found[-1]
    assert isinstance(last, Refusal)
    assert (last.reason, last.place, last.original) == ("too-many-bad-records", "/Children/1000", delivery.content)


def test_an_extract_of_nothing_but_refusals_ends_in_one_that_keeps_the_whole_file() -> None:
    delivery = gp(2_000)

    found = list(gp_connect.translate(delivery))

    assert reasons(found) == ["no-subject"] * 1_000 + ["too-many-bad-records"]
    assert found[-1].original == delivery.content


def test_a_thousand_refusals_and_nothing_after_them_are_a_thousand_refusals() -> None:
    assert len(list(csc_api.translate(csc(*[b"0"] * 1_000)))) == 1_000


def test_good_records_between_the_refusals_start_the_count_anew() -> None:
    children = [good_child(n) if n % 900 == 0 else b"0" for n in range(3_000)]

    found = list(csc_api.translate(csc(*children)))

    assert len(found) == 3_000
    assert sum(isinstance(one, Update) for one in found) == 4


def test_records_are_made_as_they_are_asked_for() -> None:
    delivery = csc(*map(good_child, range(20_000)))
    found = csc_api.translate(delivery)
    next(found)

    tracemalloc.start()
    try:
        assert sum(1 for _ in found) == 19_999
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < MIB


def test_beyond_the_most_records_of_a_delivery_one_refusal_keeps_the_whole_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MOST_RECORDS", 5)
    delivery = csc(*map(good_child, range(8)))

    found = through(delivery)

    assert reasons(found) == [""] * 5 + ["too-many-records"]
    assert (found[-1].place, found[-1].original) == ("/Children/5/child_details", delivery.content)
    assert reasons(through(csc(*map(good_child, range(5))))) == [""] * 5


# What is written into every record below


@pytest.mark.parametrize("where", ["la_code", "la_child_id", "social_care_episode_id"])
def test_a_long_id_is_refused_once_and_not_written_into_every_record_below_it(where: str) -> None:
    long = "9" * 50_000
    plans = [{"child_in_need_plan_id": f"p{n}", "start_date": "2025-06-26"} for n in range(100)]
    ids = {"la_code": "990", "la_child_id": "c1", "social_care_episode_id": "e1", where: long}
    episode = {"social_care_episode_id": ids["social_care_episode_id"], "child_in_need_plans": plans}
    child = {"la_child_id": ids["la_child_id"], "social_care_episodes": [episode]}
    delivery = csc(json.dumps(child).encode(), la_code=ids["la_code"])

    found = list(csc_api.translate(delivery))

    assert [type(one) for one in found] == [Refusal]
    assert long not in f"{found[0].place}"
    assert sum(len(one.original) for one in found) <= 2 * len(delivery.content)


# JSON


def test_json_of_more_values_than_any_real_file_is_refused_before_it_is_read() -> None:
    content = b"[" + b"{}," * (MOST_VALUES // 2 + 1) + b"0]"

    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as caught:
            read_json(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert caught.value.reason == "json-too-many-values"
    assert peak < 3 * len(content)


def test_looking_through_json_takes_no_memory_of_its_own() -> None:
    content = b"[" + b"0," * 100_000 + b"0]"

    tracemalloc.start()
    try:
        read_json(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 2 * MIB


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"a": [1, {"b": 1, "b": 2}]}', "line 1, column 11"),
        (b'[0, ["x", "\\u0000"]]', "line 1, column 11"),
        (b'{"a": {"Isla": 1, "9990190313":\r\n ["\\u0000"]}}', "line 2, column 3"),
        (b'{"a": [[1], {"b": "x"}],\n"Isla": {\n"\\u0000": 1}}', "line 2, column 9"),
        (b' "\\u0000"', "line 1, column 2"),
    ],
)
def test_what_is_wrong_in_json_is_placed_without_its_keys(content: bytes, place: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_json(content)

    assert caught.value.place == place


# CSV


def census(header: bytes, *rows: bytes) -> Iterator[Translated]:
    return iter(through(Delivery("school-census", "2024_autumn_x.csv", header + b"".join(rows))))


def test_a_header_of_more_than_eight_kib_is_refused_with_the_file() -> None:
    content = b"pupilonrolltableid,nativeid,entrydate," + b"x" * 8_192 + b"\n" + b"1,S,,\n" * 3

    (one,) = census(content)

    assert isinstance(one, Refusal)
    assert (one.reason, one.original) == ("header-too-long", content)


def test_a_header_of_two_kib_is_kept_as_it_came() -> None:
    header = b"PupilOnRollTableId,NativeId,entrydate," + b"x" * 2_000 + b"\n"

    assert next(census(header, b"1,S,,\n")).original == header + b"1,S,,\n"


def test_a_longer_header_does_not_make_every_short_row_long() -> None:
    header = b"PupilOnRollTableId,NativeId, EntryDate ," + b"x" * 8_000 + b"," + b'"y,y"' + b",z\n"

    one = next(census(header, b"1,S,2024-09-02,,,\n"))

    assert isinstance(one, Update)
    assert one.original.startswith(b"pupilonrolltableid,nativeid,entrydate,sha256=")
    assert one.original.endswith(b",,\n1,S,2024-09-02,,,\n")
    assert len(one.original) < 200


def test_a_row_of_a_long_header_reads_the_same_alone() -> None:
    header = b"pupilonrolltableid,nativeid,surname,forename," + b"x" * 4_000 + b",upn,sex,dob,entrydate\n"
    row = b'1,S,"O, Neil",Isla,,B928999922014,F,2019-03-14,2023-09-04\n'

    (one,) = census(header, row)
    (again,) = census(one.original)

    assert isinstance(one, Update)
    assert isinstance(again, Update)
    assert (one.person, one.code, one.occurred) == (again.person, again.code, again.occurred)
    assert one.person.family == "O, Neil"


def test_every_column_that_the_census_reads_is_kept_of_a_long_header() -> None:
    asked = {
        node.args[0].value
        for file in ("school_census/__init__.py", "school_census/cells.py")
        for node in ast.walk(ast.parse((ADAPTERS / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"text", "day", "count"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert "upn" in asked
    assert asked <= school_codes.COLUMNS


def test_a_row_of_more_than_four_mib_is_refused_without_being_taken_apart() -> None:
    header, row = b"a,b\n", b'"' + b"," * (4 * MIB) + b"\n"
    table = read_table(header + row + b"1,2\n", frozenset())

    tracemalloc.start()
    try:
        bad, good = islice(table.rows, 2)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert isinstance(bad, BadRow)
    assert (bad.reason, bad.original, good.original) == ("row-too-large", header + row, header + b"1,2\n")
    assert peak < 4 * len(row)


# The delivery's name


@pytest.mark.parametrize("content", [b"", b"?", b"pupilonrolltableid,nativeid,entrydate\n1,S,\n,,\n"])
def test_everything_carries_the_name_of_the_file_it_came_in(content: bytes) -> None:
    found = list(
        sources.translate(Delivery("school-census", "2024_autumn_x.csv", content), record_limit=9, file_limit=60)
    )

    assert found
    assert {one.delivery for one in found} == {"2024_autumn_x.csv"}
