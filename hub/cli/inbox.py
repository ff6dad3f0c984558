"""Commands: what is new since somebody last looked, and what they said they do about it."""

from __future__ import annotations

import typer


def add_to(_app: typer.Typer) -> None:
    """Add these commands to the command line."""
