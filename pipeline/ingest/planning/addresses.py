"""Files whose addresses hold secrets: what names them everywhere, and what they are opened by.

A file is named by its masked address: in units, in plans, in names and in rows. The real ones stay
in memory, and travel to workers as what a graph is configured with.
"""

from collections.abc import Iterable

from pipeline.errors import UsageError
from pipeline.secrets import HIDDEN, masked

MOST_BYTES = 1_000_000  # of all addresses with secrets: they are part of the graph
_INSTEAD = "take the secrets out and give them in the environment, netrc or the store's own profile"


def shown(path: str) -> str:
    """What names a file: its path, an address without its secrets."""
    return masked(path) if "://" in path else path


def hide(paths: Iterable[str], addresses: dict[str, str]) -> None:
    """Takes the paths that hold secrets into `addresses`, by what names their files.

    Raises UsageError where two files would have one name, and where there are too many.
    """
    for path in paths:
        name = shown(path)
        if HIDDEN in name and addresses.setdefault(name, path) != path:
            raise UsageError(f"two addresses are {name} but for their secrets; {_INSTEAD}")
    held = sum(len(name) + len(path) for name, path in addresses.items())
    if held > MOST_BYTES:
        raise UsageError(
            f"{len(addresses):,} addresses hold secrets, {held:,} bytes where {MOST_BYTES:,} are "
            f"the most; {_INSTEAD}"
        )
