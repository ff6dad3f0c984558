"""In which order a story is read, page by page: what comes after the place where the page before ended."""

from __future__ import annotations

from typing import LiteralString

SINCE: LiteralString = """
   and e.known_from >= case when g.level >= 3 then %(since)s else date_trunc('day', %(since)s::timestamptz, 'UTC') end
"""
OLDEST_FIRST: LiteralString = (
    SINCE
    + """   and (s.place, e.stream) > (%(after_place)s, %(after)s)
 order by s.place, e.stream
 limit %(limit)s
"""
)
# What has no time is neither old nor new: its place begins with a tilde, and it comes last in this order too.
NEWEST_FIRST: LiteralString = (
    SINCE
    + """   and case when (s.place >= '~') = (%(after_place)s::text collate "C" >= '~')
                 then (s.place, e.stream) < (%(after_place)s, %(after)s) else s.place >= '~' end
 order by s.place >= '~', s.place desc, e.stream desc
 limit %(limit)s
"""
)
_BEFORE_ALL = ""
_AFTER_EVERY_TIME = "}"


def beginning(*, newest: bool) -> str:
    """The place that no entry of the first page comes before, in this order."""
    return _AFTER_EVERY_TIME if newest else _BEFORE_ALL
