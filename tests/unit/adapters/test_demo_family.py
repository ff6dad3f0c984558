"""The invented family: their files are whole, nobody in them could be real, and their records find each other."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

from stdnum.gb import nhs, upn

from adapters import sources
from hub import demo, directory
from hub.demo.story import FINN, ISLA, arriving_later, deliveries
from hub.update import Identifier, InvolvementFact, Person, StatusFact, Update
from hub.vocabulary import terms

LIMITS = {"record_limit": 1024 * 1024, "file_limit": 64 * 1024 * 1024}
STORY = {one.source for one in deliveries()}
PEOPLE = directory.load(Path(demo.__file__).parent / "directory.toml")


def told(*, later: bool = False) -> list[Update]:
    found = [one for part in (arriving_later() if later else deliveries()) for one in sources.translate(part, **LIMITS)]
    assert all(isinstance(one, Update) for one in found), found
    return [one for one in found if isinstance(one, Update)]


def numbers(person: Person) -> set[Identifier]:
    return {one for one in person.identifiers if one.verified}


def of(known: set[Identifier], local: set[tuple[str, str]], one: Update) -> bool:
    return bool(numbers(one.person) & known) or (one.source, one.person.local_id) in local


def isla() -> list[Update]:
    """Isla's records, found the way a hub would: by equal numbers, and by an agency's own id for her."""
    known = {Identifier(*ISLA)}
    local: set[tuple[str, str]] = set()
    for _ in range(3):
        mine = [one for one in told() if of(known, local, one)]
        known |= {number for one in mine for number in numbers(one.person)}
        local |= {(one.source, one.person.local_id) for one in mine}
    return mine


def test_every_record_of_the_family_is_understood() -> None:
    assert {one.source for one in told()} == STORY
    assert {one.code for one in told()} <= set(terms())
    assert not [defect for one in told() for defect in one.defects]


def test_every_file_in_the_folder_is_part_of_the_story() -> None:
    listed = {(one.source, one.name) for one in (*deliveries(), *arriving_later())}
    folder = resources.files("adapters").joinpath("samples")

    there = {(name, file.name) for name in STORY for file in folder.joinpath(name).iterdir()}

    assert there == listed


def test_nobody_in_the_story_could_be_real() -> None:
    everybody = [*told(), *told(later=True)]
    stated = {part for one in everybody for part in one.person.identifiers}
    stated |= {part for one in everybody for third in one.third_persons for part in third.identifiers}

    health = [part.value for part in stated if part.system == "nhs-number"]
    school = [part.value for part in stated if part.system == "upn"]
    assert len(health) >= 3
    assert all(value.startswith("999") and nhs.is_valid(value) for value in health)
    assert school
    assert all(upn.is_valid(value) and value[4:8] == "9999" for value in school)


def test_islas_records_from_four_agencies_find_each_other_by_exact_numbers() -> None:
    found = isla()

    assert {one.source for one in found} == STORY
    assert {one.person.birth_dates for one in found if one.person.birth_dates} == {("2019-03-14",)}
    assert {one.person.given for one in found if one.person.given} == {("Isla",)}
    assert not [one for one in found if Identifier(*FINN) in one.person.identifiers]


def test_islas_story_is_told_by_all_with_strengths_as_well_as_concerns() -> None:
    found = isla()

    years = {one.occurred.start[:4] for one in found if one.occurred.start}
    assert 25 <= len(found) <= 40
    assert {"2019", "2025"} <= years
    valence = [terms()[one.code].valence for one in found]
    assert valence.count("strength") >= 3
    assert valence.count("concern") >= 5
    assert {"restricted", "confidential-health"} <= {one.sensitivity for one in found}
    assert {one.code for one in found} >= {
        "hv.birth.notified",
        "hv.immunisation.missed",
        "gp.not_brought",
        "gp.injury.presented",
        "gp.parent.mental_health.impact",
        "ed.exclusion.fixed",
        "sw.investigation.started",
        "sw.cppm.held",
    }


def test_isla_has_a_live_plan_and_is_off_the_register() -> None:
    facts = [fact for one in isla() for fact in one.facts if isinstance(fact, StatusFact)]

    assert StatusFact("plan", "2025-06-26") in facts
    assert StatusFact("registered", "2024-12-19", "2025-06-26") in facts
    assert [fact.kind for fact in facts if not fact.until] == ["plan"]


def test_the_people_who_work_with_isla_are_in_the_directory_under_the_records_own_codes() -> None:
    facts = [fact for one in isla() for fact in one.facts if isinstance(fact, InvolvementFact) and not fact.until]
    organisations = {fact.organisation for fact in facts}
    workers = {fact.worker for fact in facts if fact.worker}

    for person_id in ("morag", "callum", "fiona", "dr-anwar", "catriona"):
        assert PEOPLE.person(person_id).organisation in organisations
    assert {PEOPLE.person(one).worker for one in ("morag", "fiona", "dr-anwar")} == workers
    assert PEOPLE.person("shona").organisation not in organisations
    assert organisations - {"NUR-WREN"} <= {one.code for one in PEOPLE.organisations()}


def test_the_third_sector_agreement_has_ended_and_the_others_go_on() -> None:
    today = date(2026, 3, 1)

    assert not PEOPLE.agreement("TS-BRAMBLE", "child-plan", today)
    for person_id in ("morag", "callum", "fiona", "dr-anwar", "catriona", "shona"):
        assert PEOPLE.agreement(PEOPLE.person(person_id).organisation, "child-plan", today)


def test_what_arrives_later_is_one_late_letter_and_one_correction() -> None:
    held = {(one.source, one.record_id): one for one in told()}

    later = told(later=True)

    new = [one for one in later if (one.source, one.record_id) not in held]
    changed = [one for one in later if held.get((one.source, one.record_id), one).original != one.original]
    assert [(one.code, one.occurred.start) for one in new] == [("gp.document", "2022-06-14")]
    assert new[0].recorded_at_source[:7] == "2026-01"
    assert [one.code for one in changed] == ["hv.immunisation.given"]
    before = held[changed[0].source, changed[0].record_id]
    assert changed[0].order > before.order
    assert changed[0].occurred != before.occurred
