"""What the forms of editions hold, as the hub takes it: nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from consent.edition_shapes import Change, Chosen, Contribution, EditionSaid, EditionView, Member, Written
from hub.directory import Organisation
from hub.errors import BadInput
from hub.web import words
from hub.web.child import moment_of
from hub.web.sharing_form import Form, id_of

ON_A_PAGE: Final = 50
CITABLE: Final = 100
INVITED: Final = "to-"
ROLE: Final = "role-"


@dataclass(frozen=True, slots=True)
class Candidates:
    """One page of everything that could be in an edition, oldest first. included: those of the page that are in."""

    page: int
    pages: int
    rows: tuple[Chosen, ...]
    included: frozenset[UUID]


def candidates(draft: EditionView, page: int) -> Candidates:
    """Lay out everything, what is in and what is not, so many to a page."""
    every = sorted((*draft.entries, *draft.left_out), key=lambda one: (one.entry.when.start, one.entry.entry))
    pages = max(1, -(-len(every) // ON_A_PAGE))
    page = min(max(page, 1), pages)
    rows = tuple(every[(page - 1) * ON_A_PAGE : page * ON_A_PAGE])
    inside = {one.entry.entry for one in draft.entries}
    return Candidates(page, pages, rows, frozenset(one.entry.entry for one in rows if one.entry.entry in inside))


def chosen(form: Form, draft: EditionView, page: int) -> Change:
    """What was changed on one page of candidates, against how the draft stands."""
    found, picked = candidates(draft, page), set(form.picked())
    on_page = [one.entry.entry for one in found.rows]
    return Change(
        include=tuple(one for one in on_page if one in picked and one not in found.included),
        exclude=tuple(one for one in on_page if one not in picked and one in found.included),
        reason=form.value("reason"),
    )


def said(form: Form, organisations: Sequence[Organisation]) -> EditionSaid:
    """What an edition is prepared with. Raises BadInput for a date that is none."""
    since, until, known = (_day(form.value(name), label) for name, label in _DAYS.items())
    moment = words.typed_date(known) if known else None
    return EditionSaid(
        purpose=form.value("purpose"),
        audience=tuple(invited(form.fields, organisations)),
        since=since,
        until=until,
        known_at=moment_of(moment),
        stage=form.value("stage"),
        basis=form.value("basis"),
    )


def invited(fields: Mapping[str, str], organisations: Sequence[Organisation]) -> Iterator[Member]:
    """Whom the form names as readers."""
    for one in organisations:
        if f"{INVITED}{one.code}" in fields:
            yield Member(organisation=one.code, role=fields.get(f"{ROLE}{one.code}", ""))


def written(form: Form, part: str) -> Change:
    """One part in the maker's words, with the entries that it rests on."""
    return Change(written=(Written(part, form.value("text"), form.picked(), form.value("none")),))


def asked(form: Form) -> Change:
    """An organisation that was asked, and what it answered."""
    return Change(asked=(Contribution(form.value("organisation"), form.value("answer"), form.value("refusal")),))


def citable(draft: EditionView, part: str) -> tuple[Chosen, ...]:
    """The entries of a draft that can be ticked as what a part rests on: those ticked already, then the newest."""
    already = {cite for one in draft.written.values() if one.part == part for cite in one.cites}
    first = [one for one in draft.entries if one.entry.entry in already]
    rest = [one for one in draft.entries[::-1] if one.entry.entry not in already]
    kept = {one.entry.entry for one in (*first, *rest[: max(0, CITABLE - len(first))])}
    return tuple(one for one in draft.entries if one.entry.entry in kept)


def version(form: Form) -> int:
    """The version of the draft that whoever filled in the form looked at."""
    typed = form.value("version")
    return int(typed) if typed.isdecimal() and len(typed) < len("1000000000") else 0


def edition_of(text: str) -> UUID:
    """An edition that was chosen in a list. Raises BadInput where none was."""
    found = id_of(text)
    if found is None:
        raise BadInput("No edition was chosen.", "Choose an older and a newer edition.")
    return found


_DAYS: Final = {"since": "The first day", "until": "The last day", "known": "As known on"}


def _day(typed: str, label: str) -> str:
    found = words.typed_date(typed)
    if typed.strip() and found is None:
        raise BadInput(f"{label} must be a real date, like 21/3/2024.", "Correct it, or leave it empty.")
    return found.isoformat() if found else ""
