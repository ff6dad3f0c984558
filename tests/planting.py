"""Canaries for any source: each word of its own samples in turn becomes one that no answer, log or receipt may say.

Nothing here knows a format. A word is a run of letters, digits and the marks inside numbers, dates and addresses; it
stands as a value, a key, an element or a column, and is exchanged wherever it stands, so that what refers to it still
does. Archives and workbooks are opened, planted and packed again.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from stdnum.gb import nhs

from adapters import sources
from hub.update import Delivery, Refusal, Translated, Update
from tests.contract.adapter import samples
from tests.contract.hostile import cut_short, in_other_bytes

LIMIT = 64 * 1024 * 1024
_WORD = re.compile(r"\w[\w.:/@+-]*\w")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_BRITISH = re.compile(r"\d\d/\d\d/\d{4}")
_COMPACT = re.compile(r"(?:19|20)\d\d[01]\d[0-3]\d(?=\d*T?\d*$)")
_TEXT = re.compile(rb">([^<>]+)<")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LEAK = re.compile(
    r"canary\w*|(?<!\d)9990\d{6}(?!\d)|(?<!\d)1990-\d\d|\d\d/\d\d/1990(?!\d)|(?<!\d)1990[01]\d[0-3]\d(?!\d{7})|lennox",
    re.IGNORECASE,
)
_WRITTEN = ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/")
"""Where a workbook holds what its sender wrote; the rest of it is styles."""


def leaks(*texts: str) -> set[str]:
    """Every canary in these texts. Ids of the hub's own may look like a date, so they are left out."""
    return {found.lower() for text in texts for found in _LEAK.findall(_UUID.sub("", text))}


def said(one: Translated) -> tuple[str, ...]:
    """All that leaves the hub in clear, in an answer, a receipt or a log, of one record."""
    if isinstance(one, Refusal):
        return one.place, one.reason, one.message, one.next_step
    defects = (text for defect in one.defects for text in (defect.code, defect.place, defect.note))
    return one.place, one.question, *defects


def read(source: str, name: str, content: bytes) -> tuple[Translated, ...]:
    """What the registry makes of a delivery, with its net around the adapter."""
    return tuple(sources.translate(Delivery(source, name, content), record_limit=LIMIT, file_limit=LIMIT))


def soaked(sample: Delivery) -> bytes:
    """The sample with a canary in every place where it is still read: as many updates as before, and none lost."""
    return _soaked(sample.source, sample.name, sample.content)


@cache
def _soaked(source: str, name: str, content: bytes) -> bytes:
    whole = _updates(read(source, name, content))
    kept: dict[str, str] = {}

    def reads(plan: Mapping[str, str]) -> bool:
        return _updates(read(source, name, exchanged(content, plan))) >= whole

    words = words_of(content)
    _keep(kept, {word: shaped(word, n) for n, word in enumerate(words)}, reads)
    others = {word: f"Canary{n}" for n, word in enumerate(words) if word not in kept}
    _keep(kept, {word: other for word, other in others.items() if not shaped(word, 0).startswith("Canary")}, reads)
    return exchanged(content, kept)


def _keep(kept: dict[str, str], plan: dict[str, str], reads: Callable[[Mapping[str, str]], bool]) -> None:
    """Add to `kept` as much of the plan as is still read, halving what is not."""
    if not plan:
        return
    if reads(kept | plan):
        kept.update(plan)
    elif len(plan) > 1:
        items, half = list(plan.items()), len(plan) // 2
        _keep(kept, dict(items[:half]), reads)
        _keep(kept, dict(items[half:]), reads)


def _updates(found: Sequence[Translated]) -> int:
    return sum(isinstance(one, Update) for one in found)


def broken(sample: Delivery, most: int) -> Iterator[bytes]:
    """The soaked sample with one more word made a canary, at most so many in turn; and damaged on its way."""
    content = soaked(sample)
    words = words_of(content)
    for n, word in list(enumerate(words))[:: len(words) // most + 1]:
        forms = {shaped(word, n), f"canary{n}", ""} - {word}
        yield from (exchanged(content, {word: form}) for form in sorted(forms))
    yield from cut_short(content, 12)
    yield from in_other_bytes(content)


def exchanged(content: bytes, plan: Mapping[str, str]) -> bytes:
    """The content with these words exchanged, in every file of an archive too."""
    if not plan:
        return content
    if content.startswith(b"PK"):
        return _packed({name: _exchanged(part, plan) if _holds(name) else part for name, part in _parts(content)}, plan)
    return _exchanged(content, plan)


def _exchanged(content: bytes, plan: Mapping[str, str]) -> bytes:
    every = "|".join(re.escape(word) for word in sorted(plan, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{every})(?!\w)")
    return pattern.sub(lambda found: plan[found[0]], content.decode("utf-8")).encode()


def words_of(content: bytes) -> list[str]:
    """The different words of a delivery, in their order."""
    parts = [_written(name, part) for name, part in _parts(content)] if content.startswith(b"PK") else [content]
    return list(dict.fromkeys(word for part in parts for word in _WORD.findall(part.decode("utf-8"))))


def shaped(word: str, number: int) -> str:
    """A canary of the word's own kind: a day of 1990, a number with its check digit, or a name."""
    day = date(1990, 1, 1) + timedelta(days=number % 365)
    if _ISO.match(word):
        return _ISO.sub(day.isoformat(), word, count=1)
    if _BRITISH.match(word):
        return _BRITISH.sub(f"{day:%d/%m/%Y}", word, count=1)
    if _COMPACT.match(word):
        return _COMPACT.sub(f"{day:%Y%m%d}", word, count=1)
    if word.isdigit() and len(word) >= 6:
        return next(found for last in range(100) if nhs.is_valid(found := f"99900{number % 1000:03}{last:02}"))
    return f"Canary{number}"


def _written(name: str, part: bytes) -> bytes:
    """What a sender wrote into a file of an archive: of a sheet its texts, of a table all of it."""
    if not _holds(name):
        return b""
    return b"\n".join(_TEXT.findall(part)) if name.endswith(".xml") else part


def _holds(name: str) -> bool:
    return not name.startswith(("xl/", "_rels", "docProps", "[")) or name.startswith(_WRITTEN)


def _parts(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _packed(parts: Mapping[str, bytes], plan: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(_exchanged(name.encode(), plan).decode(), part)
    return made.getvalue()


def different(source: str) -> tuple[Delivery, ...]:
    """The samples of a source of which a quarter of the words stands in no earlier one."""
    seen: set[str] = set()
    found: list[Delivery] = []
    for sample in samples(source):
        words = set(words_of(sample.content))
        if len(words - seen) * 4 >= len(words):
            found.append(sample)
            seen |= words
    return tuple(found)


def chosen(source: str, most: int) -> tuple[Delivery, ...]:
    """Good and bad deliveries of a source, full of canaries: samples soaked, then at most so many others."""
    good = [replace(sample, content=soaked(sample)) for sample in different(source)]
    bad: list[Delivery] = []
    seen: set[str] = set()
    for sample in different(source):
        for content in broken(sample, 12):
            reasons = {one.reason for one in read(source, sample.name, content) if isinstance(one, Refusal)}
            if len(bad) < most and reasons - seen:
                bad.append(replace(sample, content=content))
                seen |= reasons
    return (*good, *bad)
