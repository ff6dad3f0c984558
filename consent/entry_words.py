"""The coded words of an entry as people read them: how sure it is, how it is known, and what it means for wellbeing."""

from __future__ import annotations

from typing import Final

ASSERTIONS: Final = {
    "fact": "Fact",
    "opinion": "Professional opinion",
    "allegation": "Allegation",
    "self-report": "What somebody said of themselves",
}
SOURCES: Final = {
    "direct-observation": "Seen or heard by whoever recorded it",
    "told-by-child": "Told by the child",
    "told-by-parent": "Told by a parent or carer",
    "told-by-professional": "Told by another professional",
    "document": "From a document",
    "automated-feed": "Automated feed",
}
STATED: Final = {word: label for word, label in SOURCES.items() if word != "automated-feed"}
"""Those that a person can say."""
TURNING: Final = {"progress": "Progress", "relapse": "Relapse", "turning-point": "Turning point"}
SEEN: Final = {"seen": "Child seen", "seen-alone": "Child seen alone", "not-seen": "Child not seen"}
WELLBEING: Final = {
    "safe": "Safe",
    "healthy": "Healthy",
    "achieving": "Achieving",
    "nurtured": "Nurtured",
    "active": "Active",
    "respected": "Respected",
    "responsible": "Responsible",
    "included": "Included",
}
"""The eight indicators of wellbeing (SHANARRI)."""
TRIANGLE: Final = {
    "how-i-grow": "How I grow and develop",
    "what-i-need": "What I need from the people who look after me",
    "my-wider-world": "My wider world",
}
"""The sides of the My World Triangle."""
VALENCES: Final = {
    "strength": "Strength",
    "concern": "Concern",
    "mixed": "Strength and concern",
    "neutral": "Neither",
}
SIGNIFICANCES: Final = {"routine": "Routine", "notable": "Notable", "significant": "Significant"}
ABOUT: Final = {
    "child": "The child",
    "parent": "A parent",
    "carer": "A carer",
    "sibling": "A brother or sister",
    "household": "The household",
    "other-adult": "Another adult",
}
SENSITIVITIES: Final = {
    "ordinary": "Ordinary",
    "concern": "Concern about the child's wellbeing",
    "confidential-health": "Confidential health information",
    "sexual-health": "Sexual or reproductive health",
    "criminal": "Criminal offences",
    "police-restricted": "Restricted by the police",
    "restricted": "Restricted for another reason",
    "gender-based-violence": "Violence in the home, or an address to be kept secret",
    "adoption": "Adoption",
}
STATUSES: Final = {"active": "", "corrected": "Corrected", "disputed": "Disputed"}
BY_HAND: Final = "hub-practitioner"
"""The source of what people record in the hub themselves."""


def known_by(source_kind: str, source: str) -> str:
    """How it came to be known: as stated, else what is so of every feed; empty where nobody said."""
    return SOURCES.get(source_kind, "" if source in {"", BY_HAND} else SOURCES["automated-feed"])


def wellbeing(words: tuple[str, ...]) -> str:
    """The indicators, in their usual order."""
    return ", ".join(label for word, label in WELLBEING.items() if word in words)


def triangle(words: tuple[str, ...]) -> str:
    """The sides, in their usual order."""
    return "; ".join(label for word, label in TRIANGLE.items() if word in words)
