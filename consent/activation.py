"""Before a policy is used, it is proven: compiled as casbin reads it, and keeping every promise.

A policy that cannot be proven is refused, and the one in use stays in use.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from consent import properties, reach
from consent.policy import Policy, load, refused
from consent.properties import Verdict
from consent.reference import Reference
from consent.table import CONDITIONS, Point

_SHOWN_AT_ONCE = 20
# casbin under Python 3.11 fails now and then when two threads use it, so proofs wait for one another.
_ONE_AT_A_TIME = Lock()
# Of the whole room: a proof may lean on any of it. Read once, so that it stays the digest of what runs here even where
# another release is put in its place meanwhile.
_CODE = hashlib.sha256(b"".join(one.read_bytes() for one in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()
_PROVEN_HERE: dict[str, Proof] = {}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was checked, and what came of it.

    points is the size of the domain; classes the points that some rule can tell apart; hit_sets the
    different sets of rules that match together; compared the points at which casbin was asked.
    differences are readable; never_decide names the rules that never settle an answer (guards stand
    behind others).
    """

    fingerprint: str
    rules: int
    points: int
    classes: int
    hit_sets: int
    compared: int
    seconds: float
    differences: tuple[str, ...]
    properties: tuple[Verdict, ...]
    never_decide: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Equal to casbin everywhere, and every property kept."""
        return not self.differences and all(verdict.holds for verdict in self.properties)

    def problems(self) -> list[str]:
        """Everything that speaks against using this policy, for people."""
        broken = [f"{verdict.name}. But: {verdict.example}." for verdict in self.properties if not verdict.holds]
        return [*broken, *self.differences[:_SHOWN_AT_ONCE]]


def prove(policy: Policy) -> Proof:
    """Compare the compiled table with casbin wherever they could differ, and check every property."""
    started, mark = time.perf_counter(), _mark(policy)
    points, classes = reach.size(policy)
    found = reach.hit_sets(policy)
    asked = {**dict.fromkeys(found.values()), **reach.near_misses(policy)}
    with _ONE_AT_A_TIME:
        differences = _differences(policy, asked)
    proof = Proof(
        fingerprint=policy.fingerprint,
        rules=len(policy.rules),
        points=points,
        classes=classes,
        hit_sets=len(found),
        compared=len(asked),
        differences=differences,
        properties=properties.check(policy),
        never_decide=_never_decide(policy, found),
        seconds=time.perf_counter() - started,
    )
    if proof.holds:
        _PROVEN_HERE[mark] = proof
    return proof


def proof_of(policy: Policy) -> Proof:
    """The proof that this process has made already, or one made now."""
    return _PROVEN_HERE.get(_mark(policy)) or prove(policy)


def _differences(policy: Policy, asked: Iterable[Point]) -> tuple[str, ...]:
    """Where casbin and the compiled table part: on a cell, a level, or which rules match.

    The matcher is nothing but the cells joined by "and" (`load` sees to that). So when both agree on
    every cell, points with the same hit set are alike for both, and one witness of each will do; the
    near misses show besides that casbin heeds every column of every rule.
    """
    reference = Reference(policy)
    differences = [
        f"casbin and the compiled table differ on whether {rule.id} accepts {column} {value}"
        for bit, rule in enumerate(policy.rules)
        for cell, column in zip(rule.cells, CONDITIONS, strict=True)
        for value, mask in policy.masks[column].items()
        if reference.accepts(cell, value) != bool(mask >> bit & 1)
    ]
    for point in asked:
        answer = policy.decide(point)
        level, matching = reference.judge(point)
        if level != answer.level or matching != set(answer.hits):
            differences.append(
                f"casbin and the compiled table differ: {properties.describe(point)} is "
                f"{level.name.lower()} for casbin and {answer.level.name.lower()} compiled"
            )
    return tuple(differences)


def _never_decide(policy: Policy, found: Mapping[int, Point]) -> tuple[str, ...]:
    deciding = {policy.answer(hits).rule for hits in found}
    return tuple(rule.id for rule in policy.rules if rule.id not in deciding)


def activate(folder: Path, proven: Path | None = None) -> Policy:
    """The folder's policy, ready to decide; raises PolicyRefused unless it is understood and proven.

    proven: see `ensure`.
    """
    policy = load(folder)
    ensure(policy, proven)
    return policy


def ensure(policy: Policy, proven: Path | None = None) -> None:
    """Raise PolicyRefused unless the policy is proven, by this code.

    proven is a small file that remembers what has been proven, so that an unchanged policy under
    unchanged code is not proven again. Whoever may write it may skip the proof: keep it as the policy
    is kept. It can be deleted at any time. A version that is new is proven without it.
    """
    mark = _mark(policy)
    if proven is not None and mark in _remembered(proven):
        return
    must_hold(prove(policy))
    if proven is not None:
        _remember(proven, mark)


def must_hold(proof: Proof) -> None:
    """Raise PolicyRefused, naming everything that speaks against it, unless the proof holds."""
    if not proof.holds:
        raise refused("breaks its promises", proof.problems())


def code() -> str:
    """Stands for what makes a proof: this program, casbin and its interpreter."""
    made_of = f"{_CODE} {version('pycasbin')} {version('simpleeval')} {platform.python_version()}"
    return hashlib.sha256(made_of.encode()).hexdigest()


def _mark(policy: Policy) -> str:
    """Stands for everything the proof rests on: the policy and what proves it."""
    return hashlib.sha256(f"{policy.fingerprint} {code()}".encode()).hexdigest()


def _remembered(proven: Path) -> list[str]:
    """The mark remembered; an unreadable file remembers nothing, so the policy is proven again."""
    try:
        held = json.loads(proven.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [held["proven"]] if isinstance(held, dict) and isinstance(held.get("proven"), str) else []


def _remember(proven: Path, mark: str) -> None:
    """Put a new file in place at once, so that nobody meets half of one.

    Where it cannot be written nothing is lost but time: the next start proves the policy again.
    """
    fresh = proven.with_name(f"{proven.name}.{os.getpid()}")
    with suppress(OSError):
        proven.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps({"proven": mark}), encoding="utf-8")
        fresh.replace(proven)
