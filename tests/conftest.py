"""The plug-ins of the tests, and nothing else: each gives one kind of thing."""

from __future__ import annotations

pytest_plugins = [
    "tests.fix_memory",
    "tests.fix_order",
    "tests.fix_postgres",
    "tests.fix_hub",
    "tests.fix_systems",
    "tests.fix_kafka",
    "tests.fix_kafka_door",
]
