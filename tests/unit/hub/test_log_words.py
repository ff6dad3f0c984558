"""The access log on the pages speaks in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from consent.decision import Reading
from hub.web import log_words


def a_reading(**fields: Any) -> Reading:  # noqa: ANN401 - any field of a reading
    said: dict[str, Any] = {
        "reading": uuid4(),
        "at": datetime(2026, 11, 1, 12, tzinfo=UTC),
        "reader": "morag",
        "role": "health-visitor",
        "agency": "health-visiting",
        "action": "chronology",
        "child": None,
        "purpose": "",
        "basis": "",
        "outcome": "shown",
        "shown": 0,
        "redacted": 0,
        "withheld": 0,
        "rules": (),
        "policy": "",
        "known_at": None,
    }
    return Reading(**said | fields)


def test_what_was_done_is_told_in_words_and_a_kind_without_words_by_its_name() -> None:
    assert log_words.action("emergency-told") == "Was told of emergency access"
    assert log_words.action("something-new") == "Something new"
    assert log_words.outcome("nothing-to-show") == "Nothing to show"


def test_entries_are_counted_where_they_were_read_and_nowhere_else() -> None:
    assert log_words.entries(a_reading()) == "0 shown, 0 in summary, 0 withheld"
    assert log_words.entries(a_reading(action="involvement", shown=4)) == "4 shown, 0 in summary, 0 withheld"
    assert log_words.entries(a_reading(action="caseload")) == ""
