"""What intake is measured with: a school census roll again and again under new ids, and batches of our own envelope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import orjson

from tests.bench.town import WORDS, nhs_number

ROLL = "2024_autumn_pupilonroll.csv"
"""The name says the term, as the census's own files do."""
COLUMNS = (
    "pupilonrolltableid,NativeId,dob,surname,forename,middlenames,preferredsurname,formersurname,upn,formerupn,"
    "uniquelearnernumber,sex,entrydate,pupilonrollorderseqcolumn,sourceid,schoolcensustableid,hoursatsetting,"
    "schoollunchtaken,parttime,topupfunding,termlysessionspossible,termlysessionsauthorised,"
    "termlysessionsunauthorised,senunitindicator,resourcedprovisionindicator,nonqualhrs,ftemp,qualhrs,"
    "qualhrspreviousyear,nonqualhrspreviousyear,tlevelqualhrs,tlevelnonqualhrs,moveoffrollflag,fundedhours,"
    "missingaddress,duplicatenotfunded,summerhalfterm2sessionspossible,extendedhours,eligibilitycode,yssa,"
    "servicechild,language,classtype,enrolstatus,boarder,plaa,senprovision,ncyearactual"
)
GENERATED = 9_088
"""As many pupils as the published sample has."""
CHILDREN = 1_000
BATCH = 100
AGENCY, SENDER = "social-work", "urn:example:rowanbank-council:casework"


@dataclass(frozen=True, slots=True)
class Roll:
    """A roll of pupils: its header and its rows, each of which begins with the pupil's and the school's id."""

    header: bytes
    rows: tuple[bytes, ...]
    published: bool

    def times(self, times: int, mark: str) -> bytes:
        """The file so many times over, each time with other pupils of other schools, so that every row is new."""
        marked = (self._marked(f"-{mark}-{time}".encode()) for time in range(times))
        return self.header + b"".join(marked)

    def first(self, rows: int) -> Roll:
        """Its first rows alone."""
        return Roll(self.header, self.rows[:rows], self.published)

    def _marked(self, mark: bytes) -> bytes:
        parts = (row.split(b",", 2) for row in self.rows)
        return b"".join(b"%b%b,%b%b,%b" % (pupil, mark, school, mark, rest) for pupil, school, rest in parts)


def roll(published: Path) -> Roll:
    """The published sample where it is there, else one made here of the same shape."""
    if published.is_file():
        header, *rows = published.read_bytes().splitlines(keepends=True)
        return Roll(header, tuple(rows), published=True)
    return Roll(f"{COLUMNS}\n".encode(), tuple(_pupil(number) for number in range(GENERATED)), published=False)


def _pupil(number: int) -> bytes:
    """One row like the sample's: ids and numbers that look like ids and numbers, and link nobody."""
    born = date(2006, 9, 1) + timedelta(days=number * 7 % 5000)
    day = f"{born:%Y-%b-%d} 00:00:00"
    entered = f"{born + timedelta(days=1700):%Y-%b-%d} 00:00:00"
    key = f"{number * 2654435761 % 2**32:08x}"
    row = (
        f"{key}-8ca,SCH{number % 9},{day},SUR{number},FOR{number * 7},MID{number * 3},PSUR{number},FSUR{number},"
        f"{key}-fa0,{key}-367,{key}-2,{'MF'[number % 2]},{entered},1,{key},{key},770.0,True,False,True,134.0,8.0,2.0,"
        f"False,False,123.0,False,745.0,815.0,130.0,774.0,136.0,{key},,{key},{key},119.0,,,N,,ENG,,O,,A,K,N1\n"
    )
    return row.encode()


def batches(first: int, count: int) -> list[bytes]:
    """So many bodies of 100 events each, numbered from `first`; each event is a new record about one of the children.

    The first 1,000 records (10 bodies) name every child once.
    """
    numbers = range(first * BATCH, (first + count) * BATCH)
    events = [_event(number) for number in numbers]
    return [orjson.dumps(events[at : at + BATCH]) for at in range(0, len(events), BATCH)]


def _event(number: int) -> dict[str, object]:
    child, day = number * 37 % CHILDREN, (date(2019, 5, 1) + timedelta(days=number * 37 % 2600)).isoformat()
    return {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": SENDER,
        "type": "hub.chronology.update.v1",
        "data": {
            "agency": AGENCY,
            "record": {"id": f"note-{number}", "version": "1", "order": f"{day}T09:00:00Z"},
            "subject": {
                "local_id": f"LC-{child}",
                "identifiers": [{"system": "nhs-number", "value": nhs_number(child)}],
                "names": {"family": "Reid", "given": [f"Child{child}"]},
                "birth_date": (date(2015, 1, 1) + timedelta(days=child)).isoformat(),
            },
            "code": "sw.child.details",
            "occurred": {"precision": "day", "start": day},
            "headline": f"Contact {number}",
            "detail": " ".join(WORDS[(number + step) % len(WORDS)] for step in range(2 + number % 3)),
            "organisation": "la-990",
            "author": {"name": "Dr Anwar", "role": "Social worker"},
        },
    }
