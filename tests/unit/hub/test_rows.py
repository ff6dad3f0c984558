"""Many rows handed to PostgreSQL in one statement come back as they were, in their order."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from hub.store.rows import as_json
from tests.fix_postgres import Postgres

NAMES = ("id", "bytes", "text", "many", "at", "number", "truth", "nothing")
READ = (
    "select * from json_to_recordset(%s::json) as w (id uuid, bytes bytea, text text, many text[], at timestamptz, "
    "number bigint, truth bool, nothing text)"
)
HARD = 'quote " backslash \\ brace { comma , line \n tab \t é 😀 NULL null'


def test_every_kind_of_value_survives_whatever_is_in_it(postgres: Postgres) -> None:
    moment = datetime(2026, 3, 29, 1, 30, 15, 123456, tzinfo=UTC)
    rows = [
        (UUID(int=n), bytes([n, 0, 92, 255]), HARD, [HARD, "", "NULL"][: n % 4], moment, 2**62 + n, n % 2 == 0, None)
        for n in range(50)
    ]
    with psycopg.connect(postgres.admin_dsn) as connection:
        found = connection.execute(READ, [as_json(NAMES, rows)]).fetchall()

    assert found == rows


def test_a_value_of_another_kind_is_refused_and_not_written_as_something_else() -> None:
    with pytest.raises(TypeError):
        as_json(("what",), [(object(),)])


def test_a_row_of_another_length_than_the_names_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        as_json(("one", "two"), [("1",)])
