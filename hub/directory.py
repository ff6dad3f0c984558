"""The partnership's own list: which organisations take part, under which sharing agreements, and who works there.

It is one TOML file that an information-governance lead can read and change. A file with mistakes in it is
refused whole, and every mistake is named.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from joserfc.jwk import Key

from hub.clients import Client, public_keys
from hub.errors import BadInput, HalfConfigured
from hub.people import Agency, Practitioner, Role

_NEXT_STEP = "Correct the directory and start again; hub/demo/directory.toml shows how one looks."
OWN_ENVELOPE = "hub-cloudevents"
"""The source whose records are told apart by the address that their sender gives itself."""
Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A sharing agreement: for which purposes, and from which day until which, both included. No `until`: still on."""

    purposes: frozenset[str]
    since: date
    until: date | None = None

    def covers(self, purpose: str, on: date) -> bool:
        """Whether it is in force for this purpose on this day."""
        return purpose in self.purposes and self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A practice, team, school or council service, under the code by which agencies' records name it."""

    code: str
    name: str
    agency: Agency
    agreements: tuple[Agreement, ...] = ()


class Directory:
    """The organisations, people and systems of one partnership, as its file stated them when it was read."""

    def __init__(
        self,
        organisations: tuple[Organisation, ...],
        people: tuple[Practitioner, ...],
        clients: tuple[Client, ...] = (),
        key_files: tuple[Path, ...] = (),
    ) -> None:
        self.key_files = key_files
        self._organisations = {one.code: one for one in organisations}
        self._people = {one.id: one for one in people}
        self._clients = {one.id: one for one in clients}

    def person(self, person_id: str) -> Practitioner:
        """One person by their id; raises BadInput for an unknown one."""
        found = self._people.get(person_id)
        if found is None:
            raise BadInput("Nobody in the directory has that id.", "List the people with `hub people`.")
        return found

    def people(self) -> tuple[Practitioner, ...]:
        """Everybody, in the order of the file."""
        return tuple(self._people.values())

    def client(self, client_id: str) -> Client | None:
        """A registered system by its id, one that is switched off too; None for an unknown one."""
        return self._clients.get(client_id)

    def clients(self) -> tuple[Client, ...]:
        """Every registered system, in the order of the file."""
        return tuple(self._clients.values())

    def organisations(self) -> tuple[Organisation, ...]:
        """Every organisation, in the order of the file."""
        return tuple(self._organisations.values())

    def agreement(self, organisation: str, purpose: str, on: date) -> bool:
        """Whether the organisation has an agreement for the purpose on that day. An unknown one has none."""
        found = self._organisations.get(organisation)
        return found is not None and any(one.covers(purpose, on) for one in found.agreements)


def load(path: Path) -> Directory:
    """Read the directory; raises HalfConfigured that names everything that is wrong with it."""
    document = _document(path)
    problems: list[str] = []
    organisations = _organisations(document, problems)
    codes = {one.code: one for one in organisations}
    people = _people(document, codes, problems)
    files: list[Path] = []
    clients = _clients(document, codes, (path.parent, files), problems)
    problems += [f"{key!r} is not known" for key in document if key not in {"organisation", "person", "client"}]
    if problems:
        raise _malformed("; ".join(problems))
    return Directory(organisations, people, clients, tuple(files))


def _malformed(what: str) -> HalfConfigured:
    return HalfConfigured(f"The directory cannot be used: {what}.", _NEXT_STEP)


def _document(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise _malformed(f"it cannot be opened ({type(error).__name__})") from None
    except UnicodeDecodeError:
        raise _malformed("it is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise _malformed(f"it is not TOML: {error}") from None


class _Entry:
    """One table of the file, and the list to which its mistakes are added."""

    def __init__(self, where: str, table: object, keys: frozenset[str], problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        self._table: dict[str, object] = table if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self.problem("is not a table")
        for key in self._table.keys() - keys:
            self.problem(f"has an unknown key {key!r}")

    def states(self, key: str) -> bool:
        """Whether the table has this key."""
        return key in self._table

    def problem(self, what: str) -> None:
        self.problems.append(f"{self.where} {what}")

    def text(self, key: str, *, needed: bool = True) -> str:
        value = self._table.get(key, "")
        if not isinstance(value, str):
            self.problem(f"has a {key} that is not text")
            return ""
        if needed and not value.strip():
            self.problem(f"has no {key}")
        return value.strip()

    def one_of(self, key: str, kind: type[Kind]) -> Kind | None:
        value = self.text(key)
        try:
            return kind(value) if value else None
        except ValueError:
            self.problem(f"has an unknown {key}; known are {', '.join(kind)}")
            return None

    def day(self, key: str, *, needed: bool = True) -> date | None:
        value = self._table.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None or needed:
            self.problem(f"has no {key} that is a date, such as 2026-04-01")
        return None

    def texts(self, key: str) -> frozenset[str]:
        value = self._table.get(key)
        if isinstance(value, list) and value and all(isinstance(one, str) and one.strip() for one in value):
            return frozenset(value)
        self.problem(f"has no list of {key}")
        return frozenset()

    def switch(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            self.problem(f"has a value of {key} that is neither true nor false")
        return value is True

    def keys(self, folder: Path, files: list[Path]) -> dict[str, Key]:
        """The public keys: in `keys`, a JWKS file beside the directory (noted in files), or in `jwk`, written out."""
        file = self.text("keys", needed=False)
        files += [folder / file] if file else []
        if bool(file) == ("jwk" in self._table):
            self.problem("has not one of keys (a JWKS file) and jwk (the public keys themselves)")
            return {}
        try:
            return public_keys(json.loads((folder / file).read_bytes()) if file else self._table["jwk"])
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            self.problem("has a file of keys that cannot be read")
        except ValueError as error:
            self.problem(f"has keys that {error}")
        return {}

    def tables(self, key: str) -> list[object]:
        return _list(self._table.get(key, []), f"{self.where} {key}", self.problems)


def _list(value: object, where: str, problems: list[str]) -> list[object]:
    if isinstance(value, list):
        return value
    problems.append(f"{where} is not a list of tables")
    return []


def _organisations(document: dict[str, object], problems: list[str]) -> tuple[Organisation, ...]:
    found: list[Organisation] = []
    for at, table in enumerate(_list(document.get("organisation", []), "organisation", problems), 1):
        entry = _Entry(f"organisation {at}", table, frozenset({"code", "name", "agency", "agreement"}), problems)
        code, name, agency = entry.text("code"), entry.text("name"), entry.one_of("agency", Agency)
        agreements = tuple(filter(None, map(_agreement, _numbered(entry, "agreement"))))
        if code in {one.code for one in found}:
            entry.problem("repeats the code of another")
        if code and agency:
            found.append(Organisation(code, name, agency, agreements))
    return tuple(found)


def _numbered(entry: _Entry, key: str) -> list[_Entry]:
    keys = frozenset({"purposes", "since", "until"})
    return [
        _Entry(f"{entry.where} {key} {at}", table, keys, entry.problems)
        for at, table in enumerate(entry.tables(key), 1)
    ]


def _agreement(entry: _Entry) -> Agreement | None:
    purposes, since, until = entry.texts("purposes"), entry.day("since"), entry.day("until", needed=False)
    if since and until and until < since:
        entry.problem("ends before it begins")
    return Agreement(purposes, since, until) if since else None


def _people(
    document: dict[str, object], organisations: dict[str, Organisation], problems: list[str]
) -> tuple[Practitioner, ...]:
    found: dict[str, Practitioner] = {}
    keys = frozenset({"id", "name", "role", "agency", "organisation", "worker"})
    for at, table in enumerate(_list(document.get("person", []), "person", problems), 1):
        entry = _Entry(f"person {at}", table, keys, problems)
        person_id, name, code = entry.text("id"), entry.text("name"), entry.text("organisation")
        role, agency = entry.one_of("role", Role), entry.one_of("agency", Agency)
        worker = entry.text("worker", needed=False)
        if person_id in found:
            entry.problem("repeats the id of another")
        if code and code not in organisations:
            entry.problem("works for an organisation that is not listed")
        elif code and agency and organisations[code].agency is not agency:
            entry.problem("has another agency than their organisation")
        if person_id and role and agency:
            found[person_id] = Practitioner(person_id, name, role, agency, code, worker)
    return tuple(found.values())


def _clients(
    document: dict[str, object],
    organisations: dict[str, Organisation],
    beside: tuple[Path, list[Path]],
    problems: list[str],
) -> tuple[Client, ...]:
    found: dict[str, Client] = {}
    known = frozenset({"id", "organisation", "agency", "sources", "keys", "jwk", "off", "systems", "others"})
    for at, table in enumerate(_list(document.get("client", []), "client", problems), 1):
        entry = _Entry(f"client {at}", table, known, problems)
        client_id, code, agency = entry.text("id"), entry.text("organisation"), entry.one_of("agency", Agency)
        sources, keys, off = entry.texts("sources"), entry.keys(*beside), entry.switch("off")
        if client_id in found:
            entry.problem("repeats the id of another")
        if code and code not in organisations:
            entry.problem("is of an organisation that is not listed")
        elif code and agency and organisations[code].agency is not agency:
            entry.problem("has another agency than its organisation")
        systems = entry.texts("systems") if OWN_ENVELOPE in sources else frozenset[str]()
        if client_id and agency:
            others = entry.texts("others") if entry.states("others") else frozenset[str]()
            stated = (tuple(sorted(sources)), keys, off, tuple(sorted(systems)), tuple(sorted(others)))
            found[client_id] = Client(client_id, code, agency, *stated)
    return tuple(found.values())
