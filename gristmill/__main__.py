"""`python -m gristmill`, and what the command `gristmill` calls: `program`."""

import sys
from functools import cache, partial

from gristmill.hidden import hidden_by
from gristmill.stale import stale_module


@cache
def _obstacle() -> str:
    """Why nothing here can work as it should, in one sentence; "" where it can."""
    return hidden_by() or stale_module()


def main() -> None:
    """Runs the command line."""
    if sentence := _obstacle():
        print(f"gristmill: {sentence}", file=sys.stderr)
        sys.exit(2)
    try:
        from pipeline.cli import app
        from pipeline.errors import ended
    except KeyboardInterrupt:
        sys.exit(130)
    ended(app)


def program() -> None:
    """Runs the command line as a process of its own: signals end it, and nothing keeps it."""
    if _obstacle():
        main()
    from pipeline.errors import ended
    from pipeline.processes import leave, watch_signals

    try:
        ended(watch_signals)
        main()
    except SystemExit as stop:
        if isinstance(stop.code, int | None):
            ended(partial(leave, stop.code or 0))
        raise


if __name__ == "__main__":
    program()
