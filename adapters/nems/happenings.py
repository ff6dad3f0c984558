"""What a NEMS message says happened: when, in whose words, who was there, and who now works with the child."""

from __future__ import annotations

from adapters.fhir import people, times
from adapters.fhir.bundle import Entry
from adapters.fhir.values import (
    Node,
    codings,
    concept_words,
    extensions,
    lines,
    nodes,
    quantity,
    text,
    texts,
    truth,
    words,
)
from adapters.maps.table import rows
from adapters.nems.message import BIRTH, DEATH, Message
from adapters.nems.people import Subject
from hub.update import Action, Author, Coding, Defect, Fact, InvolvementFact, Occurred

GP_CHANGED = "pds-change-of-gp-1"
MOVED = "pds-change-of-address-1"
CONTACTS = "professional-contacts-1"
_LONGEST_HEADLINE = 160
_OUTCOMES = ("Observation", "Procedure")


def code_of(message: Message) -> str:
    """The hub's code for the event; an immunisation that was not given is one that was missed."""
    code = {row["event"]: row["hub"] for row in rows("nems")}.get(message.event, "hv.event.other")
    missed = code == "hv.immunisation.given" and truth(_focus(message), "notGiven")
    return "hv.immunisation.missed" if missed else code


def action_of(message: Message, subject: Subject) -> Action:
    """A deletion, an entry made in error, and a death that PDS has taken back under the name of a new one."""
    if message.kind == "delete" or text(_focus(message), "status") == "entered-in-error":
        return "retract"
    removed = message.event == DEATH and "U" in _death_statuses(subject.patient.resource if subject.patient else {})
    return "retract" if removed else "assert"


def occurred(message: Message, subject: Subject) -> tuple[Occurred, tuple[Defect, ...]]:
    """When it happened, as the part of the message that knows best states it."""
    patient = subject.patient.resource if subject.patient else {}
    focus = message.focus or message.header
    if message.event == BIRTH:
        return times.happened(_born(patient), "", focus.place)
    if message.event == DEATH:
        return times.happened(text(patient, "deceasedDateTime"), "", focus.place)
    moved = _moved(patient) if message.event == MOVED else ""
    start, end = (moved, "") if moved else _when(message)
    return times.happened(start, end, focus.place)


def headline(message: Message, subject: Subject) -> str:
    """The outcome, the vaccine, the service or the practice in the sender's words; else the event's own name."""
    focus = _focus(message)
    vaccine = [concept_words(part) for part in _vaccine(focus)]
    said = (*vaccine[:1], _outcome(message, subject), _new_practice_name(message, subject), words(focus, "type"))
    return next(filter(None, said), message.event_display or message.event)


def detail(message: Message, subject: Subject) -> str:
    """What was said, found and measured, a line each; the mother's measurements are not among them."""
    focus = _focus(message)
    reasons = [concept_words(part) for part in nodes(focus, "explanation", "reasonNotGiven")]
    given = [concept_words(part) for part in nodes(focus, "explanation", "reason")]
    notes = [*texts(focus, "payload", "contentString"), *texts(focus, "note", "text")]
    found = [_found(entry.resource) for entry in _about(message, subject)]
    beside = [note for entry in _about(message, subject) for note in _notes(entry.resource)]
    return lines([*reasons, *given, *notes, *found, *beside])


def codings_of(message: Message) -> tuple[Coding, ...]:
    """The event's code and those of what the message is about, as sent."""
    focus = _focus(message)
    event = codings({"concept": {"coding": message.header.resource.get("event")}}, "concept")
    vaccine = codings({"concepts": _vaccine(focus)}, "concepts")
    return tuple(dict.fromkeys([*event, *codings(focus, "type"), *codings(focus, "code"), *vaccine]))


def author_of(message: Message) -> Author:
    """Who did it: the primary performer, the one who gave it, the member of the team, or who entered it."""
    staff, bundle = people.Staff(message.bundle), message.bundle
    places = (("participant", "individual"), ("practitioner", "actor"), ("sender",), ("careManager",))
    author = staff.author(_focus(message), *places)
    teams = [staff.author(team.resource, ("participant", "member")) for team in bundle.of_type("CareTeam")]
    entered = staff.author(message.header.resource, ("author",), ("enterer",))
    return next((found for found in (author, *teams, entered) if found.name), author)


def responsible(message: Message) -> str:
    """The ODS code of the organisation that answers for the message, or empty."""
    return message.bundle.organisation(message.header.resource, "responsible")


def facts(message: Message, subject: Subject) -> tuple[Fact, ...]:
    """Who works with the child from now on, where the message says so."""
    if message.event == CONTACTS:
        return _health_visiting(message)
    return _practices(message, subject) if message.event == GP_CHANGED else ()


def mother_text(message: Message, subject: Subject) -> str:
    """What the message says of the mother, to be kept with her and not with the child."""
    if subject.mother is None:
        return ""
    own = [entry for entry in message.bundle.of_type(*_OUTCOMES) if _speaks_of(message, entry, subject.mother)]
    return lines(_found(entry.resource) for entry in own)


def _health_visiting(message: Message) -> tuple[Fact, ...]:
    organisation = responsible(message)
    if not organisation:
        return ()
    episode = _focus(message)
    teams = message.bundle.referred(episode, "team") or list(message.bundle.of_type("CareTeam"))
    team = teams[0].resource if teams else {}
    members = message.bundle.referred(team, "participant", "member")
    worker = next((text(entry.resource, "identifier", "value") for entry in members), "")
    return (
        InvolvementFact(
            "health-visiting-team",
            organisation,
            worker,
            text(team, "name"),
            _day(episode, "period", "start"),
            _day(episode, "period", "end"),
        ),
    )


def _practices(message: Message, subject: Subject) -> tuple[Fact, ...]:
    """The new practice, and the old one until the day its episode ended."""
    bundle, patient = message.bundle, subject.patient.resource if subject.patient else {}
    found: list[Fact] = []
    if code := bundle.organisation(patient, "generalPractitioner"):
        periods = _registration_periods(patient)
        since = next((_day(part, "start") for part in periods), "")
        found.append(InvolvementFact("gp-practice", code, name=_new_practice_name(message, subject), since=since))
    for episode in bundle.of_type("EpisodeOfCare"):
        code, until = (
            bundle.organisation(episode.resource, "managingOrganization"),
            _day(episode.resource, "period", "end"),
        )
        if code and until:
            name = text(episode.resource, "managingOrganization", "display")
            since = _day(episode.resource, "period", "start")
            found.append(InvolvementFact("gp-practice", code, name=name, since=since, until=until))
    return tuple(found)


def _new_practice_name(message: Message, subject: Subject) -> str:
    if message.event != GP_CHANGED or subject.patient is None:
        return ""
    practices = message.bundle.referred(subject.patient.resource, "generalPractitioner")
    named = (text(entry.resource, "name") for entry in practices)
    return next(filter(None, named), text(subject.patient.resource, "generalPractitioner", "display"))


def _when(message: Message) -> tuple[str, str]:
    focus = _focus(message)
    start, end = text(focus, "period", "start"), text(focus, "period", "end")
    changed = [text(entry.resource, "recorded") for entry in message.bundle.of_type("Provenance")]
    recorded = [*changed, message.sent.value] if message.focus and message.focus.type == "Patient" else []
    stated = (start, text(focus, "date"), text(focus, "sent"), text(focus, "performedDateTime"), *recorded)
    return next(filter(None, stated), ""), end if start else ""


def _born(patient: Node) -> str:
    """The time of birth where it agrees with the date of birth, else the date."""
    day, time = text(patient, "birthDate"), people.birth_time(patient)
    return time if time and time[:10] == day else day or time


def _moved(patient: Node) -> str:
    """The day from which the new home is lived in."""
    homes = [
        part for part in nodes(patient, "address") if text(part, "use") != "old" and not text(part, "period", "end")
    ]
    return next((text(part, "period", "start") for part in homes), "")


def _outcome(message: Message, subject: Subject) -> str:
    """A programme's summary of its outcome, else the single outcomes if a headline can hold them."""
    found = [entry.resource for entry in _about(message, subject)] if message.event != BIRTH else []
    summaries = [words(part, "valueCodeableConcept") for part in found if "outcome" in words(part, "code").casefold()]
    if any(summaries):
        return next(filter(None, summaries))
    single = dict.fromkeys(
        said for part in found if (said := words(part, "outcome") or words(part, "valueCodeableConcept"))
    )
    joined = "; ".join(single)
    return joined if len(joined) <= _LONGEST_HEADLINE else ""


def _about(message: Message, subject: Subject) -> list[Entry]:
    """The findings of the message that are not about somebody else."""
    held = (*message.bundle.of_type(*_OUTCOMES), *message.bundle.of_type("DiagnosticReport"))
    return [entry for entry in held if entry is not message.focus and not _speaks_of_another(message, entry, subject)]


def _speaks_of_another(message: Message, entry: Entry, subject: Subject) -> bool:
    named = message.bundle.referred(entry.resource, "subject")
    return bool(named) and subject.patient is not None and subject.patient not in named


def _speaks_of(message: Message, entry: Entry, person: Entry) -> bool:
    return any(named is person for named in message.bundle.referred(entry.resource, "subject"))


def _found(resource: Node) -> str:
    """`What was looked for: what was found`."""
    stated = (words(resource, "outcome"), words(resource, "valueCodeableConcept"), quantity(resource, "valueQuantity"))
    value = next(filter(None, (*stated, text(resource, "valueString"), text(resource, "conclusion"))), "")
    code = text(resource, "valueCodeableConcept", "coding", "code")
    label = words(resource, "code")
    return f"{label}: {value or code}" if label and (value or code) else value


def _notes(resource: Node) -> list[str]:
    return [*texts(resource, "comment"), *texts(resource, "note", "text")]


def _vaccine(focus: Node) -> list[Node]:
    procedures = [
        concept
        for part in extensions(focus, "VaccinationProcedure-1")
        for concept in nodes(part, "valueCodeableConcept")
    ]
    return [*procedures, *nodes(focus, "vaccineCode")]


def _death_statuses(patient: Node) -> set[str]:
    statuses = extensions(patient, "DeathNotificationStatus-1")
    holders = [*statuses, *(part for status in statuses for part in nodes(status, "extension"))]
    return {text(part, "valueCodeableConcept", "coding", "code") or text(part, "valueCode") for part in holders}


def _registration_periods(patient: Node) -> list[Node]:
    details = extensions(patient, "RegistrationDetails-1")
    return [
        period
        for part in details
        for inner in extensions(part, "registrationPeriod")
        for period in nodes(inner, "valuePeriod")
    ]


def _day(node: Node, *path: str) -> str:
    found = times.moment(text(node, *path))
    return found.day if found else ""


def _focus(message: Message) -> Node:
    return message.focus.resource if message.focus else {}
