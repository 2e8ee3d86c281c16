"""Which pages Wikipedia refers to: from a dump to sorted arrays of hashed URL keys, in three tiers.

- cited: inside a reference or a citation template: what `referenced` learns from;
- linked: any link of an article or of the link table: never a negative example;
- host_cited: the site is cited by at least three articles and is no resolver, shop or social host:
  never a negative example and never a positive one, since a label by site is what a model
  memorises.

The English link table has about 190 million rows; as 64-bit hashes its keys take 0.5 to 1 GB,
mapped into memory and shared by all workers of a machine.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import numpy as np
from numpy.typing import NDArray

from classifiers.wikipedia_dump import Link, article_links, table_links
from pipeline import files
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.urls import site, url_key

Hashes = NDArray[np.uint64]

MIN_ARTICLES = 3  # articles that make a site host_cited
CHUNK = 1_000_000  # links held before they become sorted arrays
TIERS = ("cited", "linked", "host_cited")

# Hosts that stand between the article and the page, or where anybody writes anything.
_UNTYPICAL = """
archive.org doi.org handle.net jstor.org worldcat.org issn.org isbnsearch.org purl.org bit.ly
tinyurl.com semanticscholar.org google.com googleusercontent.com bing.com yahoo.com wikidata.org
amazon.com amazon.co.uk ebay.com abebooks.com etsy.com alibaba.com aliexpress.com apple.com
facebook.com twitter.com x.com instagram.com youtube.com youtu.be tiktok.com pinterest.com
reddit.com tumblr.com linkedin.com myspace.com flickr.com vimeo.com soundcloud.com spotify.com
blogspot.com wordpress.com medium.com livejournal.com github.com wikipedia.org wikimedia.org
"""
UNTYPICAL = frozenset(_UNTYPICAL.split())


def key_hash(text: str) -> int:
    """64 bits of BLAKE2b over a URL key or a site."""
    return int(digest(text)[:16], 16)


@dataclass(frozen=True)
class ReferencedUrls:
    """Sorted hashes of URL keys (cited, linked) and of sites (host_cited), without repeats."""

    cited: Hashes
    linked: Hashes
    host_cited: Hashes

    def tier(self, url: str) -> str:
        """The first of cited, linked and host_cited that holds for `url`; "" for none."""
        return (*TIERS, "")[int(self.tiers([url])[0])]

    def tiers(self, urls: list[str]) -> NDArray[np.uint8]:
        """Per URL 0 cited, 1 linked, 2 host_cited, 3 none; shape (len(urls),).

        A URL whose key without the query is cited or linked counts as linked: the page is known,
        though perhaps not this view of it.
        """
        keys = [url_key(url) for url in urls]
        strict = _hashes(keys)
        loose = _hashes(key.partition("?")[0] for key in keys)
        known = _holds(self.linked, strict) | _holds(self.linked, loose) | _holds(self.cited, loose)
        hosts = _holds(self.host_cited, _hashes(map(site, urls)))
        conditions = [_holds(self.cited, strict), known, hosts]
        return np.select(conditions, [np.uint8(0), np.uint8(1), np.uint8(2)], np.uint8(3))

    def save(self, folder: str) -> None:
        """One .npy file a tier, whole or not at all."""
        for name in TIERS:
            with files.atomic(files.join(folder, f"{name}.npy")) as file:
                np.save(file, getattr(self, name), allow_pickle=False)


def load_referenced_urls(folder: str) -> ReferencedUrls:
    """What `save` wrote, mapped into memory; UsageError where a file is not what it wrote."""
    arrays = []
    for name in TIERS:
        path = files.join(folder, f"{name}.npy")
        try:
            hashes = _loaded(path)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"{path} holds no URL hashes; build them from the dump again"
            ) from error
        if hashes.dtype != np.uint64 or hashes.ndim != 1:
            raise UsageError(f"{path} holds no URL hashes; build them from the dump again")
        arrays.append(hashes)
    return ReferencedUrls(*arrays)


def _loaded(path: str) -> Hashes:
    """An array mapped into memory, or read where the file lies elsewhere."""
    if files.is_local(path):
        local = path.removeprefix("file://")
        return cast(Hashes, np.load(local, mmap_mode="r", allow_pickle=False))
    return cast(Hashes, np.load(BytesIO(files.read_bytes(path)), allow_pickle=False))


def dump_files(folder: str) -> tuple[list[str], list[str]]:
    """Paths of the article files and link tables of a dump; UsageError where there is neither."""
    found = [files.join(folder, name) for name in files.names(folder)]
    articles = [path for path in found if "pages-articles" in path and "index" not in path]
    tables = [path for path in found if "externallinks" in path and ".sql" in path]
    if not articles and not tables:
        raise UsageError(
            f"{folder} holds neither pages-articles*.xml.bz2 nor externallinks*.sql.gz; "
            "name the folder of a Wikipedia dump"
        )
    return articles, tables


def referenced_urls(dump_folder: str) -> ReferencedUrls:
    """All tiers of a dump folder; UsageError where it is missing or ill-formed."""
    articles, tables = dump_files(dump_folder)
    parts = [summarise(article_links(path)) for path in articles]
    parts += [summarise(table_links(path)) for path in tables]
    return merge(parts)


@dataclass(frozen=True)
class LinkSummary:
    """What is kept of one dump file: hashes of keys, and (site, page) pairs of citing articles."""

    cited: Hashes
    linked: Hashes
    citing: NDArray[np.uint64]  # shape (n, 2): site, page; without repeats


def summarise(links: Iterable[Link]) -> LinkSummary:
    """Hashes of one file's links; files may be summarised apart and merged in any order."""
    cited, linked = _Gathered(1), _Gathered(1)
    citing = _Gathered(2)
    for link in links:
        key = key_hash(url_key(link.url))
        linked.add(key)
        if link.cited:
            cited.add(key)
            citing.add(key_hash(site(link.url)), link.page)
    return LinkSummary(cited.rows()[:, 0], linked.rows()[:, 0], citing.rows())


def merge(parts: list[LinkSummary]) -> ReferencedUrls:
    """The tiers of a whole dump from the summaries of its files."""
    citing = np.unique(np.concatenate([part.citing for part in parts]), axis=0)
    sites, articles = np.unique(citing[:, 0], return_counts=True)
    untypical = np.array([key_hash(name) for name in sorted(UNTYPICAL)], dtype=np.uint64)
    return ReferencedUrls(
        cited=np.unique(np.concatenate([part.cited for part in parts])),
        linked=np.unique(np.concatenate([part.linked for part in parts])),
        host_cited=np.setdiff1d(sites[articles >= MIN_ARTICLES], untypical),
    )


class _Gathered:
    """Rows of unsigned numbers, their repeats dropped chunk by chunk so that memory stays small."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._open = array("Q")
        self._done = np.zeros((0, width), dtype=np.uint64)

    def add(self, *row: int) -> None:
        self._open.extend(row)
        if len(self._open) >= CHUNK * self._width:
            self._fold()

    def _fold(self) -> None:
        fresh = np.frombuffer(self._open, dtype=np.uint64).reshape(-1, self._width)
        self._done = np.unique(np.concatenate([self._done, fresh]), axis=0)
        self._open = array("Q")

    def rows(self) -> NDArray[np.uint64]:
        self._fold()
        return self._done


def _hashes(keys: Iterable[str] | Iterator[str]) -> Hashes:
    return np.fromiter(map(key_hash, keys), dtype=np.uint64)


def _holds(sorted_hashes: Hashes, wanted: Hashes) -> NDArray[np.bool_]:
    if not len(sorted_hashes):
        return np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(sorted_hashes, wanted), len(sorted_hashes) - 1)
    return np.asarray(sorted_hashes[at] == wanted)
