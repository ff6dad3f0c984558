"""A set of tables in an archive: never made to unpack more than tables are, and a file's path means nothing."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest

from adapters.oneroster import translate
from adapters.oneroster.zip import MOST_FILES
from hub.update import Delivery, Refusal, Update
from tests.contract.adapter import check, counted

HEADER = "sourcedId,status,dateLastModified,role,givenName,familyName,password\n"
USERS = HEADER + "u-isla,,,student,Isla,Lennox,CanaryPw\n"
NAME = "rowan_oneroster.zip"


def read(content: bytes) -> list[Update | Refusal]:
    return list(translate(Delivery("oneroster", NAME, content)))


def reason(content: bytes) -> str:
    (one,) = check(Delivery("oneroster", NAME, content), canaries=("canarypw",))
    assert isinstance(one, Refusal)
    assert b"CanaryPw" not in one.original
    return one.reason


def packed(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "path", ["users.csv", "USERS.CSV", "export/2026/users.csv", "../../../users.csv", "/etc/users.csv", "a\\users.csv"]
)
def test_a_files_path_means_nothing(path: str) -> None:
    (one,) = read(packed({path: USERS, "__MACOSX/._users.csv": "x", "export/": ""}))

    assert isinstance(one, Update)
    assert one.record_id == "rowan|u-isla|user"


def test_a_file_that_is_no_table_is_refused_beside_the_tables() -> None:
    found = read(packed({"readme.txt": "CanaryPw", "lineItems.csv": "a,b\n1,2\n", "users.csv": USERS}))

    assert counted(found) == {"unknown-file": 2, "update": 1}
    assert not [one for one in found if b"CanaryPw" in one.original]


def test_a_table_under_anothers_name_is_refused() -> None:
    found = read(packed({"roles.csv": USERS, "users.csv": USERS}))

    assert counted(found) == {"not-this-format": 1, "update": 1}


def test_a_table_that_the_manifest_promises_is_missed() -> None:
    manifest = "propertyName,value\nfile.users,bulk\nfile.enrollments,bulk\nfile.results,bulk\nfile.orgs,absent\n"

    found = read(packed({"manifest.csv": manifest, "users.csv": USERS}))

    assert counted(found) == {"zip-missing-table": 1, "update": 1}
    assert found[0].place == "manifest, enrollments"


def test_one_table_twice_is_refused() -> None:
    assert reason(packed({"a/users.csv": USERS, "b/users.csv": USERS})) == "zip-repeated-table"


def test_too_many_files_are_counted_before_they_are_listed() -> None:
    content = packed({f"{n}.csv": "" for n in range(MOST_FILES + 1)})

    assert reason(content) == "zip-too-many-files"
    assert reason(content + b"PK\x01\x02" * 1_000_000) == "zip-too-many-files"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed({"users.csv": HEADER.encode() + b"\n" * 60_000_000})
    began = time.process_time()

    assert reason(bomb) == "zip-ratio"
    assert time.process_time() - began < 0.5


def test_more_than_tables_are_is_not_unpacked() -> None:
    content = packed({"users.csv": USERS}, zipfile.ZIP_STORED)

    assert reason(declared(content, 200 * 1024 * 1024)) == "zip-too-large"


@pytest.mark.parametrize("size", [1, len(USERS) - 1, len(USERS) + 1, 900_000])
def test_a_file_that_unpacks_to_another_size_than_it_says_is_refused(size: int) -> None:
    assert reason(declared(packed({"users.csv": USERS}), size)) == "zip-malformed"


def test_an_encrypted_file_and_other_ways_of_packing_are_refused() -> None:
    content = packed({"users.csv": USERS})
    start = content.index(b"PK\x01\x02")

    assert reason(content[: start + 8] + b"\x01\x00" + content[start + 10 :]) == "zip-encrypted"
    assert reason(packed({"users.csv": USERS}, zipfile.ZIP_LZMA)) == "zip-encrypted"


def test_an_archive_in_an_archive_is_not_opened() -> None:
    assert counted(read(packed({"inner.zip": packed({"users.csv": USERS})}))) == {"unknown-file": 1}


@pytest.mark.parametrize("keep", [10, 60, 120, 200])
def test_an_archive_cut_short_is_refused(keep: int) -> None:
    assert reason(packed({"users.csv": USERS})[:keep]) == "zip-malformed"


def declared(content: bytes, size: int) -> bytes:
    """The archive with another unpacked size in its list of files."""
    start = content.index(b"PK\x01\x02")
    return content[: start + 24] + struct.pack("<I", size) + content[start + 28 :]


def test_a_second_list_of_files_that_would_be_read_instead_is_counted_too() -> None:
    content = packed({f"{n}.csv": "" for n in range(MOST_FILES + 1)})
    end = content.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", content, end + 12)
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, MOST_FILES + 1, MOST_FILES + 1, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)

    assert reason(content[:end] + large + locator + b"PK\x05\x06" + bytes(18)) == "zip-too-many-files"
