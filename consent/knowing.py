"""Who knew what when, and who was shown a version that was corrected since: from the log alone."""

from __future__ import annotations

from consent.knowing_matrix import Matrices


class Knowing(Matrices):
    """Who knew what when, and corrections that reach whoever was shown the old version."""
