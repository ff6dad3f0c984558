"""What must be true of any policy, whoever wrote it: which entries stay closed, whoever asks.

A change here is a decision about children's privacy and safety, and needs a decision record.
"""

from __future__ import annotations

from typing import Final

from consent.decision import Level
from consent.promise import (
    CASEWORK,
    CASEWORKERS,
    CONTENT,
    EVERYDAY,
    FAMILY,
    HEALTH_AND_SCHOOL,
    IN_ORDER,
    INTERESTS,
    NOT_CASEWORK,
    NOT_LIVE,
    NOT_PROTECTION,
    OFFICES,
    OWN_TIE,
    PRIVATE,
    SEALED,
    STAFF,
    STATUTORY,
    UNTIED,
    WORKING,
    Bound,
    Change,
    Duty,
    Promise,
)

_CARD = {"category": ("involvement",)}
_SAFE = {"safe_address": ("set",)}
_CONFIDENTIAL = {"own": ("no",), "sensitivity": ("confidential-health",), "released": ("no",)}

KINDS: Final[tuple[Promise, ...]] = (
    Bound(
        "What is taken out is one's own agency's, of the child alone, with no secret address and no emergency",
        ({"own": ("no",)}, {"third_party": ("yes",)}, _SAFE, {"emergency": ("open",)}, _CARD),
        Level.SHOWN,
    ),
    Duty("What may be taken out carries a watermark", ("watermark",), least=Level.EXPORTABLE),
    Bound(
        "Outside child protection, another agency's words about a third person stay a summary at most, "
        "unless a decision shares the very entry",
        ({"own": ("no",), "third_party": ("yes",), "purpose": NOT_PROTECTION, "released": ("no",)},),
        Level.REDACTED,
    ),
    Change("Naming a third person never raises a level", "third_party", (("no", "yes"),)),
    Bound(
        "The most private kinds of entry of another agency stay sealed, unless a decision shares the very entry",
        ({"own": ("no",), "sensitivity": SEALED, "released": ("no",)},),
        Level.SEALED,
    ),
    Bound(
        "Adoption opens to nobody outside the agency that keeps it",
        ({"own": ("no",), "sensitivity": ("adoption",)},),
        Level.SEALED,
    ),
    Bound(
        "Confidential health information of another agency is at most known to exist, unless a decision shares it",
        (_CONFIDENTIAL,),
        Level.WITHHELD,
    ),
    Bound(
        "Confidential health information is known to exist only to the health visitor or social worker allocated to "
        "the child, in child protection, and to the young person",
        (
            {**_CONFIDENTIAL, "role": STAFF, "relation": (*UNTIED, "involved")},
            {**_CONFIDENTIAL, "role": STAFF, "protection": ("none",)},
            {**_CONFIDENTIAL, "role": tuple(role for role in STAFF if role not in {"health-visitor", "social-worker"})},
        ),
        Level.SEALED,
    ),
    Change(
        "More private never means more open",
        "sensitivity",
        (
            ("ordinary", "concern"),
            ("concern", "confidential-health"),
            *(("confidential-health", label) for label in SEALED),
        ),
    ),
)
"""By what an entry is."""

SHARED: Final[tuple[Promise, ...]] = (
    Bound(
        "A decision to share a private entry opens it to those who work with the child, for that work alone, "
        "and to police and social work for child protection",
        (
            {"own": ("no",), "sensitivity": PRIVATE, "role": (*OFFICES, "parent")},
            {"own": ("no",), "sensitivity": PRIVATE, "role": STAFF, "purpose": NOT_CASEWORK},
            {
                "own": ("no",),
                "sensitivity": PRIVATE,
                "role": (*HEALTH_AND_SCHOOL, "third-sector-worker"),
                "relation": UNTIED,
            },
            {"own": ("no",), "sensitivity": PRIVATE, "relation": UNTIED, "purpose": ("child-plan", "direct-care")},
            {"own": ("no",), "sensitivity": PRIVATE, "basis": ("consent",), "consent": NOT_LIVE},
            {"own": ("yes",), "role": CASEWORKERS, "relation": UNTIED, "protection": ("none",), "emergency": ("none",)},
        ),
        Level.SEALED,
    ),
    Change("A decision to share an entry never closes anything", "released", (("yes", "no"),)),
    Change(
        "A decision to share changes nothing of adoption, of who works with the child, or for offices and families",
        "released",
        (("no", "yes"),),
        ({"sensitivity": ("adoption",)}, {**_CARD, "third_party": ("no",)}, {"role": (*OFFICES, *FAMILY)}),
        both=True,
    ),
)
"""By a recorded decision to share the very entry."""

EMERGENCY: Final[tuple[Promise, ...]] = (
    Change(
        "Emergency access changes nothing of the most private kinds, nor for those who have no part in it, "
        "nor on another basis or for another purpose",
        "emergency",
        (("none", "open"),),
        (
            {"own": ("no",), "sensitivity": PRIVATE},
            {"own": ("no",), "role": ("class-teacher", "third-sector-worker", *OFFICES, *FAMILY)},
            {"own": ("no",), "relation": ("family", *OWN_TIE)},
            {"own": ("no",), "basis": ("legal-obligation", "public-task", "consent")},
            {"own": ("no",), "purpose": ("child-plan", *NOT_CASEWORK)},
        ),
        both=True,
    ),
    Change(
        "Emergency access closes nothing of another agency",
        "emergency",
        (("open", "none"),),
        ({"own": ("no",)},),
    ),
    Duty(
        "Every emergency reading is told to the Lead Professional and to governance, and reviewed",
        ("notify-lead-professional", "notify-governance", "review"),
        {
            "emergency": ("open",),
            "basis": ("vital-interests",),
            "purpose": ("child-protection", "direct-care"),
            "relation": UNTIED,
            "protection": ("none",),
            "released": ("no",),
        },
        Level.WITHHELD,
    ),
)
"""By emergency access."""

SAFETY: Final[tuple[Promise, ...]] = (
    Change("A secret address never raises a level", "safe_address", (("none", "set"),)),
    Bound(
        "With a secret address, another agency's words about a third person are at most known to be there, "
        "outside child protection",
        (
            {
                "own": ("no",),
                "third_party": ("yes",),
                "purpose": ("child-plan", "direct-care"),
                "category": CONTENT,
                **_SAFE,
            },
        ),
        Level.WITHHELD,
    ),
    Bound(
        "With a secret address, what is said of violence is a summary at most to all but the allocated worker, "
        "outside child protection",
        (
            {
                "sensitivity": ("gender-based-violence",),
                "purpose": ("child-plan", "direct-care"),
                "relation": ("involved",),
                **_SAFE,
            },
        ),
        Level.REDACTED,
    ),
    Bound(
        "With a secret address, how to reach who works with the child is told to their own agency "
        "and the allocated worker alone",
        ({"own": ("no",), "relation": (*UNTIED, "involved", *OWN_TIE), **_CARD, **_SAFE},),
        Level.REDACTED,
    ),
)
"""By an address that has to be kept secret."""

CARD: Final[tuple[Promise, ...]] = (
    Bound(
        "Who works with the child is told to nobody without a tie, save to police and social work "
        "where a concern is recorded, and in an emergency",
        (
            {**_CARD, "relation": UNTIED, "emergency": ("none",), "purpose": NOT_PROTECTION},
            {**_CARD, "relation": UNTIED, "emergency": ("none",), "protection": ("none",)},
            {**_CARD, "relation": UNTIED, "emergency": ("none",), "role": (*HEALTH_AND_SCHOOL, "third-sector-worker")},
        ),
        Level.SEALED,
    ),
    Bound(
        "A service of the most private kind is named among those who work with the child to its own agency's staff "
        "who do so too, and to nobody else",
        (
            {**_CARD, "sensitivity": SEALED, "own": ("no",)},
            {**_CARD, "sensitivity": PRIVATE, "relation": (*UNTIED, *OWN_TIE, "family")},
            {**_CARD, "sensitivity": PRIVATE, "role": ("class-teacher", "third-sector-worker", *OFFICES, *FAMILY)},
            {**_CARD, "sensitivity": ("adoption",)},
        ),
        Level.SEALED,
    ),
    Bound(
        "Of a service that works with the child in confidence no other agency learns more than that there is one",
        ({**_CARD, "sensitivity": ("confidential-health",), "own": ("no",)},),
        Level.WITHHELD,
    ),
    Bound(
        "Of those who work with the child nothing is said of a third person, save in an emergency",
        ({**_CARD, "third_party": ("yes",), "emergency": ("none",)},),
        Level.SEALED,
    ),
    Bound(
        "Whoever works with a child can learn who else does, plan or no plan",
        (
            {
                **_CARD,
                **IN_ORDER,
                "role": CASEWORKERS,
                "relation": WORKING,
                "purpose": CASEWORK,
                "basis": STATUTORY,
                "sensitivity": ("ordinary",),
                "third_party": ("no",),
            },
        ),
        least=Level.REDACTED,
    ),
)
"""The involvement card."""

HOME: Final[tuple[Promise, ...]] = (
    Bound(
        "Children and parents read their own record alone, for that purpose alone, on their right of access",
        (
            {"role": ("young-person",), "relation": (*UNTIED, *WORKING, "family", "parental")},
            {"role": ("parent",), "relation": (*UNTIED, *WORKING, "family", "self")},
            {"role": FAMILY, "purpose": (*CASEWORK, "audit", "planning")},
            {"role": FAMILY, "basis": ("consent", "contract", "vital-interests", "public-task", *INTERESTS)},
            {"role": STAFF, "relation": OWN_TIE},
            {"role": STAFF, "purpose": ("own-record",)},
        ),
        Level.SEALED,
    ),
    Bound(
        "A parent sees nothing where an address has to be kept secret, nothing of a third person, "
        "and nothing but ordinary entries",
        (
            {"role": ("parent",), **_SAFE},
            {"role": ("parent",), "third_party": ("yes",)},
            {"role": ("parent",), "sensitivity": ("concern", *PRIVATE)},
        ),
        Level.SEALED,
    ),
    Bound("A parent sees a summary at most", ({"role": ("parent",)},), Level.REDACTED),
    Bound("A young person takes nothing out here", ({"role": ("young-person",)},), Level.SHOWN),
    Bound(
        "A young person sees concerns in summary, and so everything where an address has to be kept secret",
        ({"role": ("young-person",), "sensitivity": ("concern",)}, {"role": ("young-person",), **_SAFE}),
        Level.REDACTED,
    ),
    Bound(
        "A young person may know that private health or another person is spoken of, and no more",
        (
            {"role": ("young-person",), "sensitivity": ("confidential-health",)},
            {"role": ("young-person",), "third_party": ("yes",), "category": CONTENT},
        ),
        Level.WITHHELD,
    ),
    Bound(
        "A young person reads what is ordinary in their own story",
        (
            {
                "role": ("young-person",),
                "relation": ("self",),
                "registration": ("active",),
                "ground": ("valid",),
                "purpose": ("own-record",),
                "basis": ("legal-obligation",),
                "own": ("no",),
                "category": CONTENT,
                "sensitivity": EVERYDAY,
                "third_party": ("no",),
            },
        ),
        least=Level.REDACTED,
    ),
)
"""The child's and the parent's own reading."""

ALL: Final = (*KINDS, *SHARED, *EMERGENCY, *SAFETY, *CARD, *HOME)
