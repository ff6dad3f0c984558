"""What each kind of entry in a GP record says: its code, its words, its times and who made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from adapters.fhir.bundle import Bundle
from adapters.fhir.said import answers_of, labelled, notes_of, value_of
from adapters.fhir.values import (
    Node,
    concept_words,
    extensions,
    lines,
    nodes,
    quantity,
    resource_type,
    text,
    texts,
    truth,
    words,
)
from adapters.maps.table import rows
from hub.update import Coding, Polarity

Path: TypeAlias = tuple[str, ...]
_UNKNOWN_CODES = frozenset({"UNK", "NI", "NULL"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of clinical resource. Paths are tried in order and the first that says something counts."""

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
    return [value_of(node), *parts, words(node, "interpretation"), *notes_of(node)]


def _condition(node: Node) -> list[str]:
    return [text(node, "clinicalStatus"), *notes_of(node)]


def _allergy(node: Node) -> list[str]:
    reactions = nodes(node, "reaction")
    manifested = [labelled(words(part, "manifestation"), text(part, "severity")) for part in reactions]
    return [*_condition(node), *manifested]


def _immunisation(node: Node) -> list[str]:
    reasons = [concept_words(part) for part in nodes(node, "explanation", "reasonNotGiven")]
    return [*reasons, *(concept_words(part) for part in nodes(node, "explanation", "reason")), *notes_of(node)]


def _medication(node: Node) -> list[str]:
    doses = [*nodes(node, "dosageInstruction"), *nodes(node, "dosage")]
    said = [words for dose in doses for words in (text(dose, "text"), text(dose, "patientInstruction"))]
    return [*said, quantity(node, "dispenseRequest", "quantity"), *notes_of(node)]


def _referral(node: Node) -> list[str]:
    return [text(node, "description"), text(node, "priority"), *notes_of(node)]


def _planned(node: Node) -> list[str]:
    return [labelled("Planned for", text(node, "occurrenceDateTime")), *notes_of(node)]


def _document(node: Node) -> list[str]:
    return [text(node, "description"), *texts(node, "content", "attachment", "title")]


def _report(node: Node) -> list[str]:
    return [text(node, "conclusion"), *(concept_words(part) for part in nodes(node, "codedDiagnosis")), *notes_of(node)]


_RECORDER: tuple[Path, ...] = (("recorder",), ("asserter",), ("requester", "agent"), ("requester", "onBehalfOf"))

KINDS: dict[str, Kind] = {
    "Encounter": Kind(
        "gp.consultation.summary", (("type",), ("reason",)), (_period("period"),), (), (("PPRF",),), lambda _: []
    ),
    "Observation": Kind(
        "gp.observation",
        (("code",),),
        (_once("effectiveDateTime"), _period("effectivePeriod")),
        (("issued",),),
        (("performer",),),
        _observation,
    ),
    "Condition": Kind(
        "gp.problem",
        (("code",),),
        (_once("onsetDateTime"), _period("onsetPeriod"), _once("assertedDate")),
        (("assertedDate",),),
        _RECORDER,
        _condition,
    ),
    "AllergyIntolerance": Kind(
        "gp.allergy",
        (("code",),),
        (_once("onsetDateTime"), _period("onsetPeriod"), _once("assertedDate")),
        (("assertedDate",),),
        _RECORDER,
        _allergy,
    ),
    "Immunization": Kind(
        "gp.immunisation.given",
        (("VaccinationProcedure",), ("vaccineCode",)),
        (_once("date"),),
        (("DateRecorded",),),
        (("practitioner", "actor"),),
        _immunisation,
    ),
    "MedicationRequest": Kind(
        "gp.medication",
        (("medication",),),
        (_once("authoredOn"), _period("dispenseRequest", "validityPeriod")),
        (("authoredOn",),),
        _RECORDER,
        _medication,
    ),
    "MedicationStatement": Kind(
        "gp.medication",
        (("medication",),),
        (_period("effectivePeriod"), _once("effectiveDateTime"), _once("dateAsserted")),
        (("dateAsserted",),),
        (("informationSource",),),
        _medication,
    ),
    "ReferralRequest": Kind(
        "gp.referral.made",
        (("reasonCode",), ("type",), ("serviceRequested",)),
        (_once("authoredOn"), _once("occurrenceDateTime")),
        (("authoredOn",),),
        _RECORDER,
        _referral,
    ),
    "ProcedureRequest": Kind(
        "gp.procedure.planned",
        (("code",),),
        (_once("authoredOn"), _once("occurrenceDateTime"), _period("occurrencePeriod")),
        (("authoredOn",),),
        _RECORDER,
        _planned,
    ),
    "DocumentReference": Kind(
        "gp.document", (("type",),), (_once("created"), _once("indexed")), (("indexed",),), (("author",),), _document
    ),
    "DiagnosticReport": Kind(
        "gp.report",
        (("code",),),
        (_once("effectiveDateTime"), _period("effectivePeriod"), _once("issued")),
        (("issued",),),
        (("performer", "actor"),),
        _report,
    ),
    "QuestionnaireResponse": Kind(
        "gp.questionnaire", (), (_once("authored"),), (("authored",),), (("author",), ("source",)), answers_of
    ),
}
"""The clinical resources that are records of their own; `VaccinationProcedure`, `DateRecorded`, `medication` and
`PPRF` stand for what `concepts`, `recorded_at` and `professionals` look up where a path alone does not lead."""


def concepts(kind: Kind, resource: Node, bundle: Bundle) -> list[Node]:
    """The codeable concepts that say what the entry is, the most telling first."""
    found = [part for path in kind.concepts for part in _concepts(path, resource, bundle)]
    return [part for part in found if text(part, "coding", "code") not in _UNKNOWN_CODES or text(part, "text")]


def recorded_at(kind: Kind, resource: Node) -> str:
    """When the practice recorded it, as stated, or empty."""
    beside = [text(part, "valueDateTime") for part in extensions(resource, "DateRecorded-1")]
    stated = [*beside, *(text(resource, *path) for path in kind.recorded), text(resource, "meta", "lastUpdated")]
    return next(filter(None, stated), "")


def happened(kind: Kind, resource: Node) -> tuple[str, str]:
    """Start and end as stated: the first pair of which a start is stated, or two empty texts."""
    stated = ((text(resource, *start), text(resource, *end) if end else "") for start, end in kind.happened)
    return next((pair for pair in stated if pair[0]), ("", ""))


def professionals(resource: Node) -> Node:
    """The resource with its primary performers, where it names participants by their part in it."""
    leading = [
        individual
        for part in nodes(resource, "participant")
        if "PPRF" in texts(part, "type", "coding", "code")
        for individual in nodes(part, "individual")
    ]
    return {**resource, "PPRF": leading}


def detail(kind: Kind, resource: Node) -> str:
    """Comments, notes, values with units and dosage, in the practice's words."""
    return lines(kind.detail(resource))


def polarity(code: str, resource: Node) -> Polarity:
    """Whether the thing happened: not given, not brought, cancelled and not taken did not."""
    kept = text(resource, "status") != "cancelled" and text(resource, "taken") != "n"
    done = not truth(resource, "notGiven") and not truth(resource, "doNotPerform") and code != "gp.not_brought"
    return "happened" if kept and done else "did-not-happen"


@cache
def mapped() -> dict[tuple[str, str], str]:
    """The hub's code for each (system, code) of `maps/gp-connect.csv`."""
    return {(row["system"], row["code"]): row["hub"] for row in rows("gp-connect")}


def codes_of(codings: tuple[Coding, ...]) -> list[str]:
    """The hub's codes for these codings, each once."""
    return list(dict.fromkeys(code for part in codings if (code := mapped().get((part.system, part.code)))))


def _concepts(path: Path, resource: Node, bundle: Bundle) -> list[Node]:
    if path == ("VaccinationProcedure",):
        beside = extensions(resource, "VaccinationProcedure-1")
        return [concept for part in beside for concept in nodes(part, "valueCodeableConcept")]
    if path == ("medication",):
        return [*nodes(resource, "medicationCodeableConcept"), *_medicines(resource, bundle)]
    return nodes(resource, *path)


def _medicines(resource: Node, bundle: Bundle) -> list[Node]:
    within = {f"#{text(part, 'id')}": part for part in nodes(resource, "contained")}
    stated = nodes(resource, "medicationReference")[:1]
    named = [within.get(text(part, "reference")) for part in stated]
    shelved = [entry.resource for entry in bundle.referred({"of": stated}, "of")]
    medicines = [part for part in [*named, *shelved] if part and resource_type(part) == "Medication"]
    return [concept for medicine in medicines for concept in nodes(medicine, "code")]
