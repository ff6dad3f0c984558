"""The outside numbers of a pupil that a class list may state, and whether one is right: only such a number is an id."""

from __future__ import annotations

import re

from stdnum.gb import nhs, upn

_BLANKS = re.compile(r"[\s-]")
_TEN_DIGITS, _NINE_DIGITS = re.compile(r"[0-9]{10}"), re.compile(r"[0-9]{9}")
_UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_SCN_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def normal(text: str) -> str:
    """A number as it is compared: without blanks, in capitals."""
    return _BLANKS.sub("", text).upper()


def right(system: str, text: str) -> str:
    """The number as it is compared, if it has the shape and the check digit of its system; else empty."""
    number = normal(text)
    return number if _CHECKS[system](number) else ""


def _nhs(number: str) -> bool:
    # One digit ten times over passes the check and stands for no number at all.
    return bool(_TEN_DIGITS.fullmatch(number)) and len(set(number)) > 1 and bool(nhs.is_valid(number))


def _upn(number: str) -> bool:
    return bool(_UPN.fullmatch(number)) and bool(upn.is_valid(number))


def _scn(number: str) -> bool:
    """Nine digits, the last of them modulus 11 of the others (Scottish Candidate Number)."""
    if not _NINE_DIGITS.fullmatch(number) or len(set(number)) == 1:
        return False
    rest = sum(weight * int(digit) for weight, digit in zip(_SCN_WEIGHTS, number, strict=False)) % 11
    return rest != 1 and int(number[-1]) == (-rest) % 11


_CHECKS = {"nhs-number": _nhs, "upn": _upn, "scn": _scn}
