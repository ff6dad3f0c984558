"""In a real browser a governance lead sees all that waits, takes note of a refusal, and finds who took note."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from hub.events.sharing import ConsentGiven
from tests.acceptance.browser import Browser, missing
from tests.acceptance.test_working_pages import TALL, look, served, sign_in, window  # noqa: F401 - fixtures, by their names
from tests.asking import ASK
from tests.emergencies import opened
from tests.fix_hub import TestHub
from tests.integration.test_attention import refused
from tests.stating import tie
from tests.stories import consent

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]


def test_a_lead_finds_in_one_place_what_waits_and_takes_note(
    hub: TestHub,
    served: tuple[str, UUID],  # noqa: F811 - the fixture
    window: Browser,  # noqa: F811 - the fixture
    look: Callable[[str], list[str]],  # noqa: F811 - the fixture
) -> None:
    address, child = served
    tie(hub, child, "family", "morag")
    refused(hub, "morag", child)
    reading = refused(hub, "morag", child)
    opened(hub, "shona", child)
    hub.house.hub.sharing.request(hub.person("fiona"), child, ASK)
    hub.house.catch_up()

    window.size(1280, TALL)
    sign_in(window, address, "eilidh")
    window.follow("a[href='/waiting']")
    waiting = window.text()
    faults = look("waiting")
    window.follow(f"form[action='/waiting/{reading}'] button")
    hub.house.catch_up()
    window.open(f"{address}/waiting")
    noted = window.text()
    faults += look("noted")
    window.follow("a[href='/emergency/reviews']")

    assert "To take note of (1)" in waiting
    assert "2 times since" in waiting
    assert "Emergency access to review (1)" in waiting
    assert "Nothing waits for a note." in noted
    assert "Taken note of" in noted
    assert faults == []


def test_whoever_works_with_a_child_is_asked_to_look_again_at_who_decides(
    hub: TestHub,
    served: tuple[str, UUID],  # noqa: F811 - the fixture
    window: Browser,  # noqa: F811 - the fixture
    look: Callable[[str], list[str]],  # noqa: F811 - the fixture
) -> None:
    address, child = served
    consent(hub, ConsentGiven, child, given_by="parent")
    hub.clock.at = hub.clock.at.replace(year=2031)

    window.size(1280, TALL)
    sign_in(window, address, "fiona")
    faults = look("children")
    listed = window.text()
    window.follow(f"a[href='/children/{child}/consents']")
    faults += look("consents")

    assert "Turned 12 since it was last said that a parent or carer decides." in listed
    assert "Look again at who decides." in window.text()
    assert faults == []
