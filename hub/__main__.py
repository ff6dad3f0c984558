"""`python -m hub` is the command line."""

from __future__ import annotations

import gc


def start() -> None:
    """Run the command line.

    What is imported is kept to the end. Nobody looks through it for what could be given up, neither while it comes
    nor at the end, which would be a third of the work of a short command.
    """
    gc.disable()
    from hub.cli.main import main  # noqa: PLC0415 - the import is what this is about

    gc.freeze()
    gc.enable()
    main()


if __name__ == "__main__":
    start()
