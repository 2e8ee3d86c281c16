"""Blocklists of sites: plain domains or hosts files; a match on the host or any parent of it."""

import gzip
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from pipeline import files
from pipeline.document import Dropped, Page, drop
from pipeline.errors import UsageError
from pipeline.screen import STAGE
from pipeline.urls import host

BUILTIN = Path(__file__).parents[2] / "blocklists" / "builtin.txt"
_NOWHERE = "0.0.0.0"  # nosec B104 # read in lists of hosts, never bound to
_LOOPBACK = (_NOWHERE, "127.0.0.1", "::1")


@dataclass(frozen=True)
class Blocklist:
    """Host names by the list that they come from."""

    hosts: dict[str, str]

    @cached_property
    def fingerprint(self) -> str:
        """Digest of all entries, so that a changed list is a changed recipe."""
        state = blake2b(digest_size=16)
        for name in sorted(self.hosts):
            state.update(f"{name} {self.hosts[name]}\n".encode())
        return state.hexdigest()


def load_blocklist(paths: tuple[str, ...]) -> Blocklist:
    """The union of the lists; an entry keeps the name of the first list that has it.

    Raises UsageError for a list that is not there or is no text.
    """
    hosts: dict[str, str] = {}
    for path in paths:
        name = "builtin" if path == "builtin" else path.rstrip("/").rsplit("/", 1)[-1]
        for entry in _entries(str(BUILTIN) if path == "builtin" else path):
            hosts.setdefault(entry, name)
    return Blocklist(hosts)


def _entries(path: str) -> list[str]:
    if files.is_folder(path) or not files.exists(path):
        raise UsageError(f"blocklist {path!r} is not a file; give a list of domains or 'builtin'")
    data = files.read_bytes(path)
    try:
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8")
    except (UnicodeDecodeError, OSError, EOFError):
        raise UsageError(f"blocklist {path!r} is not a text file; give one domain a line") from None
    return [entry for line in text.splitlines() if (entry := _entry(line))]


def _entry(line: str) -> str:
    """The host of a line `name`, `0.0.0.0 name` or `name # comment`; "" for any other."""
    words = line.partition("#")[0].split()
    if words and words[0] in _LOOPBACK:
        words = words[1:]
    return host(f"https://{words[0]}") if len(words) == 1 else ""


def blocked_reason(page: Page, blocklist: Blocklist) -> tuple[str, str] | None:
    """("blocked_site", list and entry) where the host of `page` or a parent of it is listed."""
    name = host(page.url)
    while name:
        if (found := blocklist.hosts.get(name)) is not None:
            return "blocked_site", f"{found}: {name}"
        name = name.partition(".")[2]
    return None


def block_site(page: Page, blocklist: Blocklist) -> Page | Dropped:
    """The page, or its drop row where its site is listed."""
    reason = blocked_reason(page, blocklist)
    return drop(page, STAGE, *reason) if reason else page
