"""The directory of organisations and people: read whole, or refused with every mistake named."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

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


# Agencies' systems

KEY = OKPKey.generate_key("Ed25519", parameters={"kid": "one"})
PUBLIC, SECRET = KEY.as_dict(private=False)["x"], KEY.as_dict(private=True)["d"]
JWK = f'{{ kty = "OKP", crv = "Ed25519", kid = "one", x = "{PUBLIC}" }}'
CLIENT = f"""
[[client]]
id = "school-system"
organisation = "SCH1"
agency = "education"
sources = ["school-census", "class-list"]
jwk = [{JWK}]
"""


def test_a_system_is_read_with_its_sources_and_its_public_keys(tmp_path: Path) -> None:
    found = load(written(tmp_path, GOOD + CLIENT)).client("school-system")

    assert found is not None
    assert (found.organisation, found.agency, found.off) == ("SCH1", Agency.EDUCATION, False)
    assert found.sources == ("class-list", "school-census")
    assert list(found.keys) == ["one"]


def test_a_systems_keys_may_stand_in_a_file_beside_the_directory(tmp_path: Path) -> None:
    keys: list[OKPKey | RSAKey] = [KEY, RSAKey.generate_key(2048, parameters={"kid": "two"})]
    jwks = {"keys": [{**one.as_dict(private=False), "kid": one.kid or ""} for one in keys]}
    (tmp_path / "school.jwks").write_text(json.dumps(jwks))

    found = load(written(tmp_path, GOOD + CLIENT.replace(f"jwk = [{JWK}]", 'keys = "school.jwks"')))

    assert [list(one.keys) for one in found.clients()] == [["one", "two"]]
    assert found.key_files == (tmp_path / "school.jwks",)


MISTAKES = [
    ('organisation = "SCH1"', 'organisation = "SCH2"', "an organisation that is not listed"),
    ('agency = "education"', 'agency = "gp"', "another agency than its organisation"),
    ('agency = "education"', 'agency = "press"', "unknown agency"),
    ('sources = ["school-census", "class-list"]', "sources = []", "no list of sources"),
    (f"jwk = [{JWK}]", "", "not one of keys (a JWKS file) and jwk"),
    (f"jwk = [{JWK}]", f'jwk = [{JWK}]\nkeys = "x.jwks"', "not one of keys (a JWKS file) and jwk"),
    (f"jwk = [{JWK}]", 'keys = "there-is-none.jwks"', "file of keys that cannot be read"),
    (f"jwk = [{JWK}]", "jwk = []", "no list of keys"),
    (f"jwk = [{JWK}]", f"jwk = [{JWK}, {JWK}]", "two keys alike"),
    ('kid = "one", ', "", "without a kid"),
    (f"jwk = [{JWK}]", 'jwk = [{ kty = "oct", kid = "s", k = "c2VjcmV0" }]', "secret"),
    (', x = "', f', d = "{SECRET}", x = "', "secret"),
    ('kty = "OKP"', 'kty = "none"', "no JWK"),
    ("jwk =", "off = 1\njwk =", "neither true nor false"),
    ("jwk =", "secret = 1\njwk =", "unknown key"),
    ('id = "school-system"', 'id = ""', "has no id"),
]


# Named by what is said: the keys are others in every process, and workers side by side must agree on the names.
@pytest.mark.parametrize(("was", "becomes", "said"), MISTAKES, ids=[said for *_, said in MISTAKES])
def test_a_mistake_in_a_system_is_named_and_no_key_is_quoted(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    assert was in CLIENT

    message = refused(tmp_path, GOOD + CLIENT.replace(was, becomes))

    assert said in message
    assert str(SECRET) not in message
    assert str(PUBLIC) not in message


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_keys_that_are_too_weak_or_of_another_kind_are_refused(tmp_path: Path) -> None:
    weak, other = RSAKey.generate_key(1024), ECKey.generate_key("P-521")
    for jwk in (weak.as_dict(private=False), other.as_dict(private=False)):
        (tmp_path / "school.jwks").write_text(json.dumps({"keys": [jwk | {"kid": "w"}]}))

        assert "not RSA of 2048 bits, P-256 or Ed25519" in refused(
            tmp_path, GOOD + CLIENT.replace(f"jwk = [{JWK}]", 'keys = "school.jwks"')
        )


def test_two_people_never_share_an_id_whatever_its_capitals(tmp_path: Path) -> None:
    person = GOOD[GOOD.index("[[person]]") :]

    assert "person 2 repeats the id of another" in refused(tmp_path, GOOD + person.replace('"callum"', '"Callum"'))


def test_two_systems_never_share_an_id(tmp_path: Path) -> None:
    assert "repeats the id of another" in refused(tmp_path, GOOD + CLIENT + CLIENT)


TERMS = """
registered = [{ since = 2020-01-01, until = 2026-03-31 }, { since = 2026-05-01 }]
suspended = [{ since = 2025-01-01, until = 2025-02-28 }]
"""


def test_when_somebody_may_practise_and_what_kind_of_organisation_it_is_can_be_said(tmp_path: Path) -> None:
    text = GOOD.replace('agency = "education"\nagreement', 'agency = "education"\ncontroller = "other"\nagreement')
    head, _, tail = text.partition("[[person]]\n")

    found = load(written(tmp_path, f"{head}[[person]]\n{TERMS}{tail}"))

    said = found.registration(found.people()[0].id)
    assert [(one.since, one.until) for one in said.registered] == [
        (date(2020, 1, 1), date(2026, 3, 31)),
        (date(2026, 5, 1), None),
    ]
    assert [(one.since, one.until) for one in said.suspended] == [(date(2025, 1, 1), date(2025, 2, 28))]
    assert found.organisations()[0].controller == "other"


def test_who_is_listed_without_terms_may_practise_always_and_a_charity_is_no_public_body(tmp_path: Path) -> None:
    charity = '[[organisation]]\ncode = "TS1"\nname = "A charity"\nagency = "third-sector"\n'

    found = load(written(tmp_path, GOOD + charity))

    assert [(one.since, one.until) for one in found.registration(found.people()[0].id).registered] == [(None, None)]
    assert [one.controller.value for one in found.organisations()] == ["public", "other"]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("registered = 1", "registered is not a list of tables"),
        ("registered = [{ until = 2026-01-01 }]", "registered 1 has no since that is a date"),
        ("suspended = [{ since = 2026-01-01, until = 2025-01-01 }]", "suspended 1 ends before it begins"),
        ("suspended = [{ from = 2026-01-01 }]", "suspended 1 has an unknown key 'from'"),
    ],
)
def test_a_mistake_in_somebodys_terms_is_named(tmp_path: Path, terms: str, said: str) -> None:
    head, _, tail = GOOD.partition("[[person]]\n")

    assert said in refused(tmp_path, f"{head}[[person]]\n{terms}\n{tail}")


def test_an_unknown_kind_of_controller_is_named(tmp_path: Path) -> None:
    text = GOOD.replace('agency = "education"\nagreement', 'agency = "education"\ncontroller = "private"\nagreement')

    assert "has an unknown controller; known are public, other" in refused(tmp_path, text)
