"""Commands: chronologies that were chosen, analysed and frozen for a meeting."""

from __future__ import annotations

import typer


def add_to(_app: typer.Typer) -> None:
    """Add these commands to the command line."""
