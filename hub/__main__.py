"""`python -m hub` is the command line."""

from __future__ import annotations

from hub.cli.main import main

if __name__ == "__main__":
    main()
