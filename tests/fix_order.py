"""Whichever file of tests takes longest is begun first, so that no worker is left alone with one at the end."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

LONGEST = (
    "acceptance/test_published_samples.py",
    "promises/test_no_channel_leaks.py",
    "promises/test_http_loses_nothing.py",
    "promises/test_forgotten_filters.py",
    "promises/test_kafka_loses_nothing.py",
    "acceptance/test_command_line.py",
    "promises/test_no_child_in_the_logs.py",
    "acceptance/test_emergency_at_the_prompt.py",
    "acceptance/test_drop_folder.py",
    "promises/test_no_child_at_the_prompt.py",
    "properties/test_order_and_rebuild.py",
    "acceptance/test_demo_through_kafka.py",
    "integration/test_policy_versions.py",
    "fuzz/test_fuzz_stories.py",
    "bench/test_bench_runs.py",
    "promises/test_many_threads_at_first.py",
)
"""Longest first. The two that kill what they test do not begin together: each gives it some seconds to come back."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put these files first; all others stay as they are."""
    items.sort(key=lambda item: _rank(item.path))


@functools.cache
def _rank(file: Path) -> int:
    return next((rank for rank, name in enumerate(LONGEST) if file.match(name)), len(LONGEST))
