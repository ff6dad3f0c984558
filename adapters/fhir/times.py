"""FHIR's dates as the hub writes them: exactly as precise as stated, instants always with an offset.

An instant without one is read as local time in the United Kingdom and says so; a date that cannot be one
becomes an unknown time and a defect, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from hub.update import Defect, Occurred, Precision

_SHAPE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_WIDEST_OFFSET = timedelta(hours=14)
_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A stated time. `value` is the hub's text for it, `utc` the instant where there is one."""

    value: str
    precision: Precision
    zone_assumed: bool = False
    utc: datetime | None = None

    @property
    def day(self) -> str:
        """`YYYY-MM-DD`, or empty when the day is not known."""
        return self.value[:10] if self.precision in {Precision.DAY, Precision.INSTANT} else ""

    @property
    def order(self) -> str:
        """Sortable text in UTC, always of one width; empty when this is no instant."""
        return self.utc.isoformat(timespec="microseconds") if self.utc else ""


_LENGTH = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10, Precision.INSTANT: 35}
"""Characters of a time, from the least exact to the most."""
NEVER = Moment("", Precision.UNKNOWN)


def moment(stated: str) -> Moment | None:
    """The moment a FHIR date, dateTime or instant states; None when it is not one."""
    shape = _SHAPE.fullmatch(stated.strip())
    if shape is None:
        return None
    try:
        return _moment(shape)
    except ValueError:
        return None


def stated(value: str, place: str) -> tuple[Moment, tuple[Defect, ...]]:
    """A stated time, or `NEVER`: empty without a defect when nothing is stated."""
    if not value:
        return NEVER, ()
    found = moment(value)
    if found is None:
        return NEVER, (Defect("date-invalid", place, "Not a date that exists; the time is left unknown."),)
    return found, ()


def happened(start: str, end: str, place: str) -> tuple[Occurred, tuple[Defect, ...]]:
    """When something happened, from the one or two times stated for it."""
    begun, defects = stated(start, place)
    ended, more = stated(end, place)
    defects += more
    if begun.utc and ended.utc and ended.utc < begun.utc:
        defects += (Defect("period-reversed", place, "The period ends before it begins."),)
    assumed = begun.zone_assumed or ended.zone_assumed
    if not (begun.value and ended.value) or begun.precision is ended.precision:
        return Occurred(begun.value, begun.precision, ended.value if begun.value else "", zone_assumed=assumed), defects
    precision = min(begun.precision, ended.precision, key=tuple(_LENGTH).index)
    length = _LENGTH[precision]
    defects += (
        Defect("period-uneven", place, "One end is stated more exactly than the other; the less exact counts."),
    )
    return Occurred(begun.value[:length], precision, ended.value[:length], zone_assumed=assumed), defects


def _moment(shape: re.Match[str]) -> Moment:
    """`local` is what the clock on the wall says; the offset is put to it at the end."""
    year, month, day, hour, minute, second, fraction, zone = shape.groups()
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        raise ValueError
    clock = (int(hour or 0), int(minute or 0), int(second or 0))
    local = datetime(int(year), int(month or 1), int(day or 1), *clock, tzinfo=UTC)
    if hour is None:
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return Moment(shape.group(0), precision)
    offset = _offset(zone, local)
    exact = local.replace(microsecond=int((fraction or ".0")[1:7].ljust(6, "0")))
    value = f"{local:%Y-%m-%dT%H:%M:%S}{fraction or ''}{_written(offset)}"
    return Moment(value, Precision.INSTANT, zone is None, exact.replace(tzinfo=timezone(offset)).astimezone(UTC))


def _offset(zone: str | None, local: datetime) -> timedelta:
    if zone is None:
        return _british_offset(local)
    if zone == "Z":
        return timedelta()
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    if offset > _WIDEST_OFFSET or int(zone[4:6]) >= _MINUTES:
        raise ValueError
    return -offset if zone[0] == "-" else offset


def _british_offset(local: datetime) -> timedelta:
    """Summer time by its present rule, without a time zone database, so that every machine reads alike."""
    starts = _last_sunday(local.year, 3) + timedelta(hours=1)
    ends = _last_sunday(local.year, 10) + timedelta(hours=2)
    return timedelta(hours=1) if starts <= local < ends else timedelta()


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // _MINUTES
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // _MINUTES:02d}:{abs(minutes) % _MINUTES:02d}"
