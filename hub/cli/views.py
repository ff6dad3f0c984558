"""Commands: what follows from the entries, in a form that a person can check."""

from __future__ import annotations

import typer


def add_to(_app: typer.Typer) -> None:
    """Add these commands to the command line."""
