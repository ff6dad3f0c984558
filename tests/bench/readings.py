"""What a draft policy would have changed over many recorded readings: how long it takes, and what the account says.

    python -m tests.bench.readings --readings 100000

Random readings of invented people are appended through the access ledger, as the gate appends them, and projected; then
the draft is tried on all of them. Prints the times and the account.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

from consent.deciding import Keys, decide
from consent.decision import Asked, Facts
from consent.policy import Policy, load
from consent.what_if import WhatIf
from hub.api.overseen import what_if_to_json
from hub.audit.trail import Disclosed
from hub.people import Agency, Practitioner, Role
from hub.wiring import House
from tests.bench.setting import ROOT, started

ROWS: Final = [
    (number, *labels)
    for number, labels in enumerate(
        (
            (agency, category, sensitivity, third)
            for agency, category, sensitivities in (
                ("gp", "health", ("ordinary", "concern", "confidential-health", "sexual-health")),
                ("health-visiting", "health", ("ordinary", "concern", "gender-based-violence")),
                ("social-work", "social-work", ("ordinary", "concern", "adoption", "criminal")),
                ("education", "education", ("ordinary", "concern")),
                ("police", "police", ("concern", "police-restricted")),
            )
            for sensitivity in sensitivities
            for third in (False, True)
        ),
        start=1,
    )
]
STAFF: Final = (
    (Role.GP, Agency.GP, "Z99104", 14),
    (Role.HEALTH_VISITOR, Agency.HEALTH_VISITING, "Z9HV1", 20),
    (Role.SCHOOL_NURSE, Agency.HEALTH_VISITING, "Z9HV1", 4),
    (Role.SOCIAL_WORKER, Agency.SOCIAL_WORK, "la-990", 40),
    (Role.CLASS_TEACHER, Agency.EDUCATION, "SCH-ROWANBANK", 30),
    (Role.HEAD_TEACHER, Agency.EDUCATION, "SCH-ROWANBANK", 3),
    (Role.POLICE_OFFICER, Agency.POLICE, "PS-D", 12),
    (Role.THIRD_SECTOR_WORKER, Agency.THIRD_SECTOR, "TS-1", 8),
)
CATEGORIES: Final = ("health", "education", "social-work", "police")
BATCH: Final = 500
TODAY: Final = datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock on the wall, and of this process's own work."""

    wall: float
    work: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How long each step took, and what came of it."""

    readings: int
    appended: Took
    projected: Took
    tried: Took
    account: WhatIf


def measure(house: House, draft: Policy, readings: int, seed: int = 1) -> Figures:
    """Append so many readings, project them, and try the draft on all of them."""
    random = Random(seed)  # noqa: S311 - the same readings in every run
    moments = [_moment()]
    for batch in _batches(random, house.policy, readings):
        with house._database.transaction("hub_reader") as cursor:
            house._ledgers["access"].append(cursor, batch)
    moments.append(_moment())
    house.rebuild("decided", lambda _: None)
    moments.append(_moment())
    account = house.hub.governance.what_if(house.directory.person("eilidh"), draft)
    moments.append(_moment())
    steps = (Took(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(moments))
    appended, projected, tried = steps
    return Figures(readings, appended, projected, tried, account)


def _moment() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


CHANGED: Final = {
    "plan-teacher-summary": ("level", "1"),
    "care-concern": ("level", "2"),
    "protection-team": ("relation", "none|involved|allocated"),
    "emergency-access": ("purpose", "child-protection"),
}
"""Cells of the draft: teachers see less of a plan, health services more of a concern; whoever has a duty to protect
need not work with the child already; and emergency access is for protection alone.
"""


def a_draft(policy: Path, folder: Path) -> Path:
    """The policy with a few cells changed, in a folder of its own."""
    shutil.copytree(policy, folder, ignore=shutil.ignore_patterns("scenarios"))
    rows = list(csv.DictReader(io.StringIO((folder / "rules.csv").read_text(encoding="utf-8"))))
    for row in rows:
        column, cell = CHANGED.get(row["id"], ("id", row["id"]))
        row[column] = cell
    with (folder / "rules.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def _batches(random: Random, policy: Policy, readings: int) -> Iterator[Sequence[Disclosed]]:
    for start in range(0, readings, BATCH):
        yield [_reading(random, policy) for _ in range(min(BATCH, readings - start))]


def _reading(random: Random, policy: Policy) -> Disclosed:
    """One reading as the gate records it: decided by the policy in force, with a handful of entries of some kinds."""
    role, agency, organisation, people = random.choice(STAFF)
    reader = Practitioner(f"{role.value}-{random.randrange(people)}", "", role, agency, organisation)
    urgent = random.random() < 0.01
    purpose = random.choices(("child-plan", "child-protection", "direct-care"), (0 if urgent else 6, 2, 2))[0]
    basis = "vital-interests" if urgent else "consent" if random.random() < 0.1 else "public-task"
    asked, facts = Asked(reader, purpose, basis), _facts(random, agency, urgent=urgent)
    ground, _ = policy.ground(purpose, basis, facts.controller, TODAY)
    child = UUID(int=random.getrandbits(128))
    decided = decide(asked, child, replace(facts, ground=ground), policy, Keys(ROWS))
    counted = {number: random.randint(1, 12) for number, *_ in random.sample(ROWS, random.randint(2, 12))}
    counted = {number: times for number, times in counted.items() if decided.answers[number].level}
    found = bool(counted) or decided.works_with
    return Disclosed(
        originator_id=UUID(int=random.getrandbits(128)),
        originator_version=1,
        reader=reader.id,
        role=role.value,
        agency=agency.value,
        organisation=organisation,
        action="chronology",
        outcome="shown" if found else "nothing-to-show",
        child=decided.child,
        purpose=asked.purpose,
        basis=asked.basis,
        policy=policy.fingerprint,
        facts=tuple((fact.name, fact.value, random.randrange(10**6)) for fact in decided.facts.sources),
        decisions=tuple(decided.recorded(Counter(counted))),
    )


def _facts(random: Random, agency: Agency, *, urgent: bool) -> Facts:
    tie = "allocated" if agency == Agency.SOCIAL_WORK else "involved"
    consent = {one: random.choice(("given", "refused", "withdrawn")) for one in CATEGORIES if random.random() < 0.1}
    return Facts(
        relation=tie if random.random() < (0.2 if urgent else 0.95) else "none",
        agreement="current",
        protection=random.choices(("none", "concern", "registered"), (8, 1, 1) if not urgent else (1, 1, 1))[0],
        plan=random.choices(("none", "single-agency", "multi-agency"), (2, 3, 5))[0],
        emergency="open" if urgent else "none",
        safe_address="set" if random.random() < 0.02 else "none",
        consent=consent,
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the figures and the account."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=int, default=100_000)
    readings = parser.parse_args(arguments).readings
    with started() as hub, tempfile.TemporaryDirectory() as folder:
        found = measure(hub.house, load(a_draft(ROOT / "policies", Path(folder) / "draft")), readings)
    say = sys.stdout.write
    for what, took in (("appended", found.appended), ("projected", found.projected), ("tried", found.tried)):
        rate = readings / took.wall
        say(f"{readings:,} readings {what} in {took.wall:.1f} s ({took.work:.1f} s of work): {rate:,.0f} a second\n")
    say(f"{found.account.rulings:,} rulings\n")
    say(what_if_to_json(found.account).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
