"""A child whose every word and number is a canary, and the search for them in every byte that a database holds."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

import psycopg
from psycopg import sql

from hub.update import Author, Coding, Identifier, Person, Refusal, Update
from tests.builders import an_update, mother, works_with

NUMBER, LOCAL, FAMILY, GIVEN = "9990000018", "local-canarylocal", "Canaryfamily", "Canarygiven"
IDENTIFIERS = (NUMBER, "canarylocal", "canaryrecord", "CANARYUPN", "canarymother")
NAMES = (FAMILY, GIVEN, "canarymum", "canarypostcode")
WORDS = (
    "canaryheadline",
    "canarydetail",
    "canarythird",
    "canaryauthor",
    "canarycoding",
    "canarybytes",
    "canaryrefused",
    "canaryfile",
)
BORN = "2019-04-02"
CHILD = Person(
    LOCAL,
    (Identifier("nhs-number", NUMBER), Identifier("upn", "CANARYUPN")),
    FAMILY,
    (GIVEN,),
    (BORN,),
    postcode="canarypostcode",
)


def canary(record: str = "canaryrecord", **fields: object) -> Update:
    return an_update(
        record,
        **{
            "person": CHILD,
            "headline": "canaryheadline",
            "detail": "canarydetail",
            "author": Author("canaryauthor", "GP"),
            "codings": (Coding("local", "1", "canarycoding"),),
            "original": b'{"said": "canarybytes"}',
            "third_persons": (replace(mother("canarythird"), local_id="canarymother", name="canarymum"),),
            "facts": (works_with("gp-practice", "Z99104"),),
            "delivery": "2024_canaryfile.json",
        }
        | fields,
    )


def refused() -> Refusal:
    return Refusal(
        "nems",
        "xml-malformed",
        "line 1",
        "It is cut short.",
        "Send it again.",
        b"<canaryrefused",
        "text/xml",
        "canaryfile.xml",
    )


# Searching every byte that is stored


def stored(connection: psycopg.Connection, *schemas: str) -> Iterator[tuple[str, bytes]]:
    """Every row of these schemas as text, and every column of bytes as the bytes."""
    tables = connection.execute(
        "select n.nspname, c.relname, array(select a.attname::text from pg_attribute a "
        "where a.attrelid = c.oid and a.attnum > 0 and a.atttypid = 'bytea'::regtype) "
        "from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind in ('r', 'm', 'p') and n.nspname = any(%s)",
        [list(schemas)],
    ).fetchall()
    for schema, table, columns in tables:
        wanted = sql.SQL(", ").join([sql.SQL("t::text"), *(sql.Identifier("t", column) for column in columns)])
        for text, *binary in connection.execute(
            sql.SQL("select {} from {} t").format(wanted, sql.Identifier(schema, table))
        ):
            values = (text.encode(), *(bytes(value) for value in binary if value is not None))
            yield from ((f"{schema}.{table}", value) for value in values)


def disguises(word: str) -> Iterator[bytes]:
    """The word as it is, in hexadecimal, and in base64 wherever it may begin."""
    yield word.encode()
    yield word.encode().hex().encode()
    yield word.encode("utf-16-le")
    for before in range(3):
        encoded = base64.b64encode(b"." * before + word.encode() + b"..")
        yield encoded[4 if before else 0 : -4]


def found(connection: psycopg.Connection, words: tuple[str, ...], *schemas: str) -> set[tuple[str, str]]:
    forms = [(word, form.lower()) for word in words for form in disguises(word)]
    return {
        (table, word) for table, value in stored(connection, *schemas) for word, form in forms if form in value.lower()
    }


def everywhere(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"
    )
    return [row[0] for row in rows]
