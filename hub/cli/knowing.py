"""Commands: who knew what when, and corrections that reach whoever was shown the old version."""

from __future__ import annotations

import typer


def add_to(_app: typer.Typer) -> None:
    """Add these commands to the command line."""
