"""The words of the inbox, of what people say they do about an entry, and of concerns without an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from consent.inbox_terms import ACTING, NOT_FOR_ME, ROLES, SEEN
from hub.directory import Organisation
from hub.people import Practitioner, Role

KINDS: Final = {
    "new": "New",
    "corrected": "Corrected since you read it",
    "passed": "Passed to you",
}
SAID: Final = {
    SEEN: "You have seen it.",
    ACTING: "You are acting on it.",
    NOT_FOR_ME: "It is not for you, and is passed on.",
}


def may(reader: Practitioner) -> bool:
    """Tell whether somebody in this role says what they do about entries."""
    return reader.role in ROLES


def passed_to(organisations: Sequence[Organisation]) -> dict[str, str]:
    """List to whom something can be passed on: whoever does some kind of work, and every organisation."""
    roles = {role.value: f"Any {role.label if role is Role.GP else role.label.lower()}" for role in ROLES}
    return {"": "Choose one"} | roles | {one.code: one.name for one in organisations}
