"""What agencies' systems may do and no more, from one request to the next, and what is kept of those refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from hub import directory
from hub.audit import refusals
from hub.audit.clients import check
from hub.errors import HalfConfigured, StoreUnavailable
from hub.people import Agency
from tests.fix_hub import Clock, TestHub
from tests.fix_systems import HV, NOBODY, READ, RSA, SCHOOL, Doors
from tests.systems import ADDRESS, AUDIENCE, GRANT, System, write_directory


def test_no_token_at_all_is_refused_and_recorded_too(doors: Doors) -> None:
    answers = [doors.http.get("/v1/receipts"), doors.http.post("/v1/updates"), doors.http.get(READ)]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert doors.log() == [("not known", f"at the {door} door", "missing") for door in ("receipts", "publish", "read")]


def test_nothing_of_a_refused_credential_is_kept(doors: Doors) -> None:
    assertion = NOBODY.assertion(doors.now, jti="canary-of-the-id", name="canary-of-a-claim")
    doors.asked(assertion)
    doors.asked(assertion, client_id="canary-of-a-client")

    with doors.hub.as_owner() as connection:
        kept = connection.execute("select state from access.events").fetchall()
        used = connection.execute("select count(*) from access.assertions").fetchone()
    text = b" ".join(bytes(row[0]) for row in kept)
    assert len(kept) == 2
    assert not any(word in text for word in (b"canary", b"who-is-this", assertion[:20].encode()))
    assert used == (0,)


def test_another_agencys_source_and_one_that_is_none_are_refused_alike(doors: Doors) -> None:
    token = doors.token()

    answers = [doors.sent(token, source) for source in ("school-census", "there-is-none", "NEMS")]

    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert doors.log() == [(HV.id, "at the publish door", "other-source")] * 3


def test_a_source_that_is_taken_away_counts_at_once(doors: Doors) -> None:
    token = doors.token()
    assert doors.sent(token).status_code == 200

    write_directory(doors.directory, System(HV.id, key=HV.key, sources=("csc-api",)).listed())

    assert doors.sent(token).status_code == 403


def test_while_the_directory_cannot_be_read_nobody_gets_in_and_is_told_to_come_again(doors: Doors) -> None:
    token = doors.token()
    good = doors.directory.read_text()
    doors.directory.write_text(good + "\n[[client]]\nid = 7\n")

    answers = [doors.sent(token), doors.asked(HV.assertion(doors.now))]
    doors.directory.write_text(good)

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert doors.sent(token).status_code == 200


def test_the_token_door_speaks_the_standards_words(doors: Doors) -> None:
    good = HV.assertion(doors.now)
    wrong = doors.http.post("/v1/token", data=GRANT | {"client_assertion": good, "grant_type": "password"})
    twice = doors.http.post(
        "/v1/token",
        content="grant_type=client_credentials&grant_type=client_credentials",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    as_json = doors.http.post("/v1/token", json=GRANT | {"client_assertion": good})
    other = doors.asked(good, client_id=SCHOOL.id)
    right = doors.asked(good, client_id=HV.id)

    assert [(one.status_code, one.json()["error"]) for one in (wrong, twice, as_json, other)] == [
        (400, "unsupported_grant_type"),
        (400, "invalid_request"),
        (400, "invalid_request"),
        (401, "invalid_client"),
    ]
    assert right.status_code == 200
    assert right.json().keys() == {"access_token", "token_type", "expires_in"}
    assert (right.json()["token_type"], right.json()["expires_in"]) == ("Bearer", 600)
    assert right.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("system", [HV, RSA, SCHOOL], ids=lambda one: one.algorithm)
@pytest.mark.parametrize("audience", [AUDIENCE, ADDRESS, [AUDIENCE]])
def test_a_good_proof_opens_the_door(doors: Doors, system: System, audience: object) -> None:
    answer = doors.asked(system.assertion(doors.now, aud=audience))

    assert answer.status_code == 200
    assert doors.sent(answer.json()["access_token"], system.sources[0]).status_code == 200
    assert doors.log() == []


def test_a_system_that_changes_its_key_may_use_both_meanwhile(doors: Doors) -> None:
    new = OKPKey.generate_key("Ed25519", parameters={"kid": "hv-next"})
    write_directory(doors.directory, HV.listed(more=(new,)))

    for key in (HV.key, new):
        assert doors.asked(HV.signed(HV.claims(doors.now), {"kid": key.kid}, key)).status_code == 200


def test_a_flood_of_refusals_is_counted_and_not_written_one_by_one(doors: Doors) -> None:
    for _ in range(refusals.EACH + 55):
        assert doors.asked("AAAA").status_code == 401
    doors.asked(NOBODY.assertion(doors.now))  # of another kind, so it still gets its own line

    doors.hub.house.hub.clients.settle()
    doors.hub.house.catch_up()
    found = doors.hub.house.hub.governance.readings(doors.hub.person("eilidh"), limit=1000)
    lines = [(one.rules[0], one.basis) for one in found if one.action == "credential"]
    assert len(lines) == refusals.EACH + 2
    assert lines[0] == ("malformed", "55 times")
    assert ("unknown-client", "") in lines


def test_a_refusal_that_cannot_be_recorded_is_a_refusal_all_the_same_and_is_recorded_later(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    with doors.hub.as_owner() as connection:
        connection.execute("alter table access.events rename to elsewhere")
        answer = doors.asked(NOBODY.assertion(doors.now))
        connection.execute("alter table access.elsewhere rename to events")

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    doors.hub.house.hub.clients.settle()
    assert doors.log() == [("not known", "at the token door", "unknown-client")]


def test_a_proof_that_cannot_be_noted_as_used_opens_nothing(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, **__: object) -> bool:
        raise StoreUnavailable("The database did not answer.")

    monkeypatch.setattr("hub.audit.assertions.first_use", down)
    answer = doors.asked(HV.assertion(doors.now))

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_used_proofs_are_forgotten_once_they_would_have_ended(doors: Doors, hub: TestHub) -> None:
    doors.token()
    doors.token()
    clock: Clock = hub.clock
    clock.at = clock.at.fromtimestamp(doors.now + 400, clock.at.tzinfo)
    doors.token()

    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from access.assertions").fetchone() == (1,)


@pytest.mark.parametrize(("source", "why"), [("there-is-none", "no source"), ("nems", "of another agency")])
def test_the_hub_does_not_start_with_a_system_that_may_send_what_is_not_its_agencys(
    tmp_path: Path, source: str, why: str
) -> None:
    school = System(SCHOOL.id, "SCH-ROWANBANK", "education", ("school-census", source), SCHOOL.key)
    known = directory.load(write_directory(tmp_path / "directory.toml", HV.listed(), school.listed()))

    with pytest.raises(HalfConfigured, match=f"rowanbank-school may send {source}, which is {why}"):
        check(known, {"nems": Agency.HEALTH_VISITING, "school-census": Agency.EDUCATION, "hub-cloudevents": None})
