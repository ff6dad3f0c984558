"""Which source speaks which dialect, for which kind of agency, and whose numbers it is trusted to know.

Whatever arrives leaves here as updates and refusals: a file that is too large, a record that is too
large and a fault of our own all become a refusal that keeps the bytes.
"""

from __future__ import annotations

import csv
import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module, resources
from typing import Literal, cast

from adapters.reading import not_kept
from adapters.reading.limits import at_most
from hub.errors import BadInput
from hub.people import Agency
from hub.update import Delivery, Person, Refusal, Translated, Update

KEPT_OF_A_LARGE_FILE = 64 * 1024
_MIB = 1024 * 1024
_ANY = "any"
_SENDING = frozenset(agency for agency in Agency if agency.sends)
_log = logging.getLogger(__name__)

Translate = Callable[[Delivery], Iterable[Translated]]


@dataclass(frozen=True, slots=True)
class Source:
    """One agency system that sends us records: a row of `adapters/sources.csv`, whose head explains the columns.

    `agency` is None for a source that serves all agencies: each of its records then says which. `trusted`: the
    identifier systems whose numbers this source keeps with care enough to link a person by. `mapping`: the version
    of the code lists and rules by which it is read. `secrets`: its files hold what may never be stored, so those that
    cannot be read are not kept. `common`: a national feed, whose records belong to nobody who passes them on.
    """

    name: str
    agency: Agency | None
    media_type: str
    trusted: frozenset[str]
    reads: Literal["payload", "event"]
    module: str
    mapping: str
    secrets: bool
    common: bool
    note: str = ""

    @property
    def translate(self) -> Translate:
        """The adapter's own translation; its module is loaded when it is first asked for."""
        return cast(Translate, import_module(f"adapters.{self.module}").translate)


@cache
def _sources() -> dict[str, Source]:
    text = resources.files("adapters").joinpath("sources.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["name"]: _source(row) for row in rows}


def _source(row: dict[str, str]) -> Source:
    return Source(
        name=row["name"],
        agency=None if row["agency"] == _ANY else Agency(row["agency"]),
        media_type=row["media_type"],
        trusted=frozenset(row["trusted"].split()),
        reads=cast(Literal["payload", "event"], row["reads"]),
        module=row["module"],
        mapping=_mapping(row["reading"], row["maps"].split()),
        secrets=row["secrets"] == "yes",
        common=row["common"] == "yes",
        note=row["note"],
    )


def _mapping(reading: str, maps: list[str]) -> str:
    """The version of a source's mapping: that of its rules, and a digest of the code lists they rest on."""
    files = resources.files("adapters").joinpath("maps")
    digest = hashlib.sha256()
    for name in maps:
        digest.update(files.joinpath(f"{name}.csv").read_bytes())
    return f"{reading}.{digest.hexdigest()[:12]}"


def names() -> tuple[str, ...]:
    """The sources that can be read, in the order of their list."""
    return tuple(_sources())


def source(name: str) -> Source:
    """Look up one source; raises BadInput, which names the known ones, for any other name."""
    found = _sources().get(name)
    if found is None:
        raise BadInput("There is no source of that name.", f"The sources are: {', '.join(_sources())}.")
    return found


def agency_of(name: str) -> Agency | None:
    """The kind of agency whose entries a source brings, None where each record says; raises BadInput if unknown."""
    return source(name).agency


def trusted_systems(name: str) -> frozenset[str]:
    """The identifier systems a source may link by; raises BadInput for an unknown source."""
    return source(name).trusted


def without_secrets(one: Refusal, *, enveloped: bool = False) -> Refusal:
    """The same; of a source whose files hold what may never be stored, with a digest in place of the bytes.

    For whatever was refused by anybody but the source's own adapter, which alone can tell what may stay. enveloped:
    the bytes are a message that was not opened, so one that names such a source counts as of that source.
    """
    secret = source(one.source).secrets or (enveloped and bool(_naming_secrets().search(one.original)))
    return not_kept.instead_of(one) if secret else one


@cache
def _naming_secrets() -> re.Pattern[bytes]:
    """Finds the name of such a source as a text of JSON, also of JSON within a text."""
    return re.compile(rb'"(?:%s)\\?"' % b"|".join(one.name.encode() for one in _sources().values() if one.secrets))


def translate(delivery: Delivery, *, record_limit: int, file_limit: int) -> Iterator[Translated]:
    """Updates and refusals of one delivery, in its order and as they are asked for. Limits are in bytes.

    Each carries the delivery's name, without which a file's row could not be read again from the quarantine.
    Raises BadInput at once for an unknown source, and nothing else, whatever the bytes are.
    """
    known = source(delivery.source)
    if len(delivery.content) > file_limit:
        large = _file_too_large(known, delivery, file_limit)
        kept = not_kept.refuse(known.name, large.reason, "", delivery.content) if known.secrets else large
        found: Iterator[Translated] = iter((kept,))
    elif refused := not_kept.again(delivery):
        found = iter((refused,))
    else:
        found = _guarded(known, delivery, record_limit)
    return (_stamped(one, known, delivery.name) for one in found)


def _stamped(one: Translated, known: Source, name: str) -> Translated:
    if isinstance(one, Refusal):
        return replace(one, delivery=name)
    agency = known.agency or one.agency
    if agency not in _SENDING:
        return replace(without_secrets(_no_agency(one)), delivery=name)
    person = _trusting(one.person, known.trusted)
    return replace(one, person=person, delivery=name, mapping=known.mapping, agency=agency)


def _trusting(person: Person, trusted: frozenset[str]) -> Person:
    """The person, whose numbers of systems that this source does not keep with care link nobody."""
    if all(one.system in trusted or not one.verified for one in person.identifiers):
        return person
    numbers = tuple(replace(one, verified=one.verified and one.system in trusted) for one in person.identifiers)
    return replace(person, identifiers=numbers)


def _guarded(known: Source, delivery: Delivery, record_limit: int) -> Iterator[Translated]:
    try:
        for one in at_most(known.translate(delivery), delivery, known.media_type):
            yield _within(one, record_limit)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not lose a file of theirs
        # The type alone: an exception's text may quote the record.
        _log.error("The adapter of %s failed: %s", known.name, type(error).__name__)
        yield without_secrets(_adapter_failed(known, delivery, type(error).__name__))


def _within(one: Translated, limit: int) -> Translated:
    if isinstance(one, Refusal) or len(one.original) <= limit:
        return one
    return without_secrets(_record_too_large(one, limit))


def _record_too_large(one: Update, limit: int) -> Refusal:
    return Refusal(
        one.source,
        "record-too-large",
        one.place,
        f"The record is {len(one.original)} bytes, more than the limit of {limit}.",
        "Send the record without what makes it large, or have HUB_RECORD_LIMIT raised and retry it.",
        one.original,
        one.media_type,
    )


def _no_agency(one: Update) -> Refusal:
    return Refusal(
        one.source,
        "no-agency",
        one.place,
        "The record does not say from which kind of agency it is, and this source serves all of them.",
        f"State the agency: one of {', '.join(sorted(_SENDING))}.",
        one.original,
        one.media_type,
    )


def _file_too_large(known: Source, delivery: Delivery, limit: int) -> Refusal:
    size = len(delivery.content)
    kept = delivery.content[:KEPT_OF_A_LARGE_FILE]
    return Refusal(
        known.name,
        "file-too-large",
        "",
        f"The file is {size / _MIB:.1f} MiB ({size} bytes), more than the limit of {limit} bytes. "
        f"It was not read, and only its first {len(kept)} bytes were kept.",
        "Split the file into smaller ones and send them, or have HUB_FILE_LIMIT raised.",
        kept,
        known.media_type,
    )


def _adapter_failed(known: Source, delivery: Delivery, kind: str) -> Refusal:
    return Refusal(
        known.name,
        "adapter-failed",
        "",
        f"The hub's own reading of this source failed ({kind}); records before the fault were taken.",
        "Nothing is to be done by the sender. Report it to the hub's keepers, and retry it with the next version.",
        delivery.content,
        known.media_type,
    )
