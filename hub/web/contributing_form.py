"""The form in which somebody adds to a chronology: read into an entry, and an entry laid out to correct."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from consent.beside import cites
from consent.contributing_terms import ABOUT_ENTRIES, PLAIN, RAISED, RELATIONS, RESOLVED, EntrySaid, Named, codes
from consent.contributing_times import on_british_clocks, zoned
from consent.decision import Redacted, Shown
from consent.entry_words import TRIANGLE, WELLBEING
from hub.people import Agency
from hub.vocabulary import terms
from hub.web.sharing_form import Form, id_of, typed_day

ROWS: Final = ("1", "2", "3")
"""Of other people whom an entry names; more of them can be sent over HTTP."""
PEOPLE: Final = {"": "Nobody"} | {word: word.capitalize() for word in RELATIONS}
_TIMED: Final = re.compile(r"(\S+)\s+(\d{1,2})[:.](\d{2})", re.ASCII)
_OTHERS: Final = re.compile(rf"\n\[(?:{'|'.join(RELATIONS)})\] ")
_MONTH: Final = re.compile(r"(\d{1,2})/(\d{4})", re.ASCII)
_TEXTS: Final = (
    *("headline", "detail", "assertion", "source_kind", "source_detail", "on_behalf_of", "valence", "significance"),
    *("sensitivity", "about", "impact", "action_taken", "no_action_reason", "turning", "child_view", "parent_view"),
    *("seen", "seen_where"),
)


def said(form: Form, agency: Agency) -> EntrySaid:
    """What was typed, as the hub is told it. What is no date stays as it is, and is told."""
    # A browser sends its own line ends, whatever stood there.
    form = replace(form, fields={name: typed.replace("\r\n", "\n") for name, typed in form.fields.items()})
    code = form.value("code")
    sequence = form.value("sequence").strip()
    return EntrySaid(
        code=code if code in codes(agency) else "",
        start=typed_when(form.value("start")),
        end=typed_when(form.value("end")),
        approximate=form.value("approximate") == "yes",
        sequence=int(sequence) if re.fullmatch(r"[0-9]{1,4}", sequence) else 0 if not sequence else -1,
        wellbeing=_ticked(form, "wellbeing", WELLBEING),
        triangle=_ticked(form, "triangle", TRIANGLE),
        people=tuple(_people(form)),
        cites=tuple(one for part in form.value("cites").split() if (one := id_of(part))),
        **{name: form.value(name) for name in _TEXTS},
    )


def rewritten(form: Form, agency: Agency) -> EntrySaid:
    """What was typed of an entry that is put right: what nobody touched is as it stood."""
    one = said(form, agency)
    return replace(
        one,
        start=_untouched(form, "start") or one.start,
        end=_untouched(form, "end") or one.end,
        about=one.about or "child",
        sensitivity=one.sensitivity or "ordinary",
    )


def left_alone(form: Form) -> tuple[str, ...]:
    """What of an entry that is put right stays as it stands, and is not laid out."""
    unsaid = tuple(name for name in ("about", "sensitivity") if not form.value(name))
    return (*unsaid, "people") if form.value("people_stay") else unsaid


def typed_when(text: str) -> str:
    """A day, a month, a year or a time as people type it, in the hub's own way of writing it."""
    text = text.strip()
    if timed := _TIMED.fullmatch(text):
        return f"{typed_day(timed[1])}T{int(timed[2]):02}:{timed[3]}"
    if month := _MONTH.fullmatch(text):
        return f"{month[2]}-{int(month[1]):02}"
    return typed_day(text)


def kinds(agency: Agency, about: Shown | Redacted | None) -> dict[str, str]:
    """What can be added: of itself, or about an entry."""
    if about is None:
        offered = [code for code in codes(agency) if code not in ABOUT_ENTRIES]
    else:
        resolved = {RESOLVED} if about.code != RAISED else set()
        views = [code for code in codes(agency) if code.startswith("any.view.")]
        offered = [*(one for one in sorted(ABOUT_ENTRIES, reverse=True) if one not in resolved), *views]
    return {code: terms()[code].label for code in offered}


def begun(about: Shown | Redacted | None) -> dict[str, str]:
    """How a new form begins."""
    usual = {"about": "child", "sensitivity": "ordinary"}
    if about is None:
        return usual | {"code": PLAIN}
    return usual | {"code": "any.outcome.added" if about.code != RAISED else RESOLVED, "cites": str(about.entry)}


def laid_out(entry: Shown) -> dict[str, str]:
    """An entry as the form has it. What it says of other people is left out: it stays, or is written again."""
    when, marks, account = entry.when, entry.marks, entry.account
    detail = _OTHERS.split(entry.detail, maxsplit=1)[0] if entry.third_party else entry.detail
    code = terms().get(entry.code)
    fields = begun(None) | {
        "code": entry.code,
        "start": _as_typed(when.start),
        "end": _as_typed(when.end),
        "start_stood": when.start,
        "end_stood": when.end,
        "about": "",
        "sensitivity": "",
        "people_stay": "yes" if entry.third_party else "",
        "approximate": "yes" if when.approximate else "",
        "headline": entry.headline,
        "detail": detail,
        "valence": "" if code and entry.valence == code.valence else entry.valence,
        "cites": " ".join(map(str, cites(entry))),
    }
    if marks:
        fields |= {name: getattr(marks, name) for name in ("assertion", "source_kind", "turning", "seen")}
        fields |= {"significance": entry.significance if marks.significance_by else ""}
        fields |= {"sequence": str(marks.sequence) if marks.sequence else ""}
        fields |= {f"{group}-{one}": "yes" for group in ("wellbeing", "triangle") for one in getattr(marks, group)}
    if account:
        fields |= {name: getattr(account, name) for name in account.__slots__}
    return fields


def _untouched(form: Form, name: str) -> str:
    """A time that was left as it was laid out, and that was not said in just that way; else nothing."""
    stood, typed = form.value(f"{name}_stood"), form.value(name).strip()
    if not typed or "T" not in stood:
        return ""
    try:
        same = typed == _as_typed(stood)
        return stood if same and zoned(typed_when(typed))[0] != stood else ""
    except (ValueError, OverflowError):  # the form was filled in by no page of ours
        return ""


def _as_typed(text: str) -> str:
    """A time as people type it: on British clocks, whatever clock it was said by."""
    day, _, time = (on_british_clocks(text) if "T" in text else text).partition("T")
    typed = "/".join(str(int(part)) if part.isdigit() else part for part in reversed(day.split("-"))) if day else ""
    return f"{typed} {time[:5]}" if time else typed


def _ticked(form: Form, group: str, words: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(word for word in words if form.value(f"{group}-{word}"))


def _people(form: Form) -> list[Named]:
    rows = [Named(*(form.value(f"person{n}_{part}").strip() for part in ("relation", "name", "text"))) for n in ROWS]
    return [one for one in rows if one != Named()]
