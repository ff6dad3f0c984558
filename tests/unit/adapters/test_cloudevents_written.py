"""CloudEvents as they are written: read again they are what they were; the published cases are read in each mode."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.cloudevents.event import CloudEvent, Fault
from adapters.cloudevents.headers import read_http, read_kafka
from adapters.cloudevents.json_form import read_structured, structured


def good(found: CloudEvent | Fault) -> CloudEvent:
    assert isinstance(found, CloudEvent), found
    return found


# Written

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zs", "Zl", "Zp"]), min_size=1)
EVENTS = st.builds(
    CloudEvent,
    id=TEXTS,
    source=TEXTS,
    type=TEXTS,
    time=st.sampled_from(["", "2026-01-31T09:30:00Z"]),
    subject=st.one_of(st.just(""), TEXTS),
    datacontenttype=st.sampled_from(
        ["", "application/json", "application/fhir+json", "text/plain", "application/xml", "a/b"]
    ),
    data=st.one_of(
        st.none(),
        st.binary(max_size=50),
        st.text(max_size=20).map(lambda text: text.encode(errors="replace")),
        st.lists(st.text('ab\\"é')).map(orjson.dumps),
    ),
    extensions=st.dictionaries(
        st.from_regex(r"x[a-z0-9]{0,10}", fullmatch=True), st.booleans() | TEXTS | st.integers(-(2**31), 2**31 - 1)
    ),
)


@given(EVENTS)
def test_what_is_written_is_read_as_it_was(event: CloudEvent) -> None:
    found = good(read_structured(structured(event)))

    assert replace(found, original=b"", data=None) == replace(event, data=None)
    if event.data is None or found.data is None:
        assert found.data == event.data
    else:
        assert found.data.strip() == event.data.strip()


def test_the_bytes_of_a_payload_of_json_are_embedded_as_they_are() -> None:
    event = CloudEvent("1", "urn:isla", "t", data=b'{ "n" : 1.50 }')

    assert structured(event).endswith(b'"data":{ "n" : 1.50 }}')


@pytest.mark.parametrize("data", [b"{", b"\xff", b'"\xff"', b"\xef\xbb\xbf{}", b""])
def test_what_only_says_that_it_is_json_is_kept_as_base64(data: bytes) -> None:
    event = CloudEvent("1", "urn:isla", "t", datacontenttype="application/json", data=data)

    assert orjson.loads(structured(event))["data_base64"] == base64.b64encode(data).decode()
    assert good(read_structured(structured(event))).data == data


# The published conformance cases


def _cases(shared: Path) -> list[tuple[dict[str, str], str]]:
    """The cases of the published file: attributes, and the data as a block of text with its margin."""
    text = (shared / "samples" / "cloudevents" / "v1_minimum.yaml").read_text(encoding="utf-8")
    found = []
    for part in text.split("\n---\n"):
        head, _, data = part.partition("\nData: |\n")
        lines = data.splitlines()
        margin = len(lines[0]) - len(lines[0].lstrip())
        attributes = dict(re.findall(r"^  (\w+): (.*)$", head, re.MULTILINE))
        found.append((attributes, "".join(line[margin:] + "\n" for line in lines)))
    return found


def test_the_published_conformance_cases_are_read_in_every_mode(shared: Path) -> None:
    cases = _cases(shared)

    assert len(cases) == 6
    for attributes, text in cases:
        data = text.encode()
        rest = [(name, value.encode()) for name, value in attributes.items() if name != "datacontenttype"]
        kind = ("content-type", attributes["datacontenttype"].encode())
        found = [
            good(read_http([*((f"ce-{name}", value) for name, value in rest), kind], data)),
            good(read_kafka([*((f"ce_{name}", value) for name, value in rest), kind], data)),
        ]
        found.append(replace(good(read_structured(structured(found[0]))), original=b""))
        for event in found:
            assert (event.id, event.source, event.type) == (attributes["id"], attributes["source"], attributes["type"])
            assert event.datacontenttype == attributes["datacontenttype"]
            assert event.data is not None
            assert event.data.strip() == data.strip()
