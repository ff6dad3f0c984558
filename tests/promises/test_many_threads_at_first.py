"""The first requests after a start come in several threads at once, and the process survives that.

msgspec builds what it knows of a class when the class is first used. Two threads that do so at once end the process
with a segmentation fault (seen with 0.22), so each class is learnt when its module is loaded.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

TRIES = 6
RACE = """
import sys, threading
{prepare}
sys.setswitchinterval(1e-6)
together = threading.Barrier(4)
def first():
    together.wait()
    for _ in range(50):
        {use}
threads = [threading.Thread(target=first) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
"""
FIRST = {
    "our own envelope": (
        """
from adapters.hub_cloudevents import translate
from hub.update import Delivery
from tests.promises.load import event
delivery = Delivery("hub-cloudevents", "", event(1, 1))
""",
        "list(translate(delivery))",
    ),
    "events of the log": (
        """
from tests.promises import test_stored_names_only_grow as names
stored = [names.on_file(name)[0] for name in names.NAMES]
""",
        "[names.opened(one) for one in stored]",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", FIRST)
def test_the_first_use_by_four_threads_at_once_is_survived(what: str) -> None:
    prepare, use = FIRST[what]
    script = RACE.format(prepare=prepare, use=use)

    codes = [subprocess.run([sys.executable, "-c", script], check=False).returncode for _ in range(TRIES)]

    assert codes == [0] * TRIES
