"""What column maps read goes into a real hub: twice is once, any order tells the same, and a later set is compared."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from adapters import sources
from hub.update import Delivery, Translated
from tests.contract.adapter import samples
from tests.fix_hub import TestHub

MAPPED = tuple(name for name in sources.names() if sources.source(name).module == "column_map")
STANDING = (
    "select source, code, occurred_start, headline, detail, retracted from read.entries where known_to = 'infinity' "
    "order by source, code, occurred_start, headline, detail"
)


def read(deliveries: Iterable[Delivery]) -> list[Translated]:
    return [
        one for delivery in deliveries for one in sources.translate(delivery, record_limit=1 << 20, file_limit=1 << 26)
    ]


def outcomes(hub: TestHub, records: list[Translated]) -> Counter[str]:
    return Counter(str(one.outcome) for one in hub.house.hub.intake.receive(records).results)


def story(hub: TestHub) -> list[tuple[object, ...]]:
    hub.house.catch_up()
    with hub.as_owner() as connection:
        return connection.execute(STANDING).fetchall()


@pytest.mark.parametrize("source", MAPPED)
def test_samples_sent_twice_are_taken_once_and_in_any_order_tell_the_same(
    make_hub: Callable[[], TestHub], source: str
) -> None:
    records = read(samples(source))
    shuffled = random.Random(903).sample(records, len(records))  # noqa: S311 - an order that can be repeated
    first, second = make_hub(), make_hub()

    taken = outcomes(first, records)

    assert taken.total() == len(records)
    assert not taken["conflict"]
    assert set(outcomes(first, records)) == {"duplicate"}
    outcomes(second, shuffled)
    assert set(outcomes(second, records)) == {"duplicate"}
    assert story(first)
    assert story(first) == story(second)


def test_a_withdrawn_concern_is_taken_back_whichever_comes_first(hub: TestHub) -> None:
    records = read(reversed(samples("police-concern")))

    outcomes(hub, records)

    withdrawn = [row for row in story(hub) if row[-1]]
    assert len(withdrawn) == 1


def test_a_later_set_that_lacks_a_record_asks_a_person_and_takes_nothing_away(hub: TestHub) -> None:
    header = b"CHILD,DOB,REVIEW,REVIEW_CODE\n"
    first = Delivery("ssda903", "990_2026_2026-07-10_reviews.csv", header + _review(1) + _review(2))
    second = Delivery("ssda903", "990_2026_2026-08-01_reviews.csv", header + _review(1))

    hub.house.hub.intake.receive(read([first]), whole=True)
    receipt = hub.house.hub.intake.receive(read([second]), whole=True)

    assert receipt.absent == 1
    assert len(story(hub)) == 2


def _review(number: int) -> bytes:
    return f"LC-{number},14/03/2019,06/06/2025,PN3\n".encode()


@pytest.mark.slow
def test_the_published_looked_after_return_goes_in_whole_and_again_changes_nothing(hub: TestHub, shared: Path) -> None:
    folder = shared / "samples" / "ssda903"
    files = [Delivery("ssda903", f"301_2025_{file.name}", file.read_bytes()) for file in sorted(folder.glob("*.csv"))]
    records = read(files)

    first, second = outcomes(hub, records), outcomes(hub, records)

    assert first == {"accepted": len(records) - 3, "duplicate": 2, "quarantined": 1}
    assert second == {"duplicate": len(records)}
