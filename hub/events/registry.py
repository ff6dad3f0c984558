"""The closed list of everything the ledger can hold. Importing this registers every event."""

from __future__ import annotations

from hub.events import (
    access,
    circumstances,
    editions,
    emergency,
    identity,
    inbox,
    knowing,
    partnership,
    policy,
    records,
    requests,
    sharing,
    views,
)
from hub.events.base import known_topics, learn

__all__ = [
    "access",
    "circumstances",
    "editions",
    "emergency",
    "identity",
    "inbox",
    "knowing",
    "known_topics",
    "partnership",
    "policy",
    "records",
    "requests",
    "sharing",
    "views",
]

learn()
