"""The policy: check it, test it, compare it, put it in force, and ask what it would have changed."""

from __future__ import annotations

import typer


def add_to(_app: typer.Typer) -> None:
    """Add these commands to the command line."""
