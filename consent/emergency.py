"""Emergency access: opened with a reason now or within a day, for three hours, told at once and looked at after."""

from __future__ import annotations

from consent.means import Means


class Emergencies:
    """Opening, giving the reason, and reviewing."""

    def __init__(self, means: Means) -> None:
        self._means = means
