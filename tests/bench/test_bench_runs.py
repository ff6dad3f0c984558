"""The measurement itself works, small: its figures mean something and its ways of reading agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub.errors import StoreUnavailable
from tests.bench import report, run
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
