"""Lists of sites: pages that one names leave before anything else is done with them, and pages
whose addresses say what they are.
"""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline import files
from pipeline.document import Document, Dropped, Page, digest, drop
from pipeline.errors import UsageError
from pipeline.recipe import ScreenConfig
from pipeline.screen import STAGE
from pipeline.screen.lists.compiled import Compiled, in_memory, opened
from pipeline.screen.lists.compiling import compiled
from pipeline.screen.lists.list_sources import Understood, entries, is_compiled, names_of
from pipeline.screen.lists.lookup import Lists
from pipeline.screen.lists.url_words import said_by


class Sites(NamedTuple):
    """What a recipe says of sites."""

    blocked: Lists = Lists()
    opted_out: Lists = Lists()
    by_words: bool = False

    @property
    def fingerprint(self) -> str:
        return digest(self.blocked.fingerprint, self.opted_out.fingerprint, str(self.by_words))


def load_sites(config: ScreenConfig) -> Sites:
    """The lists that a recipe names. Raises UsageError for one that is not there or understood."""
    blocked = load_lists(config.blocklists, config.allowlists)
    opted_out = replace(load_lists(config.opted_out), heeds_allowed=False)
    return Sites(blocked, opted_out, config.url_words)


def load_lists(paths: tuple[str, ...], allowed: tuple[str, ...] = ()) -> Lists:
    """The union of lists: compiled ones are mapped, lines of others read; `allowed` ones win."""
    named = [(path, False) for path in paths] + [(path, True) for path in allowed]
    try:
        return _loaded(tuple((path, wins, _stamp(path)) for path, wins in named))
    except OSError as error:
        raise UsageError(
            f"lists {', '.join((*paths, *allowed))} cannot be read ({error})"
        ) from None


def _stamp(path: str) -> int:
    """What changes when a local file does."""
    local = Path(path.removeprefix("file://"))
    return local.stat().st_mtime_ns if files.is_local(path) and local.is_file() else 0


@lru_cache(maxsize=8)
def _loaded(named: tuple[tuple[str, bool, int], ...]) -> Lists:
    ready = {path for path, *_ in named if is_compiled(path)}
    parts = [_open(path, wins) for path, wins, _ in named if path in ready]
    sources = [(path, wins) for path, wins, _ in named if path not in ready]
    if sources:
        names = names_of([path for path, _ in sources])
        found = (
            one
            for (path, wins), name in zip(sources, names, strict=True)
            for one in entries(path, Understood(), wins, name)
        )
        parts.append(in_memory(compiled(found)))
    return Lists(tuple(parts))


def _open(path: str, wins: bool) -> Compiled:
    one = opened(Path(path)) if files.is_local(path) else in_memory(files.read_bytes(path))
    return one.allowing() if wins else one


def blocked_reason(url: str, sites: Sites) -> tuple[str, str] | None:
    """Why an address is not wanted: a list with the category and entry there, or its words."""
    if hit := sites.blocked.find(url):
        return "blocked_site", str(hit)
    if sites.opted_out.parts and (hit := sites.opted_out.find(url)):
        return "site_opt_out", str(hit)
    if sites.by_words and (words := said_by(url)) and not sites.blocked.allows(url):
        return "url_words", words
    return None


def block_site(record: Page | Document, sites: Sites) -> Page | Document | Dropped:
    """The record, or its drop row where its address is not wanted. Words are asked of pages alone:
    a text that comes without its page is of a source that somebody has chosen.
    """
    asked = sites if isinstance(record, Page) else sites._replace(by_words=False)
    reason = blocked_reason(record.url, asked) if record.url else None
    return drop(record, STAGE, *reason) if reason else record
