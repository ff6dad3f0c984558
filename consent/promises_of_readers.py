"""What must be true of any policy, whoever wrote it: who may see anything at all, and what for.

A change here is a decision about children's privacy and safety, and needs a decision record.
"""

from __future__ import annotations

from typing import Final

from consent.decision import Level
from consent.promise import (
    CASEWORK,
    CASEWORKERS,
    CONCERN,
    CONTENT,
    ENQUIRERS,
    FAMILY,
    HEALTH_AND_SCHOOL,
    INTERESTS,
    NOT_CASEWORK,
    NOT_CONSENT,
    NOT_LIVE,
    NOT_PROTECTION,
    OTHERS,
    OWN_TIE,
    PRIVATE,
    PUBLIC,
    STAFF,
    UNTIED,
    USUAL,
    WORKING,
    Bound,
    Change,
    Duty,
    Promise,
)

WHO: Final[tuple[Promise, ...]] = (
    Bound("Somebody whose registration has lapsed sees nothing", ({"registration": ("lapsed",)},), Level.SEALED),
    Bound(
        "A purpose or a basis that may not be stated opens nothing",
        ({"ground": ("not-in-force", "not-for-controller", "not-for-purpose")},),
        Level.SEALED,
    ),
    Bound("Without an agreement nothing opens to staff", ({"agreement": ("none",), "role": STAFF},), Level.SEALED),
    Bound("The reader's own family never opens", ({"relation": ("family",)},), Level.SEALED),
    Duty("Asking for one's own family is told to governance", ("notify-governance",), {"relation": ("family",)}),
    Bound("Governance sees at most that an entry exists", ({"role": ("governance-lead",)},), Level.WITHHELD),
    Bound(
        "Governance sees only for audit, on a duty in law, and neither what is most private nor who works with a child",
        (
            {"role": ("governance-lead",), "purpose": (*CASEWORK, "planning", "own-record")},
            {"role": ("governance-lead",), "basis": ("consent", "contract", "vital-interests", *INTERESTS)},
            {"role": ("governance-lead",), "sensitivity": PRIVATE},
            {"role": ("governance-lead",), "category": ("involvement",)},
        ),
        Level.SEALED,
    ),
    Bound(
        "Planners and administrators see no child's record, nobody does for planning, and governance alone for audit",
        (
            {"role": ("planner", "administrator")},
            {"purpose": ("planning",)},
            {"purpose": ("audit",), "role": (*CASEWORKERS, "third-sector-worker", *FAMILY)},
        ),
        Level.SEALED,
    ),
    Bound(
        "Third-sector workers see only what a recorded decision shares with them",
        (
            {"role": ("third-sector-worker",), "released": ("no",)},
            {"role": ("third-sector-worker",), "category": ("involvement",)},
            {"role": ("third-sector-worker",), "relation": UNTIED},
            {"role": ("third-sector-worker",), "basis": ("consent",), "consent": NOT_LIVE},
        ),
        Level.SEALED,
    ),
    Bound(
        "A reader with no tie to the child, or only the Named Person duty, opens nothing, "
        "save social work and police where a child protection concern is recorded",
        (
            {"relation": UNTIED, **USUAL, "own": ("yes", "no"), "role": (*HEALTH_AND_SCHOOL, "third-sector-worker")},
            {"relation": UNTIED, **USUAL, "own": ("yes", "no"), "role": ENQUIRERS, "purpose": NOT_PROTECTION},
            {"relation": UNTIED, **USUAL, "own": ("yes", "no"), "role": ENQUIRERS, "protection": ("none",)},
        ),
        Level.SEALED,
    ),
    Change(
        "A weaker tie to the child never raises a level",
        "relation",
        (("allocated", "involved"), ("involved", "named-person"), ("involved", "none"), ("none", "family")),
    ),
    Change(
        "For other agencies' entries the Named Person stands as anybody with no tie",
        "relation",
        (("none", "named-person"),),
        ({"own": ("no",)},),
        both=True,
    ),
    Change("A lapsed agreement never raises a level", "agreement", (("current", "none"),)),
)

WHY: Final[tuple[Promise, ...]] = (
    Bound(
        "Asking on consent that is not in force shows at most that an entry exists",
        ({"basis": ("consent",), "consent": NOT_LIVE},),
        Level.WITHHELD,
    ),
    Bound(
        "Consent opens nothing to a reader with no tie to the child, and nothing but for the plan and for care",
        (
            {"basis": ("consent",), "relation": (*UNTIED, "family", *OWN_TIE)},
            {"basis": ("consent",), "purpose": ("child-protection", *NOT_CASEWORK)},
        ),
        Level.SEALED,
    ),
    Change(
        "Refusing, withdrawing or outliving consent, or consent from somebody who could not give it, raises no level",
        "consent",
        tuple((before, after) for before in ("given", "none") for after in NOT_LIVE[1:]),
    ),
    Change(
        "Consent changes nothing unless it is the basis",
        "consent",
        tuple(("given", state) for state in NOT_LIVE),
        ({"basis": NOT_CONSENT},),
        both=True,
    ),
    Bound(
        "Legitimate interests, recognised or not, open nothing to public bodies, and a contract opens nothing at all",
        ({"role": PUBLIC, "basis": INTERESTS}, {"basis": ("contract",)}),
        Level.SEALED,
    ),
    Bound(
        "Child protection needs no consent: those who must act see ordinary and concern entries",
        (
            {**CONCERN, "role": ENQUIRERS, "relation": (*UNTIED, *WORKING)},
            {**CONCERN, "role": ("gp", "health-visitor", "school-nurse", "head-teacher"), "relation": WORKING},
        ),
        least=Level.SHOWN,
    ),
    Change(
        "Less concern for a child's safety never raises a level",
        "protection",
        (("registered", "concern"), ("concern", "none")),
    ),
    Bound(
        "Stating child protection opens nothing of another agency until a concern is recorded",
        ({**USUAL, "category": CONTENT, "purpose": ("child-protection",), "protection": ("none",)},),
        Level.SEALED,
    ),
    Bound(
        "For the child's plan nothing of another agency opens without a live multi-agency plan, "
        "nor to police, nor on a basis that is no duty, save on consent",
        (
            {**OTHERS, "purpose": ("child-plan",), "basis": NOT_CONSENT, "plan": ("none", "single-agency")},
            {**OTHERS, "purpose": ("child-plan",), "basis": NOT_CONSENT, "role": ("police-officer",)},
            {**OTHERS, "purpose": ("child-plan",), "basis": ("contract", "vital-interests", *INTERESTS)},
        ),
        Level.SEALED,
    ),
    Bound(
        "Under a plan GPs, school nurses and head teachers see the summary of another agency's concern at most",
        (
            {
                **OTHERS,
                "purpose": ("child-plan",),
                "basis": NOT_CONSENT,
                "sensitivity": ("concern",),
                "role": ("gp", "school-nurse", "head-teacher"),
            },
        ),
        Level.REDACTED,
    ),
    Bound(
        "A class teacher sees a summary of another agency's entry at most, unless consent or a decision shares it",
        ({**OTHERS, "basis": NOT_CONSENT, "role": ("class-teacher",)},),
        Level.REDACTED,
    ),
    Bound(
        "A class teacher learns no more of another agency's concern than that it is there",
        ({**OTHERS, "basis": NOT_CONSENT, "role": ("class-teacher",), "sensitivity": ("concern",)},),
        Level.WITHHELD,
    ),
    Change(
        "A plan that ends never raises a level",
        "plan",
        (("multi-agency", "single-agency"), ("multi-agency", "none"), ("single-agency", "none")),
    ),
    Change("One agency's plan opens nothing that no plan would not", "plan", (("none", "single-agency"),), both=True),
    Bound(
        "For direct care health staff see other health services' entries, and nobody sees others'",
        (
            {**USUAL, "purpose": ("direct-care",), "basis": NOT_CONSENT, "category": CONTENT[1:]},
            {
                **USUAL,
                "purpose": ("direct-care",),
                "basis": NOT_CONSENT,
                "category": ("health",),
                "role": ("class-teacher", "head-teacher", *ENQUIRERS),
            },
        ),
        Level.SEALED,
    ),
    Bound(
        "For direct care alone another service's concern is at most known to be there",
        (
            {
                **USUAL,
                "purpose": ("direct-care",),
                "basis": NOT_CONSENT,
                "category": ("health",),
                "sensitivity": ("concern",),
            },
        ),
        Level.WITHHELD,
    ),
)

ALL: Final = (*WHO, *WHY)
