"""Two schools write for the hub themselves: neither can write, change or take back in the other's name."""

from __future__ import annotations

import orjson
import pytest

from hub.directory import load
from hub.errors import HalfConfigured
from tests.fix_systems import SCHOOL, Doors, bearer
from tests.systems import System, write_directory

OURS, THEIRS = "https://records.example/rowanbank", "https://records.example/wren"
WRITES = System("rowanbank-notes", "SCH-ROWANBANK", "education", ("hub-cloudevents",), SCHOOL.key, "ES256", (OURS,))


def event(source: str, record: str = "n-1", **data: object) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": source,
        "type": "hub.chronology.update.v1",
        "data": {
            "agency": "education",
            "record": {"id": record, "version": "1"},
            "subject": {"local_id": "p-1", "names": {"family": "Lennox", "given": ["Isla"]}},
            "code": "ed.wellbeing.concern",
            "occurred": {"precision": "day", "start": "2024-09-30"},
            "headline": "Tired",
        }
        | data,
    }


@pytest.mark.parametrize("address", ["/v1/updates", "/v1/sources/hub-cloudevents/files"])
def test_an_event_in_anothers_name_is_not_permitted_and_nothing_of_it_is_kept(doors: Doors, address: str) -> None:
    write_directory(doors.directory, WRITES.listed())
    headers = bearer(doors.token(WRITES)) | {"Content-Type": "application/cloudevents+json"}

    own = doors.http.post(address, content=orjson.dumps(event(OURS)), headers=headers)
    forged = doors.http.post(address, content=orjson.dumps(event(THEIRS, action="retract")), headers=headers)

    assert (own.status_code, own.json()["accepted"]) == (200, 1), own.text
    assert forged.status_code == 403
    assert THEIRS not in forged.text
    with doors.hub.as_owner() as connection:
        assert connection.execute("select count(*) from intake.revisions").fetchone() == (1,)
        assert connection.execute("select count(*) from intake.quarantine").fetchone() == (0,)


def test_a_system_that_writes_for_the_hub_must_say_under_which_address(doors: Doors) -> None:
    nameless = System("rowanbank-notes", "SCH-ROWANBANK", "education", ("hub-cloudevents",), SCHOOL.key, "ES256")
    write_directory(doors.directory, nameless.listed())

    with pytest.raises(HalfConfigured, match="systems"):
        load(doors.directory)
