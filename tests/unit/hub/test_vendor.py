"""Other people's files on our pages are the ones we listed."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest

from hub.web import vendor

MISSING = "the pages' packages are not installed; `make demo` or `npm ci` in hub/web does it, where there is Node"


def test_the_list_names_every_file_with_its_package_version_licence_and_digest() -> None:
    files = vendor.listed()

    rows = [line for line in vendor.LIST.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert len(files) == len(rows) >= 8
    assert all(file.licence and file.version for file in files)
    assert len({file.name for file in files}) == len(files)


def test_each_package_brings_its_licence_along() -> None:
    files = vendor.listed()

    carried = {file.package for file in files if "LICENSE" in file.name}
    assert carried == {file.package for file in files}


def test_the_versions_are_those_that_are_installed_from_the_lock() -> None:
    lock = (vendor.HERE / "package-lock.json").read_text(encoding="utf-8")

    for file in vendor.listed():
        assert f'"node_modules/{file.package}": {{\n      "version": "{file.version}"' in lock
    assert "resolved" not in lock


@pytest.mark.parametrize("file", vendor.listed(), ids=lambda file: file.name)
def test_a_served_file_is_the_listed_one(file: vendor.Vendored) -> None:
    served = vendor.SERVED / file.name
    if not served.exists():
        pytest.skip(MISSING)

    assert hashlib.sha256(served.read_bytes()).hexdigest() == file.sha256


def test_nothing_else_is_served() -> None:
    if not vendor.SERVED.exists():
        pytest.skip(MISSING)

    assert {path.name for path in vendor.SERVED.iterdir()} == {file.name for file in vendor.listed()}


def test_a_file_that_differs_from_the_list_is_refused(tmp_path: Path) -> None:
    if not vendor.PACKAGES.exists():
        pytest.skip(MISSING)
    changed = dataclasses.replace(vendor.listed()[0], sha256="0" * 64)

    with pytest.raises(ValueError, match="not the file"):
        vendor.copy((changed,), tmp_path)
    assert list(tmp_path.iterdir()) == []
