"""What is said in place of bytes that may not be stored: every refusal has its words, and a note no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters import sources
from adapters.reading import not_kept
from hub.update import Delivery, Refusal

ROOT = Path(__file__).resolve().parents[3]
SECRET = [name for name in sources.names() if sources.source(name).secrets]
BY_OTHERS = {
    "adapters/cloudevents/*.py": r'Fault\(\s*"([a-z-]+)"',
    "hub/api/envelope.py": r'Fault\(\s*"([a-z-]+)"',
    "hub/intake/checking.py": r'return "([a-z-]+)", ',
    "hub/stream/consuming.py": r'refused\(topic, one, "([a-z-]+)"',
    "hub/stream/topics.py": r'refused\(topic, record, "([a-z-]+)"',
    "adapters/sources.py": r'\n        "([a-z]+-[a-z-]+)",\n',
}


def reasons() -> list[str]:
    """Every reason for which anybody but a source's own adapter refuses its bytes."""
    found = {
        reason
        for files, pattern in BY_OTHERS.items()
        for path in ROOT.glob(files)
        for reason in re.findall(pattern, path.read_text())
    }
    return sorted(found)


def test_the_reasons_of_all_who_refuse_are_found() -> None:
    assert len(reasons()) >= 22
    assert {"cloudevent-tombstone", "too-long", "could-not-be-taken-in", "record-too-large"} <= set(reasons())


@pytest.mark.parametrize("source", SECRET)
@pytest.mark.parametrize("reason", reasons())
def test_a_refusal_without_its_bytes_keeps_its_reason_and_is_read_again_as_itself(source: str, reason: str) -> None:
    refused = Refusal(source, reason, "/3", "It is wrong.", "Mend it.", b"canarypw", "text/csv", "a name", "SCH", "")

    one = sources.without_secrets(refused)
    (again,) = sources.translate(Delivery(source, "a name", one.original), record_limit=1_000, file_limit=1_000)

    assert (one.reason, one.place, one.delivery, one.sender) == (reason, "/3", "a name", "SCH")
    assert one.original == not_kept.note(reason, b"canarypw")
    assert "nothing of it was kept" in one.message
    assert isinstance(again, Refusal)
    assert (again.reason, again.original, again.delivery) == (one.reason, one.original, one.delivery)


def test_of_an_envelope_it_is_still_said_what_is_wrong() -> None:
    refused = Refusal("class-list", "cloudevent-time", "/time", "The time is none.", "Write it so.", b"", "text/csv")

    one = sources.without_secrets(refused)

    assert one.message.startswith("The time is none. ")
    assert one.next_step.startswith("Write it so. ")


@pytest.mark.parametrize("source", [name for name in sources.names() if name not in SECRET])
def test_the_refusals_of_other_sources_keep_their_bytes(source: str) -> None:
    refused = Refusal(source, "cloudevent-time", "/time", "It is none.", "Write it so.", b'{"class-list": 1}', "x")

    assert sources.without_secrets(refused) is refused
    assert sources.without_secrets(refused, enveloped=True) is not refused


def test_a_word_of_the_senders_own_is_never_a_reason() -> None:
    forged = not_kept.note("ragged-row", b"").replace(b"ragged-row", b"isla-lennox")

    (one,) = sources.translate(Delivery("nems", "", forged), record_limit=1_000, file_limit=1_000)

    assert isinstance(one, Refusal)
    assert one.reason == "unreadable"
