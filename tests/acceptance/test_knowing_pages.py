"""In a real browser: somebody is told of a correction and takes note; a lead sees who was told, and who knew what."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.acceptance.browser import Browser, missing
from tests.acceptance.test_working_pages import TALL, look, served, sign_in, window  # noqa: F401 - fixtures, by their names
from tests.fix_hub import TestHub
from tests.recalling import corrected
from tests.stating import acknowledged
from tests.stories import entry_on, on, read

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]
DAY = "2024-09-01"


def test_a_correction_is_told_and_noted_and_a_lead_sees_who_knew_what_when(
    hub: TestHub,
    served: tuple[str, UUID],  # noqa: F811 - the fixture
    window: Browser,  # noqa: F811 - the fixture
    look: Callable[[str], list[str]],  # noqa: F811 - the fixture
) -> None:
    address, child = served
    found = entry_on(read(hub, "fiona", child), DAY)
    assert found is not None
    read(hub, "callum", child)
    acknowledged(hub, child, found.entry, "fiona", "acting")
    corrected(hub, "gp", "ordinary", 1, occurred=on(DAY), headline="It was the other ear")

    window.size(1280, TALL)
    sign_in(window, address, "fiona")
    listed, faults = window.text(), look("told")
    window.follow("a[href='/corrections']")
    told = window.text()
    faults += look("corrections")
    window.follow(f"form[action='/corrections/{found.entry}/note'] button")
    noted = window.text()
    window.open(f"{address}/children/{child}/who-knew")
    faults += look("who-knew-fiona")
    window.open(f"{address}/sign-in")
    sign_in(window, address, "eilidh")
    window.open(f"{address}/corrections")
    faults += look("governance")
    window.follow(f"a[href='/corrections/{found.entry}']")
    account = window.text()
    faults += look("account")
    window.open(f"{address}/children/{child}/who-knew")
    faults += look("who-knew-eilidh")

    assert "1 entry that you were told of was corrected or taken back" in listed
    assert "It was corrected after you were told of it." in told
    assert "To take note of (0)" in noted
    assert "1 of 1 took note." in account
    assert "Acting on it" in window.text()
    assert faults == []
