"""OneRoster: pupils alone become records, every row is accounted for, and no password or contact is kept anywhere."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import not_kept
from adapters.oneroster import account, translate
from hub.update import Delivery, Identifier, InvolvementFact, Occurred, Precision, Refusal, Snapshot, Update
from tests.contract.adapter import check, check_hostile, counted, samples

USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password\n"
)
USERS_2 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,"
    "sms,phone,agentSourcedIds,grades,password,prefferedGivenName,primaryOrgSourcedId\n"
)
ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
ENROLLED = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
)
PEOPLE = "sourcedId,status,dateLastModified,birthDate,sex\n"
ORGS = "sourcedId,status,dateLastModified,name,type,identifier\n"
CANARIES = ("canarypw", "canary@mail.invalid", "01632960999", "canarylogin")
UNWANTED = "canary@mail.invalid,01632960999,01632960999,u-jean,P2,CanaryPw-1"
UPN = "{UPN:B928999922014}"
ISLA = f"u-isla,active,2026-01-12T08:15:00.000Z,true,SCH,student,canarylogin,{UPN},Isla,Lennox,,x,{UNWANTED}\n"
JEAN = f"u-jean,active,2026-01-12,true,SCH,parent,canarylogin,,Jean,Lennox,,x,{UNWANTED}\n"
CALUM = f"u-calum,active,,true,SCH,teacher,canarylogin,,Calum,Reid,,x,{UNWANTED}\n"
PLACE = "e-1,active,2026-01-12,c-1,SCH,u-isla,student,,2025-08-18,2026-06-26\n"
MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nsource.systemCode,rowan\n"


def read(content: str | bytes, name: str = "rowan_users.csv") -> list[Update | Refusal]:
    return list(translate(delivery(content, name)))


def delivery(content: str | bytes, name: str = "rowan_users.csv") -> Delivery:
    return Delivery("oneroster", name, content.encode() if isinstance(content, str) else content)


def update(content: str | bytes, name: str = "rowan_users.csv") -> Update:
    (one,) = read(content, name)
    assert isinstance(one, Update), one
    return one


def refusal(content: str | bytes, name: str = "rowan_users.csv") -> Refusal:
    (one,) = read(content, name)
    assert isinstance(one, Refusal), one
    return one


def packed(tables: dict[str, str], modes: str = "", folder: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{folder}manifest.csv", MANIFEST + modes)
        for name, text in tables.items():
            archive.writestr(f"{folder}{name}.csv", text)
    return out.getvalue()


def said(one: Update | Refusal) -> bytes:
    return (msgspec.json.encode(msgspec.to_builtins(one)) + one.original).lower()


def leaked(found: list[Update | Refusal]) -> list[str]:
    return [canary for one in found for canary in CANARIES if canary.encode() in said(one)]


WHOLE = {
    "users": USERS_2
    + f"u-isla,,,true,canarylogin,,Isla,Lennox,,x,{UNWANTED},Izzy,SCH\n"
    + f"u-jean,,,true,canarylogin,,Jean,Lennox,,x,{UNWANTED},,SCH\n"
    + f"u-calum,,,true,canarylogin,,Calum,Reid,,x,{UNWANTED},,SCH\n",
    "roles": ROLES
    + "r1,,,u-isla,primary,student,,,SCH\nr2,,,u-jean,primary,guardian,,,SCH\nr3,,,u-calum,primary,teacher,,,SCH\n",
    "demographics": PEOPLE + "u-isla,,,14/03/2019,female\nu-calum,,,1980-01-02,male\n",
    "orgs": ORGS + "SCH,,,Rowanbank Primary School,school,\n",
    "enrollments": ENROLLED + PLACE + "e-2,,,c-1,SCH,u-calum,teacher,true,2025-08-18,2026-06-26\n",
}
BULK = "file.users,bulk\nfile.roles,bulk\nfile.demographics,bulk\nfile.orgs,bulk\nfile.enrollments,bulk\n"
SET = "rowan_2025-08-20_oneroster.zip"


def test_a_pupil_on_the_roll_is_a_record_and_a_parent_and_a_teacher_are_none() -> None:
    one = update(USERS + JEAN + ISLA + CALUM)

    assert (one.record_id, one.person.local_id) == ("rowan|u-isla|user", "rowan|u-isla")
    assert one.person.identifiers == (Identifier("upn", "B928999922014"),)
    assert (one.code, one.facts, one.detail) == ("ed.school.listed", (), "Year group: P2.")
    assert (one.version, one.order, one.snapshot) == ("", "2026-01-12T08:15:00.000000Z", None)
    assert one.place == "row 3"


def test_a_pupils_place_in_a_class_makes_the_school_involved_for_its_days() -> None:
    one = update(ENROLLED + PLACE, "rowan_enrollments.csv")

    assert (one.record_id, one.person.local_id) == ("rowan|e-1|enrolment", "rowan|u-isla")
    assert (one.code, one.occurred) == ("ed.class.joined", Occurred("2025-08-18", Precision.DAY, "2026-06-26"))
    assert one.facts == (InvolvementFact("school", "rowan|SCH", since="2025-08-18", until="2026-06-26"),)


def test_every_row_of_a_set_is_a_record_or_context_or_joined_or_refused() -> None:
    broken = WHOLE | {"roles": WHOLE["roles"] + "r4,,,u-isla,primary\n", "users": WHOLE["users"] + "u-x,ragged\n"}

    for tables in (WHOLE, broken):
        archive = delivery(packed(tables, BULK), SET)
        counts, found = account(archive), list(translate(archive))

        rows = Counter({name: text.count("\n") - 1 for name, text in tables.items()})
        by_table: Counter[str] = Counter()
        for (table, _), count in counts.items():
            by_table[table] += count
        assert by_table == rows
        assert sum(count for (_, kind), count in counts.items() if kind == "record") == counted(found)["update"] == 2
        refused = sum(count for (_, kind), count in counts.items() if kind == "refused")
        assert refused == len(found) - 2 == (0 if tables is WHOLE else 2)
    assert account(delivery(packed(WHOLE, BULK), SET))["users", "context"] == 2


def test_roles_and_birth_dates_of_their_own_tables_are_joined_to_the_pupil() -> None:
    user, place = check(delivery(packed(WHOLE, BULK), SET), canaries=CANARIES)

    assert isinstance(user, Update)
    assert isinstance(place, Update)
    assert (user.person.birth_dates, user.person.sex) == (("2019-03-14",), "female")
    assert (user.organisation, user.detail) == ("rowan|SCH", "Year group: P2. Known as: Izzy.")
    assert (user.place, place.place) == ("users, row 2", "enrollments, row 2")
    assert user.snapshot == Snapshot("rowan|users", "2025-08-20T00:00:00.000000Z")
    assert place.snapshot == Snapshot("rowan|enrollments", "2025-08-20T00:00:00.000000Z")


def test_only_what_the_manifest_calls_bulk_is_whole() -> None:
    for modes in ("", "file.users,delta\nfile.enrollments,delta\n"):
        assert [one.snapshot for one in read(packed(WHOLE, modes), SET) if isinstance(one, Update)] == [None, None]


def test_the_service_and_the_files_say_the_same_of_a_pupil() -> None:
    nested = {
        "users": [
            {
                "sourcedId": "u-isla",
                "status": "active",
                "dateLastModified": "2026-01-12T08:15:00.000Z",
                "username": "canarylogin",
                "userIds": [
                    {"type": "UPN", "identifier": "B928999922014"},
                    {"type": "LDAP", "identifier": "canarylogin"},
                ],
                "givenName": "Isla",
                "familyName": "Lennox",
                "roles": [{"roleType": "primary", "role": "student", "org": {"sourcedId": "SCH"}}],
                "orgs": [{"sourcedId": "SCH", "type": "org", "href": "https://canary@mail.invalid/orgs/SCH"}],
                "agents": [{"sourcedId": "u-jean"}],
                "grades": ["P2"],
                "email": "canary@mail.invalid",
                "phone": "01632960999",
                "password": "CanaryPw-1",
            },
            {
                "sourcedId": "u-calum",
                "givenName": "Calum",
                "familyName": "Reid",
                "role": "teacher",
                "password": "CanaryPw-1",
            },
        ],
        "enrollments": [
            {
                "sourcedId": "e-1",
                "status": "active",
                "dateLastModified": "2026-01-12",
                "role": "student",
                "user": {"sourcedId": "u-isla"},
                "class": {"sourcedId": "c-1"},
                "school": {"sourcedId": "SCH"},
                "beginDate": "2025-08-18",
                "endDate": "2026-06-26",
            }
        ],
    }
    answer = delivery(json.dumps(nested), "rowan_oneroster.json")

    user, place = check(answer, canaries=CANARIES)

    assert isinstance(user, Update)
    assert isinstance(place, Update)
    filed, placed = update(USERS + ISLA), update(ENROLLED + PLACE)
    for one, other in ((user, filed), (place, placed)):
        assert (one.record_id, one.person, one.facts, one.detail) == (
            other.record_id,
            other.person,
            other.facts,
            other.detail,
        )
        assert (one.organisation, one.order, one.occurred) == (other.organisation, other.order, other.occurred)
    assert account(answer) == {("users", "record"): 1, ("users", "context"): 1, ("enrollments", "record"): 1}


@pytest.mark.parametrize("shape", ['{{"user": {0}}}', "{0}", "[{0}]", '{{"users": {0}}}', '{{"users": [{0}]}}'])
def test_one_object_alone_is_told_by_its_content(shape: str) -> None:
    user = '{"sourcedId": "u-isla", "role": "student", "givenName": "Isla", "familyName": "L.", "password": "CanaryPw"}'

    one = update(shape.format(user))

    assert one.record_id == "rowan|u-isla|user"
    assert not leaked([one])


def test_what_is_to_be_deleted_is_taken_back() -> None:
    user = update(USERS + ISLA.replace("active", "tobedeleted"))
    place = update(ENROLLED + PLACE.replace("active", "ToBeDeleted"))

    assert (user.action, place.action) == ("retract", "retract")
    assert (place.facts, place.headline, place.record_id) == ((), "", "rowan|e-1|enrolment")


def test_the_day_of_change_orders_however_it_is_written() -> None:
    times = ["2023-05-01", "1/05/2023", "2023-05-01T00:00:00Z", "2023-05-01T01:00:00.000+01:00", "2023-05-01T00:00"]
    later = ["2023-05-01T18:25:43.511Z", "2023-05-01T18:25:43.52Z", "02/05/2023"]

    orders = [update(USERS + ISLA.replace("2026-01-12T08:15:00.000Z", time)).order for time in times + later]

    assert set(orders[:5]) == {"2023-05-01T00:00:00.000000Z"}
    assert orders[4:] == sorted(orders[4:])
    assert len(set(orders)) == 4


@pytest.mark.parametrize("time", ["05/31/2023", "soon", "2023-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_day_of_change_that_is_none_is_a_defect(time: str) -> None:
    one = update(USERS + ISLA.replace("2026-01-12T08:15:00.000Z", time))

    assert one.order == ""
    assert [defect.code for defect in one.defects] == ["bad-date"]


def test_misspelt_headers_are_read() -> None:
    header = USERS.replace("dateLastModified", "dateModified").replace("givenName", "GIVEN_NAME")

    assert update(header + ISLA).record_id == "rowan|u-isla|user"
    enrolled = ENROLLED.replace("userSourcedId", "userSoucedId")
    assert update(enrolled + PLACE).person.local_id == "rowan|u-isla"


def test_a_misspelt_password_is_dropped_with_the_rest() -> None:
    one = update(USERS.replace("password", "pasword").replace("email", "emial") + ISLA)

    assert not leaked([one])


def test_whose_the_ids_are_must_be_known_unless_they_are_nobody_elses() -> None:
    uuid = "1c8d4f6e-7d1b-4c8e-9a53-0b1d5e6f7a80"

    plain = refusal(USERS + ISLA, "users.csv")
    own = update(USERS + ISLA.replace("u-isla", uuid), "users.csv")
    place = refusal(ENROLLED + PLACE.replace("u-isla", uuid), "enrollments.csv")

    assert (plain.reason, plain.place) == ("no-publisher", "row 2, column sourcedId")
    assert (place.reason, place.place) == ("no-publisher", "row 2, column sourcedId")
    assert own.person.local_id == uuid


def test_user_17_of_two_senders_is_two_people_and_school_2_two_schools() -> None:
    one, other = (
        update(ENROLLED + "17,,,c,2,17,student,,,\n", name) for name in ("a.b_enrollments.csv", "bc_enrollments.csv")
    )

    assert one.record_id != other.record_id
    assert one.person.local_id != other.person.local_id
    assert one.facts != other.facts


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
