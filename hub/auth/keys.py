"""The hub's own signing keys: made where they are used, never moved, readable by their owner alone."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from joserfc.jwk import OKPKey

from hub.errors import HalfConfigured


def own_key(path: Path) -> OKPKey:
    """The hub's own signing key in this file, made there at first use; its owner alone may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise HalfConfigured("A signing key can be read by others.", "Delete it or make it private.")
    return OKPKey.import_key(json.loads(path.read_text(encoding="utf-8")))


def public_half(key: OKPKey) -> OKPKey:
    """What of a key may be shown: it proves and cannot sign."""
    return OKPKey.import_key({**key.as_dict(private=False), "kid": key.kid or ""})


def _make(path: Path) -> None:
    """Write the key whole or not at all; whoever comes second uses the first one's key."""
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(key.as_dict(private=True), file)
    with contextlib.suppress(FileExistsError):  # another process was quicker, and its key is as good
        os.link(draft, path)
    draft.unlink()
