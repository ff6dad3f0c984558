"""What is said to a system that writes for the hub and made a mistake: where, what is wrong, what belongs there."""

from __future__ import annotations

import re
from typing import Final

from adapters.cloudevents.event import Fault
from adapters.hub_cloudevents.schema import NAME, at

_SAID: Final = re.compile(r"(?s)(.*?)(?: - at `\$(.*)`)?")
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`")
_UNKNOWN: Final = re.compile(r"(?s)Object contains unknown field `.*`")
_KINDS: Final = re.compile(r"Expected `([a-z |]+)`, got `([a-z]+)`")
_IN_WORDS: Final = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def fault_of(error: str) -> Fault:
    """The fault that msgspec's words for it stand for. They may quote the record, so none of them are passed on."""
    found = _SAID.fullmatch(error)
    said, path = (found[1], found[2] or "") if found else ("", "")
    place = "/data" + re.sub(r"\.(\w+)|\[(\d+)\]", lambda step: f"/{step[1] or step[2]}", path)
    if missing := _MISSING.fullmatch(said):
        return _fault("missing-field", f"{place}/{missing[1]}", "A field that every record has is missing.")
    if _UNKNOWN.fullmatch(said):
        return _unknown(place)
    if kinds := _KINDS.fullmatch(said):
        return _fault("wrong-type", place, f"This must be {_words(kinds[1])}, and {_words(kinds[2])} was sent.")
    if said.startswith("Invalid enum value"):
        return _fault("bad-value", place, "The value is none of those that may stand here.")
    if " of length " in said:
        return _fault("bad-value", place, "The value is empty, or longer than it may be.")
    return _fault("bad-value", place, "The value is not written as it must be.")


def bad_value(place: str, message: str) -> Fault:
    """A value that its description alone cannot judge; `place` is a pointer into the event."""
    return _fault("bad-value", place, message)


def _fault(reason: str, place: str, message: str) -> Fault:
    return Fault(reason, message, _belongs(place), place)


def _unknown(place: str) -> Fault:
    """The field's name is the sender's own and could be content, so it shows as `?`."""
    known = ", ".join(at(place).get("properties", ()))
    message = "The envelope has no field of this name in this object."
    return Fault(
        "unknown-field", message, f"Leave it out, or mend its name. The fields here are: {known}.", f"{place}/?"
    )


def _belongs(place: str) -> str:
    field = at(place)
    parts = [str(field.get("description", f"See the schema of {NAME}."))]
    if "enum" in field and not place.endswith("/code"):
        parts.append(f"One of: {', '.join(one for one in field['enum'] if one)}.")
    if "maxLength" in field:
        parts.append(f"At most {field['maxLength']} characters.")
    if "maxItems" in field:
        parts.append(f"At most {field['maxItems']} of them.")
    return f"What belongs here: {' '.join(parts)}"


def _words(kinds: str) -> str:
    return " or ".join(_IN_WORDS.get(kind.strip(), "a value") for kind in kinds.split("|"))
