"""Commands for governance leads: why a past decision fell as it did, and whether it would again."""

from __future__ import annotations

import typer


def add_to(_app: typer.Typer) -> None:
    """Add these commands to the command line."""
