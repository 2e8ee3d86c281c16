"""What an address is listed as: its host, a host above it, or a part of its path."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipeline.document import digest
from pipeline.keys.url_parts import without_www
from pipeline.screen.lists.compiled import PAGES, Compiled, Listed, key_hash
from pipeline.screen.lists.entries import MOST_PATH
from pipeline.urls import canonical_url, host, split_url

_HOSTS = 1 << 14  # whose answers are kept
_LONGEST = 253  # characters of a host (RFC 1035)
# A host as canonical addresses have it, with its last two labels: no number, no user, no port.
_PLAIN = re.compile(r"https?://((?:[a-z0-9-]++\.)*?([a-z0-9-]++\.[a-z][a-z0-9-]*+))/")


class Hit(NamedTuple):
    """An entry that an address meets."""

    listed: tuple[Listed, ...]
    entry: str

    def __str__(self) -> str:
        """The first list that has the entry, with the category there, and the entry."""
        first = min(self.listed)
        return f"{first.list}{f' {first.category}' if first.category else ''}: {self.entry}"


class _OfHost(NamedTuple):
    """What all addresses of a host meet, and under which name pages of it have entries."""

    hit: Hit | None
    is_allowed: bool
    with_pages: str


_UNLISTED = _OfHost(None, False, "")


@dataclass(frozen=True)
class Lists:
    """Compiled lists, asked together; `heeds_allowed` says whether exceptions count."""

    parts: tuple[Compiled, ...] = ()
    heeds_allowed: bool = True
    _known: Callable[[str], _OfHost] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", lru_cache(maxsize=_HOSTS)(self._of_host))

    @property
    def fingerprint(self) -> str:
        """Digest of all entries, so that a changed list is a changed recipe."""
        return digest(*(part.digest for part in self.parts))

    def find(self, url: str) -> Hit | None:
        """The most special entry that blocks `url`; None where none does or one allows it."""
        plain = _PLAIN.match(url)
        if self._lists_none(plain[2]) if plain else not self.parts:
            return None
        known = self._of(plain[1] if plain else host(url.strip().replace("\\", "/")))
        if not known.with_pages:
            return known.hit
        hits = list(self._pages(url, known.with_pages))
        if any(one.is_allowed for hit in hits for one in hit.listed):
            return None
        return hits[0] if hits else known.hit

    def _lists_none(self, ending: str) -> bool:
        """Whether no entry is of a host with these two last labels: true of most, and soon told."""
        number = key_hash(ending)
        for part in self.parts:
            bit = number >> part.for_bits
            if part.bits[bit >> 3] & 1 << (bit & 7):
                return False
        return True

    def allows(self, url: str) -> bool:
        """Whether an entry that wins over others names `url`."""
        known = self._of(host(url))
        pages = self._pages(url, known.with_pages) if known.with_pages else ()
        return known.is_allowed or any(one.is_allowed for hit in pages for one in hit.listed)

    def _of(self, name: str) -> _OfHost:
        return self._known(name) if len(name) <= _LONGEST else _UNLISTED

    def _of_host(self, name: str) -> _OfHost:
        found = {part: labels for part in _upwards(name) if (labels := self._labels(part))}
        if not found:
            return _UNLISTED
        if any([one.is_allowed for labels in found.values() for one in labels]):
            return _OfHost(None, True, "")
        bare = without_www(name)
        has_pages = PAGES in found.get(bare, ())
        for part, labels in found.items():
            if listed := tuple([one for one in labels if one != PAGES]):
                return _OfHost(Hit(listed, part), False, bare if has_pages else "")
        return _OfHost(None, False, bare if has_pages else "")

    def _pages(self, url: str, name: str) -> Iterator[Hit]:
        """Entries for pages, those of the longest paths first."""
        parts = split_url(canonical_url(url))
        if parts is None:
            return
        for path in _shorter(parts.path, parts.query):
            if listed := self._listed(name + path):
                yield Hit(listed, name + path)

    def _listed(self, key: str) -> tuple[Listed, ...]:
        return tuple(one for one in self._labels(key) if one != PAGES)

    def _labels(self, key: str) -> tuple[Listed, ...]:
        found: tuple[Listed, ...] = ()
        for part in self.parts:
            if labels := part.labels_of(key):
                found += labels
        if found and not self.heeds_allowed:
            return tuple(one for one in found if not one.is_allowed)
        return found


def _upwards(name: str) -> list[str]:
    """A host, also as its own `www.`, and the hosts above it, but for what is one word then."""
    found = [name] if name.startswith("www.") else [name, f"www.{name}"]
    at = name.find(".") + 1
    while (after := name.find(".", at) + 1) and at:
        found.append(name[at:])
        at = after
    return found


def _shorter(path: str, query: str) -> Iterator[str]:
    """A path with its query, with the beginnings of that, and the paths above it."""
    path, query = path[:MOST_PATH].rstrip("/"), query[:MOST_PATH]
    while query:
        yield f"{path}?{query}"
        query = query.rpartition("&")[0]
    while path:
        yield path
        path = path.rpartition("/")[0]
