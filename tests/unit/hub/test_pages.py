"""What people meet: sign-in, their children, the chronology as they may see it, and nothing that leaks."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from consent.decision import Entry, When
from consent.derived_gaps import silences
from hub.people import Agency, Practitioner, Role
from hub.web import choices, words
from hub.web.lanes import NARROW, WIDE, overview
from hub.web.listing import filters, listing
from tests.door import Door
from tests.fake_hub import (
    CALUM,
    CHILD,
    CHILD_NAME,
    EILIDH,
    MORAG,
    ONLY_FOR_SOME,
    RUTH,
    STORY,
    STRANGER,
    as_seen_by,
    withheld,
)

PAGE = f"/children/{CHILD}"
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


class _Elements(HTMLParser):
    """Every element's name and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def seen(door: Door, person: Practitioner, query: str = "") -> str:
    door.sign_in(person)
    answer = door.http.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return answer.text


# Sign-in


def test_an_invented_person_signs_in_and_meets_their_children(door: Door) -> None:
    assert "Morag Baird" in door.http.get("/sign-in").text
    answer = door.sign_in(MORAG)
    cookie = answer.headers["Set-Cookie"]

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert re.fullmatch(r"hub_session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie)
    assert CHILD_NAME in door.http.get("/").text


def test_over_https_the_cookie_is_pinned_to_this_host(door: Door) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = door.http.post("https://hub.test/sign-in", data={"person": "morag"}, headers=headers)

    assert answer.headers["Set-Cookie"].startswith("__Host-hub_session=")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_without_the_demo_there_is_no_page_to_choose_a_person_on(tmp_path: Path) -> None:
    door = Door(tmp_path, demo=False)

    assert door.http.get("/sign-in").status_code == 404
    assert door.sign_in(MORAG).status_code == 404
    assert door.http.get("/").status_code == 401
    assert "Morag" not in door.http.get("/").text + door.http.get("/sign-in").text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://hub.test"},
        {"Origin": "http://other.test"},
        {"Origin": "https://hub.test"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_a_form_from_elsewhere_is_refused(door: Door, path: str, headers: dict[str, str]) -> None:
    door.sign_in(MORAG)
    answer = door.http.post(path, data={"person": "calum"}, headers=headers)

    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    assert "Morag Baird" in door.http.get("/").text


def test_an_older_browsers_origin_is_enough(door: Door) -> None:
    answer = door.http.post("/sign-in", data={"person": "morag"}, headers={"Origin": "http://hub.test"})

    assert answer.status_code == 303


def test_a_person_who_is_not_on_the_list_cannot_be_chosen(door: Door) -> None:
    assert door.http.post("/sign-in", data={"person": "admin"}, headers=HERE).status_code == 401
    assert door.http.post("/sign-in", content=b"\xff" * 5000, headers=HERE).status_code == 413


def test_signing_out_ends_the_session_on_the_server_too(door: Door) -> None:
    door.sign_in(MORAG)
    cookies = dict(door.http.cookies)
    door.http.post("/sign-out", headers=HERE)
    door.http.cookies.update(cookies)

    assert door.http.get(PAGE).status_code == 401


def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(door: Door) -> None:
    door.sign_in(MORAG)
    old = dict(door.http.cookies)
    door.sign_in(CALUM)

    assert dict(door.http.cookies) != old
    door.http.cookies.clear()
    door.http.cookies.update(old)
    assert door.http.get(PAGE).status_code == 401


@pytest.mark.parametrize(("minutes", "times", "status"), [(14, 4, 200), (16, 1, 401), (12, 5, 401)])
def test_a_session_ends_when_idle_and_with_its_token(door: Door, minutes: int, times: int, status: int) -> None:
    door.sign_in(MORAG)
    for _ in range(times):
        door.clock.now += timedelta(minutes=minutes)
        answer = door.http.get(PAGE)

    assert answer.status_code == status


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/entries/{STORY[0].entry}/why", "/log"])
def test_nothing_is_shown_to_somebody_who_is_not_signed_in(door: Door, path: str) -> None:
    answer = door.http.get(path)

    assert answer.status_code == 401
    assert CHILD_NAME not in answer.text


# The chronology


@pytest.mark.parametrize(("person", "not_shown"), [(CALUM, 0), (MORAG, 1), (RUTH, 18)])
def test_three_people_see_one_child_differently(door: Door, person: Practitioner, not_shown: int) -> None:
    page = seen(door, person)

    assert f"{len(as_seen_by(person))} entries, {not_shown} with content not shown to you" in page
    assert (ONLY_FOR_SOME in page) is (person is not RUTH)


def test_what_is_sealed_is_in_no_list_count_lane_filter_or_gap(door: Door) -> None:
    page = seen(door, RUTH)

    assert "Police" not in page
    assert "agency-police" not in page
    assert str(next(entry.entry for entry in STORY if entry.agency is Agency.POLICE)) not in page


def test_a_held_back_entry_says_why_by_which_rule_and_who_to_ask(door: Door) -> None:
    page = seen(door, RUTH)

    assert "Another agency has recorded a concern. You may know that it is there." in page
    assert "<code>plan-teacher-concern</code>" in page
    assert "Your head teacher, who can tell you what you need in class." in page
    assert "Access denied" not in page


def test_the_purpose_and_basis_are_stated_and_can_be_changed(door: Door) -> None:
    assert "The child&#39;s plan, on the basis of public task" in seen(door, MORAG)
    page = seen(door, MORAG, "purpose=child-protection&basis=legal-obligation")

    assert "Child protection, on the basis of legal obligation" in page
    assert door.hub.disclosure.log[0].purpose == "child-protection"
    assert door.hub.disclosure.log[0].basis == "legal-obligation"


def test_every_purpose_and_basis_that_is_offered_is_one_the_policy_knows() -> None:
    domain = Path(__file__).resolve().parents[3] / "policies" / "domain.csv"
    rows = list(csv.DictReader(domain.read_text(encoding="utf-8").splitlines()))
    known = {kind: {row["value"] for row in rows if row["column"] == kind} for kind in ("purpose", "basis")}

    assert set(choices.PURPOSES) <= known["purpose"]
    assert set(choices.BASES) <= known["basis"]
    for role in Role:
        start = choices.stated(role, "", "")
        assert (start.purpose in choices.PURPOSES, start.basis in choices.BASES) == (True, True)


def test_as_known_on_asks_for_the_end_of_that_day_and_says_so_in_the_band(door: Door) -> None:
    page = seen(door, CALUM, "known=1/6/2024")

    then = datetime(2024, 6, 1, 23, 0, tzinfo=UTC)
    assert [one.known_at for one in door.hub.disclosure.log] == [None, then], "and what was added or corrected since"
    assert "As known on 1 Jun 2024." in page
    assert "(3 years then)" in page


def test_as_known_on_today_is_now(door: Door) -> None:
    seen(door, CALUM, "known=22/11/2026")

    assert door.hub.disclosure.log[0].known_at is None


@pytest.mark.parametrize("typed", ["31/2/2024", "tomorrow", "23/11/2026", "2024", "1/6/24", "<script>", "9" * 400])
def test_a_date_that_cannot_be_is_an_error_summary_and_nothing_is_asked(door: Door, typed: str) -> None:
    door.sign_in(CALUM)
    answer = door.http.get(PAGE, params={"known": typed})

    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.text
    assert 'aria-describedby="known-hint known-error" aria-invalid="true"' in answer.text
    assert door.hub.disclosure.log == []
    assert "<script>" not in answer.text


def test_filters_work_from_the_address_alone(door: Door) -> None:
    page = seen(door, CALUM, "agency=gp&significance=notable&order=oldest&agency=nobody")

    headlines = re.findall(r'<h4 class="entry__headline">(.*?)</h4>', page)
    assert headlines == [
        "Child was not brought to an appointment",
        "Injury presented at the GP practice",
        "Immunisation not given",
    ]
    assert "3 of 24 entries, 0 with content not shown to you" in page
    assert "Health visiting (5)" in page


def test_a_filter_by_weight_never_guesses_the_weight_of_what_is_held_back() -> None:
    kept = listing([withheld(STORY[1])], filters([], "significant", ""))

    assert kept.kept == 1


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_what_has_no_date_comes_last_in_either_order(order: str) -> None:
    undated = replace(STORY[3], when=When("", "unknown"))
    months = listing([*STORY, undated], filters([], "", order)).months

    assert (months[-1].heading, months[-1].rows) == ("Date not known", (undated,))
    assert months[0].heading == {"newest": "October 2025", "oldest": "March 2021"}[order]


def test_more_entries_than_a_page_holds_are_one_link_away(door: Door) -> None:
    door.hub.disclosure.page = 20
    page = seen(door, CALUM, "order=oldest")

    assert "There are later entries than these." in page
    link = re.search(r'href="\?([^"]*cursor=20[^"]*)"', page)
    assert link
    assert "24 entries" not in seen(door, CALUM, link[1].replace("&amp;", "&"))


def test_a_child_one_may_not_know_of_looks_like_no_child_at_all(door: Door) -> None:
    door.sign_in(STRANGER)
    closed = door.http.get(PAGE)
    unknown = door.http.get(PAGE.replace("6f", "6e"))

    assert (closed.status_code, closed.content) == (404, unknown.content)
    assert "The records name no child that you work with today." in door.http.get("/").text


def test_an_explanation_has_its_own_page(door: Door) -> None:
    door.sign_in(RUTH)
    page = door.http.get(f"{PAGE}/entries/{STORY[6].entry}/why").text

    assert "Why this entry is held back" in page
    assert "number 12 in the ledger" in page
    assert str(door.hub.disclosure.log[0].reading) in page


def test_the_access_log_is_for_governance_leads(door: Door) -> None:
    seen(door, RUTH)
    assert door.http.get("/log").status_code == 403
    assert door.sign_in(EILIDH).headers["Location"] == "/log"

    page = door.http.get("/log").text
    assert "Ruth Imrie" in page
    assert CHILD_NAME not in page


# On every page


@pytest.mark.parametrize(
    "path", ["/", PAGE, f"{PAGE}?known=1/6/2024", f"{PAGE}/entries/{STORY[0].entry}/why", "/sign-in"]
)
def test_a_page_obeys_its_own_security_policy_and_names_nobody_in_its_title(door: Door, path: str) -> None:
    door.sign_in(CALUM)
    page = door.http.get(path).text

    elements = _Elements(page).found
    title = re.search("<title>(.*?)</title>", page)
    assert title
    assert CHILD_NAME not in title[1]
    assert not [tag for tag, attributes in elements if tag in ("script", "style") or "style" in attributes]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    addresses = [a.get(name) or "" for _, a in elements for name in ("href", "src", "action") if name in a]
    assert addresses
    assert all(address.startswith(("/", "#", "?")) and not address.startswith("//") for address in addresses)
    assert not [address for address in addresses if "Iona" in address]


def test_an_agencys_words_stay_words(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = replace(STORY[0], headline="<script>alert(1)</script>", detail='"><img src=x onerror=alert(1)>')
    monkeypatch.setattr("tests.fake_hub.STORY", (hostile,))

    page = seen(door, CALUM)

    assert "&lt;script&gt;" in page
    assert not [tag for tag, _ in _Elements(page).found if tag in ("script", "img")]


def test_a_missing_page_and_a_broken_address_are_pages_too(door: Door) -> None:
    for path in ("/nothing", "/children/not-an-id", "/static/nothing.css"):
        answer = door.http.get(path)
        assert answer.status_code == 404
        assert "not-an-id" not in answer.text


# The overview


def test_every_entry_is_in_exactly_one_mark_of_its_lane_at_both_widths() -> None:
    drawn = overview(STORY)
    assert drawn

    for lane in drawn.lanes:
        of_lane = sum(entry.agency is lane.agency for entry in STORY)
        assert (lane.count, sum(m.count for m in lane.wide), sum(m.count for m in lane.narrow)) == (of_lane,) * 3
    assert sum(lane.count for lane in drawn.lanes) == len(STORY)


@pytest.mark.parametrize(("marks", "buckets"), [("wide", WIDE), ("narrow", NARROW)])
def test_marks_of_a_lane_never_touch_and_never_stand_on_grey(marks: str, buckets: int) -> None:
    drawn = overview([entry for entry in STORY if not entry.when.start.startswith(("2022", "2023-02"))])
    assert drawn

    grey = [(_number(left), _number(width)) for left, width in getattr(drawn, f"{marks}_gaps")]
    assert grey
    for lane in drawn.lanes:
        places = [_number(mark.at) for mark in getattr(lane, marks)]
        steps = [after - before for before, after in pairwise(places)]
        assert min(steps, default=100) >= 100 / buckets - 0.02
        assert all(0 < place < 100 for place in places)
        assert not [place for place in places for left, width in grey if left < place < left + width]


def test_a_merged_mark_is_as_heavy_as_its_heaviest_entry_and_closed_only_when_all_are() -> None:
    light, heavy = STORY[1], replace(STORY[1], significance="significant")
    both, closed = overview([light, heavy]), overview([withheld(light), withheld(heavy)])
    assert both
    assert closed

    assert [(mark.rank, mark.count) for mark in both.lanes[0].wide] == [(3, 2)]
    assert [(mark.rank, mark.count) for mark in closed.lanes[0].wide] == [(0, 2)]
    assert "2 not shown to you" in closed.lanes[0].wide[0].label


def test_a_chronology_without_dates_has_no_overview() -> None:
    assert overview([]) is None
    assert overview([replace(STORY[0], when=When("", "unknown"))]) is None


@pytest.mark.parametrize(("days", "silent"), [(89, 0), (90, 1)])
def test_ninety_days_without_an_entry_are_a_silence(days: int, silent: int) -> None:
    first = date(2024, 1, 1)
    told: list[Entry] = [_on(first), _on(first + timedelta(days=days))]

    assert len(silences(told)) == silent


def test_a_period_that_goes_on_is_no_silence() -> None:
    told: list[Entry] = [_on(date(2024, 1, 1), "2024-12-01"), _on(date(2024, 12, 2))]

    assert silences(told) == []


def _on(day: date, end: str = "") -> Entry:
    return replace(STORY[0], when=When(day.isoformat(), "day", end))


def _number(percent: str) -> float:
    return float(percent.removesuffix("%"))


# Words


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (When("2024", "year"), "2024"),
        (When("2024-06", "month", approximate=True), "about June 2024"),
        (When("2024-05-17", "day"), "17 May 2024"),
        (When("2024-05-17T13:02:00+00:00", "instant"), "17 May 2024, 14:02"),
        (When("2024-05-17", "day", "2024-06-01"), "17 May 2024 to 1 Jun 2024"),
        (When("", "unknown"), "Date not known"),
        (When("some time", "unknown"), "some time"),
    ],
)
def test_a_date_is_said_no_more_exactly_than_it_is_known(when: When, text: str) -> None:
    assert words.when(when) == text


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2021-03-02", date(2021, 3, 2), "0 months"),
        ("2021-03-02", date(2023, 3, 1), "23 months"),
        ("2021-03-02", date(2023, 3, 2), "2 years"),
        ("2021-03-02", date(2026, 3, 1), "4 years"),
        ("2021-03-02", date(2021, 3, 1), ""),
        ("2021-03", date(2026, 3, 1), ""),
        ("", date(2026, 3, 1), ""),
    ],
)
def test_an_age_is_said_as_people_say_it(born: str, on: date, age: str) -> None:
    assert words.age(born, on) == age


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024-06-30T23:30:00+00:00", date(2024, 7, 1), date(2024, 7, 1)),
        ("9999-12", date(9999, 12, 1), None),
        ("nonsense", None, None),
        ("", None, None),
    ],
)
def test_a_time_of_any_precision_spans_the_days_it_can_mean(text: str, first: date | None, last: date | None) -> None:
    assert (words.starts(text), words.ends(text)) == (first, last)


def test_how_late_something_was_shared_is_said_only_when_it_is_known() -> None:
    entry = replace(STORY[0], when=When("2024-05-17", "day"), received_at=datetime(2024, 6, 30, 9, tzinfo=UTC))

    assert words.lag(entry) == "44 days later"
    assert words.lag(replace(entry, when=When("2024-05", "month"))) == ""
    assert words.lag(replace(entry, received_at=datetime(2024, 5, 17, 9, tzinfo=UTC))) == ""
