"""Unpacking a set of OneRoster tables without being made to unpack more than a set of tables is.

How much comes out is settled before anything does: by the number of files, by what they say that they unpack to, and
by how far that exceeds what came in; and it is held to while they are unpacked. Folders and paths mean nothing here:
a file is told by its bare name, and only ever read into memory.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from adapters.oneroster.codes import table_named
from adapters.oneroster.tables import Roster, Rows, csv_table, manifest
from adapters.reading import Unreadable
from adapters.reading.csv_rows import CSV_MEDIA
from adapters.reading.kept_columns import Lost

MOST_FILES = 64
MOST_UNPACKED = 128 * 1024 * 1024
"""Bytes of all files of one archive together, unpacked."""
MOST_RATIO = 100
"""How often the archive's own size its files may unpack to, beyond the first MiB: tables reach 5 to 20."""

_FREE = 1024 * 1024
_ENTRY = b"PK\x01\x02"
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_NOT_OURS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def from_zip(content: bytes) -> Roster:
    """The tables of an archive. Raises Unreadable for one that is damaged, too large, or holds one table twice."""
    try:
        with _opened(content) as archive:
            tables, lost = _tables(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError):
        raise _bad("zip-malformed") from None
    sender, modes = manifest(tables.pop("manifest")) if "manifest" in tables else ("", {})
    whole = frozenset(name for name in tables if modes.get(name.casefold()) == "bulk")
    missing = [
        Lost("zip-missing-table", f"manifest, {table}", mode.encode())
        for name, mode in sorted(modes.items())
        if mode in {"bulk", "delta"} and (table := table_named(name)) and table not in tables
    ]
    return Roster(CSV_MEDIA, tables, sender, whole, lost + missing)


def _opened(content: bytes) -> zipfile.ZipFile:
    # Counted before the list of files is read, which alone may be made to take all memory.
    if content.count(_ENTRY) > MOST_FILES:
        raise _bad("zip-too-many-files")
    archive = zipfile.ZipFile(BytesIO(content))
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > MOST_UNPACKED:
        raise _bad("zip-too-large")
    if unpacked > _FREE and unpacked > len(content) * MOST_RATIO:
        raise _bad("zip-ratio")
    return archive


def _tables(archive: zipfile.ZipFile) -> tuple[dict[str, Rows], list[Lost]]:
    tables: dict[str, Rows] = {}
    lost: list[Lost] = []
    for number, info in enumerate(_files(archive), start=1):
        bare = info.filename.replace("\\", "/").rpartition("/")[2]
        named = table_named(bare[: -len(".csv")]) if bare.casefold().endswith(".csv") else ""
        content = _unpacked(archive, info)
        try:
            table, rows = csv_table(content, f"{named}, ", named) if named else ("", None)
        except Unreadable as error:
            lost.append(Lost(error.reason, error.place, content))
            continue
        if rows is None:
            lost.append(Lost("unknown-file", f"file {number}", content))
        elif table in tables:
            raise _bad("zip-repeated-table", table)
        else:
            tables[table] = rows
    return tables, lost


def _files(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    for info in archive.infolist():
        if not info.is_dir() and not any(part in info.filename for part in _NOT_OURS):
            yield info


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _PACKED:
        raise _bad("zip-encrypted")
    with archive.open(info) as file:
        content = file.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise _bad("zip-malformed")
    return content


def _bad(reason: str, place: str = "") -> Unreadable:
    return Unreadable(reason, place, "", "", "application/zip")
