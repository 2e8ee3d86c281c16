"""`python -m gristmill`, and what the command `gristmill` calls."""

import sys

from gristmill.hidden import hidden_by


def main() -> None:
    """Runs the command line."""
    if sentence := hidden_by():
        print(f"gristmill: {sentence}", file=sys.stderr)
        sys.exit(2)
    try:
        from pipeline.cli import app
        from pipeline.errors import ended
    except KeyboardInterrupt:
        sys.exit(130)
    ended(app)


if __name__ == "__main__":
    main()
