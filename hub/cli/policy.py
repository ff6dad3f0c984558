"""The policy: check it, test it, compare it, put it in force, and ask what it would have changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console, Group, RenderableType

from consent import activation, scenarios
from consent.policy import load
from hub.cli import policy_shown
from hub.cli.feeding import As, AsJson
from hub.cli.session import first_moment, moment, session_of

Folder = Annotated[Path | None, typer.Option("--policies", help="A policy's folder; left out, that of the settings.")]
Fewer = Annotated[
    bool, typer.Option("--fewer-scenarios", help="That it leaves out scenarios of the version in force is meant.")
]
Reason = Annotated[str, typer.Option(help="Why, in words for whoever reads this later. Name nobody.")]
REFUSED = 1


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    policy = typer.Typer(help="Who may see what: the table of rules, its proof and its versions.", no_args_is_help=True)
    policy.command("check")(check)
    policy.command("test")(try_out)
    policy.command("diff")(diff)
    policy.command("propose")(propose)
    policy.command("activate")(activate)
    policy.command("list")(list_versions)
    policy.command("what-if")(what_if)
    app.add_typer(policy, name="policy")


def check(context: typer.Context, policies: Folder = None, json: AsJson = False) -> None:
    """Prove a policy: understood whole, equal to casbin, and keeping every promise. Exit code 1 when refused."""
    proof = activation.prove(load(_folder(context, policies)))
    _show(policy_shown.proof_as_json(proof), policy_shown.proof(proof), json=json)
    if not proof.holds:
        raise typer.Exit(REFUSED)


def try_out(context: typer.Context, policies: Folder = None, json: AsJson = False) -> None:
    """Ask a policy every question of its scenarios. Exit code 1 when one answer is not as the story tells."""
    folder = _folder(context, policies)
    outcomes = scenarios.run(load(folder), folder / scenarios.FOLDER)
    _show(policy_shown.outcomes_as_json(outcomes), policy_shown.outcomes(outcomes), json=json)
    if not all(one.holds for one in outcomes):
        raise typer.Exit(REFUSED)


def diff(
    context: typer.Context,
    other: Annotated[str, typer.Argument(help="A folder, or the fingerprint of a version that was proposed.")] = "",
    who: Annotated[str, typer.Option("--as", help="A governance lead, to weigh it by the readings on record.")] = "",
    json: AsJson = False,
) -> None:
    """Say exactly what another version would change against the one in force: what it opens first."""
    session = session_of(context)
    folder = Path(other) if other else session.settings.policies
    lead = session.acting(who) if who else None
    if lead:
        session.house.catch_up()
    compared = folder if folder.is_dir() else other
    found = session.house.hub.policies.difference(compared, lead)
    stories = session.house.hub.policies.stories(compared)
    document = policy_shown.difference_as_json(found) | policy_shown.stories_as_json(stories)
    _show(document, Group(policy_shown.difference(found), policy_shown.stories(stories)), json=json)


def propose(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="The folder that holds the version.")],
    who: As,
    reason: Reason,
    fewer: Fewer = False,
    json: AsJson = False,
) -> None:
    """Put a version forward, for another governance lead to approve."""
    session = session_of(context)
    fingerprint = session.house.hub.policies.propose(session.acting(who), folder, reason, fewer=fewer)
    _show({"fingerprint": fingerprint}, f"Proposed as version {fingerprint}. Somebody else must approve it.", json=json)


def activate(
    context: typer.Context,
    fingerprint: Annotated[str, typer.Argument(help="Of the version; its first eight characters are enough.")],
    who: As,
    reason: Reason,
    fewer: Fewer = False,
    json: AsJson = False,
) -> None:
    """Prove a proposed version anew, try its scenarios, and put it in force. Not for its own author."""
    session = session_of(context)
    found = session.house.hub.policies.activate(session.acting(who), fingerprint, reason, fewer=fewer)
    _show(policy_shown.activated_as_json(found), policy_shown.activated(found), json=json)


def list_versions(context: typer.Context, json: AsJson = False) -> None:
    """List the version in force, those before it, and those that wait for approval."""
    waiting, terms = session_of(context).house.hub.policies.listed()
    _show({"waiting": waiting, "terms": terms}, policy_shown.versions(waiting, terms), json=json)


def what_if(
    context: typer.Context,
    draft: Annotated[Path, typer.Argument(help="The folder that holds the draft.")],
    who: As,
    since: Annotated[str, typer.Option("--from", help="The first day or instant; left out, from the beginning.")] = "",
    until: Annotated[str, typer.Option("--to", help="The last day or instant; left out, until now.")] = "",
    json: AsJson = False,
) -> None:
    """Decide the recorded readings of a period again under a draft: who would gain or lose what, and how often."""
    session = session_of(context)
    session.house.catch_up()
    period = {"since": first_moment(since, "--from"), "until": moment(until, "--to")}
    found = session.house.hub.governance.what_if(session.acting(who), load(draft), **period)
    _show(found, policy_shown.what_if(found), json=json)


def _folder(context: typer.Context, given: Path | None) -> Path:
    return given or session_of(context).settings.policies


def _show(document: Any, words: RenderableType, *, json: bool) -> None:  # noqa: ANN401 - whatever JSON holds
    if json:
        typer.echo(orjson.dumps(document).decode())
    else:
        Console().print(words)
