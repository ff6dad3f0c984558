"""Every address and every command that the hub has; and those that tell nothing of a child, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from typer.core import TyperGroup
from typer.main import get_command

from hub.cli.main import app as commands

NOTHING_OF_A_CHILD: Final = {
    "POST /v1/token": "a system's credential for a token",
    "POST /v1/updates": "takes in; what it answers is held to in test_no_child_in_the_logs",
    "POST /v1/sources/{source}/files": "takes in; likewise",
    "GET /v1/schemas": "the published schemas",
    "GET /v1/schemas/{file}": "one of them",
    "GET /openapi.json": "the description of the doors",
    "GET /healthz": "a sign of life",
    "GET /readyz": "a sign of life",
    "POST /sign-in": "chooses one of the invented people",
    "POST /sign-out": "ends the session",
    "POST /children/{child:uuid}/tie": "looks nothing up and says the same of every child: test_working_doors",
}
"""The addresses that the suite does not ask."""

NOTHING_AT_THE_PROMPT: Final = {
    "ingest": "takes in; what it prints is held to in test_no_child_at_the_prompt",
    "sources": "the formats",
    "people": "the directory",
    "token": "a credential",
    "serve": "opens the doors",
    "migrate": "makes tables",
    "demo": "tells the invented story",
    "consume": "takes in",
    "relay": "sends notices, which test_notices holds to",
    "questions": "for whoever runs the hub, ids alone: test_no_child_at_the_prompt",
    "receipt": "what came of a delivery: test_no_child_at_the_prompt",
    "reread": "takes in",
    "policy check": "the policy",
    "policy test": "the policy",
    "policy diff": "the policy, weighted by counts of readings: test_what_a_draft_would_change",
    "policy propose": "the policy",
    "policy activate": "the policy",
    "policy list": "the policy",
    "project status": "positions",
    "project rebuild": "counts",
    "project rollback": "counts",
    "project drop-kept": "which version is gone",
    "project repair": "counts, for whoever runs the hub; the child is named by an opaque id",
    "project parked list": "positions, stored names and classes of error: test_remaking and test_unreadable",
    "project parked retry": "counts",
    "directory apply": "the directory",
    "quarantine list": "what waits, for whoever runs the hub: test_no_child_at_the_prompt",
    "quarantine show": "likewise",
    "quarantine retry": "likewise",
    "quarantine discard": "likewise",
}
"""The commands that the suite does not type."""


def routes(app: FastAPI) -> list[tuple[str, Route]]:
    """Every address of the API and of the pages, with the method, that does more than say that there is nothing."""
    return [(f"{method} {route.path}", route) for route in _routes(app) for method in sorted(_methods(route))]


def _routes(app: FastAPI) -> Iterator[Route]:
    for one in _flat(app.routes):
        if isinstance(one, Route) and one.path != "/v1/{rest:path}":
            yield one
        elif isinstance(one, Mount) and isinstance(one.app, Starlette):
            yield from (page for page in one.app.routes if isinstance(page, Route))


def _flat(found: Iterable[object]) -> Iterator[object]:
    """The routes, those of a router that was included as a whole in its place."""
    for one in found:
        router = getattr(one, "original_router", None)
        yield from _flat(router.routes) if router is not None else (one,)


def _methods(route: Route) -> set[str]:
    return (route.methods or set()) - {"HEAD", "OPTIONS"}


def asked(app: FastAPI, requests: set[tuple[str, str]]) -> set[str]:
    """Which of them these requests went to: the first that fits, as the service itself has it."""
    every = routes(app)
    return {
        next((name for name, route in every if name.startswith(f"{method} ") and route.path_regex.match(path)), "")
        for method, path in requests
    }


def typed() -> set[str]:
    """Every command, by its words."""
    return {" ".join(words) for words in _commands(get_command(commands), ())}


def _commands(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not isinstance(command, TyperGroup):
        yield words
        return
    for name, one in command.commands.items():
        yield from _commands(one, (*words, name))
