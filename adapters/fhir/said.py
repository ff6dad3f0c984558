"""What clinical resources say in words, whichever release they are written in: values, notes, answers to questions."""

from __future__ import annotations

from adapters.fhir.values import Node, concept_words, nodes, quantity, text, texts, words

_PLAIN = ("String", "Boolean", "Decimal", "Integer", "DateTime", "Date", "Time")


def value_of(node: Node) -> str:
    """The value of an observation, of a part of one or of an answer, with its unit."""
    stated = (
        quantity(node, "valueQuantity"),
        words(node, "valueCodeableConcept"),
        text(node, "valueCoding", "display") or text(node, "valueCoding", "code"),
        *(text(node, f"value{kind}") for kind in _PLAIN),
    )
    return next(filter(None, stated), "")


def labelled(label: str, value: str) -> str:
    """`label: value`, or the one of them that there is."""
    return f"{label}: {value}" if label and value else value or label


def notes_of(node: Node) -> list[str]:
    """Comments and notes."""
    return [*texts(node, "comment"), *texts(node, "note", "text")]


def all_words(node: Node, *path: str) -> list[str]:
    """The words of every concept at a path."""
    return [said for concept in nodes(node, *path) if (said := concept_words(concept))]


def answers_of(node: Node) -> list[str]:
    """Questions with their answers, however deep they are nested; the reader has bounded the depth."""
    found: list[str] = []
    for item in nodes(node, "item"):
        answers = nodes(item, "answer")
        said = "; ".join(value for part in answers if (value := value_of(part)))
        found += [labelled(text(item, "text"), said), *answers_of(item)]
        for part in answers:
            found += answers_of(part)
    return found
