"""How much systems may ask at once: who asks for more is told when to come again, and nobody keeps the others out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.api.app import create
from hub.api.limits import Places, Rates
from hub.auth import AgencyClient
from hub.cli.running import names
from hub.errors import Busy, StoreUnavailable, TooMany
from hub.people import Agency
from hub.settings import Limits, from_environment
from tests.door import CLIENT, Door
from tests.fake_hub import translate
from tests.knocking import Caller

OTHER = AgencyClient("south-board", Agency.HEALTH_VISITING, ("nems",), "HV-SOUTH")


def spent(rates: Rates, client: str, most: int = 1_000) -> int:
    """How many requests get through at one moment."""
    for number in range(most):
        try:
            rates.spend(client)
        except TooMany:
            return number
    return most


def test_a_bucket_holds_ten_seconds_worth_and_fills_as_time_goes() -> None:
    clock = [0.0]
    rates = Rates(60, lambda: clock[0])

    assert spent(rates, "a") == 10
    assert spent(rates, "b") == 10  # one system's haste is not another's
    with pytest.raises(TooMany) as refused:
        rates.spend("a")
    assert refused.value.retry_after == 1
    clock[0] += refused.value.retry_after
    rates.spend("a")
    clock[0] += 3600
    assert spent(rates, "a") == 10


def test_a_slow_rate_says_how_long_to_wait() -> None:
    rates = Rates(1, lambda: 0.0)
    rates.spend("a")

    with pytest.raises(TooMany) as refused:
        rates.spend("a")

    assert refused.value.retry_after == 60


async def _crowd(places: Places, *clients: str) -> list[str]:
    """What becomes of deliveries that all come at once and of which none ends before all have come."""
    go = asyncio.Event()

    async def one(client: str) -> str:
        try:
            async with places.visit(client) as visit, visit.working():
                await go.wait()
        except Busy:
            return "busy"
        return "in"

    tasks = [asyncio.create_task(one(client)) for client in clients]
    await asyncio.sleep(0.05)
    go.set()
    return await asyncio.gather(*tasks)


def test_only_so_many_are_taken_in_and_wait_and_the_rest_are_sent_away_at_once() -> None:
    found = asyncio.run(_crowd(Places(2, 2), *"abcdef"))

    assert found == ["in"] * 4 + ["busy"] * 2


def test_no_system_has_more_than_half_of_the_room() -> None:
    found = asyncio.run(_crowd(Places(2, 2), *"aaaab"))

    assert found == ["in", "in", "busy", "busy", "in"]


def test_who_has_waited_long_enough_is_sent_away_and_leaves_no_trace() -> None:
    async def slow() -> list[str]:
        places = Places(1, 4, patience=0.02)
        first = await _crowd(places, "a", "b")
        return first + await _crowd(places, "c")

    assert asyncio.run(slow()) == ["in", "busy", "in"]


async def _working(places: Places, *clients: str) -> list[str]:
    """Whose deliveries are at work, once all have come and none has ended."""
    at_work: list[str] = []

    async def one(client: str) -> None:
        async with places.visit(client) as visit, visit.working():
            at_work.append(client)
            await asyncio.sleep(10)

    tasks = [asyncio.create_task(one(client)) for client in clients]
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return at_work


def test_no_system_works_at_more_than_half_of_the_places_and_the_next_ones_work_at_once() -> None:
    async def twice() -> list[str]:
        places = Places(4, 32)
        return await _working(places, *"aaaaaabc") + ["then"] + await _working(places, *"aab")

    assert asyncio.run(twice()) == [*"aabc", "then", *"aab"]


def test_one_place_alone_is_anybodys() -> None:
    assert asyncio.run(_working(Places(1, 4), *"aab")) == ["a"]


async def _pieces(*sizes: int) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"x" * size


async def _reads(places: Places, client: str, *sizes: int, then: asyncio.Event | None = None) -> str:
    """What becomes of a body of these pieces, held until it may end."""
    try:
        async with places.visit(client) as visit:
            async for _ in visit.counted(_pieces(*sizes)):
                pass
            if then:
                await then.wait()
    except Busy:
        return "busy"
    return "read"


def test_bodies_that_are_read_or_wait_hold_no_more_than_their_memory_and_one_system_half_of_it() -> None:
    async def several() -> list[str]:
        places, go = Places(4, 32, largest=100), asyncio.Event()
        held = [asyncio.create_task(_reads(places, client, 60, 40, then=go)) for client in "aabc"]
        await asyncio.sleep(0)
        refused = [await _reads(places, client, 1) for client in "abd"]
        go.set()
        return [*await asyncio.gather(*held), *refused, await _reads(places, "a", 100, 100)]

    assert asyncio.run(several()) == ["read"] * 4 + ["busy"] * 3 + ["read"]


def test_a_place_alone_has_memory_for_the_largest_body() -> None:
    assert asyncio.run(_reads(Places(1, 1, largest=100), "a", 100)) == "read"


async def _ask(door: Door, client: AgencyClient, body: Callable[[], Awaitable[bytes]]) -> int:
    """The status that a request gets whose body comes in its own time."""
    headers = [(name.lower().encode(), value.encode()) for name, value in door.as_system(client).items()]
    where = {"type": "http", "method": "POST", "path": "/v1/sources/nems/files", "raw_path": b"", "query_string": b""}
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": await body(), "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    scope = where | {"headers": [*headers, (b"host", b"hub.test")], "http_version": "1.1", "scheme": "http"}
    await door.app(scope | {"server": ("hub.test", 80), "client": ("192.0.2.1", 1)}, receive, send)
    return int(said[0]["status"])


def test_slow_bodies_of_one_system_keep_nobody_else_from_work(tmp_path: Path) -> None:
    door = limited(Door(tmp_path), Limits(at_once=2, waiting=6))

    async def meanwhile() -> tuple[int, list[int]]:
        go = asyncio.Event()

        async def slow() -> bytes:
            await go.wait()
            return b"one"

        async def at_once() -> bytes:
            return b"one"

        crowd = [asyncio.create_task(_ask(door, CLIENT, slow)) for _ in range(4)]
        await asyncio.sleep(0.05)
        other = await _ask(door, OTHER, at_once)
        go.set()
        return other, await asyncio.gather(*crowd)

    assert asyncio.run(meanwhile()) == (200, [200] * 4)


def _post(door: Door, client: AgencyClient = CLIENT) -> httpx2.Response:
    return door.http.post("/v1/sources/nems/files", content=b"one", headers=door.as_system(client))


def limited(door: Door, limits: Limits) -> Door:
    """The same door, with other limits."""
    door.app = create(
        door.hub,
        door.issuer.verifier(door.clock),
        sources=translate,
        demo=door.issuer,
        ready=lambda: True,
        tokens=door.tokens,
        limits=limits,
    )
    door.http = Caller(door.app, base_url="http://hub.test")
    return door


def test_a_system_that_sends_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    door = limited(Door(tmp_path), Limits(client_rate=12))

    answers = [_post(door) for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 429, 429]
    assert answers[2].headers["Retry-After"] == "5"
    assert answers[2].json()["type"] == "/problems/too-many-requests"
    assert _post(door, OTHER).status_code == 200


def test_while_the_places_are_taken_another_delivery_is_told_to_come_again(tmp_path: Path) -> None:
    door, inside, go = Door(tmp_path), threading.Event(), threading.Event()
    receive = door.hub.intake.receive

    def held(*arguments: object, **named: object) -> object:
        inside.set()
        assert go.wait(10)
        return receive(*arguments, **named)  # type: ignore[arg-type]  # passed on as it came

    door.hub.intake.receive = held  # type: ignore[method-assign,assignment]  # one delivery that takes its time
    limited(door, Limits(at_once=1, waiting=1))
    with door.http as http:
        first = threading.Thread(
            target=lambda: http.post("/v1/sources/nems/files", content=b"one", headers=door.as_system())
        )
        first.start()
        assert inside.wait(10)
        again = _post(door)
        go.set()
        first.join()

    assert (again.status_code, again.json()["type"]) == (503, "/problems/busy")
    assert int(again.headers["Retry-After"]) > 0
    assert len(door.hub.intake.received) == 1


def test_a_store_that_does_not_answer_is_said_with_a_time_to_come_again(tmp_path: Path) -> None:
    door = Door(tmp_path)

    def down(*_: object, **__: object) -> object:
        raise StoreUnavailable("The database did not answer.", "Try again.")

    door.hub.intake.receive = down  # type: ignore[method-assign,assignment]  # a database that is away
    answer = _post(door)

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/store-unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("name", ["HUB_CLIENT_RATE", "HUB_AT_ONCE", "HUB_WAITING"])
@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_limits_are_numbers_above_nought(name: str, value: str) -> None:
    with pytest.raises(Exception, match=f"{name} is not a number of"):
        from_environment({name: value})


def test_the_names_that_the_hub_answers_to_come_from_the_settings_and_its_own_address() -> None:
    found = from_environment({"HUB_HOSTS": "Hub.Example, other.example,", "HUB_ADDRESS": "https://own.example:8443/"})

    assert found.address == "https://own.example:8443"
    assert names("0.0.0.0", found) == {  # noqa: S104 - a container listens on all of its own
        "127.0.0.1",
        "localhost",
        "0.0.0.0",  # noqa: S104 - likewise
        "hub.example",
        "other.example",
        "own.example",
    }


@pytest.mark.parametrize("address", ["hub.example", "ftp://hub.example", "https://", "javascript:x"])
def test_an_address_that_no_system_could_use_is_refused(address: str) -> None:
    with pytest.raises(Exception, match="HUB_ADDRESS is no address"):
        from_environment({"HUB_ADDRESS": address})
