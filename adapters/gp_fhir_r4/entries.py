"""What each kind of UK Core (FHIR R4) resource says: its code, its words, its times and who made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from adapters.fhir.said import all_words, answers_of, labelled, notes_of, value_of
from adapters.fhir.values import Node, concept_words, lines, nodes, quantity, text, texts, words
from adapters.maps.table import rows
from hub.update import Coding, Polarity

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of resource. Paths are tried in order and the first that says something counts."""

    code: str
    concepts: tuple[Path, ...]
    happened: tuple[tuple[Path, Path], ...]
    recorded: tuple[Path, ...]
    authors: tuple[Path, ...]
    detail: Callable[[Node], list[str]]


def _once(*path: str) -> tuple[Path, Path]:
    return path, ()


def _period(*path: str) -> tuple[Path, Path]:
    return (*path, "start"), (*path, "end")


def _observation(node: Node) -> list[str]:
    parts = [labelled(words(part, "code"), value_of(part)) for part in nodes(node, "component")]
    absent = words(node, "dataAbsentReason")
    return [value_of(node), *parts, absent, *all_words(node, "interpretation"), *notes_of(node)]


def _condition(node: Node) -> list[str]:
    return [words(node, "clinicalStatus"), words(node, "severity"), text(node, "onsetString"), *notes_of(node)]


def _allergy(node: Node) -> list[str]:
    reactions = nodes(node, "reaction")
    manifested = [labelled(words(part, "manifestation"), text(part, "severity")) for part in reactions]
    critical = text(node, "criticality")
    return [*_condition(node), labelled("Criticality", critical) if critical else "", *manifested]


def _immunisation(node: Node) -> list[str]:
    reasons = [*all_words(node, "statusReason"), *all_words(node, "reasonCode")]
    doses = nodes(node, "protocolApplied")
    dose = next((text(part, f"doseNumber{kind}") for part in doses for kind in ("PositiveInt", "String")), "")
    return [*reasons, labelled("Dose", dose) if dose else "", *notes_of(node)]


def _medication(node: Node) -> list[str]:
    doses = [*nodes(node, "dosageInstruction"), *nodes(node, "dosage")]
    said = [words for dose in doses for words in (text(dose, "text"), text(dose, "patientInstruction"))]
    return [*said, quantity(node, "dispenseRequest", "quantity"), *all_words(node, "statusReason"), *notes_of(node)]


def _encounter(node: Node) -> list[str]:
    where = text(node, "hospitalization", "dischargeDisposition", "text")
    return [*all_words(node, "reasonCode"), text(node, "class", "display"), where]


def _communication(node: Node) -> list[str]:
    return [*texts(node, "payload", "contentString"), *all_words(node, "statusReason"), *notes_of(node)]


def _document(node: Node) -> list[str]:
    return [text(node, "description"), *texts(node, "content", "attachment", "title")]


def _report(node: Node) -> list[str]:
    return [text(node, "conclusion"), *all_words(node, "conclusionCode"), *notes_of(node)]


def _procedure(node: Node) -> list[str]:
    return [*all_words(node, "reasonCode"), words(node, "outcome"), *all_words(node, "statusReason"), *notes_of(node)]


def _request(node: Node) -> list[str]:
    planned = text(node, "occurrenceDateTime")
    return [*all_words(node, "reasonCode"), labelled("Planned for", planned) if planned else "", *notes_of(node)]


def _appointment(node: Node) -> list[str]:
    return [text(node, "description"), text(node, "comment"), *all_words(node, "cancelationReason")]


def _flag(node: Node) -> list[str]:
    return [*all_words(node, "category"), text(node, "status")]


_ONSET = (_once("onsetDateTime"), _period("onsetPeriod"), _once("recordedDate"))
_EFFECTIVE = (_once("effectiveDateTime"), _period("effectivePeriod"), _once("effectiveInstant"))
_RECORDER: tuple[Path, ...] = (("recorder",), ("asserter",))

KINDS: dict[str, Kind] = {
    "AllergyIntolerance": Kind("gp.allergy", (("code",),), _ONSET, (("recordedDate",),), _RECORDER, _allergy),
    "Appointment": Kind(
        "gp.appointment",
        (("reasonCode",), ("serviceType",), ("appointmentType",)),
        (_period(),),
        (("created",),),
        (("participant", "actor"),),
        _appointment,
    ),
    "Communication": Kind(
        "gp.message",
        (("topic",), ("reasonCode",), ("category",)),
        (_once("sent"), _once("received")),
        (("sent",),),
        (("sender",),),
        _communication,
    ),
    "Condition": Kind("gp.problem", (("code",),), _ONSET, (("recordedDate",),), _RECORDER, _condition),
    "DiagnosticReport": Kind(
        "gp.report",
        (("code",),),
        (*_EFFECTIVE, _once("issued")),
        (("issued",),),
        (("resultsInterpreter",), ("performer",)),
        _report,
    ),
    "DocumentReference": Kind(
        "gp.document",
        (("type",), ("category",)),
        (_period("context", "period"), _once("date")),
        (("date",),),
        (("author",), ("authenticator",)),
        _document,
    ),
    "Encounter": Kind(
        "gp.consultation.summary",
        (("type",), ("serviceType",), ("reasonCode",)),
        (_period("period"),),
        (),
        (("participant", "individual"),),
        _encounter,
    ),
    "Flag": Kind("gp.alert", (("code",),), (_period("period"),), (), (("author",),), _flag),
    "Immunization": Kind(
        "gp.immunisation.given",
        (("vaccineCode",),),
        (_once("occurrenceDateTime"), _once("recorded")),
        (("recorded",),),
        (("performer", "actor"),),
        _immunisation,
    ),
    "MedicationRequest": Kind(
        "gp.medication",
        (("medicationCodeableConcept",), ("medicine",)),
        (_once("authoredOn"), _period("dispenseRequest", "validityPeriod")),
        (("authoredOn",),),
        (("requester",), ("recorder",)),
        _medication,
    ),
    "MedicationStatement": Kind(
        "gp.medication",
        (("medicationCodeableConcept",), ("medicine",)),
        (_once("effectiveDateTime"), _period("effectivePeriod"), _once("dateAsserted")),
        (("dateAsserted",),),
        (("informationSource",),),
        _medication,
    ),
    "Observation": Kind("gp.observation", (("code",),), _EFFECTIVE, (("issued",),), (("performer",),), _observation),
    "Procedure": Kind(
        "gp.procedure.done",
        (("code",),),
        (_once("performedDateTime"), _period("performedPeriod")),
        (),
        (("performer", "actor"), *_RECORDER),
        _procedure,
    ),
    "QuestionnaireResponse": Kind(
        "gp.questionnaire", (), (_once("authored"),), (("authored",),), (("author",), ("source",)), answers_of
    ),
    "ServiceRequest": Kind(
        "gp.procedure.planned",
        (("code",), ("category",), ("reasonCode",)),
        (_once("authoredOn"), _once("occurrenceDateTime"), _period("occurrencePeriod")),
        (("authoredOn",),),
        (("requester",),),
        _request,
    ),
}
"""The resources that are records of their own. `medicine` stands for what the medicine referred to is called."""

_NOT_DONE = frozenset({"not-done", "cancelled", "noshow", "not-taken", "stopped-before-start", "revoked"})


def concepts(kind: Kind, resource: Node, medicines: list[Node]) -> list[Node]:
    """The codeable concepts that say what the entry is, the most telling first."""
    held = {**resource, "medicine": [concept for one in medicines for concept in nodes(one, "code")]}
    return [part for path in kind.concepts for part in nodes(held, *path)]


def happened(kind: Kind, resource: Node) -> tuple[str, str]:
    """Start and end as stated: the first pair of which a start is stated, or two empty texts."""
    stated = ((text(resource, *start), text(resource, *end) if end else "") for start, end in kind.happened)
    return next((pair for pair in stated if pair[0]), ("", ""))


def recorded_at(kind: Kind, resource: Node) -> str:
    """When it was recorded, as stated, or empty."""
    stated = (*(text(resource, *path) for path in kind.recorded), text(resource, "meta", "lastUpdated"))
    return next(filter(None, stated), "")


def detail(kind: Kind, resource: Node, title: str) -> str:
    """Values with units, reasons, dosage and notes, in the practice's words; without what the headline says already."""
    return lines(part for part in kind.detail(resource) if part != title)


def headline(found: list[Node], resource: Node) -> str:
    """What it is called; empty where nothing says it."""
    said = (*map(concept_words, found), text(resource, "description"), text(resource, "questionnaire"))
    return next((one for one in said if one and "://" not in one), "")


def code_of(kind: Kind, resource: Node, coded: tuple[Coding, ...], rising: Callable[[str], int]) -> str:
    """The hub's code: by the record's status, then by its codes, the most closed where they say several things."""
    status = text(resource, "status")
    if kind.code == "gp.immunisation.given" and status == "not-done":
        return "gp.immunisation.missed"
    if kind.code == "gp.appointment" and status == "noshow":
        return "gp.not_brought"
    found = dict.fromkeys(code for part in coded if (code := _mapped().get((part.system, part.code))))
    return max(found, key=rising, default=kind.code)


def polarity(code: str, resource: Node) -> Polarity:
    """Whether it happened: not given, not brought, cancelled, not taken and refuted did not."""
    undone = text(resource, "status") in _NOT_DONE or text(resource, "doNotPerform") == "true"
    refuted = "refuted" in texts(resource, "verificationStatus", "coding", "code")
    return "did-not-happen" if undone or refuted or code == "gp.not_brought" else "happened"


@cache
def _mapped() -> dict[tuple[str, str], str]:
    """The hub's code for each (system, code) of both GP maps."""
    return {(row["system"], row["code"]): row["hub"] for name in ("gp-connect", "gp-fhir-r4") for row in rows(name)}
