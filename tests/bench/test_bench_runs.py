"""The measurement itself works, small: its figures mean something and its ways of reading agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters import school_census
from consent.decision import Asked, DecisionKey, Facts, Level
from consent.policy import load
from hub.errors import StoreUnavailable
from hub.people import Agency, Practitioner, Role
from hub.update import Delivery, Update
from tests.bench import (
    deciding,
    deciding_report,
    ingest,
    ingest_report,
    loads,
    long_story,
    report,
    rivals,
    run,
    setting,
)
from tests.bench.figures import Figures
from tests.bench.town import Size

pytestmark = [pytest.mark.bench, pytest.mark.slow]


@pytest.fixture(scope="module")
def figures() -> Figures:
    return run.measure(Size(visible=60, sealed=12, others=120, each=12), rounds=2, readings=3)


def test_every_way_of_reading_costs_something_in_both_processes(figures: Figures) -> None:
    assert set(figures.costs) == {"floor", "hub", "http-floor", "http", "casbin"}
    for costs in figures.costs.values():
        assert len(costs) == 2
        assert all(cost.process > 0 and cost.database > 0 and cost.elapsed > 0 for cost in costs)


def test_the_floor_the_hub_its_http_door_and_casbin_show_the_same_entries(figures: Figures) -> None:
    assert {name: len(seen) for name, seen in figures.visible.items()} == dict.fromkeys(figures.visible, 60)
    assert len(set(figures.visible.values())) == 1
    assert set(figures.levels["hub"].values()) == {"redacted", "shown", "exportable"}
    assert figures.levels["hub"] == figures.levels["casbin"]
    assert figures.agreed


def test_ways_that_disagree_on_what_may_be_seen_end_the_run_with_1_and_no_figure(
    figures: Figures, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fewer = frozenset(sorted(figures.visible["casbin"])[1:])
    wrong = replace(figures, visible={**figures.visible, "casbin": fewer})
    monkeypatch.setattr(run, "measure", lambda *_arguments, **_options: wrong)

    assert run.main(["--no-write"]) == 1
    printed = capsys.readouterr()
    assert "casbin 59" in printed.err
    assert "First figure" not in printed.out


def test_the_same_entries_at_other_levels_are_no_agreement(figures: Figures) -> None:
    opened = dict.fromkeys(figures.levels["hub"], "exportable")

    assert not replace(figures, levels={**figures.levels, "casbin": opened}).agreed


def test_a_hub_that_cannot_be_had_ends_the_run_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_arguments: object, **_options: object) -> Figures:
        raise StoreUnavailable("There is no database.", "Start one.")

    monkeypatch.setattr(run, "measure", none)

    assert run.main(["--no-write"]) == 1


def test_the_section_replaces_itself_and_leaves_the_rest_of_the_page_alone(figures: Figures, tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    report.write(page, report.text(figures))
    made = page.read_text(encoding="utf-8")
    page.write_text("Before.\n\n" + made + "\nAfter.\n", encoding="utf-8")

    report.write(page, report.text(figures))

    assert page.read_text(encoding="utf-8") == "Before.\n\n" + made + "\nAfter.\n"
    assert "fsync on" in made


@pytest.fixture(scope="module")
def taken() -> ingest.Ingest:
    return ingest.measure(ingest.Amount(rounds=2, rows=300, bodies=2, longer=3))


def test_intake_and_all_it_is_held_against_cost_something_in_both_processes(taken: ingest.Ingest) -> None:
    assert taken.records == {"roll": 300, "http": 200}
    for costs in taken.costs.values():
        assert set(costs) == {"hub", "copy", "library", "recorder"}
        for rounds in costs.values():
            assert len(rounds) == 2
            assert all(cost.process > 0 and cost.database > 0 and cost.elapsed > 0 for cost in rounds)


def test_the_copied_rows_are_those_of_the_ledger_and_every_record_has_one(taken: ingest.Ingest) -> None:
    assert taken.strays == 0
    assert taken.events["http"] == 1
    assert taken.events["roll"] >= 4


def test_the_memory_of_three_files_is_told_beside_their_size(taken: ingest.Ingest) -> None:
    assert [peak.records for peak in taken.peaks] == [1, 300, 900]
    assert all(peak.resident > peak.size > 0 for peak in taken.peaks)


def test_the_section_of_intake_stands_beside_the_first_and_replaces_itself(
    figures: Figures, taken: ingest.Ingest, tmp_path: Path
) -> None:
    page = tmp_path / "performance.md"
    report.write(page, report.text(figures))
    first = page.read_text(encoding="utf-8")

    report.write(page, ingest_report.text(taken), ingest_report.NAME)
    once = page.read_text(encoding="utf-8")
    report.write(page, ingest_report.text(taken), ingest_report.NAME)

    assert once.startswith(first)
    assert "at least 0.3 times as fast as binary COPY" in " ".join(once.split())
    assert page.read_text(encoding="utf-8") == once
    assert all(len(line) <= 118 or line.startswith("|") for line in once.splitlines())


def test_rows_that_are_not_those_of_the_ledger_end_the_run_with_1_and_no_figure(
    taken: ingest.Ingest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ingest, "measure", lambda *_arguments: replace(taken, strays=1))

    assert run.main(["--no-write", "--only", "ingest"]) == 1
    printed = capsys.readouterr()
    assert "1 of the copied rows" in printed.err
    assert "## Taking records in" not in printed.out


def test_a_roll_is_made_where_there_is_no_published_one_and_reads_like_it(tmp_path: Path) -> None:
    made = loads.roll(tmp_path / "nothing.csv")

    found = list(school_census.translate(Delivery("school-census", loads.ROLL, made.first(50).times(2, "x"))))

    assert not made.published
    assert len(made.rows) == loads.GENERATED
    assert len({update.record_id for update in found if isinstance(update, Update)}) == 100


@pytest.fixture(scope="module")
def decided() -> deciding.Deciding:
    town = Size(visible=60, sealed=12, others=120, each=12)
    return deciding.measure(deciding.Load(town, consents=(30, 300), involvements=(3, 30), rounds=2))


def test_every_way_of_deciding_costs_something(decided: deciding.Deciding) -> None:
    assert set(decided.costs) == {"sql", "deciding", "facts", "casbin-entry", "casbin-kind", "cedar-kind"}
    assert all(cost.process > 0 for costs in decided.costs.values() for cost in costs)
    assert [(step.consents, step.own, step.involvements) for step in decided.steps] == [
        (30, 30, 3),
        (300, 30, 3),
        (300, 30, 30),
    ]


def test_casbin_and_cedar_come_to_the_levels_of_the_hub(decided: deciding.Deciding) -> None:
    assert decided.entries == 73
    assert decided.checked > 500
    assert decided.strays == {"casbin-entry": 0, "casbin-kind": 0, "cedar-kind": 0}


def test_engines_that_come_to_other_levels_end_the_run_with_1_and_no_figure(
    decided: deciding.Deciding, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = replace(decided, strays={**decided.strays, "cedar-kind": 1})
    monkeypatch.setattr(deciding, "measure", lambda *_arguments: wrong)

    assert run.main(["--no-write", "--only", "deciding"]) == 1
    printed = capsys.readouterr()
    assert "cedar-kind 1" in printed.err
    assert "## Deciding" not in printed.out


def test_cedar_told_another_table_comes_to_other_levels() -> None:
    policy = load(setting.ROOT / "policies")
    closed = tuple(replace(rule, level=min(rule.level, Level.WITHHELD)) for rule in policy.rules)
    reader = Practitioner("dr-anwar", "", Role.GP, Agency.GP, "Z99104")
    kind = DecisionKey(1, "gp", "health", "ordinary", third_party=False)
    facts = Facts(relation="involved", agreement="current")
    situation = rivals.Situation(Asked(reader, "direct-care", "public-task"), facts, {1: kind})

    told = rivals.Cedar(policy).kinds(situation)
    other = rivals.Cedar(replace(policy, rules=closed)).kinds(situation)

    assert told == {1: Level.EXPORTABLE} == {1: policy.answer_of(situation.asked, facts, kind).level}
    assert other == {1: Level.WITHHELD}


def test_the_section_of_deciding_says_which_targets_are_met(decided: deciding.Deciding, tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    report.write(page, deciding_report.text(decided), deciding_report.NAME)
    once = page.read_text(encoding="utf-8")
    report.write(page, deciding_report.text(decided), deciding_report.NAME)

    assert page.read_text(encoding="utf-8") == once
    assert once.count("**Met.**") + once.count("**Not met.**") == len(deciding_report.TARGETS) + 2
    assert all(len(line) <= 118 or line.startswith("|") for line in once.splitlines())


def test_a_long_story_is_measured_beside_a_usual_one_and_its_worker_watched() -> None:
    figures = long_story.measure(entries=120, usual=40, rounds=2)

    assert set(figures.costs) == {(size, page) for size in (120, 40) for page in long_story.PAGES}
    assert all(cost.cpu > 0 for costs in figures.costs.values() for cost in costs)
    assert 0 < figures.held.warm <= figures.held.after_all * 2
    assert "120" in long_story.text(figures)
