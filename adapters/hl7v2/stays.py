"""Stays in hospital, the hospital's own record of a patient, and its announcement that two records are one person's."""

from __future__ import annotations

from adapters.hl7v2.codes import meant
from adapters.hl7v2.message import Message, Segment
from adapters.hl7v2.people import professional
from adapters.hl7v2.results import coded, notes
from adapters.hl7v2.said import Place, Said, unmapped
from adapters.reading.unreadable import Unreadable
from hub.update import Author, Defect, Person


def stay(does: str, message: Message, person: Person) -> Said:
    """Admission, attendance, plan or discharge: parts of one stay, each a record of its own.

    A cancelled discharge takes back the discharge and leaves the admission; a correction (A08) speaks of the part that
    the patient's class names. A death stated beside it belongs to the patient's record.
    """
    if _died(message) and does != "planned":
        return patient("person", message, person)
    visit = message.first("PV1")
    part, code, defects = _part_of_stay(does, message, visit)
    when, until = _stay_times(part)
    operator = professional(message.first("EVN"), 5)
    return Said(
        f"visit|{number}|{part}" if (number := _visit_number(visit, person)) else "",
        code,
        when,
        until,
        headline=_reason(message) or _ward(visit),
        detail=(_ward(visit) if _reason(message) else "", *_diagnoses(message), *_allergies(message), *notes(message)),
        author=operator if operator != Author() else professional(visit, 7),
        codings=tuple(one for segment in message.named("DG1") for one in coded(segment, 3)),
        defects=defects,
    )


def _part_of_stay(does: str, message: Message, visit: Segment | None) -> tuple[str, str, tuple[Defect, ...]]:
    """The part of the stay, its code, and a defect where the class it rests on is not stated."""
    if does == "discharge":
        return "discharge", "hospital.discharged", ()
    stated = visit.text(2) if visit else ""
    by_class = meant("class", stated.upper())
    if stated and not by_class:
        raise unmapped("class", "the patient class in PV1-2", message)
    defects = () if by_class else (Defect("class-not-stated", f"{message.place}/PV1-2", "Taken as an inpatient's."),)
    trigger = message.header.text(9, 2)
    part = "planned" if does == "planned" else "admission" if trigger == "A01" else by_class or "admission"
    if part == "planned":
        return part, "hospital.admission.planned", defects
    if part == "admission":
        return part, "hospital.admitted", defects
    return "attendance", f"hospital.{part}.attended", defects


def _stay_times(part: str) -> tuple[tuple[Place, ...], Place | None]:
    if part == "discharge":
        return (("PV1", 45), ("EVN", 6), ("EVN", 2)), None
    if part == "planned":
        return (("PV2", 8), ("EVN", 6), ("EVN", 2)), None
    return (("PV1", 44), ("EVN", 6), ("EVN", 2)), ("PV1", 45)


def _visit_number(visit: Segment | None, person: Person) -> str:
    """The visit's own number; without one, when it began for this patient."""
    if visit is None:
        return ""
    began = visit.text(44)
    return visit.text(19) or (f"{person.local_id}|{began}" if began else "")


def patient(_: str, message: Message, person: Person) -> Said:
    """The hospital's own record of the patient; that they died is said of it until its next version."""
    key = f"person|{person.local_id}"
    if _died(message):
        return Said(key, "hospital.death.recorded", (("PID", 29),), author=professional(message.first("EVN"), 5))
    when = (("EVN", 6), ("EVN", 2))
    return Said(key, "hospital.person.details", when, author=professional(message.first("EVN"), 5))


def _died(message: Message) -> bool:
    patient = message.first("PID")
    return patient is not None and patient.text(30).upper() in {"Y", "YES", "1", "TRUE"}


def merge(_: str, message: Message, person: Person) -> Said:
    """Two of the hospital's records are one person's, it says. The hub joins nobody: a person looks at it.

    The other number stays in the original alone, because it may be another child's.
    """
    gone = message.first("MRG")
    prior = gone.text(1) if gone else ""
    if not prior:
        step = "Send it with the number that is given up, in MRG-1."
        raise Unreadable("no-merged-record", message.place, "The message does not say which record is given up.", step)
    return Said(
        f"merge|{person.local_id}|{prior}",
        "hospital.person.merged",
        (("EVN", 6), ("EVN", 2)),
        author=professional(message.first("EVN"), 5),
        question="merge-announced",
    )


def _reason(message: Message) -> str:
    beside = message.first("PV2")
    return (beside.text(3, 2) or beside.text(3, 1)) if beside else ""


def _ward(visit: Segment | None) -> str:
    """Where: point of care and facility, in the hospital's words."""
    return ", ".join(filter(None, (visit.text(3, 1), visit.text(3, 4)))) if visit else ""


def _diagnoses(message: Message) -> list[str]:
    found = (segment.text(4) or segment.text(3, 2) for segment in message.named("DG1"))
    return [f"Diagnosis: {said}" for said in found if said]


def _allergies(message: Message) -> list[str]:
    found = ((segment.text(3, 2), segment.text(5)) for segment in message.named("AL1"))
    return [f"Allergy: {': '.join(filter(None, pair))}" for pair in found if any(pair)]
