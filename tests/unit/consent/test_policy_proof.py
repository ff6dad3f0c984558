"""A policy is used only when it is proven: equal to casbin, and true to every promise."""

from __future__ import annotations

import csv
import dataclasses
import json
import random
import shutil
from pathlib import Path

import pytest

from consent import activation
from consent.activation import Proof, activate, prove
from consent.decision import Level
from consent.policy import CONDITIONS, Point, Policy, load
from consent.properties import PROPERTIES, verdict
from consent.reach import hit_sets
from consent.reference import Reference
from hub.errors import PolicyRefused

POLICIES = Path(__file__).resolve().parents[3] / "policies"
POLICY = load(POLICIES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "policies"
    shutil.copytree(POLICIES, copied)
    return copied


@pytest.fixture(scope="module")
def proof() -> Proof:
    return prove(POLICY)


def spoil(folder: Path, rule: str, change: str) -> None:
    with (folder / "rules.csv").open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    row = next(row for row in table if row["id"] == rule)
    for part in change.split():
        column, value = part.split("=", 1)
        row[column] = value
    with (folder / "rules.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerows(table)


def points(seed: int, count: int) -> list[Point]:
    """Points from all over the domain, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # repeatable, and nothing secret rests on it
    return [
        Point(**{column: chance.choice(list(POLICY.domain[column])) for column in CONDITIONS}) for _ in range(count)
    ]


def test_the_default_policy_is_proven(proof: Proof) -> None:
    assert proof.problems() == []
    assert proof.holds
    assert proof.fingerprint == POLICY.fingerprint
    assert (proof.rules, len(proof.properties)) == (len(POLICY.rules), len(PROPERTIES))
    assert proof.points > proof.classes > proof.hit_sets > 500


def test_only_guards_never_decide(proof: Proof) -> None:
    assert set(proof.never_decide) == {rule.id for rule in POLICY.rules if rule.id.startswith("guard-")}


def test_each_hit_set_has_a_witness_that_meets_exactly_these_rules() -> None:
    assert all(POLICY.hits(witness) == hits for hits, witness in hit_sets(POLICY).items())


def test_no_point_of_the_domain_escapes_the_hit_sets() -> None:
    found = hit_sets(POLICY)

    assert all(POLICY.hits(point) in found for point in points(20_260_301, 5_000))


def test_the_compiled_table_answers_as_casbin_does_at_random_points() -> None:
    reference = Reference(POLICY)
    # Half of the points stay near a grant, for most points of the domain are simply closed.
    near = [dataclasses.replace(one, agreement="current", sensitivity="ordinary") for one in points(1, 200)]

    for point in [*near, *points(2, 200)]:
        answer = POLICY.decide(point)
        assert reference.judge(point) == (answer.level, frozenset(answer.hits)), point


def test_a_worse_policy_is_refused_with_an_example_that_a_person_can_read(folder: Path) -> None:
    spoil(folder, "plan-ordinary", "consent=given")

    with pytest.raises(PolicyRefused) as caught:
        activate(folder)

    assert "Consent changes nothing unless it is the basis. But: role " in caught.value.message
    assert "purpose child-plan, basis legal-obligation, consent given" in caught.value.message
    assert "; with consent none it becomes sealed by no rule." in caught.value.message


def test_a_promise_about_a_word_the_domain_lacks_does_not_hold(folder: Path) -> None:
    domain = (folder / "domain.csv").read_text(encoding="utf-8")
    rules = (folder / "rules.csv").read_text(encoding="utf-8")
    (folder / "domain.csv").write_text(domain.replace("relation,family,", "relation,kin,"), encoding="utf-8")
    (folder / "rules.csv").write_text(rules.replace(",family,", ",kin,"), encoding="utf-8")
    promise = next(one for one in PROPERTIES if "own family" in one.name)

    found = verdict(load(folder), promise)

    assert (found.holds, found.example) == (False, "the domain does not know relation family")


def test_a_table_compiled_wrongly_is_found_out() -> None:
    masks = {column: dict(values) for column, values in POLICY.masks.items()}
    masks["plan"]["none"] = masks["plan"]["multi-agency"]

    found = prove(dataclasses.replace(POLICY, masks=masks))

    assert not found.holds
    assert "casbin and the compiled table differ on whether plan-ordinary accepts plan none" in found.differences
    assert any("is sealed for casbin and shown compiled" in one for one in found.differences)


def test_a_policy_made_from_another_remembers_nothing_of_it() -> None:
    answered = POLICY.answer(1)
    closed = tuple(dataclasses.replace(rule, level=Level.WITHHELD) for rule in POLICY.rules)

    other = dataclasses.replace(POLICY, rules=closed)

    assert answered.level == Level.EXPORTABLE
    assert other.answer(1).level == Level.WITHHELD


def test_casbin_matching_in_another_way_is_found_out() -> None:
    loose = POLICY.model.replace(" && has(p.protection, r.protection)", "")

    found = prove(dataclasses.replace(POLICY, model=loose))

    said = "is shown for casbin and sealed compiled"
    assert any("protection none" in one and said in one for one in found.differences)


def test_rules_that_overlap_without_end_are_refused_in_good_time(folder: Path) -> None:
    with (folder / "rules.csv").open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for place, column in enumerate(CONDITIONS):
            for number, value in enumerate(POLICY.domain[column]):
                cells = ["*"] * len(CONDITIONS)
                cells[place] = value
                row = [f"knot-{place}-{number}", "deny", "3", *cells, "15", "", "Held back.", "Nobody.", "none"]
                writer.writerow(row)

    with pytest.raises(PolicyRefused, match="overlap in more than"):
        activate(folder)


@pytest.fixture
def proofs(proof: Proof, monkeypatch: pytest.MonkeyPatch) -> list[Policy]:
    """Every policy that is proven from here on; the proof itself is real, and made once for all tests."""
    asked: list[Policy] = []

    def once(policy: Policy) -> Proof:
        asked.append(policy)
        return proof

    monkeypatch.setattr(activation, "prove", once)
    return asked


def test_what_was_proven_is_not_proven_again(tmp_path: Path, proofs: list[Policy]) -> None:
    proven = tmp_path / "state" / "policy.json"

    first = activate(POLICIES, proven)
    second = activate(POLICIES, proven)

    assert first.fingerprint == second.fingerprint == POLICY.fingerprint
    assert len(proofs) == 1
    assert list(proven.parent.iterdir()) == [proven]


@pytest.mark.parametrize("held", ["", "{", "[]", '{"proven": 7}', '{"proven": "of another policy"}'])
def test_a_memory_that_is_damaged_or_of_another_policy_is_not_trusted(
    tmp_path: Path, proofs: list[Policy], held: str
) -> None:
    proven = tmp_path / "policy.json"
    proven.write_text(held, encoding="utf-8")

    activate(POLICIES, proven)

    assert len(proofs) == 1


def test_a_memory_that_cannot_be_written_costs_a_proof_and_nothing_else(tmp_path: Path, proofs: list[Policy]) -> None:
    (tmp_path / "taken").write_text("a file where a folder is needed", encoding="utf-8")

    for _ in range(2):
        assert activate(POLICIES, tmp_path / "taken" / "policy.json").fingerprint == POLICY.fingerprint

    assert len(proofs) == 2


def test_another_casbin_means_another_proof(
    tmp_path: Path, proofs: list[Policy], monkeypatch: pytest.MonkeyPatch
) -> None:
    activate(POLICIES, tmp_path / "policy.json")
    monkeypatch.setattr(activation, "version", lambda _name: "2.9.0")

    activate(POLICIES, tmp_path / "policy.json")

    assert len(proofs) == 2


def test_the_memory_of_a_proven_policy_does_not_cover_a_changed_one(folder: Path, tmp_path: Path) -> None:
    proven = tmp_path / "policy.json"
    activate(folder, proven)
    mark = json.loads(proven.read_text(encoding="utf-8"))
    spoil(folder, "plan-ordinary", "consent=given")

    with pytest.raises(PolicyRefused):
        activate(folder, proven)

    assert json.loads(proven.read_text(encoding="utf-8")) == mark
