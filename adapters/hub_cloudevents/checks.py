"""What a description of fields cannot say: which days exist, which codes are known, and what an agency may state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from adapters.cloudevents import OWN_TYPE
from adapters.cloudevents.event import CloudEvent, Fault, not_simple
from adapters.cloudevents.json_form import is_json
from adapters.hub_cloudevents.faults import bad_value
from adapters.hub_cloudevents.shape import LONGEST_SEQUENCE, LONGEST_SOURCE, SENDERS_SOURCE, Chronology, Numbered, Time
from hub.update import Precision
from hub.vocabulary import terms

DUTIES: Final = {
    "gp-practice": "gp",
    "health-visiting-team": "health-visiting",
    "school": "education",
    "class-teacher": "education",
    "allocated-social-worker": "social-work",
}
"""Whose each duty is to state. What opens a child's record to an agency is said by nobody else."""

_LENGTHS: Final = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10, Precision.UNKNOWN: 0}
_FIRST: Final = {Precision.YEAR: "-01-01", Precision.MONTH: "-01"}
_NOT_YOURS: Final = "Leave it out: that agency's own system states it."


def wrong_in_event(event: CloudEvent) -> Fault | None:
    """What is wrong with the event around the data."""
    if event.type != OWN_TYPE:
        return Fault("not-this-format", "The event is of another type.", f"Send the type {OWN_TYPE}.", "/type")
    if len(event.source) > LONGEST_SOURCE or not re.fullmatch(SENDERS_SOURCE, event.source):
        return bad_value("/source", "The source is no URI of the system that sends.")
    if not is_json(event.datacontenttype) or event.data is None:
        step = f"Send the record as a JSON object in data, as the schema of {OWN_TYPE} has it."
        return Fault("cloudevent-data", "The event has no data that is JSON.", step, "/data")
    sequence = event.extensions.get("sequence", "")
    if isinstance(sequence, bool) or len(str(sequence)) > LONGEST_SEQUENCE:
        return bad_value("/sequence", "The sequence is no short text.")
    return not_simple(event)


def wrong_in_data(data: Chronology) -> Fault | None:
    """The first thing that is wrong with a record whose fields are all of the right kind."""
    return next(_wrong(data), None)


def _wrong(data: Chronology) -> Iterator[Fault]:
    if data.code not in terms():
        yield Fault(
            "unmapped-code",
            "The code is in no vocabulary of the hub, neither in its own nor in those that sources brought.",
            f"Send a code that the schema of {OWN_TYPE} lists, or have it added, and retry the record.",
            "/data/code",
        )
    yield from _time(data.occurred)
    yield from _days(data)
    if data.record.recorded_at and not _exists(data.record.recorded_at):
        yield bad_value("/data/record/recorded_at", "There is no such day or time.")
    yield from _account(data)
    yield from _people(data)
    yield from _facts(data)


def _account(data: Chronology) -> Iterator[Fault]:
    if data.account and data.account.action_taken and data.account.no_action_reason:
        yield bad_value("/data/account/no_action_reason", "What was done stands beside why nothing was.")


def _time(occurred: Time) -> Iterator[Fault]:
    for name, text in (("start", occurred.start), ("end", occurred.end)):
        if not text and (name == "end" or occurred.precision is Precision.UNKNOWN):
            continue
        if not _shaped(text, occurred.precision):
            yield bad_value(f"/data/occurred/{name}", "The time is written otherwise than its precision says.")
        elif not _exists(text + _FIRST.get(occurred.precision, "")):
            yield bad_value(f"/data/occurred/{name}", "There is no such day or time.")
    if occurred.end and _before(occurred.end, occurred.start):
        yield bad_value("/data/occurred/end", "It ends before it begins.")


def _shaped(text: str, precision: Precision) -> bool:
    return len(text) == _LENGTHS[precision] > 0 if precision in _LENGTHS else "T" in text


def _exists(text: str) -> bool:
    try:
        _moment(text)
    except ValueError:
        return False
    return True


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _before(one: str, other: str) -> bool:
    if "T" in one and "T" in other and _exists(one) and _exists(other):
        return _moment(one) < _moment(other)
    return one < other


def _days(data: Chronology) -> Iterator[Fault]:
    stated = [("/data/subject/birth_date", data.subject.birth_date)]
    spans = [(f"/data/involvement/{number}", fact.since, fact.until) for number, fact in enumerate(data.involvement)]
    spans += [(f"/data/status/{number}", fact.since, fact.until) for number, fact in enumerate(data.status)]
    for place, since, until in spans:
        stated += [(f"{place}/since", since), (f"{place}/until", until)]
        if until and until < since:
            yield bad_value(f"{place}/until", "It ends before it begins.")
    for place, day in stated:
        if day and not _exists(day):
            yield bad_value(place, "There is no such day.")


def _people(data: Chronology) -> Iterator[Fault]:
    everybody = [("/data/subject", data.subject.identifiers)]
    for number, other in enumerate(data.third_persons):
        everybody.append((f"/data/third_persons/{number}", other.identifiers))
        if other.local_id == data.subject.local_id:
            yield bad_value(f"/data/third_persons/{number}/local_id", "The child stands among the other people.")
    for place, identifiers in everybody:
        if _two_of_a_kind(identifiers):
            yield Fault(
                "two-identities",
                "One person has two different verified numbers of one kind.",
                "Send the one that is right, and the other with verified false or not at all.",
                f"{place}/identifiers",
            )


def _two_of_a_kind(identifiers: list[Numbered]) -> bool:
    stated = {(one.system, re.sub(r"[\s-]", "", one.value).upper()) for one in identifiers if one.verified}
    return len(stated) != len({system for system, _ in stated})


def _facts(data: Chronology) -> Iterator[Fault]:
    for number, fact in enumerate(data.involvement):
        if DUTIES[fact.duty] != data.agency:
            message = "This duty is another agency's to state."
            yield Fault("not-yours-to-state", message, _NOT_YOURS, f"/data/involvement/{number}/duty")
    if data.status and data.agency != "social-work":
        message = "Stages of protection and planning are social work's to state."
        yield Fault("not-yours-to-state", message, _NOT_YOURS, "/data/status")
