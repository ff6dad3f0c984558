"""Files of hospitals' messages: each read by itself, and without next of kin, homes and telephone numbers."""

from __future__ import annotations

import pytest

from adapters.hl7v2.message import stamp, unescaped
from hub.update import Refusal, Update
from tests.unit.adapters.hospital_messages import (
    NEXT_OF_KIN,
    a_header,
    a_message,
    a_patient,
    a_result,
    a_value,
    a_visit,
    an_admission,
    an_event,
    read,
    refusal,
    update,
)

CONTACTS = (b"960111", b"Mhairi", b"Hidden Lane", b"mhairi@")
MARKS = "|~^&\\"


def test_next_of_kin_homes_and_telephones_are_nowhere() -> None:
    for content in (an_admission(), a_message(a_header("ADT^A99"), a_patient(), NEXT_OF_KIN), an_admission()[20:]):
        for one in read(content):
            assert not any(word in one.original for word in CONTACTS)
            assert not any(word.decode() in repr(one) for word in CONTACTS)


@pytest.mark.parametrize(
    "damaged",
    [
        NEXT_OF_KIN.replace("NK1", "NJ1"),
        NEXT_OF_KIN[1:],
        "Hidden Lane^^Nowhere|01632 960111",
        NEXT_OF_KIN.replace("|", "\x19", 1),
        "ZNK|Fernie^Mhairi",
        f"\x0b{NEXT_OF_KIN}",
    ],
)
def test_a_damaged_line_about_next_of_kin_is_not_kept_either(damaged: str) -> None:
    content = a_message(a_header(), an_event(), a_patient(), damaged, a_visit())

    assert not any(word in update(content).original for word in CONTACTS)


def test_next_of_kin_are_not_kept_of_a_file_of_nothing_but_faults() -> None:
    content = a_message(a_header("ADT^A99"), a_patient(), NEXT_OF_KIN) * 1_100

    found = read(content)

    assert len(found) == 1_001
    assert isinstance(found[-1], Refusal)
    assert found[-1].reason == "too-many-bad-records"
    assert not any(word in one.original for one in found for word in CONTACTS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2023", "2023"),
        ("202303", "2023-03"),
        ("20230301", "2023-03-01"),
        ("2023030110", "2023-03-01T10:00:00+00:00"),
        ("20230301100005.1234", "2023-03-01T10:00:05.1234+00:00"),
        ("20230230", None),
        ("20230301250000", None),
        ("٢٠٢٣", None),
        ("20230301100000+9900", None),
    ],
)
def test_time_stamps_are_as_exact_as_they_are(text: str, value: str | None) -> None:
    found = stamp(text)

    assert (found.value if found else None) == value


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\n\r\n", "\x1c\r\x0b"])
def test_segments_may_end_in_any_way(end: str) -> None:
    content = an_admission().replace(b"\r", end.encode())
    both = b"\x0b" + content + b"\x1c\r\x0b" + content.replace(b"|V1|", b"|V2|") + b"\x1c\r"

    assert [one.record_id for one in read(both) if isinstance(one, Update)] == [
        "PAS|Z99H2|visit|V1|admission",
        "PAS|Z99H2|visit|V2|admission",
    ]


def test_batch_headers_are_no_records() -> None:
    content = b"FHS|^~\\&|PAS\rBHS|^~\\&|PAS\r" + an_admission() + b"BTS|1\rFTS|1\r"

    assert update(content).code == "hospital.admitted"
    assert refusal(b"FHS|^~\\&|PAS\rBHS|^~\\&|PAS\rBTS|0\r").reason == "no-records"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"MSH|^~\r20230301|ADT^A01\r" + a_patient().encode() + b"\r", "message-header-broken"),
        (b"MSH|^^\\&|PAS\r", "message-header-broken"),
        (b"MSH|^&|PAS\r", "message-header-broken"),
        (an_admission().replace(b"|ADT^A01|", b"||").replace(b"EVN|A01", b"EVN|"), "no-message-type"),
        (an_admission().replace(b"Ward 4", b"Ward \x00"), "nul-character"),
        (an_admission().replace(b"PID|", b"QID|"), "no-subject"),
        (an_admission().replace(b"|V1|", b"||").replace(b"20230301100000", b""), "no-record-id"),
        (an_admission().replace(b"|PAS|Z99H2|", b"|||"), "no-sender"),
        (an_admission().replace(b"Ward 4", b"W" * (1024 * 1024)), "message-too-large"),
        (an_admission().replace(b"Ward 4", b"^" * 120_000), "message-too-large"),
    ],
)
def test_one_broken_message_never_takes_its_neighbours(broken: bytes, reason: str) -> None:
    first, bad, last = read(an_admission() + broken + an_admission(number="V2"))

    assert isinstance(first, Update)
    assert isinstance(last, Update)
    assert isinstance(bad, Refusal)
    assert bad.reason == reason
    assert [one.reason for one in read(bad.original) if isinstance(one, Refusal)] == [reason]


def test_what_stands_before_the_first_message_is_kept_with_its_reason() -> None:
    stray, good = read(b"Report of the night\r" + an_admission())

    assert isinstance(stray, Refusal)
    assert (stray.reason, stray.original) == ("no-message-header", b"Report of the night")
    assert isinstance(good, Update)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (r"a\T\b\F\c\S\d\R\e\E\f", "a&b|c^d~e\\f"),
        (r"one\.br\two", "one\ntwo"),
        (r"\H\loud\N\ ", "loud "),
        (r"caf\XC3A9\ ", "café "),
        (r"\X00\none", "none"),
        (r"\.br999999999999\x", "\nx"),
        (r"C:\only one", r"C:\only one"),
        (r"\Zunknown\kept", "kept"),
    ],
)
def test_escapes_are_written_out_and_never_grow(raw: str, said: str) -> None:
    assert unescaped(raw, MARKS) == said


def test_an_unreadable_escape_is_not_written_to_a_log(caplog: pytest.LogCaptureFixture) -> None:
    read(a_result(a_value(r"Ada \C1234\ \XZZ\ \\ \Q\ ", kind="TX")))

    assert not caplog.records


def test_a_text_with_line_ends_of_its_own_stays_whole() -> None:
    content = a_result(a_value("first line\nsecond line", kind="TX"))

    assert "second line" in update(content).detail


def test_windows_characters_are_read_and_said() -> None:
    found = update(an_admission().replace(b"Ward 4", b"Ward \x96 4"))

    assert "Ward \u2013 4" in found.headline
    assert "wrong-encoding" in {defect.code for defect in found.defects}
