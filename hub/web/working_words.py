"""The words of the pages about who works with a child and what is on record of consent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.people import Agency

DUTIES: Final[Mapping[str, str]] = {
    "lead-professional": "Lead Professional",
    "named-person": "Named Person",
    "works-with": "Works with the child",
    "gp-practice": "GP practice",
    "health-visiting-team": "Health visiting team",
    "school": "School or nursery",
    "class-teacher": "Class teacher",
    "allocated-social-worker": "Allocated social worker",
}
STATED: Final = {duty: DUTIES[duty] for duty in ("lead-professional", "named-person", "works-with")}
"""The duties that people state; of the others agencies' own records tell."""

LIMITS: Final[Mapping[str, str]] = {
    "named-person": "Being the Named Person does not by itself open any record.",
    "works-with": "Sees what the Lead Professional shares with it.",
}
"""What a duty cannot do, where others may think that it can."""

STATES: Final[Mapping[str, str]] = {
    "given": "Given",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
    "expired": "Has run out",
    "without-capacity": "On record, and does not count",
    "assessed-capable": "Can decide about their own information",
    "assessed-not-yet": "Cannot decide about their own information yet",
    "set": "To be kept secret",
    "lifted": "No longer to be kept secret",
}
KINDS: Final[Mapping[str, str]] = {"consent": "Consent", "capacity": "Capacity", "safe-address": "Address"}
WHATS: Final[Mapping[str, str]] = {"give": "Given", "refuse": "Refused", "withdraw": "Withdrawn"}
GIVERS: Final[Mapping[str, str]] = {"child": "The child", "parent": "A parent", "carer": "A carer"}
WAYS: Final[Mapping[str, str]] = {"": "Not stated", "spoken": "Spoken", "written": "In writing", "form": "On a form"}
CATEGORIES: Final[Mapping[str, str]] = {
    "health": "Health",
    "education": "School or nursery",
    "social-work": "Social work",
    "police": "Police contact",
}
CAPACITIES: Final = {state: STATES[state] for state in ("assessed-capable", "assessed-not-yet")}
TELLING: Final[Mapping[str, str]] = {
    "ordinary": "Nothing special",
    "gender-based-violence": "Violence or abuse in the home",
    "confidential-health": "Confidential health",
    "sexual-health": "Sexual health",
    "criminal": "Offences",
    "police-restricted": "Restricted by the police",
}
RECIPIENTS: Final = {one.value: one.label for one in Agency if one.sends}
SAID: Final[Mapping[str, str]] = {
    "consent": "The decision about consent is recorded.",
    "capacity": "The assessment is recorded.",
    "duty": "The duty is recorded.",
    "safe-address": "What was said of the address is recorded.",
}
