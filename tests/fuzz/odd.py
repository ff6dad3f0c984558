"""Values that have no business where they stand: what mutants put in the place of a right one."""

from __future__ import annotations

import re
from random import Random

TEXTS = (
    "",
    " ",
    "\t\n",
    "NULL",
    "-",
    "0",
    "-1",
    "1e999",
    "NaN",
    "9" * 20,
    "9" * 400,
    "true",
    "unknown",
    "2024-02-30",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "99999-01-01",
    "1900-01-02",
    "31/12/9999",
    "00/00/0000",
    "2024-13",
    "20240230",
    "2024-W10-1",
    "2024-06-15T24:00:00",
    "2024-06-15T10:00:60Z",
    "2024-06-15T10:00:00+99:99",
    "2024-06-15T10:00:00+00:00:01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2024-03-31T01:30:00",
    "2024-Feb-30 00:00:00",
    "\uff19\uff19\uff19\uff10\uff11\uff19\uff10\uff13\uff11\uff13",
    "\u0662\u0660\u0662\u0664-\u0660\u0661-\u0660\u0661",
    "\u00b2\u00b2",
    "\u0130",
    "\u00df",
    "\ufb03",
    "\u202eadneL",
    "a\u0301" * 40,
    "\ufffe",
    "\ud800",
    "x\udfff",
    "\x00",
    "\x1b[2J",
    "\x85\u2028",
    "=HYPERLINK(1)",
    "@SUM(1)",
    "'; drop table x; --",
    "../../x",
    "urn:uuid:",
    "#",
    "Patient/",
    "Patient/../Patient/1",
    "http://[",
    "https://user:x@h:99999/",
    "%00",
    "{}",
    "[]",
    "<a/>",
    "&lt;",
    '"',
    "a" * 300,
    "b" * 5_000,
    "|^~\\&",
    "\\X00\\",
    "\\.br\\\\H\\",
)
VALUES: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    -0.0,
    1e308,
    2**63,
    2**64,
    -(2**63) - 1,
    10**40,
    float("inf"),
    float("nan"),
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"value": {}},
    [{}],
)
BYTES = (
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xe9",
    b"\x93quoted\x94",
    b"\x81",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xc0\xaf",
    b"\\ud800",
    b"\\u0000",
    b"&#0;",
    b"&#xD800;",
    b"&amp;&x;",
    b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<?x ?>",
    b"9" * 4_400,
    b"1e99999",
    b"-",
    b'"',
    b"'",
    b",",
    b"|",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\x0b",
    b"\x1c\r",
    b"\x1a",
    b"{",
    b"}",
    b"[",
    b"]",
    b"</",
    b" " * 3_000,
    b"A" * 70_000,
)
_DIGITS = re.compile(r"\d+")


def text(chance: Random, there: str, others: list[str]) -> str:
    """Another value in the place of one: odd, somebody else's, or the same with a little changed."""
    match chance.randrange(6):
        case 0 | 1:
            return chance.choice(TEXTS)
        case 2 | 3 if others:
            return chance.choice(others)
        case 4:
            return _DIGITS.sub(lambda found: _another_number(chance, found[0]), there, count=chance.choice((0, 1)))
        case _:
            return _nudged(chance, there)


def _another_number(chance: Random, digits: str) -> str:
    return "".join(chance.choice("0123456789") for _ in digits)


def _nudged(chance: Random, there: str) -> str:
    at = chance.randrange(len(there) + 1)
    changed = (there[:at], there + there, there.upper(), there.swapcase(), f" {there} ", there[:at] + "~" + there[at:])
    return chance.choice(changed)
