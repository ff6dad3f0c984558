"""OneRoster: pupils alone become records, every row is accounted for, and what is sent twice ways is one thing."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from adapters.oneroster import account
from hub.update import Identifier, InvolvementFact, Occurred, Precision, Snapshot, Update
from tests.contract.adapter import check, counted
from tests.unit.adapters.rosters import (
    BULK,
    CALUM,
    CANARIES,
    ENROLLED,
    ISLA,
    JEAN,
    PLACE,
    SET,
    USERS,
    WHOLE,
    delivery,
    leaked,
    packed,
    read,
    refusal,
    update,
)


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
        counts, found = account(archive), read(archive.content, SET)

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
