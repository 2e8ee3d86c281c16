"""`python -m gristmill`, and what the command `gristmill` calls."""

import sys

from gristmill.hidden import hidden_by


def main() -> None:
    """Runs the command line."""
    if sentence := hidden_by():
        print(f"gristmill: {sentence}", file=sys.stderr)
        sys.exit(2)
    from pipeline.errors import ended
    from pipeline.processes import leave

    try:
        ended(_command_line)
    except SystemExit as stop:
        if isinstance(stop.code, int) and stop.code:
            leave(stop.code)
        raise


def _command_line() -> None:
    from pipeline.processes import watch_signals

    watch_signals()
    from pipeline.cli import app

    app()


if __name__ == "__main__":
    main()
