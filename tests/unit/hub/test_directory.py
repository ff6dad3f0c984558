"""The directory of organisations and people: read whole, or refused with every mistake named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.directory import load
from hub.errors import BadInput, HalfConfigured
from hub.people import Agency, Practitioner, Role

GOOD = """
[[organisation]]
code = "SCH1"
name = "Rowanbank Primary School"
agency = "education"
agreement = [
  { purposes = ["child-plan"], since = 2024-01-01, until = 2024-12-31 },
  { purposes = ["child-protection"], since = 2024-06-01 },
]

[[person]]
id = "callum"
name = "Callum Reid"
role = "class-teacher"
agency = "education"
organisation = "SCH1"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "directory.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> str:
    with pytest.raises(HalfConfigured) as caught:
        load(written(folder, text))
    assert "directory.toml" not in caught.value.message
    return caught.value.message


def test_people_and_organisations_are_read_as_written(tmp_path: Path) -> None:
    found = load(written(tmp_path, GOOD))

    callum = Practitioner("callum", "Callum Reid", Role.CLASS_TEACHER, Agency.EDUCATION, "SCH1")
    assert found.people() == (callum,)
    assert found.person("callum") == callum
    assert [(one.code, one.agency) for one in found.organisations()] == [("SCH1", Agency.EDUCATION)]


@pytest.mark.parametrize(
    ("purpose", "on", "covered"),
    [
        ("child-plan", date(2023, 12, 31), False),
        ("child-plan", date(2024, 1, 1), True),
        ("child-plan", date(2024, 12, 31), True),
        ("child-plan", date(2025, 1, 1), False),
        ("child-protection", date(2024, 5, 31), False),
        ("child-protection", date(2040, 1, 1), True),
        ("direct-care", date(2024, 7, 1), False),
    ],
)
def test_an_agreement_holds_for_its_purposes_on_its_days(
    tmp_path: Path, purpose: str, on: date, *, covered: bool
) -> None:
    assert load(written(tmp_path, GOOD)).agreement("SCH1", purpose, on) is covered


def test_an_organisation_that_is_not_listed_has_no_agreement(tmp_path: Path) -> None:
    assert not load(written(tmp_path, GOOD)).agreement("SCH2", "child-plan", date(2024, 7, 1))


def test_an_unknown_person_is_bad_input_and_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        load(written(tmp_path, GOOD)).person("isla")

    assert "isla" not in caught.value.message + caught.value.next_step


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    message = refused(
        tmp_path,
        """
colour = "blue"
[[organisation]]
code = "A"
agency = "circus"
extra = 1
agreement = [{ purposes = [], since = 2024-02-01, until = 2024-01-01 }, { purposes = ["x"], since = "soon" }, 7]
[[organisation]]
code = "B"
name = "B"
agency = "gp"
[[organisation]]
code = "B"
name = "B again"
agency = "gp"
agreement = "none"
[[person]]
id = "p"
name = "P"
role = "wizard"
agency = "gp"
organisation = "C"
[[person]]
id = "q"
name = 7
role = "gp"
agency = "education"
organisation = "B"
[[person]]
id = "q"
name = "Q"
role = "gp"
agency = "gp"
organisation = "B"
""",
    )

    for mistake in (
        "'colour' is not known",
        "organisation 1 has no name",
        "organisation 1 has an unknown agency; known are gp, health-visiting",
        "organisation 1 has an unknown key 'extra'",
        "organisation 1 agreement 1 has no list of purposes",
        "organisation 1 agreement 1 ends before it begins",
        "organisation 1 agreement 2 has no since that is a date",
        "organisation 1 agreement 3 is not a table",
        "organisation 3 repeats the code of another",
        "organisation 3 agreement is not a list of tables",
        "person 1 has an unknown role",
        "person 1 works for an organisation that is not listed",
        "person 2 has a name that is not text",
        "person 2 has another agency than their organisation",
        "person 3 repeats the id of another",
    ):
        assert mistake in message


@pytest.mark.parametrize(
    ("text", "what"),
    [("[[organisation]", "it is not TOML"), ("organisation = 7", "organisation is not a list of tables")],
)
def test_a_file_that_is_no_directory_says_what_is_wrong(tmp_path: Path, text: str, what: str) -> None:
    assert what in refused(tmp_path, text)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "directory.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(HalfConfigured, match="not UTF-8"):
        load(tmp_path / "directory.toml")


def test_a_missing_file_is_half_configured(tmp_path: Path) -> None:
    with pytest.raises(HalfConfigured, match="cannot be opened"):
        load(tmp_path / "directory.toml")
