"""What was once stored can be read for ever: stored names only grow in number, and old shapes are brought along."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import orjson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from eventsourcing.persistence import StoredEvent

from hub.events import base
from hub.events.base import Event, ThirdPart, event, topic_of, upcaster
from hub.events.registry import known_topics
from hub.store.keyring import Keyring
from hub.store.mapper import SealingMapper, UnknownEvent, stored_holders

STORED = Path(__file__).with_name("stored_events")

# A promise to every ledger there is. Lines are added, by whoever adds an event or a version of one; a line is never
# changed and never taken away. Each has its file in stored_events, written once by the code that first stored it.
NAMES = (
    "AttentionNoted:1",
    "ChildOpened:1",
    "CapacityStated:1",
    "ConsentGiven:1",
    "ConsentGiven:2",
    "ConsentRefused:1",
    "ConsentRefused:2",
    "ConsentWithdrawn:1",
    "ConsentWithdrawn:2",
    "CorrectionAcknowledged:1",
    "CredentialRefused:1",
    "Disclosed:1",
    "Disclosed:2",
    "Disclosed:3",
    "DutyStated:1",
    "DutyStated:2",
    "EditionAudienceChanged:1",
    "EditionContributionNoted:1",
    "EditionEntriesChosen:1",
    "EditionFrozen:1",
    "EditionLookedAgain:1",
    "EditionPrepared:1",
    "EditionWritten:1",
    "EmergencyAcknowledged:1",
    "EmergencyEnded:1",
    "EmergencyOpened:1",
    "EmergencyReasonGiven:1",
    "EmergencyReviewed:1",
    "EntryAcknowledged:1",
    "EntriesComparedAnew:1",
    "EntriesJoined:1",
    "EntriesKeptApart:1",
    "EntryRecorded:1",
    "EntryRecorded:2",
    "EntryRetracted:1",
    "EntryRetracted:2",
    "EntryRevised:1",
    "EntryRevised:2",
    "IdentityQuestioned:1",
    "OrganisationStated:1",
    "PersonDetailsStated:1",
    "PersonRecordLinked:1",
    "PolicyActivated:1",
    "PolicyActivated:2",
    "PolicyInstalled:1",
    "PolicyProposed:1",
    "RegistrationStated:1",
    "SafeAddressStated:1",
    "SharingDecided:1",
    "SharingDecided:2",
    "SharingDeclined:1",
    "SharingReleaseEnded:1",
    "SharingReleased:1",
    "SharingRequested:1",
    "TieStated:1",
)


class FixedKeys(Keyring):
    """Keys that are the same in every run: each holder's follows from the holder, and no database is asked."""

    def __init__(self) -> None:
        super().__init__("", b"\0" * 32)

    def load(self, holders: Iterable[UUID], *, create: bool) -> None:  # noqa: ARG002 - there is nothing to create
        self._keys = {holder: AESSIV(hashlib.sha512(holder.bytes).digest()) for holder in holders}


def sample(stored: StoredEvent, opened: Event) -> bytes:
    """The content of a file in stored_events, for whoever adds a stored name."""
    content = {
        "topic": stored.topic,
        "stream": stored.originator_id,
        "version": stored.originator_version,
        "state": stored.state.decode(),
        "opened": msgspec.to_builtins(vars(opened)),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"


def sealed(one: Event) -> StoredEvent:
    mapper = SealingMapper(FixedKeys())
    mapper.load([one])
    return mapper.to_stored_event(one)


def opened(stored: StoredEvent) -> Event:
    mapper = SealingMapper(FixedKeys())
    mapper.keyring.load(stored_holders(stored), create=False)
    return mapper.opened(stored)


def on_file(topic: str) -> tuple[StoredEvent, dict[str, Any]]:
    content = orjson.loads((STORED / f"{topic.replace(':', '-')}.json").read_bytes())
    assert content["topic"] == topic
    stored = StoredEvent(UUID(content["stream"]), content["version"], topic, content["state"].encode())
    return stored, content["opened"]


def still_says(now: Any, then: Any) -> bool:  # noqa: ANN401 - anything that JSON holds
    """Everything that was said then is said now; a newer version may say more besides."""
    if isinstance(then, dict):
        return all(name in now and still_says(now[name], value) for name, value in then.items())
    if isinstance(then, list):
        return len(now) == len(then) and all(still_says(one, other) for one, other in zip(now, then, strict=True))
    return bool(now == then)


def test_every_stored_name_is_known_and_every_known_name_is_promised() -> None:
    assert known_topics() == frozenset(NAMES)
    assert len(set(NAMES)) == len(NAMES)


def test_every_promised_name_has_its_sample_on_file() -> None:
    assert {file.name for file in STORED.iterdir()} == {f"{name.replace(':', '-')}.json" for name in NAMES}


@pytest.mark.parametrize("topic", NAMES)
def test_what_was_stored_under_each_name_still_says_the_same(topic: str) -> None:
    stored, said = on_file(topic)

    assert still_says(orjson.loads(orjson.dumps(msgspec.to_builtins(vars(opened(stored))))), said)


@pytest.mark.parametrize("topic", [topic for topic in NAMES if topic in {topic_of(c) for c in base._CLASSES.values()}])
def test_the_same_event_is_still_stored_as_the_same_bytes(topic: str) -> None:
    stored, _ = on_file(topic)

    assert sealed(opened(stored)) == stored  # or a repeat would no longer be told from a conflict


def test_a_sample_cannot_be_read_in_another_place() -> None:
    stored, _ = on_file("EntryRecorded:1")

    with pytest.raises(UnknownEvent):
        opened(StoredEvent(stored.originator_id, stored.originator_version + 1, stored.topic, stored.state))


# An event that went through three versions. It exists in this file alone.


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_CLASSES", dict(base._CLASSES))
    monkeypatch.setattr(base, "_UPCASTERS", dict(base._UPCASTERS))


def visits() -> type[Event]:
    """Version 1 had `weeks`, version 2 `days` instead, and version 3 sorts what was said of others into parts."""

    @event("OnlyInTests", version=3)
    @dataclass(frozen=True, kw_only=True)
    class OnlyInTests(Event):
        SEALED: ClassVar[tuple[str, ...]] = ("note", "place")
        PARTS: ClassVar[str] = "third_parts"

        days: int
        note: str = ""
        place: str = ""
        third_parts: tuple[ThirdPart, ...] = ()

    @upcaster("OnlyInTests", 1)
    def _days(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "days": state.pop("weeks") * 7}

    @upcaster("OnlyInTests", 2)
    def _place(state: dict[str, Any]) -> dict[str, Any]:
        note, _, place = state.get("note", "").partition(" at ")
        return {**state, "note": note, "place": place}

    return OnlyInTests


STREAM = UUID("00000000-0000-4000-8000-00000000000a")


def stored_as(topic: str, state: dict[str, object], **secret: str) -> StoredEvent:
    """An event as the code of that day stored it: its secret sealed under the name of that day."""
    keys = FixedKeys()
    keys.load([STREAM], create=True)
    place = f"hub/1|{STREAM}|1|{topic}".encode()
    ciphertext = keys.seal(STREAM, orjson.dumps(secret), place)
    content = {**state, "third_parts": [], "sealed": b64encode(ciphertext).decode()}
    return StoredEvent(STREAM, 1, topic, orjson.dumps(content))


@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize(
    ("topic", "state", "note"),
    [
        ("OnlyInTests:1", {"weeks": 2}, "Seen at home"),
        ("OnlyInTests:2", {"days": 14}, "Seen at home"),
        ("OnlyInTests:3", {"days": 14, "place": "home"}, "Seen"),
    ],
)
def test_all_three_versions_of_an_event_are_read_as_the_newest(topic: str, state: dict[str, object], note: str) -> None:
    cls = visits()

    one = opened(stored_as(topic, state, note=note))

    assert isinstance(one, cls)
    assert vars(one) == {
        "originator_id": STREAM,
        "originator_version": 1,
        "days": 14,
        "note": "Seen",
        "place": "home",
        "third_parts": (),
    }
    assert {"OnlyInTests:1", "OnlyInTests:2", "OnlyInTests:3"} < known_topics()
    assert sealed(one).topic == "OnlyInTests:3"


@pytest.mark.usefixtures("own_registry")
def test_a_version_that_is_still_to_come_and_a_missing_step_are_problems_and_not_guesses() -> None:
    visits()
    base._UPCASTERS.pop(("OnlyInTests", 2))

    for topic in ("OnlyInTests:4", "OnlyInTests:0", "OnlyInTests:2", "OnlyInTests:1"):
        with pytest.raises(UnknownEvent):
            opened(stored_as(topic, {"weeks": 2, "days": 14}, note="Seen"))


@pytest.mark.usefixtures("own_registry")
def test_two_events_never_share_a_stored_name() -> None:
    visits()

    with pytest.raises(ValueError, match="two event classes"):
        visits()


def test_this_files_own_event_is_gone_with_its_tests() -> None:
    assert not any(topic.startswith("OnlyInTests") for topic in known_topics())
