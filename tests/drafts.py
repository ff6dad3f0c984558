"""Drafts of the policy for tests: the default one with a few cells changed, and ways to have one put in force."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from uuid import UUID

from consent.policy import load
from hub.events.policy import PolicyActivated, PolicyProof, PolicyProposed
from hub.people import Practitioner
from hub.store.database import Cursor
from projections import policies
from tests.fix_hub import ROOT, TestHub

NO_PROOF = PolicyProof(0, 0, 0, 0, 0, 0, 0.0, "of another program")


def draft(folder: Path, *cells: tuple[str, str, str]) -> Path:
    """The default policy in a new folder, with these cells of its rules changed: rule, column, value."""
    shutil.copytree(ROOT / "policies", folder)
    with (folder / "rules.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for rule, column, value in cells:
        next(row for row in rows if row["id"] == rule)[column] = value
    _write(folder, rows)
    return folder


def reworded(folder: Path, mark: str) -> Path:
    """The default policy with a mark in the sentence of every rule, so that each answer tells which version gave it."""
    shutil.copytree(ROOT / "policies", folder)
    with (folder / "rules.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["sentence"] += f" {mark}"
    _write(folder, rows)
    return folder


def leads(hub: TestHub) -> tuple[Practitioner, Practitioner]:
    """The two governance leads of the demo's directory."""
    return hub.person("eilidh"), hub.person("ruaridh")


def proposed(hub: TestHub, folder: Path) -> str:
    """A folder's policy, proposed by the first of them; its fingerprint."""
    return hub.house.hub.policies.propose(leads(hub)[0], folder, "As agreed at the partnership's meeting.")


def put_in_force(hub: TestHub, folder: Path, proof: PolicyProof = NO_PROOF, approver: str = "ruaridh") -> str:
    """Record both steps past the proof, as a hub of another release would have; the version's fingerprint."""
    intake = hub.house.hub.intake
    found = load(folder)

    def propose(_: Cursor, version: int) -> list[PolicyProposed]:
        text = {"files": dict(found.files), "author": "eilidh", "reason": "As agreed."}
        return [
            PolicyProposed(originator_id=own, originator_version=version, fingerprint=found.fingerprint, **text)  # type: ignore[arg-type]  # of the types that the event names
        ]

    def activate(cursor: Cursor, version: int) -> list[PolicyActivated]:
        proposal = policies.proposal_of(cursor, found.fingerprint)
        assert proposal is not None
        return [
            PolicyActivated(
                originator_id=shared,
                originator_version=version,
                fingerprint=found.fingerprint,
                proposal=proposal.position,
                author=proposal.author,
                approver=approver,
                reason="As agreed.",
                proof=proof,
                before=policies.in_force(cursor),
                rises="0",
                falls="0",
            )
        ]

    own, shared = stream(hub, found.fingerprint), intake.stream("policy-in-force")
    intake.act(own, propose)
    intake.act(shared, activate)
    return found.fingerprint


def stream(hub: TestHub, fingerprint: str) -> UUID:
    """The stream of one version's proposals."""
    return hub.house.hub.intake.stream("policy", fingerprint)


def in_force(hub: TestHub) -> str:
    """The fingerprint of the version in force, past every memory of the hub."""
    with hub.as_owner() as connection:
        rows = connection.execute("select fingerprint from read.policy_terms where known_to = 'infinity'").fetchall()
    assert len(rows) == 1
    return str(rows[0][0])


def _write(folder: Path, rows: list[dict[str, str]]) -> None:
    with (folder / "rules.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
