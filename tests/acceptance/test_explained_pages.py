"""In a real browser a governance lead goes from the log to a reading explained; a teacher learns what to ask for."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.acceptance.browser import Browser, missing
from tests.acceptance.test_working_pages import TALL, look, served, sign_in, window  # noqa: F401 - fixtures, by their names
from tests.fix_hub import TestHub
from tests.stories import CONSENT, entry_on, read

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")]


def test_a_lead_follows_the_log_to_a_reading_and_to_one_entry_of_it(
    hub: TestHub,
    served: tuple[str, UUID],  # noqa: F811 - the fixture
    window: Browser,  # noqa: F811 - the fixture
    look: Callable[[str], list[str]],  # noqa: F811 - the fixture
) -> None:
    address, child = served
    shown = read(hub, "callum", child)
    hub.house.catch_up()

    window.size(1280, TALL)
    sign_in(window, address, "eilidh")
    faults = look("log")
    window.follow(f"a[href='/log/{shown.reading}']")
    whole = window.text()
    faults += look("reading")
    window.run("document.querySelector('#entry').value = arguments[0]", str(shown.entries[0].entry))
    window.follow("form.hub-ask button")
    alone = window.text()
    faults += look("one-entry")

    assert "Event behind it" in whole
    assert "What would lawfully alter it" in whole
    assert alone.count("Rule that decided") == 1
    assert faults == []


def test_a_teacher_reads_what_could_be_asked_for(
    hub: TestHub,
    served: tuple[str, UUID],  # noqa: F811 - the fixture
    window: Browser,  # noqa: F811 - the fixture
    look: Callable[[str], list[str]],  # noqa: F811 - the fixture
) -> None:
    address, child = served
    entry = entry_on(read(hub, "callum", child, **CONSENT), "2024-09-01")
    assert entry is not None

    sign_in(window, address, "callum")
    window.open(f"{address}/children/{child}/entries/{entry.entry}/why?purpose=child-plan&basis=consent")

    assert "What could be asked for" in window.text()
    assert look("why") == []
