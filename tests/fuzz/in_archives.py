"""Mutants of archives and workbooks: the same package with a part changed, gone, twice, renamed, or far too large."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from random import Random

Inner = Callable[[Random, bytes, bytes], bytes]
Parts = list[tuple[str, bytes]]
NAMES = ("../x.csv", "/x.csv", "users.csv", "a/users.csv", "USERS.CSV", "xl/vbaProject.bin", "\N{SNOWMAN}.xml", "x/")
PACKED = (zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA)
_MIB = 1024 * 1024


def mutate(chance: Random, content: bytes, other: bytes, inner: Inner) -> bytes:
    """One or two changes of parts; `inner` changes what a part says. Raises ValueError where there is no archive."""
    parts, donor = read(content), read(other, empty=True)
    for _ in range(chance.choice((1, 1, 2))):
        if parts:
            _change(chance, parts, donor, inner)
    return written(parts, chance.choice(PACKED))


def read(content: bytes, *, empty: bool = False) -> Parts:
    """Names and contents; ValueError, or nothing where that will do, when it cannot be unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(one.filename, archive.read(one)) for one in archive.infolist() if one.file_size < 8 * _MIB]
    except Exception as error:  # the library throws what it likes at what is broken
        if empty:
            return []
        raise ValueError from error


def written(parts: Parts, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts, with the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, content in parts:
            # Two parts of one name are among the mutants, so the archive is not asked whether it has one.
            archive.NameToInfo.pop(name, None)
            archive.writestr(zipfile.ZipInfo(name), content, packed)
    return out.getvalue()


def _change(chance: Random, parts: Parts, donor: Parts, inner: Inner) -> None:
    at = chance.randrange(len(parts))
    name, content = parts[at]
    theirs = dict(donor).get(name, content)
    match chance.randrange(12):
        case 0:
            del parts[at]
        case 1:
            parts.insert(chance.randrange(len(parts) + 1), (name, content))
        case 2:
            parts[at] = (chance.choice((*NAMES, chance.choice(parts)[0])), content)
        case 3:
            parts[at] = (name, theirs)
        case 4:
            parts[at] = (name, content + b" " * chance.choice((_MIB, 9 * _MIB)))
        case 5 if chance.random() < 0.2:
            parts += [(f"x{number}.csv", b"a") for number in range(3_000)]
        case _:
            parts[at] = (name, inner(chance, content, theirs))
