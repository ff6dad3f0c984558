"""What the policy says: how far an entry may be opened, by which rule, and in which words.

The table in `policies/` is a casbin policy. Decisions come from masks compiled from the same rows, and
`consent.activation` proves before a policy is used that both say the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from consent.changes import Change, read_changes
from consent.decision import Answer, Asked, DecisionKey, Facts, Level
from consent.grounds import Grounds, read_grounds
from consent.model import read_model
from consent.table import ANY, CONDITIONS, Domain, Point, Rule, read_domain, read_rules
from hub.errors import BadInput, PolicyRefused

__all__ = ["CONDITIONS", "Point", "Policy", "Rule", "load"]

NO_RULE = "No rule of the policy allows this, so it stays closed."
NO_RULE_ASK = "The Lead Professional, or your information governance lead, can say what would open it."
FILES = ("model.conf", "domain.csv", "rules.csv", "purposes.csv", "bases.csv", "changes.csv")
"""What a policy is made of, in the order in which its fingerprint takes them."""
_FILE_LIMIT = 1024 * 1024
_MEMO_LIMIT = 4096
OF_SITUATION = ("registration", "relation", "agreement", "ground", "protection", "plan", "emergency", "safe_address")
"""The columns whose value is a fact about this reader and this child, the same for every entry."""


_Kind = tuple[bool, str, str, str, bool, bool]
"""Own or not, consent, category, sensitivity, released, of a third person: all of an entry that the table looks at."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the table, compiled. It never changes; another version is another Policy.

    fingerprint: SHA-256 of model.conf, domain.csv, rules.csv, purposes.csv, bases.csv and changes.csv, one after the
    other. masks: for each column and value, the rules that accept it, one bit a rule in the table's order. grounds: the
    purposes and bases. changes: what may lawfully change. files: the text it was compiled from, by name.
    """

    fingerprint: str
    model: str
    domain: Domain
    rules: tuple[Rule, ...]
    masks: dict[str, dict[str, int]]
    grounds: Grounds
    changes: tuple[Change, ...]
    files: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    # Keyed by which rules match, never by who asks about whom, so nothing in it can go stale.
    _memo: dict[int, Answer] = field(default_factory=dict, init=False, repr=False, compare=False)
    _kinds: dict[_Kind, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def every(self) -> int:
        """The mask of all rules."""
        return (1 << len(self.rules)) - 1

    def check_asked(self, purpose: str, basis: str) -> None:
        """Raise BadInput when the purpose or the basis is not one the policy knows, naming those it knows."""
        for column, value in (("purpose", purpose), ("basis", basis)):
            if value not in self.domain[column]:
                allowed = ", ".join(self.domain[column])
                raise BadInput(f"The {column} given is not one the policy knows.", f"State one of: {allowed}.")

    def ground(self, purpose: str, basis: str, controller: str, on: date) -> tuple[str, str]:
        """Whether this kind of organisation may state both on this day, as the column `ground` has it; and why."""
        return self.grounds.ground(purpose, basis, controller, on)

    def hits(self, point: Point) -> int:
        """The rules that match, as a mask. A value outside the domain matches none, so it opens nothing."""
        found = self.every
        for column in CONDITIONS:
            found &= self.masks[column].get(getattr(point, column), 0)
        return found

    def decide(self, point: Point) -> Answer:
        """The answer for one point."""
        return self.answer(self.hits(point))

    def answer(self, hits: int) -> Answer:
        """The answer when exactly these rules match."""
        known = self._memo.get(hits)
        if known is None:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            known = self._memo[hits] = _judge(tuple(rule for bit, rule in enumerate(self.rules) if hits >> bit & 1))
        return known

    def levels(self, asked: Asked, facts: Facts, keys: Sequence[DecisionKey]) -> list[Answer]:
        """One answer for each decision key, in the order of the keys."""
        shared = self._of_situation(asked, facts)
        own, consent = asked.reader.agency.value, facts.consent
        return [self.answer(shared & self._of_key(own, consent.get(key.category, "none"), key)) for key in keys]

    def refusing(self, asked: Asked, facts: Facts) -> tuple[str, ...]:
        """What those rules oblige to that seal everything of the child for this reader, whatever there is."""
        shared = self._of_situation(asked, facts)
        sealing = (rule for bit, rule in enumerate(self.rules) if shared >> bit & 1 and rule.seals_all)
        return tuple(dict.fromkeys(duty for rule in sealing for duty in rule.obligations))

    def answer_of(self, asked: Asked, facts: Facts, key: DecisionKey) -> Answer:
        """The answer for one decision key."""
        return self.decide(point_of(asked, facts, key))

    def _of_situation(self, asked: Asked, facts: Facts) -> int:
        found = self._mask("role", asked.reader.role.value)
        found &= self._mask("purpose", asked.purpose) & self._mask("basis", asked.basis)
        for column in OF_SITUATION:
            found &= self._mask(column, getattr(facts, column))
        return found

    def _of_key(self, agency: str, consent: str, key: DecisionKey) -> int:
        """The rules that match what depends on the entry, for a reader of this agency and this state of consent."""
        kind = (agency == key.agency, consent, key.category, key.sensitivity, key.released, key.third_party)
        found = self._kinds.get(kind)
        if found is None:
            if len(self._kinds) >= _MEMO_LIMIT:
                self._kinds.clear()
            found = self._mask("own", _yes(kind[0])) & self._mask("consent", consent)
            found &= self._mask("category", key.category) & self._mask("sensitivity", key.sensitivity)
            found &= self._mask("released", _yes(key.released)) & self._mask("third_party", _yes(key.third_party))
            self._kinds[kind] = found
        return found

    def _mask(self, column: str, value: str) -> int:
        return self.masks[column].get(value, 0)

    def looks_at(self, rules: Sequence[str]) -> frozenset[str]:
        """The columns in which any of these rules, named by id, makes a condition."""
        found = (rule.cells for rule in self.rules if rule.id in rules)
        return frozenset(
            column for cells in found for column, cell in zip(CONDITIONS, cells, strict=True) if cell != ANY
        )

    def ask(self, rule: str) -> str:
        """Who can help where this rule decided; for the empty rule, who can help when none matched."""
        return next((row.ask for row in self.rules if row.id == rule), NO_RULE_ASK)


def _yes(said: bool) -> str:  # noqa: FBT001 - the one value that it puts into words
    return "yes" if said else "no"


def point_of(asked: Asked, facts: Facts, key: DecisionKey) -> Point:
    """The question that a reader, the facts and one decision key together put to the table."""
    return Point(
        role=asked.reader.role.value,
        own="yes" if asked.reader.agency.value == key.agency else "no",
        purpose=asked.purpose,
        basis=asked.basis,
        consent=facts.consent.get(key.category, "none"),
        released="yes" if key.released else "no",
        category=key.category,
        sensitivity=key.sensitivity,
        third_party="yes" if key.third_party else "no",
        **{column: getattr(facts, column) for column in OF_SITUATION},
    )


def _judge(matching: tuple[Rule, ...]) -> Answer:
    """The lesser of the highest ceiling and the lowest cap, decided by the cap if it took something away.

    A cap of 0 always decides: forbidden is not the same as not provided for.
    """
    hits = tuple(rule.id for rule in matching)
    duties = tuple(dict.fromkeys(duty for rule in matching for duty in rule.obligations))
    grant = max((rule for rule in matching if rule.effect == "allow"), key=lambda rule: rule.level, default=None)
    cap = min((rule for rule in matching if rule.effect == "deny"), key=lambda rule: rule.level, default=None)
    ceiling = grant.level if grant else Level.SEALED
    if cap and (cap.level < ceiling or cap.level == Level.SEALED):
        return Answer(cap.level, cap.id, cap.sentence, hits, duties)
    if grant:
        return Answer(grant.level, grant.id, grant.sentence, hits, duties)
    return Answer(Level.SEALED, "", NO_RULE, hits, duties)


def load(folder: Path) -> Policy:
    """Read and compile the policy in a folder: the files named in `FILES`.

    Raises PolicyRefused, naming every row that is not fully understood. A loaded policy is not yet a
    proven one: see `consent.activation.activate`.
    """
    return understood(read(folder))


def read(folder: Path) -> dict[str, str]:
    """The text of a folder's policy by file name, as it stands. Raises PolicyRefused where it cannot be read."""
    return {name: _read(folder / name) for name in FILES}


def understood(files: Mapping[str, str]) -> Policy:
    """Compile a policy from its text by file name. Raises PolicyRefused as `load` does."""
    if missing := [name for name in FILES if name not in files]:
        raise refused("is incomplete", [f"{name}: missing" for name in missing])
    # Without NUL, which a table may hold and the database may not.
    if odd := [name for name in FILES if "\0" in files[name]]:
        raise refused("is not understood", [f"{name}: it holds a character that is no text" for name in odd])
    content = {name: files[name].encode() for name in FILES}
    text, problems = read_model(content["model.conf"])
    domain, of_domain = read_domain(content["domain.csv"])
    rules, of_rules = read_rules(content["rules.csv"], domain)
    grounds, of_grounds = read_grounds(content, domain)
    changes, of_changes = read_changes(content["changes.csv"], domain)
    if problems := [*problems, *of_domain, *of_rules, *of_grounds, *of_changes]:
        raise refused("is not understood", problems)
    kept = {name: files[name] for name in FILES}
    fingerprint = hashlib.sha256(b"".join(content.values())).hexdigest()
    return Policy(fingerprint, text, domain, rules, _compile(domain, rules), grounds, changes, kept)


def refused(what: str, problems: Sequence[str]) -> PolicyRefused:
    """The error that lists everything wrong with a policy at once."""
    return PolicyRefused(
        f"The policy {what}, so it is not used:\n" + "\n".join(f"- {problem}" for problem in problems),
        "Correct what is named and check the policy again; the version in use stays in use.",
    )


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_FILE_LIMIT + 1)
    except OSError as error:
        raise refused("is incomplete", [f"{path.name}: cannot be read"]) from error
    if len(content) > _FILE_LIMIT:
        raise refused("is too large", [f"{path.name}: more than {_FILE_LIMIT} bytes"])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused("is not understood", [f"{path.name}: this is not text in UTF-8"]) from error


def _compile(domain: Domain, rules: Sequence[Rule]) -> dict[str, dict[str, int]]:
    return {
        column: {
            value: sum(1 << bit for bit, rule in enumerate(rules) if rule.accepts(place, value))
            for value in domain[column]
        }
        for place, column in enumerate(CONDITIONS)
    }
