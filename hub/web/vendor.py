"""Brings the pages' stylesheet, script, icons and fonts from their packages into static/vendor, as VENDOR.md lists.

VENDOR.md is the only list: what is not on it is not copied, and what differs from its sha256 is refused.
Run by `make demo` after `npm ci`, as `python -m hub.web.vendor`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIST = HERE / "VENDOR.md"
PACKAGES = HERE / "node_modules"
SERVED = HERE / "static" / "vendor"
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \| ([^|]+) \| ([^|]+) \| `([^`]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Vendored:
    """One file of somebody else's, served by us: its name here, its package, and its path inside that."""

    name: str
    package: str
    version: str
    licence: str
    path: str
    sha256: str

    @property
    def source(self) -> Path:
        """Where npm puts it."""
        return PACKAGES / self.package / self.path


def listed() -> tuple[Vendored, ...]:
    """Read the rows of VENDOR.md, in its order."""
    rows = ROW.findall(LIST.read_text(encoding="utf-8"))
    return tuple(Vendored(*(cell.strip() for cell in row)) for row in rows)


def copy(files: tuple[Vendored, ...], served: Path = SERVED) -> None:
    """Copy each file to `served`; raises ValueError at the first that is not what VENDOR.md says, and stops there."""
    served.mkdir(parents=True, exist_ok=True)
    for file in files:
        content = file.source.read_bytes()
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise ValueError(
                f"{file.name} is not the file that VENDOR.md lists; look at what changed before serving it"
            )
        (served / file.name).write_bytes(content)


if __name__ == "__main__":
    copy(listed())
