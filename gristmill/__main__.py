"""`python -m gristmill`, and what the command `gristmill` calls."""

import sys

from gristmill.hidden import hidden_by


def main() -> None:
    """Runs the command line."""
    if sentence := hidden_by():
        print(f"gristmill: {sentence}", file=sys.stderr)
        sys.exit(2)
    from pipeline.errors import ended

    ended(_command_line)


def _command_line() -> None:
    from pipeline.processes import watch_signals

    watch_signals()
    from pipeline.cli import app

    app()


if __name__ == "__main__":
    main()
