"""A table that is not fully understood is refused whole, and every row at fault is named."""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path
from typing import get_args

import pytest

from consent.policy import FILES, load
from hub.errors import PolicyRefused
from hub.people import Role
from hub.update import Sensitivity
from hub.vocabulary import terms

POLICIES = Path(__file__).resolve().parents[3] / "policies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(POLICIES / name, tmp_path / name)
    return tmp_path


def rows(folder: Path, name: str = "rules.csv") -> list[list[str]]:
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def write(folder: Path, table: list[list[str]], name: str = "rules.csv") -> None:
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(table)


def set_cell(folder: Path, row: int, column: str, value: str) -> None:
    """Change one cell; row is the spreadsheet's, the header being row 1."""
    table = rows(folder)
    table[row - 1][table[0].index(column)] = value
    write(folder, table)


def refusal(folder: Path) -> str:
    with pytest.raises(PolicyRefused) as caught:
        load(folder)
    return caught.value.message


def test_roles_and_sensitivities_of_the_domain_file_are_those_of_the_hub() -> None:
    domain = load(POLICIES).domain

    assert set(domain["role"]) == {role.value for role in Role}
    assert set(domain["sensitivity"]) == set(get_args(Sensitivity))


def test_every_category_of_the_vocabulary_is_in_the_domain_file() -> None:
    assert {term.category for term in terms().values()} <= set(load(POLICIES).domain["category"])


def test_the_fingerprint_can_be_checked_by_hand() -> None:
    joined = b"".join((POLICIES / name).read_bytes() for name in FILES)

    assert load(POLICIES).fingerprint == hashlib.sha256(joined).hexdigest()


def test_one_changed_word_is_another_version(folder: Path) -> None:
    set_cell(folder, 2, "sentence", "You work with this child.")

    assert load(folder).fingerprint != load(POLICIES).fingerprint


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("effect", "Deny", "the effect 'Deny' is neither allow nor deny"),
        ("effect", "", "the effect '' is neither allow nor deny"),
        ("level", "5", "the level '5' is not a number from 0 to 4"),
        ("level", "0", "does nothing"),
        ("role", "health visitor", "role has no value 'health visitor'"),
        ("role", "gp|", "role has no value ''"),
        ("role", "gp | health-visitor", "role has no value 'gp '"),
        ("role", "gp|gp", "role names a value twice"),
        ("purpose", "", "purpose has no value ''"),
        ("consent", "Given", "consent has no value 'Given'"),
        ("default_rule", "16", "default_rule is not a number from 1 to 15"),
        ("sentence", " ", "the sentence is missing"),
        ("ask", "", "the ask is missing"),
        ("source", "", "the source is missing"),
        ("id", "Own record", "the id is not lower-case words"),
    ],
)
def test_a_mistyped_cell_is_refused_with_its_row(folder: Path, column: str, value: str, said: str) -> None:
    set_cell(folder, 2, column, value)

    message = refusal(folder)

    assert "rules.csv row 2: " in message
    assert said in message


def test_every_problem_is_named_at_once(folder: Path) -> None:
    set_cell(folder, 3, "effect", "allowed")
    set_cell(folder, 5, "plan", "alive")
    set_cell(folder, 7, "source", "")

    message = refusal(folder)

    assert [row for row in range(2, 40) if f"row {row}:" in message] == [3, 5, 7]


def test_a_row_with_a_cell_missing_is_refused(folder: Path) -> None:
    table = rows(folder)
    table[3].pop()
    write(folder, table)

    assert "rules.csv row 4: 24 cells where 25 are needed" in refusal(folder)


def test_a_rule_id_used_twice_is_refused(folder: Path) -> None:
    set_cell(folder, 3, "id", "own-record")

    assert "the id 'own-record' is used 2 times" in refusal(folder)


@pytest.mark.parametrize("kept", [0, 1])
def test_an_empty_table_is_refused(folder: Path, kept: int) -> None:
    write(folder, rows(folder)[:kept])

    assert "allows nothing at all" in refusal(folder)


def test_a_table_of_denials_alone_is_refused(folder: Path) -> None:
    write(folder, [row for row in rows(folder) if row[1] != "allow"])

    assert "allows nothing at all" in refusal(folder)


@pytest.mark.parametrize("column", ["p", "rule", "Role"])
def test_an_unknown_column_is_refused(folder: Path, column: str) -> None:
    table = rows(folder)
    table[0][3] = column
    write(folder, table)

    assert "rules.csv row 1: the columns must be exactly id, effect, level, role" in refusal(folder)


def test_a_semicolon_table_is_refused(folder: Path) -> None:
    text = (folder / "rules.csv").read_text(encoding="utf-8")
    (folder / "rules.csv").write_text(text.replace(",", ";"), encoding="utf-8")

    assert "rules.csv row 1: the columns must be exactly" in refusal(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_or_not_text_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xff\xfe\x00\x81")
    assert name in refusal(folder)

    (folder / name).unlink()
    assert f"{name}: cannot be read" in refusal(folder)


def test_a_file_beyond_all_measure_is_refused_unread(folder: Path) -> None:
    (folder / "rules.csv").write_bytes(b"x" * (1024 * 1024 + 1))

    assert "rules.csv: more than 1048576 bytes" in refusal(folder)


def test_a_spreadsheets_byte_order_mark_and_line_ends_do_no_harm(folder: Path) -> None:
    text = (folder / "rules.csv").read_bytes()
    (folder / "rules.csv").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))

    assert [rule.id for rule in load(folder).rules] == [rule.id for rule in load(POLICIES).rules]


@pytest.mark.parametrize(
    ("old", "new", "section"),
    [
        (" && has(p.plan, r.plan)", "", "matchers"),
        ("&& has(p.role, r.role)", "|| has(p.role, r.role)", "matchers"),
        (" && !some(where (p.eft == deny))", "", "policy_effect"),
        ("p = id, eft, lvl, role", "p = id, eft, lvl, rôle", "policy_definition"),
        ("[matchers]", "[matchers]\nm2 = true", "matchers"),
    ],
)
def test_a_model_that_matches_in_another_way_is_refused(folder: Path, old: str, new: str, section: str) -> None:
    text = (folder / "model.conf").read_text(encoding="utf-8")
    (folder / "model.conf").write_text(text.replace(old, new), encoding="utf-8")

    assert f"model.conf: [{section}] is not what the table's columns call for" in refusal(folder)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["role", "midwife", "A midwife"], "role 'midwife' is known to the hub or to the file, but not to both"),
        (["mood", "cheerful", "Cheerful"], "'mood' is not a column of the table"),
        (["plan", "multi-agency", "Again"], "the value is repeated"),
        (["plan", "LIVE", "Shouted"], "not lower-case words"),
        (["plan", "draft", ""], "the meaning is missing"),
    ],
)
def test_a_domain_that_the_hub_does_not_share_is_refused(folder: Path, row: list[str], said: str) -> None:
    write(folder, [*rows(folder, "domain.csv"), row], "domain.csv")

    assert said in refusal(folder)


def test_a_role_missing_from_the_domain_is_refused(folder: Path) -> None:
    table = [row for row in rows(folder, "domain.csv") if row[1] != "police-officer"]
    write(folder, table, "domain.csv")

    message = refusal(folder)

    assert "role 'police-officer' is known to the hub or to the file, but not to both" in message
    assert "role has no value 'police-officer'" in message
