"""An entry has three times, and none is shown more exactly than it was told."""

from __future__ import annotations

from consent.decision import Shown
from hub.tables import when
from hub.update import Occurred, Precision
from tests.fix_hub import TestHub
from tests.stories import everyone, now_of, on, read, take, told


def test_an_entry_has_its_three_times(hub: TestHub) -> None:
    before = now_of(hub)
    take(
        hub,
        [*everyone(), told("gp", "timed", occurred=on("2021-05-05"), recorded_at_source="2021-05-06T10:00:00+01:00")],
    )
    after = now_of(hub)

    entry = next(e for e in read(hub, "dr-anwar", hub.only_child()).entries if e.when.start == "2021-05-05")

    assert isinstance(entry, Shown)
    assert entry.recorded_at_source == "2021-05-06T10:00:00+01:00"
    assert before < entry.received_at < after
    assert entry.revision == 1


IMPRECISE = [
    ("2022", Precision.YEAR, ""),
    ("2022-03", Precision.MONTH, ""),
    ("2022-03-05", Precision.DAY, ""),
    ("2022-03-05T09:30:00+00:00", Precision.INSTANT, ""),
    ("2022-03-05T11:00:00+01:00", Precision.INSTANT, ""),
    ("2022-03-05T10:30:00Z", Precision.INSTANT, ""),
    ("2022-03-06", Precision.DAY, "2022-04-01"),
    ("2022-04", Precision.MONTH, ""),
    ("2023", Precision.YEAR, ""),
    ("", Precision.UNKNOWN, ""),
]


def test_imprecise_dates_sort_with_the_exact_and_are_shown_as_they_were_told(hub: TestHub) -> None:
    updates = [
        told("gp", f"d{n}", occurred=Occurred(start, precision, end))
        for n, (start, precision, end) in enumerate(IMPRECISE)
    ]
    take(hub, [*everyone(), *reversed(updates)])

    found = read(hub, "dr-anwar", hub.only_child())

    times = [
        (e.when.start, e.when.precision, e.when.end)
        for e in found.entries
        if isinstance(e, Shown) and e.headline.startswith("canary-d")
    ]
    assert times == [(start, precision.value, end) for start, precision, end in IMPRECISE]
    assert found.entries[-1].when.precision == "unknown"
    assert [when(e.when) for e in found.entries if e.when.start.startswith("2022-03")] == [
        "2022-03",
        "2022-03-05",
        "2022-03-05 09:30",
        "2022-03-05 11:00",
        "2022-03-05 10:30",
        "2022-03-06 to 2022-04-01",
    ]


def test_an_approximate_time_says_so(hub: TestHub) -> None:
    take(hub, [*everyone(), told("gp", "about", occurred=Occurred("2021", Precision.YEAR, approximate=True))])

    entry = next(e for e in read(hub, "dr-anwar", hub.only_child()).entries if e.when.start == "2021")

    assert when(entry.when) == "about 2021"
