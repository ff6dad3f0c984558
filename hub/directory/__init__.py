"""The partnership's own list: which organisations take part, under which sharing agreements, and who works there.

It is one TOML file that an information-governance lead can read and change. A file with mistakes in it is
refused whole, and every mistake is named.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from hub.clients import Client
from hub.directory.entries import Entry, listed
from hub.directory.shapes import Agreement, Controller, Organisation, Registration, Term
from hub.errors import BadInput, HalfConfigured
from hub.people import Agency, Practitioner, Role

__all__ = ["Agreement", "Controller", "Directory", "Organisation", "Registration", "Term", "load"]

_NEXT_STEP = "Correct the directory and start again; hub/demo/directory.toml shows how one looks."
OWN_ENVELOPE = "hub-cloudevents"
"""The source whose records are told apart by the address that their sender gives itself."""

_OF_ORGANISATION = frozenset({"code", "name", "agency", "controller", "agreement", "contact", "cover"})
_OF_PERSON = frozenset({"id", "name", "role", "agency", "organisation", "worker", "registered", "suspended"})


class Directory:
    """The organisations, people and systems of one partnership, as its file stated them when it was read."""

    def __init__(
        self,
        organisations: tuple[Organisation, ...],
        people: tuple[Practitioner, ...],
        clients: tuple[Client, ...] = (),
        key_files: tuple[Path, ...] = (),
        registrations: dict[str, Registration] | None = None,
    ) -> None:
        self.key_files = key_files
        self._organisations = {one.code: one for one in organisations}
        self._people = {one.id: one for one in people}
        self._clients = {one.id: one for one in clients}
        self._registrations = registrations or {}

    def person(self, person_id: str) -> Practitioner:
        """One person by their id; raises BadInput for an unknown one."""
        found = self._people.get(person_id)
        if found is None:
            raise BadInput("Nobody in the directory has that id.", "List the people with `hub people`.")
        return found

    def listed(self, person_id: str) -> Practitioner | None:
        """One person by their id; None for somebody whom it does not list."""
        return self._people.get(person_id)

    def people(self) -> tuple[Practitioner, ...]:
        """Everybody, in the order of the file."""
        return tuple(self._people.values())

    def registration(self, person_id: str) -> Registration:
        """When a person may practise; always, where the file does not say."""
        return self._registrations.get(person_id, Registration())

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
    registrations: dict[str, Registration] = {}
    people = _people(document, codes, registrations, problems)
    files: list[Path] = []
    clients = _clients(document, codes, (path.parent, files), problems)
    problems += [f"{key!r} is not known" for key in document if key not in {"organisation", "person", "client"}]
    if problems:
        raise _malformed("; ".join(problems))
    return Directory(organisations, people, clients, tuple(files), registrations)


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


def _organisations(document: dict[str, object], problems: list[str]) -> tuple[Organisation, ...]:
    found: list[Organisation] = []
    for at, table in enumerate(listed(document.get("organisation", []), "organisation", problems), 1):
        entry = Entry(f"organisation {at}", table, _OF_ORGANISATION, problems)
        code, name, agency = entry.text("code"), entry.text("name"), entry.one_of("agency", Agency)
        stated = entry.one_of("controller", Controller) if entry.states("controller") else None
        numbered = entry.numbered("agreement", frozenset({"purposes", "since", "until"}))
        agreements = tuple(filter(None, map(_agreement, numbered)))
        if code in {one.code for one in found}:
            entry.problem("repeats the code of another")
        if code and agency:
            reached = entry.text("contact", needed=False), entry.text("cover", needed=False)
            found.append(Organisation(code, name, agency, agreements, stated or Controller.usual(agency), *reached))
    return tuple(found)


def _agreement(entry: Entry) -> Agreement | None:
    purposes, since, until = entry.texts("purposes"), entry.day("since"), entry.day("until", needed=False)
    if since and until and until < since:
        entry.problem("ends before it begins")
    return Agreement(purposes, since, until) if since else None


def _registration(entry: Entry) -> Registration:
    terms = frozenset({"since", "until"})
    registered = tuple(map(_term, entry.numbered("registered", terms))) if entry.states("registered") else (Term(),)
    suspended = tuple(map(_term, entry.numbered("suspended", terms))) if entry.states("suspended") else ()
    return Registration(registered, suspended)


def _term(entry: Entry) -> Term:
    since, until = entry.day("since"), entry.day("until", needed=False)
    if since and until and until < since:
        entry.problem("ends before it begins")
    return Term(since, until)


def _people(
    document: dict[str, object],
    organisations: dict[str, Organisation],
    registrations: dict[str, Registration],
    problems: list[str],
) -> tuple[Practitioner, ...]:
    found: dict[str, Practitioner] = {}
    taken: set[str] = set()
    for at, table in enumerate(listed(document.get("person", []), "person", problems), 1):
        entry = Entry(f"person {at}", table, _OF_PERSON, problems)
        person_id, name, code = entry.text("id"), entry.text("name"), entry.text("organisation")
        role, agency = entry.one_of("role", Role), entry.one_of("agency", Agency)
        worker, registration = entry.text("worker", needed=False), _registration(entry)
        if person_id.casefold() in taken:  # to whoever reads it, capitals make nobody another person
            entry.problem("repeats the id of another")
        if code and code not in organisations:
            entry.problem("works for an organisation that is not listed")
        elif code and agency and organisations[code].agency is not agency:
            entry.problem("has another agency than their organisation")
        if person_id and role and agency:
            taken.add(person_id.casefold())
            found[person_id] = Practitioner(person_id, name, role, agency, code, worker)
            registrations[person_id] = registration
    return tuple(found.values())


def _clients(
    document: dict[str, object],
    organisations: dict[str, Organisation],
    beside: tuple[Path, list[Path]],
    problems: list[str],
) -> tuple[Client, ...]:
    found: dict[str, Client] = {}
    known = frozenset({"id", "organisation", "agency", "sources", "keys", "jwk", "off", "systems", "others"})
    for at, table in enumerate(listed(document.get("client", []), "client", problems), 1):
        entry = Entry(f"client {at}", table, known, problems)
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
