"""The document of the quality checks says what the checks and their examples say."""

from __future__ import annotations

from tests.quality import page


def test_the_document_is_the_checks_of_today() -> None:
    written = page.DOCUMENT.read_text(encoding="utf-8").splitlines()
    told = page.document().splitlines()

    stale = sorted({*written} ^ {*told})[:5]
    assert stale == [], "docs/quality-checks.md is stale: run `python -m tests.quality.page`"
    assert written == told
