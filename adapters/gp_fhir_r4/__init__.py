"""A GP practice's records in FHIR R4 (UK Core), JSON or XML: each patient and each clinical resource one record.

A file is one resource or a Bundle of any kind. An entry goes to the patient that it names and to nobody else; one that
names a patient who is not in the file, by a local id alone, is refused, because two servers may use the same id.
Telephone numbers, addresses, contacts and relatives are left out of what is kept; see `gp_fhir_r4_kept`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapters.gp_fhir_r4.entries import KINDS
from adapters.gp_fhir_r4.extract import CONTEXT, Extract, extract_of
from adapters.gp_fhir_r4.file import items_of
from adapters.gp_fhir_r4.kept import JSON_FHIR, TAG_ORIGINAL, TAG_SHARED, Item, original_of
from adapters.gp_fhir_r4.updates import SOURCE, update
from adapters.reading.limits import until_hopeless
from adapters.reading.unreadable import Unreadable, unreadable_refusal
from hub.update import Delivery, Refusal, Translated

ELSEWHERE = {
    "Consent": (
        "consent-elsewhere",
        "A consent is not taken from a record: it is given to the hub itself, in its own words.",
        "Record it in the hub, by `hub consent give` or on the child's page.",
    ),
    "AuditEvent": (
        "access-log-elsewhere",
        "An audit event says who read another system; it is no part of a child's story.",
        "Keep it where it is: the hub's own access log holds who read the hub.",
    ),
}
"""Resources that the hub has another way for."""


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Every record of the file, in its order and as they are asked for: an Update, or a Refusal with its bytes."""
    return until_hopeless(_found(delivery), delivery, JSON_FHIR)


def _found(delivery: Delivery) -> Iterator[Translated]:
    try:
        items, tags = items_of(delivery.content)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    records = _records(items[:1] if TAG_ORIGINAL in tags else items)
    if not records:
        yield _only_context(items, delivery)
        return
    extract = extract_of(items, marked=TAG_SHARED in tags)
    for item in records:
        yield _translated(item, extract)


def _records(items: list[Item]) -> list[Item]:
    """All but what is context."""
    return [item for item in items if item.entry.type not in CONTEXT]


def _translated(item: Item, extract: Extract) -> Translated:
    entry = item.entry
    if not entry.type:
        return _refused(item, "no-resource", "The entry holds no resource.", _NO_RESOURCE)
    if entry.type in ELSEWHERE:
        return _refused(item, *ELSEWHERE[entry.type])
    if entry.type != "Patient" and entry.type not in KINDS:
        words = "The hub does not know this type of resource."
        return _refused(item, "unmapped-code", words, "Ask for this type to be added to the adapter, then retry.")
    try:
        return update(item, extract)
    except Unreadable as error:
        return _refused(item, error.reason, str(error.args[0]), error.next_step, extract.claimed(entry))


_NO_RESOURCE = (
    "Send each entry with its resource; take a record back by its status, entered-in-error, with its patient."
)


def _refused(item: Item, reason: str, message: str, next_step: str, beside: Iterable[Item] = ()) -> Refusal:
    original = original_of([item, *beside], TAG_ORIGINAL)
    return Refusal(SOURCE, reason, item.entry.place, message, next_step, original, item.media_type)


def _only_context(items: list[Item], delivery: Delivery) -> Refusal:
    words = "The file holds no patient and no clinical record, only what stands beside one."
    step = "Send the records themselves, with their patient, in one Bundle."
    if not items:
        return Refusal(SOURCE, "no-records", "", words, step, delivery.content, JSON_FHIR)
    return Refusal(SOURCE, "no-records", items[0].entry.place, words, step, original_of(items), items[0].media_type)
