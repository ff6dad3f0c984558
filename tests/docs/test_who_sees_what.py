"""The document of the stories says what the stories say."""

from __future__ import annotations

from consent import scenarios, scenarios_page
from consent.policy import load


def test_the_document_is_the_stories_of_today() -> None:
    policies = scenarios_page.PROJECT / "policies"
    written = scenarios_page.DOCUMENT.read_text(encoding="utf-8").splitlines()
    told = scenarios_page.document(load(policies), policies / scenarios.FOLDER).splitlines()

    stale = sorted({*written} ^ {*told})[:5]
    assert stale == [], "docs/who-sees-what.md is stale: run `make stories`"
    assert written == told
