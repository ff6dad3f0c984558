"""Commands: what people add to a chronology by hand."""

from __future__ import annotations

import typer


def add_to(_app: typer.Typer) -> None:
    """Add these commands to the command line."""
