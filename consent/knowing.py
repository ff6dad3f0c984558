"""Who knew what when, and who was shown a version that was corrected since: from the log alone."""

from __future__ import annotations

from consent.recall_account import Accounts


class Knowing(Accounts):
    """Who knew what when, and corrections that reach whoever was shown the old version."""
