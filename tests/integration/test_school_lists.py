"""Schools' lists in a real hub: each term compared with the last, no two children in one story, no secret stored."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.reading import not_kept
from hub.events.identity import PersonDetailsStated
from hub.events.records import Record
from hub.intake import rereading
from hub.receipt import Receipt
from hub.update import Delivery
from tests.canaries import everywhere, found
from tests.contract.adapter import samples
from tests.fix_hub import TestHub
from tests.looking import events_of

ROLL = "pupilonrolltableid,NativeId,dob,surname,forename,upn,sex,entrydate,termlysessionspossible\n"
LEFT = "pupilnolongeronrolltableid,NativeId,dob,surname,forename,upn,sex,entrydate,leavingdate\n"
PARENTS = "PARENT_1_NAME,PARENT_1_EMAIL,PARENT_1_PHONE,"
CHILD = "CHILD_FIRST_NAME,CHILD_LAST_NAME,CHILD_DATE_OF_BIRTH,CHILD_ADDRESS_LINE_1,CHILD_POSTCODE,CHILD_NHS_NUMBER\n"
LIST = PARENTS + CHILD
USERS = "sourcedId,status,dateLastModified,role,username,givenName,familyName,email,phone,grades,password\n"
CANARIES = ("canarymother", "canary@mail.invalid", "01632960999", "canarystreet", "canarypw", "canarylogin")
MOTHER = "Canarymother Lennox,canary@mail.invalid,01632960999,"
NUMBERS = ("9990000018", "9990000026", "9990000034")


def send(hub: TestHub, source: str, name: str, text: str | bytes) -> Receipt:
    content = text.encode() if isinstance(text, str) else text
    return hub.house.hub.intake.receive(hub.house.translate(Delivery(source, name, content)), whole=True)


def outcomes(receipt: Receipt) -> list[str]:
    return [str(one.outcome) for one in receipt.results]


def absences(hub: TestHub) -> int:
    return sum(one.reason == "absent-from-latest" for one in hub.house.hub.intake.questions())


def names_of_each_child(hub: TestHub) -> list[set[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """The given names and birth dates that were ever stated of each child."""
    stated: dict[object, set[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    with hub.as_owner() as connection:
        rows = connection.execute("select person_record, child from identity.links where known_to = 'infinity'")
        child_of: dict[object, object] = dict(rows.fetchall())
    for event in events_of(hub):
        if isinstance(event, PersonDetailsStated):
            stated.setdefault(child_of[event.originator_id], set()).add((event.given, event.birth_dates))
    return list(stated.values())


def test_autumn_and_then_spring_tell_what_is_new_what_changed_and_what_is_gone(hub: TestHub) -> None:
    pupils = {
        "stays": "p1,SCH,2019-03-14,Lennox,Isla,,F,2023-Sep-04 00:00:00,\n",
        "changes": "p2,SCH,2018-05-01,Reid,Ann,,F,2022-Sep-05 00:00:00,140.0\n",
        "vanishes": "p3,SCH,2018-06-01,Muir,Rob,,M,2022-Sep-05 00:00:00,\n",
        "leaves": "p4,SCH,2018-07-01,Kerr,Una,,F,2022-Sep-05 00:00:00,\n",
    }
    spring = (
        pupils["stays"] + pupils["changes"].replace("140.0", "130.0") + "p5,SCH,2019-08-01,Baird,Ed,,M,2025-01-06,\n"
    )
    left = LEFT + "p4,SCH,2018-07-01,Kerr,Una,,F,2022-09-05,2024-12-20\n"

    autumn = send(hub, "school-census", "2024_autumn_pupilonroll.csv", ROLL + "".join(pupils.values()))
    again = send(hub, "school-census", "2024_autumn_pupilonroll.csv", ROLL + "".join(pupils.values()))
    leavers = send(hub, "school-census", "2025_spring_pupilnolongeronroll.csv", left)
    later = send(hub, "school-census", "2025_spring_pupilonroll.csv", ROLL + spring)
    late = send(hub, "school-census", "2024_autumn_pupilonroll.csv", ROLL + "".join(pupils.values()))

    assert outcomes(autumn) == ["accepted"] * 4
    assert outcomes(again) == outcomes(late) == ["duplicate"] * 4
    assert (again.absent, leavers.absent) == (0, 0)
    assert outcomes(leavers) == ["accepted"]
    assert outcomes(later) == ["duplicate", "revised", "accepted"]
    assert (later.absent, absences(hub)) == (2, 2)


def test_a_census_that_was_corrected_within_its_term_is_a_revision(hub: TestHub) -> None:
    row = "p1,SCH,2019-03-14,Lennox,Isla,,F,{},\n"
    send(hub, "school-census", "2024_autumn_pupilonroll.csv", ROLL + row.format("2023-Sep-04 00:00:00"))

    corrected = send(hub, "school-census", "2024_autumn_pupilonroll.csv", ROLL + row.format("2023-Sep-11 00:00:00"))

    assert outcomes(corrected) == ["revised"]


def test_exclusions_of_last_term_are_not_missing_from_this_terms(hub: TestHub) -> None:
    header = "termlyexclusionsonrolltableid,pupilonrolltableid,NativeId,category,startdate,sessions,reason1\n"
    send(hub, "school-census", "2024_autumn_termlyexclusionsonroll.csv", header + "x1,p1,SCH,FIXD,2024-10-01,4,VB\n")

    spring = send(
        hub, "school-census", "2025_spring_termlyexclusionsonroll.csv", header + "x2,p1,SCH,FIXD,2025-02-01,2,VB\n"
    )

    assert (outcomes(spring), spring.absent) == (["accepted"], 0)


@pytest.mark.slow
def test_the_published_census_of_autumn_and_a_spring_made_from_it(hub: TestHub, shared: Path) -> None:
    lines = (shared / "samples" / "school_census" / "2024_autumn_pupilonroll.csv").read_text().splitlines(keepends=True)
    header, pupils = lines[0], lines[1:2_001]
    stays, moves = pupils[: 2_000 - 40], pupils[2_000 - 30 :]
    moved = [line.replace(",SCH", ",NEW", 1) for line in moves]

    autumn = send(hub, "school-census", "2024_autumn_pupilonroll.csv", header + "".join(pupils))
    spring = send(hub, "school-census", "2025_spring_pupilonroll.csv", header + "".join(stays + moved))

    assert Counter(outcomes(autumn)) == {"accepted": 2_000}
    assert Counter(outcomes(spring)) == {"duplicate": 1_960, "accepted": 30}
    assert spring.absent == 40
    assert len(hub.children()) == 2_030


def test_one_child_twice_in_a_list_is_one_record(hub: TestHub, shared: Path) -> None:
    """The published list in which one number stands twice: other parents, same child."""
    content = (shared / "samples" / "mavis_school_imms" / "cohort_duplicate_nhs_numbers.csv").read_bytes()

    receipt = send(hub, "class-list", "cohort_duplicate_nhs_numbers.csv", content)

    assert outcomes(receipt) == ["accepted", "duplicate"]
    hub.only_child()


@pytest.mark.parametrize("first", [0, 1])
def test_one_number_on_two_children_never_makes_them_one(hub: TestHub, first: int) -> None:
    rows = [
        MOTHER + f"Jennifer,Clarke,2010-01-01,,SW1A 1AA,{NUMBERS[0]}\n",
        MOTHER + f"Claire,Clarke,2010-01-01,,SW1A 1AA,{NUMBERS[0]}\n",
        MOTHER + f"Jennifer,Clarke,2012-01-01,,SW1A 1AA,{NUMBERS[0]}\n",
    ]
    rows = rows[first:] + rows[:first]

    together = send(hub, "class-list", "SCH_class.csv", LIST + "".join(rows))
    apart = [send(hub, "class-list", "SCH_class.csv", LIST + row) for row in rows]

    assert [(str(one.outcome), one.reason) for one in together.results] == [("quarantined", "two-identities")]
    assert [outcomes(one) for one in apart] == [["accepted"], ["conflict"], ["conflict"]]
    assert [len(stated) for stated in names_of_each_child(hub)] == [1]


UPNS = ("B801200005001", "Q801200005002")


def test_two_children_of_one_name_and_birthday_are_two_wherever_they_stand(hub: TestHub) -> None:
    """Without a postcode: in two schools' lists that name no school, and in two classes of one school's."""
    header = LIST.replace("\n", ",CHILD_UPN,CHILD_REGISTRATION\n")
    one, other = (
        MOTHER + f"Ann,Reid,2019-03-14,,,,{upn},{group}\n" for upn, group in zip(UPNS, ("1A", "1B"), strict=True)
    )

    apart = [send(hub, "class-list", "class.csv", header + row) for row in (one, other)]
    together = send(hub, "class-list", "SCH_class.csv", header + one + other)

    assert [outcomes(receipt) for receipt in (*apart, together)] == [["accepted"], ["accepted"], ["accepted"] * 2]
    assert len(hub.children()) == 2
    assert standing_codes(hub) == ["ed.school.listed"] * 4


@pytest.mark.parametrize("born", ["2019-03-14", "2018-01-01"])
def test_a_school_learns_nothing_from_another_schools_number(hub: TestHub, born: str) -> None:
    """The answer to a right birth date and to a wrong one is the same; only the register knows which it was."""
    send(hub, "class-list", "SCH-A_class.csv", LIST + MOTHER + f"Isla,Lennox,2019-03-14,,,{NUMBERS[0]}\n")

    answer = send(hub, "class-list", "SCH-B_class.csv", LIST + MOTHER + f"Isla,Lennox,{born},,,{NUMBERS[0]}\n")

    assert [(str(one.outcome), one.reason) for one in answer.results] == [("accepted", "")]
    assert len(hub.children()) == (1 if born == "2019-03-14" else 2)


def test_numbers_that_are_wrong_or_missing_never_bring_two_children_together(hub: TestHub) -> None:
    rows = [
        MOTHER + f"{given},Clarke,{born},,{postcode},{number}\n"
        for number in ("invalid", "", "9990000019")
        for given, born in (("Ann", "2010-01-01"), ("Bea", "2010-01-01"), ("Ann", "2010-01-02"))
        for postcode in ("ZZ99 3CZ", "ZZ99 3VZ", "")
    ]

    found = [send(hub, "class-list", "SCH_class.csv", LIST + row) for row in rows]

    # Another wrong number is news of a person; without a postcode it cannot be told whose row it is.
    assert Counter(outcome for one in found for outcome in outcomes(one)) == {
        "accepted": 6,
        "revised": 12,
        "quarantined": 9,
    }
    assert len(hub.children()) == 6
    assert [len(stated) for stated in names_of_each_child(hub)] == [1] * 6


def test_every_published_list_goes_in_once_and_nobody_meets_another(hub: TestHub, shared: Path) -> None:
    files = [
        path
        for path in sorted((shared / "samples" / "mavis_school_imms").glob("*.csv"))
        if b"CHILD_FIRST_NAME" in path.read_bytes()
    ]
    assert len(files) == 7

    first = [send(hub, "class-list", path.name, path.read_bytes()) for path in files]
    again = [send(hub, "class-list", path.name, path.read_bytes()) for path in files]

    assert sum(len(one.results) for one in first) == 30
    assert {outcome for one in again for outcome in outcomes(one)} == {"duplicate"}
    for stated in names_of_each_child(hub):
        assert len({given[0] for given, _ in stated if given}) == 1
        assert len({born for _, births in stated for born in births}) == 1


@pytest.mark.parametrize("source", ["class-list", "oneroster"])
def test_the_samples_twice_and_in_any_order_tell_one_story(hub: TestHub, source: str) -> None:
    given = list(samples(source))
    for delivery in given:
        send(hub, source, delivery.name, delivery.content)
    before = standing(hub)

    again = [send(hub, source, one.name, one.content) for one in given]
    random.Random(7).shuffle(given)  # noqa: S311 - for a test that can be repeated
    shuffled = [send(hub, source, one.name, one.content) for one in given]

    assert {outcome for one in again + shuffled for outcome in outcomes(one)} == {"duplicate"}
    assert standing(hub) == before
    assert len(hub.children()) == (2 if source == "class-list" else 1)


@pytest.mark.parametrize("source", ["class-list", "oneroster"])
def test_the_samples_in_another_order_end_in_the_same_story(make_hub: Callable[[], TestHub], source: str) -> None:
    told = []
    for turned in (1, -1):
        hub = make_hub()
        for delivery in list(samples(source))[::turned]:
            send(hub, source, delivery.name, delivery.content)
        told.append(standing(hub))

    assert told[0] == told[1]


def standing(hub: TestHub) -> list[tuple[object, ...]]:
    hub.house.catch_up()
    with hub.as_owner() as connection:
        query = "select code, occurred_start, headline, detail from read.entries where known_to = 'infinity'"
        return sorted(connection.execute(query).fetchall())


def standing_codes(hub: TestHub) -> list[object]:
    return [row[0] for row in standing(hub)]


def test_isla_is_one_child_to_her_school_and_to_health(hub: TestHub) -> None:
    for source in ("nems", "csc-api", "class-list", "oneroster"):
        for delivery in samples(source):
            send(hub, source, delivery.name, delivery.content)

    isla = [stated for stated in names_of_each_child(hub) if any("Isla" in given for given, _ in stated)]

    assert len(isla) == 1


def test_no_password_and_no_contact_is_stored_anywhere(hub: TestHub) -> None:
    """Good rows, refused rows, rows without columns and broken files: grep what is stored, sealed bytes too."""
    wanted = "canarywanted"
    child = MOTHER + f"Canarywanted,Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ,{NUMBERS[0]}\n"
    lists = [
        LIST + child + child.replace(NUMBERS[0], "") + child.replace("2019-03-14", "soon").replace(NUMBERS[0], ""),
        LIST + child.replace("Lennox,2019", "Len,nox,2019") + child.replace("Canarywanted", '"Canarywanted'),
        LIST + child.replace(MOTHER, "," + MOTHER[:-1]) + child.replace("2019", "20\x0019"),
        LIST + child.replace("Canarywanted", "Other").replace("2019-03-14", "2011-11-11"),
        child,
        LIST.replace(",", ";") + child.replace(",", ";"),
    ]
    user = "u1,active,2026-01-12,student,canarylogin,Canarywanted,Lennox,canary@mail.invalid,01632960999,P2,CanaryPw\n"
    rosters = [
        USERS + user + user.replace("student", "parent").replace("u1", "u2") + user.replace("student", "wizard"),
        USERS
        + user.replace(",P2", "")
        + user.replace("Lennox", '"Lennox')
        + user.replace(",P2,CanaryPw", ",CanaryPw,"),
        USERS + user.replace("Canarywanted", "Another"),
        USERS.replace("password", "pasword") + user.replace("u1", "u4"),
        '{"user": {"sourcedId": "u5", "role": "student", "givenName": "a", "familyName": "b", "password": "CanaryPw"}}',
        '{"users": [{"sourcedId": "u6", "password": "CanaryPw"',
        "PK\x03\x04 CanaryPw canary@mail.invalid",
    ]

    seen = Counter(
        outcome
        for source, texts in (("class-list", lists), ("oneroster", rosters))
        for text in texts
        for outcome in outcomes(send(hub, source, "canary_users.csv", text))
    )
    hub.house.catch_up()

    assert seen["accepted"] >= 3
    assert seen["conflict"] >= 2
    assert seen["quarantined"] >= 8
    with hub.as_owner() as connection:
        assert found(connection, CANARIES, *everywhere(connection)) == set()
    kept = [*originals(hub), *quarantined(hub)]
    assert len(kept) == seen["accepted"] + seen["revised"] + seen["conflict"] + seen["quarantined"]
    assert any(wanted.encode() in one.lower() for one in kept)
    assert not [canary for canary in CANARIES for one in kept if canary.encode() in one.lower()]
    told = " ".join(map(str, (event for event in events_of(hub) if isinstance(event, Record | PersonDetailsStated))))
    assert wanted in told.lower()
    assert not [canary for canary in CANARIES if canary in told.lower()]


def originals(hub: TestHub) -> Iterator[bytes]:
    """The opened bytes of every standing record."""
    with hub.house._ledger_for_now("ledger") as ledger:
        for source in ("class-list", "oneroster"):
            for delivery, _ in rereading.deliveries(hub.house._database, ledger, source, "another mapping"):
                yield delivery.content


def quarantined(hub: TestHub) -> list[bytes]:
    """The opened bytes of everything that waits."""
    with hub.as_owner() as connection, closing(hub.keyring()) as keys:
        rows = connection.execute("select id, sealed from intake.quarantine").fetchall()
        keys.load({identity for identity, _ in rows}, create=False)
        return [keys.open(identity, bytes(sealed), identity.bytes) for identity, sealed in rows]


def test_a_note_waits_on_when_it_is_retried(hub: TestHub) -> None:
    send(hub, "class-list", "class.csv", LIST + MOTHER + "Isla,Len,nox,2019-03-14,,,\n")
    (kept,) = quarantined(hub)

    again = send(hub, "class-list", "class.csv", kept)

    assert kept.startswith(b'{"not-kept":"ragged-row"')
    assert kept == not_kept.note("ragged-row", (MOTHER + "Isla,Len,nox,2019-03-14,,,\n").encode())
    assert [(str(one.outcome), one.reason) for one in again.results] == [("duplicate", "already-in-quarantine")]
