"""OneRoster: no password and no contact is kept of any row or file, whole, broken or damaged."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.reading import not_kept
from hub.update import Refusal, Update
from tests.contract.adapter import check, check_hostile, counted, samples
from tests.unit.adapters.rosters import (
    CALUM,
    CANARIES,
    ENROLLED,
    ISLA,
    JEAN,
    ORGS,
    PEOPLE,
    PLACE,
    ROLES,
    USERS,
    delivery,
    leaked,
    read,
    refusal,
    said,
    update,
)


def test_a_misspelt_password_is_dropped_with_the_rest() -> None:
    one = update(USERS.replace("password", "pasword").replace("email", "emial") + ISLA)

    assert not leaked([one])


@pytest.mark.parametrize(
    ("content", "reason", "column"),
    [
        (USERS + ISLA.replace("student", "wizard"), "unmapped-code", "role"),
        (USERS + ISLA.replace("student", ""), "no-role", "role"),
        (USERS + ISLA.replace("active", "inactive"), "unmapped-code", "status"),
        (USERS + ISLA.replace("u-isla", ""), "no-subject", "sourcedId"),
        (ENROLLED + PLACE.replace("u-isla", ""), "no-subject", "userSourcedId"),
        (ENROLLED + PLACE.replace("SCH", ""), "no-organisation", "schoolSourcedId"),
        (ENROLLED + PLACE.replace("e-1", ""), "no-record-id", "sourcedId"),
        (ENROLLED + PLACE.replace("student", "prefect"), "unmapped-code", "role"),
        (PEOPLE + "u-isla,,,2019-03-14,female\n", "no-role", "sourcedId"),
        (ROLES + "r1,,,u-isla,primary,student,,,SCH\n", "no-user", "userSourcedId"),
    ],
)
def test_a_row_that_cannot_be_placed_waits_with_what_may_be_kept(content: str, reason: str, column: str) -> None:
    (one,) = check(delivery(content), canaries=("isla", "lennox", "wizard", "prefect", *CANARIES))

    assert isinstance(one, Refusal)
    assert (one.reason, one.place) == (reason, f"row 2, column {column}")
    assert b"not-kept" not in one.original
    assert not leaked([one])


def test_a_role_that_was_not_known_can_be_retried() -> None:
    one = refusal(USERS + ISLA.replace("student", "wizard"))

    again = update(one.original.replace(b"wizard", b"student"))

    assert again.record_id == "rowan|u-isla|user"


def test_of_somebody_who_may_be_a_parent_no_email_is_kept_though_it_is_the_id() -> None:
    row = ISLA.replace("u-isla", "canary@mail.invalid").replace("student", "carer")

    for content in (USERS + row, PEOPLE + "canary@mail.invalid,,,1980-01-02,\n"):
        (one,) = check(delivery(content), canaries=CANARIES)
        assert not leaked([one])
        assert b"not-kept" in one.original


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ISLA.replace(",CanaryPw-1", ""), "ragged-row"),
        (ISLA.replace("Isla", "Is,la"), "ragged-row"),
        (ISLA.replace("Isla", '"Is"la'), "csv-malformed"),
        (ISLA.replace("Isla", '"Isla'), "csv-malformed"),
        (ISLA.replace("Isla", "Is\x00la"), "nul-character"),
        (ISLA.replace("Isla,Lennox,,x,", "") + "", "ragged-row"),
        (ISLA.replace(",Lennox,,x,", ",,x,").replace("\n", ",\n"), "columns-shifted"),
        (ISLA.replace(",Lennox,,x,", ",").replace("\n", ",,,\n"), "columns-shifted"),
    ],
)
def test_of_a_row_whose_columns_cannot_be_told_nothing_but_a_digest_is_kept(row: str, reason: str) -> None:
    before, bad, after = check(delivery(USERS + ISLA + row + ISLA), canaries=CANARIES)

    assert isinstance(before, Update)
    assert isinstance(after, Update)
    assert isinstance(bad, Refusal)
    assert (bad.reason, bad.place) == (reason, "row 3")
    assert b"not-kept" in bad.original
    assert not leaked([bad])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (USERS.replace("givenName", "x") + ISLA, "not-this-format"),
        ("sourcedId,sourcedId,givenName,familyName,password\nu,v,a,b,CanaryPw\n", "repeated-column"),
        ('{"users": [{"password": "CanaryPw"', "json-malformed"),
        ('{"users": [{"password": "CanaryPw", "password": "CanaryPw"}]}', "json-duplicate-key"),
        ('{"users": ["CanaryPw"]}', "wrong-type"),
        ('{"users": [{"password": "CanaryPw"}]}', "no-subject"),
        ('{"lineItems": [{"password": "CanaryPw"}]}', "not-this-format"),
        ('"CanaryPw"', "not-this-format"),
        ("[" * 100_000, "json-too-deep"),
        (USERS + JEAN + CALUM, "only-context"),
        (ORGS + "SCH,,,canary@mail.invalid,school,\n", "only-context"),
        ('{"users": []}', "only-context"),
        (b"PK\x03\x04canarypw", "zip-malformed"),
    ],
)
def test_what_is_no_roster_of_pupils_leaves_its_digest(content: str | bytes, reason: str) -> None:
    (one,) = check(delivery(content), canaries=CANARIES)

    assert isinstance(one, Refusal)
    assert one.reason == reason
    assert one.original.startswith(b'{"not-kept":')
    assert not leaked([one])


def test_a_file_of_nothing_but_bad_rows_keeps_nothing_of_them() -> None:
    row = ISLA.replace("student", "wizard").replace("Isla", "I") * 1_500

    found = read(USERS + row)

    assert counted(found) == {"unmapped-code": 1_000, "too-many-bad-records": 1}
    assert not leaked(found)


def test_damaged_rosters_are_taken_as_they_come() -> None:
    tried = sum(check_hostile(one) for one in samples("oneroster"))

    assert tried > 500


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=12), st.integers(0, 400))
def test_whatever_is_put_into_a_row_the_password_is_gone(noise: bytes, at: int) -> None:
    content = (USERS + ISLA).encode()
    content = content[:at] + noise + content[at:]

    assert not [one for one in read(content) if b"canarypw-1" in said(one)]


def test_a_note_of_what_was_not_kept_is_told_from_any_other_file() -> None:
    note = not_kept.note("ragged-row", b"canarypw")

    assert refusal(note).reason == "ragged-row"
    assert refusal(note.replace(b"ragged-row", b"made-up")).reason == "unreadable"
    assert refusal(note[:-1] + b',"said":"canarypw"}').original.startswith(b'{"not-kept":"not-this-format"')
