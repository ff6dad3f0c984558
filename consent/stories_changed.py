"""Which stories of the version in force another version no longer tells, or tells otherwise, by their names.

A version is tried on the stories that come with it: one that leaves a story out, or retells it, is tried on less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from consent import trial
from consent.policy import Policy
from consent.scenarios_told import Story
from hub.errors import BadInput, HubError

FEWER = "This version leaves out stories on which the version in force was tried"
FEWER_NEXT = "Put them back, or say that they are left out on purpose (--fewer-scenarios), and give the reason."


@dataclass(frozen=True, slots=True)
class StoriesChanged:
    """Names of stories: missing in the new version, and retold in it. Both empty where it tells all as they were."""

    missing: tuple[str, ...] = ()
    retold: tuple[str, ...] = ()

    def must_be_meant(self, *, fewer: bool) -> None:
        """Raise BadInput where stories are missing and nobody said that they are left out on purpose."""
        if self.missing and not fewer:
            raise BadInput(f"{FEWER}: {', '.join(self.missing)}.", FEWER_NEXT)


def between(before: tuple[Policy | None, Mapping[str, str]], after: tuple[Policy, Mapping[str, str]]) -> StoriesChanged:
    """What became of the stories before. Each side: the policy, None for one not understood; and its files' texts.

    The people who play in them and files that this program can no longer read as stories are compared as texts.
    """
    old, new = _told(before[0] or after[0], before[1]), _told(*after)
    common = sorted(old.keys() & new.keys())
    return StoriesChanged(
        tuple(sorted(old.keys() - new.keys())), tuple(name for name in common if old[name] != new[name])
    )


def _told(policy: Policy, files: Mapping[str, str]) -> dict[str, Story | str]:
    """Every story by its name, wherever it stands; and by its file's name whatever is no story."""
    if not files:
        return {}
    others: dict[str, Story | str] = {name: text for name, text in files.items() if PurePath(name).suffix != ".yaml"}
    try:
        stories = trial.told(policy, files).stories
    except HubError:
        return dict(files)
    return others | {story.name: _anywhere(story) for story in stories}


def _anywhere(story: Story) -> Story:
    questions = tuple(replace(one, where="") for one in story.questions)
    return replace(story, where="", chapter="", questions=questions)
