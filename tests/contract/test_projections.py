"""Every read model keeps the contract of `projection.py`."""

from __future__ import annotations

import pytest

from projections import (
    access_log,
    chronology,
    circumstances,
    decided,
    editions,
    emergencies,
    emergency_readings,
    inbox,
    involvement,
    joined,
    looked,
    partnership,
    pinned,
    policies,
    rebuild,
    recalled,
    requests,
    sharing,
    shown,
)
from projections.rebuild import GROUPS
from tests.contract.projection import ProjectionContract, tell_everything
from tests.fix_hub import TestHub

POLICIES = frozenset({"PolicyInstalled", "PolicyProposed", "PolicyActivated"})
CIRCUMSTANCES = frozenset({"CapacityStated", "DutyStated", "TieStated", "SafeAddressStated"})
PARTNERSHIP = frozenset({"OrganisationStated", "RegistrationStated"})
SHARING = frozenset({"SharingRequested", "SharingDecided", "SharingReleased", "SharingDeclined", "SharingReleaseEnded"})
EMERGENCIES = frozenset(
    {"EmergencyOpened", "EmergencyReasonGiven", "EmergencyEnded", "EmergencyAcknowledged", "EmergencyReviewed"}
)
COMPARING = frozenset({"EntriesJoined", "EntriesKeptApart", "EntriesComparedAnew"})
EDITIONS = frozenset(
    {
        "EditionAudienceChanged",
        "EditionContributionNoted",
        "EditionEntriesChosen",
        "EditionFrozen",
        "EditionLookedAgain",
        "EditionPrepared",
        "EditionWritten",
    }
)
RECORDS = frozenset({"EntryRecorded", "EntryRevised", "EntryRetracted"})
PEOPLE = frozenset({"PersonDetailsStated", "PersonRecordLinked", "IdentityQuestioned"})
BY_NAME = {group.name: group for group in GROUPS}


@pytest.fixture(scope="module")
def told_hub(module_hub: TestHub, tmp_path_factory: pytest.TempPathFactory) -> TestHub:
    """A hub that holds every kind of event there is."""
    tell_everything(module_hub, tmp_path_factory.mktemp("told"))
    return module_hub


class TestFacts(ProjectionContract):
    """The register, intake's versions, involvement, and the facts of sharing: each leans on the one before it."""

    group = BY_NAME[rebuild.FACTS]
    of_a_child = False
    creates = (
        involvement.CREATE,
        sharing.CREATE,
        circumstances.CREATE,
        partnership.CREATE,
        policies.CREATE,
        emergencies.CREATE,
        requests.CREATE,
        joined.CREATE,
        recalled.CREATE,
        editions.CREATE,
        pinned.CREATE,
    )
    meant = (
        RECORDS
        | PEOPLE
        | SHARING
        | EMERGENCIES
        | EDITIONS
        | POLICIES
        | CIRCUMSTANCES
        | PARTNERSHIP
        | COMPARING
        | {"ConsentGiven", "ConsentWithdrawn", "CorrectionAcknowledged", "EntryAcknowledged"}
    )


class TestChronology(ProjectionContract):
    """Each child's story."""

    group = BY_NAME[chronology.NAME]
    creates = (chronology.CREATE,)
    meant = RECORDS


class TestAccessLog(ProjectionContract):
    """Who looked."""

    group = BY_NAME[access_log.NAME]
    creates = (access_log.CREATE,)
    meant = frozenset({"Disclosed", "AttentionNoted"})


class TestEmergencyReadings(ProjectionContract):
    """What was opened under each emergency access."""

    group = BY_NAME[emergency_readings.NAME]
    of_a_child = False
    creates = (emergency_readings.CREATE,)
    meant = frozenset({"Disclosed"})


class TestDecided(ProjectionContract):
    """How every reading was decided, without anybody in it."""

    group = BY_NAME[decided.NAME]
    of_a_child = False
    creates = (decided.CREATE,)
    meant = frozenset({"Disclosed"})


class TestShown(ProjectionContract):
    """Which version of which entry was told to whom."""

    group = BY_NAME[shown.NAME]
    creates = (shown.CREATE,)
    meant = frozenset({"Disclosed"})


class TestLooked(ProjectionContract):
    """When each person last looked at each child."""

    group = BY_NAME[looked.NAME]
    creates = (looked.CREATE,)
    meant = frozenset({"Disclosed"})


class TestAcknowledged(ProjectionContract):
    """What people said they do about entries."""

    group = BY_NAME[inbox.NAME]
    creates = (inbox.CREATE,)
    meant = frozenset({"EntryAcknowledged"})


def test_every_group_is_held_to_the_contract() -> None:
    held = {case.group.name for case in ProjectionContract.__subclasses__()}

    assert held == set(BY_NAME)
