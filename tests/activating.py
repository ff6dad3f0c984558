"""Puts a proposed version of the policy in force from a process of its own, as somebody at another prompt does.

Reads one JSON document from standard input, and prints `ready`, and after the commit the moment it returned.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from hub import directory
from hub.settings import Settings
from hub.wiring import Addresses, assemble
from tests.fix_hub import ROOT, Clock, TestHub


def started(hub: TestHub, fingerprint: str) -> subprocess.Popen[str]:
    """A process that proves a proposed version and puts it in force."""
    told = {
        "addresses": asdict(hub.addresses),
        "kek": hub.kek.hex(),
        "data": str(hub.house.settings.data_dir),
        "fingerprint": fingerprint,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.activating"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(told))
    process.stdin.close()
    return process


def main() -> None:
    """Put it in force, and say when the commit had returned: the machine's clock, which every process reads alike."""
    told = json.load(sys.stdin)
    settings = Settings(Path(told["data"]), ROOT / "policies", ROOT / "hub" / "demo" / "directory.toml", demo=True)
    known = directory.load(settings.directory)
    addresses, kek = Addresses(**told["addresses"]), bytes.fromhex(told["kek"])
    house = assemble(settings, addresses, kek, None, known, Clock())
    house.hub.policies.activate(known.person("ruaridh"), told["fingerprint"], "Read and agreed.")
    print(time.monotonic(), flush=True)  # noqa: T201 - it is told to the test that started this process
    house.close()


if __name__ == "__main__":
    main()
