"""The words around the tables in the documentation of our own envelope."""

from __future__ import annotations

from typing import Final

OPENING: Final = """# Writing for the hub: CloudEvents and the hub's own envelope

<!-- Made by `python -m adapters.hub_cloudevents.docs > docs/cloudevents.md`; change that, not this. -->

An agency's system sends what it already emits, wrapped in a [CloudEvent](https://cloudevents.io) 1.0 whose `source` is
the hub's name of that format (`nems`, `csc-api`, …; `hub sources` lists them). A system that writes for the hub sends
the hub's own envelope instead: a CloudEvent of the type `{name}` whose data is one record about one child,
as this page describes it. Its JSON Schema is at `/v1/schemas/{name}.json`.

## How to send it

| door | mode | what to send |
|---|---|---|
| HTTP | one event | `POST /v1/updates` of type `application/cloudevents+json`: the event as JSON |
| HTTP | a batch | the same of type `application/cloudevents-batch+json`: at most 100,000 events of one source |
| HTTP | in headers | one `ce-` header for each attribute, percent-encoded; the body is the payload |
| Kafka | one event | to `hub.updates.<source>`, with `content-type: application/cloudevents+json`: the event as JSON |
| Kafka | in headers | the same; one `ce_` header for each attribute, in UTF-8; the value is the payload |
| file | one or a list | `hub ingest hub-cloudevents FILE`, or `POST /v1/sources/hub-cloudevents/files` |

Over HTTP the token says of which agency you are, over Kafka the topic does: `hub.updates.hub-cloudevents.<agency>`. A
record that states another agency is refused (`other-agency`). A key of a Kafka record is a hash, never a number of a
person. A record without a value is refused (`cloudevent-tombstone`): these topics must never be compacted.

## What decides whether the hub has it already

The agency, the event's `source`, the record's `id` and its `version`. The `id` and `time` of the CloudEvent are for
transport alone, so an event may be sent any number of times, under any id, in any order:

- the same record in the same version with the same content is a *duplicate*, and changes nothing;
- the same version with other content is a *conflict*, and waits for a person;
- another version is a *revision*; `order` says which of two is the newer;
- `action: retract` takes the record back. It states subject, record, code and time again, and no content;
- a record never moves to another child: a version about another `local_id` is a *conflict*.

A missing `version` or `order` is taken from the extension `sequence`. Without that, the content is the version, and the
later to arrive is the newer.
"""

REFUSED: Final = """## What is refused

Each refusal says where (a JSON pointer into the event, after its number in a batch), what is wrong and what belongs
there. The record waits in the quarantine, and the good events around it go in.

| reason | what is wrong |
|---|---|
| `cloudevent-incomplete` | `id`, `source`, `specversion` or `type` is missing or no text; it is never invented |
| `cloudevent-version` | `specversion` is not 1.0 |
| `cloudevent-time` | `time` is no time of RFC 3339 |
| `cloudevent-attribute` | another attribute is empty, of the wrong kind, wrongly named, or holds control characters |
| `cloudevent-extension` | an extension is an object, a list or a number with a fraction |
| `cloudevent-duplicate-key` | an attribute stands twice |
| `cloudevent-header` | the value of a header is too long, no UTF-8, or its percent-encoding is broken |
| `cloudevent-data` | there is no payload, or two, or it is not what its type says |
| `cloudevent-format` | a structured record on Kafka is in another format than JSON |
| `cloudevent-tombstone` | a record on Kafka has no value |
| `cloudevent-unknown-source` | `source` is no source of the hub, and the type is not the hub's own |
| `cloudevent-other-source` | the event is of another source than its message, or its topic |
| `other-agency` | the record states another agency than its sender's |
| `missing-field`, `unknown-field`, `wrong-type`, `bad-value` | the record is not as the tables below have it |
| `unmapped-code` | `code` is in no vocabulary of the hub; once it is added, the record can be retried as it is |
| `two-identities` | one person has two different verified numbers of one kind |
| `not-yours-to-state` | an involvement or a stage of protection that another agency states |
| `json-…`, `nul-character`, `wrong-encoding` | JSON that cannot be read: a repeated key, half a character |
"""

OF_CODES: Final = """What a reader sees who may see the summary alone is the label. Significance and sensitivity are
what a code has of itself; a record only ever raises its sensitivity.
"""
