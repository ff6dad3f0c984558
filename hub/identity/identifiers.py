"""Outside identifiers of people: their shapes and check digits. A bad one is a defect, never a refusal."""

from __future__ import annotations

import re
from datetime import date

from stdnum.gb import nhs, upn

from hub.update import Identifier

LINKING = frozenset({"nhs-number", "chi", "scn", "upn"})
"""Systems whose exact, valid, verified numbers may link two agencies' records of one person."""

LONGEST = 13
"""Characters of the longest number of these systems, once normalised."""

INVENTED = range(3113000000, 3200000000)
_BLANKS = re.compile(r"[\s-]")
# Nearly everything that is asked about is no pupil number, and the full check of one is slow.
_LIKE_A_UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_SCN_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def normalised(identifier: Identifier) -> str:
    """The value without spaces and in capitals, for looking up; the value as sent is kept beside it."""
    value = identifier.value
    return (value if value.isalnum() else _BLANKS.sub("", value)).upper()


def usable(identifier: Identifier) -> bool:
    """Fit to link by: of a linking system, verified by its source, and with a right check digit."""
    return identifier.system in LINKING and identifier.verified and valid(identifier)


def valid(identifier: Identifier) -> bool:
    """Whether the shape and the check digit are right. Systems without a check are never called valid."""
    value = normalised(identifier)
    match identifier.system:
        case "nhs-number":
            return _ten_digits(value) and nhs.is_valid(value) and not _repeated(value)
        case "chi":
            return _ten_digits(value) and nhs.is_valid(value) and (_is_date(value) or _is_invented(value))
        case "scn":
            return _valid_scn(value)
        case "upn":
            return bool(_LIKE_A_UPN.fullmatch(value)) and bool(upn.is_valid(value))
        case _:
            return False


def _ten_digits(value: str) -> bool:
    # In ASCII: a digit of another script would be judged as the digit, and be looked up as another number.
    return bool(re.fullmatch(r"[0-9]{10}", value))


def _repeated(value: str) -> bool:
    return len(set(value)) == 1


def _is_date(chi: str) -> bool:
    day, month, year = int(chi[:2]), int(chi[2:4]), int(chi[4:6])
    return any(_exists(century + year, month, day) for century in (1900, 2000))


def _is_invented(chi: str) -> bool:
    # The range set aside for invented people: month 13 and above can be nobody's birthday.
    return int(chi) in INVENTED


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _valid_scn(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{9}", value):
        return False
    rest = sum(w * int(d) for w, d in zip(_SCN_WEIGHTS, value, strict=False)) % 11
    return rest != 1 and int(value[8]) == (0 if rest == 0 else 11 - rest)
