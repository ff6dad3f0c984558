"""What a level hides is in no channel: no row, page, count, cursor or answer differs by it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from rich.console import Console

from consent.decision import Entry, Shown
from hub import tables
from hub.api.app import create
from hub.api.shapes import disclosure_to_json, explanation_to_json, found_to_json
from hub.demo.issuer import DemoIssuer
from hub.errors import BadInput
from hub.update import Occurred, Precision
from projections import chronology, story
from tests.fix_hub import TestHub
from tests.knocking import Caller
from tests.stories import (
    ADOPTION,
    AUDIT,
    CONCERN,
    MOTHER,
    NUMBER,
    ORDINARY,
    PLAN,
    PRIVATE,
    entry_of,
    on,
    read,
    recorded,
    settled,
    take,
    told,
)

READING = re.compile(r'(?<="hub-id">)[0-9a-f-]{36}')
"""The id of the reading, at the foot of a page: different each time."""


def hidden_words(hub: TestHub, who: str, child: UUID, **asked: str) -> tuple[str, ...]:
    """The canaries of the entries this reader must not read; the third person's words among them."""
    shown = {entry.when.start[:10] for entry in read(hub, who, child, **asked).entries if isinstance(entry, Shown)}
    days = {ORDINARY: "ordinary", CONCERN: "concern", MOTHER: "mother", PRIVATE: "private", ADOPTION: "adoption"}
    return tuple(f"canary-{name}" for day, name in days.items() if day not in shown)


def browser(hub: TestHub, folder: Path, who: str) -> Caller:
    """A browser in which somebody of the directory has signed in."""
    issuer = DemoIssuer(folder / "keys", hub.house.directory.people())
    verifier = issuer.verifier(hub.clock)
    app = create(hub.house.hub, verifier, sources=hub.house.translate, demo=issuer, ready=hub.house.ready)
    client = Caller(app, base_url="http://hub.test")
    client.headers["Authorization"] = f"Bearer {issuer.token_for(hub.person(who), hub.clock())}"
    client.post("/sign-in", data={"person": who}, headers={"Sec-Fetch-Site": "same-origin"})
    return client


def printed(what: object) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def channels(hub: TestHub, folder: Path, who: str, child: UUID, **asked: str) -> dict[str, str]:
    """Everything that one reader can look at, by channel."""
    gate, reader = hub.house.hub.disclosure, hub.person(who)
    found = read(hub, who, child, **asked)
    client = browser(hub, folder, who)
    at = {"purpose": "child-plan", "basis": "public-task"} | asked
    why = [gate.explain(reader, child, entry.entry, **at) for entry in found.entries]
    search = client.post("/v1/children/search", json={"system": "nhs-number", "value": NUMBER})
    paged = [client.get(f"/v1/children/{child}/chronology", params=at | {"limit": limit}) for limit in (1, 2, 3, 500)]
    missing = [client.get(f"/v1/children/{c}/chronology", params=at) for c in (child, uuid4())]
    return {
        "json": disclosure_to_json(found).decode(),
        "table": printed(tables.chronology(found)),
        "page": READING.sub("", client.get(f"/children/{child}", params=at).text),
        "pages of the API": "".join(one.text for one in paged),
        "headers": str([[k, v] for one in paged for k, v in one.headers.items() if k != "hub-reading"]),
        "explanations": "".join(explanation_to_json(one).decode() for one in why),
        "caseload": found_to_json(gate.children(reader)).decode() + client.get("/").text,
        "search": search.text,
        "statuses": str([one.status_code for one in missing]),
    }


@pytest.mark.parametrize(("who", "asked"), [("morag", PLAN), ("callum", PLAN), ("catriona", PLAN), ("eilidh", AUDIT)])
def test_hidden_words_are_in_no_row_that_leaves_the_database(hub: TestHub, who: str, asked: dict[str, str]) -> None:
    child = settled(hub)
    hidden = hidden_words(hub, who, child, **asked)
    decisions = recorded(hub)[-1].decisions

    with hub.as_owner() as connection, connection.cursor() as cursor:
        levels = {(d.agency, d.category, d.sensitivity, d.third_party): d.level for d in decisions}
        array = [levels[key[1], key[2], key[3], key[4]] for key in chronology.keys(cursor)]
        rows = list(story.read(cursor, story.Question(child, story.Levels(array))))

    assert len(hidden) >= 2
    assert [word for word in hidden if word in repr(rows)] == []
    for row in rows:
        text = (row.headline, row.detail, row.author, row.organisation, row.source, row.recorded_at_source)
        assert row.level > 0
        assert row.level >= 3 or (text, row.received_at, row.revision) == (("",) * 6, None, 0)
        assert row.level >= 2 or (row.code, row.significance, row.polarity, row.valence) == ("",) * 4
        assert row.level >= 2 or "T" not in row.start + row.end


@pytest.mark.parametrize("who", ["morag", "callum", "catriona"])
def test_hidden_words_are_in_no_channel(hub: TestHub, tmp_path: Path, who: str) -> None:
    child = settled(hub)

    seen = channels(hub, tmp_path, who, child)

    hidden = (*hidden_words(hub, who, child), "canary-adoption", "canary-private", "09:41")
    shown_minute = who == "callum"  # whom the concern is withheld from; the others may know its minute
    for word in hidden if shown_minute else hidden[:-1]:
        assert [name for name, text in seen.items() if word in text] == [], word


def test_what_is_shown_is_there_in_the_agencys_own_words(hub: TestHub, tmp_path: Path) -> None:
    seen = channels(hub, tmp_path, "morag", settled(hub))

    for name in ("json", "table", "page"):
        assert "canary-ordinary-headline" in seen[name], name


SEALED_LATER = [
    told("sw", "step-1", code="sw.adoption.step", occurred=on("2019-01-01")),
    told("sw", "step-2", code="sw.adoption.step", occurred=on("2024-09-01")),
    told("sw", "step-3", code="sw.adoption.step", occurred=Occurred("2024-09-02T09:00:00Z", Precision.INSTANT)),
    told("sw", "step-4", code="sw.adoption.step", occurred=Occurred("", Precision.UNKNOWN)),
    told("gp", "step-5", code="gp.sexual_health.contact", occurred=on("2026-10-31"), significance="significant"),
]


@pytest.mark.parametrize("who", ["morag", "callum", "catriona"])
def test_sealed_entries_change_no_byte_of_any_channel(hub: TestHub, tmp_path: Path, who: str) -> None:
    child = settled(hub)
    channels(hub, tmp_path, who, child)
    hub.house.catch_up()  # what they have read is new to them no more
    first = len(recorded(hub))
    before = channels(hub, tmp_path, who, child)
    counts = [sum(d.entries for d in one.decisions) for one in recorded(hub)[first:] if one.action == "chronology"]

    take(hub, SEALED_LATER)

    after = channels(hub, tmp_path, who, child)
    for name, text in before.items():
        assert after[name] == text, name
    again = [sum(d.entries for d in one.decisions) for one in recorded(hub)[first:] if one.action == "chronology"]
    assert again == counts * 2


def pages(hub: TestHub, who: str, child: UUID, limit: int) -> list[tuple[int, str]]:
    """Each page as the number of its entries and its cursor; and all entries together are the whole story."""
    found: list[tuple[int, str]] = []
    entries: list[Entry] = []
    cursor = ""
    while not found or cursor:
        page = read(hub, who, child, limit=limit, cursor=cursor)
        cursor = page.cursor
        entries += page.entries
        found.append((len(page.entries), cursor))
    assert tuple(entries) == read(hub, who, child).entries
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages_are_full_whatever_lies_sealed_between(hub: TestHub, limit: int) -> None:
    child = settled(hub)
    take(hub, SEALED_LATER)

    found = pages(hub, "callum", child, limit)

    total = sum(count for count, _ in found)
    assert total == 7
    assert [count for count, _ in found[:-1]] == [limit] * (len(found) - 1)
    assert 1 <= found[-1][0] <= limit


def test_a_cursor_says_nothing_that_its_page_does_not_say(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, SEALED_LATER)
    whole = read(hub, "callum", child).entries

    cursors = [cursor for _, cursor in pages(hub, "callum", child, 1)][:-1]

    for entry, cursor in zip(whole, cursors, strict=False):
        text = urlsafe_b64decode(cursor)
        others = [o for o in whole if o.entry != entry.entry]
        assert b"09:41" not in text
        assert b"08:41" not in text
        assert not any(str(o.entry).encode() in text or o.entry.bytes in text for o in others)


def test_the_cursor_of_a_sealed_entry_and_of_no_entry_at_all_are_the_same(hub: TestHub) -> None:
    """Nobody can learn where a sealed entry lies by asking for what comes after it."""
    child = settled(hub)
    take(hub, SEALED_LATER)
    sealed = entry_of(hub, child, "2019-01-01")
    given = read(hub, "callum", child, limit=1).cursor
    shown = read(hub, "callum", child).entries[0].entry

    def after(entry: UUID) -> object:
        forged = _forge(given, shown, entry)
        try:
            return [e.entry for e in read(hub, "callum", child, cursor=forged).entries]
        except BadInput as error:
            return str(error)

    assert after(shown) == [e.entry for e in read(hub, "callum", child).entries[1:]]
    # The id of no entry is the sealed one's with its last bit turned, so that both sort alike among the others.
    assert after(sealed) == after(UUID(int=sealed.int ^ 1))


def _forge(given: str, old: UUID, new: UUID) -> str:
    raw = urlsafe_b64decode(given)
    return urlsafe_b64encode(raw.replace(old.bytes, new.bytes).replace(str(old).encode(), str(new).encode())).decode()


def test_a_story_that_changes_between_two_pages_is_still_read_to_its_end(hub: TestHub) -> None:
    child = settled(hub)
    first = read(hub, "dr-anwar", child, limit=3)
    last = first.entries[-1]
    assert isinstance(last, Shown)

    take(hub, [told("sw", "planned", version="2", order="2024-06-01T09:00:00Z", action="retract")])

    rest = read(hub, "dr-anwar", child, cursor=first.cursor)
    assert [e.when.start for e in rest.entries][-1] == PRIVATE


@pytest.mark.parametrize(
    "cursor", ["!", "AAAA", "bm90aGluZw==", "AA" * 40, "ACAwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA="]
)
def test_a_cursor_the_hub_never_gave_is_an_error_with_a_next_step(hub: TestHub, cursor: str) -> None:
    child = settled(hub)

    with pytest.raises(BadInput) as caught:
        read(hub, "morag", child, cursor=cursor)

    assert caught.value.next_step


def test_withheld_entries_of_one_day_are_not_ordered_by_their_hidden_minute(hub: TestHub) -> None:
    """Between two entries of known minutes, the place of a withheld one would say when it was."""
    child = settled(hub)
    at = "2024-10-07T{}:00:00Z"
    concerns = [
        told("gp", f"c{hour}", code="gp.not_brought", occurred=Occurred(at.format(hour), Precision.INSTANT))
        for hour in ("10", "14", "18")
    ]
    lessons = [
        told("school", f"s{hour}", occurred=Occurred(at.format(hour), Precision.INSTANT)) for hour in ("09", "12", "16")
    ]
    take(hub, [*concerns, *lessons])

    day = [e for e in read(hub, "callum", child).entries if e.when.start.startswith("2024-10-07")]

    assert [type(e).__name__ for e in day] == ["Withheld"] * 3 + ["Shown"] * 3
    assert [e.entry for e in day[:3]] == sorted(e.entry for e in day[:3])
