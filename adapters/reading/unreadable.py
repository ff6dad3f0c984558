"""What is said of bytes that cannot be read: why, where, and what the sender should do, never what they say."""

from __future__ import annotations

from hub.errors import BadInput
from hub.update import Delivery, Refusal

JSON_MEDIA = "application/json"
XML_MEDIA = "application/xml"
TEXT_MEDIA = "text/plain"


class Unreadable(BadInput):
    """The bytes are not what they claim to be. `reason` is stable; `place` is line and column, or a pointer."""

    code = "unreadable"

    def __init__(self, reason: str, place: str, message: str, next_step: str, media_type: str = TEXT_MEDIA) -> None:
        super().__init__(message, next_step)
        self.reason = reason
        self.place = place
        self.media_type = media_type


def unreadable_refusal(delivery: Delivery, error: Unreadable) -> Refusal:
    """One refusal for the whole file, with all its bytes."""
    return Refusal(
        delivery.source,
        error.reason,
        error.place,
        error.message,
        error.next_step,
        delivery.content,
        error.media_type,
    )
