"""Which pages Wikipedia refers to: sorted arrays of hashed keys of pages, in three tiers.

- cited: inside a reference or a citation template: what `referenced` learns from;
- linked: any link of an article or of the link table: never a negative example;
- host_cited: the site is cited by at least three articles and is no resolver, shop or social host:
  never a negative example and never a positive one, since a label by site is what a model
  memorises.

The English link table has about 190 million rows; as 64-bit hashes its keys take 0.5 to 1 GB,
mapped into memory and shared by all workers of a machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.wikipedia.dump_files import dump_units, read_links
from classifiers.wikipedia.summary import LinkSummary, distinct_rows
from pipeline import files
from pipeline.keys.key_hashes import Hashes, hashes_of, holds, key_hash, load_hashes, load_rows
from pipeline.keys.page_keys import page_key
from pipeline.urls import site

MIN_ARTICLES = 3  # articles that make a site host_cited
_SLICES = 64  # of all hashes: what is merged at once
TIERS = ("cited", "linked", "host_cited")  # CITED and UNKNOWN of sampling are places in it

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
        keys = [page_key(url) for url in urls]
        strict = hashes_of(keys)
        loose = hashes_of([key.partition("?")[0] for key in keys])
        known = holds(self.linked, strict) | holds(self.linked, loose) | holds(self.cited, loose)
        sites = [site(key.partition("/")[0]) for key in keys]
        hosts = holds(self.host_cited, hashes_of(sites))
        conditions = [holds(self.cited, strict), known, hosts]
        return np.select(conditions, [np.uint8(0), np.uint8(1), np.uint8(2)], np.uint8(3))

    def save(self, folder: str) -> None:
        """One .npy file a tier, whole or not at all."""
        for name in TIERS:
            _save(files.join(folder, f"{name}.npy"), getattr(self, name))


def load_referenced_urls(folder: str) -> ReferencedUrls:
    """What `save` wrote, mapped into memory; UsageError where a file is not what it wrote."""
    return ReferencedUrls(*(load_hashes(files.join(folder, f"{name}.npy")) for name in TIERS))


def _save(path: str, rows: NDArray[np.uint64]) -> None:
    with files.atomic(path) as file:
        np.save(file, rows, allow_pickle=False)


def referenced_urls(dump_folder: str) -> ReferencedUrls:
    """All tiers of a dump folder; UsageError where it is missing or ill-formed."""
    return merge([read_links(unit) for unit in dump_units(dump_folder)])


def save_links(summary: LinkSummary, folder: str, name: str) -> str:
    """Writes the links of a unit; gives their path without its end."""
    path = files.join(folder, name)
    for kind, rows in summary._asdict().items():
        _save(f"{path}.{kind}.npy", rows)
    return path


def load_links(folder: str) -> list[LinkSummary]:
    """What `save_links` wrote into a folder, mapped into memory."""
    found = [path for path in files.find(folder) if path.endswith(".linked.npy")]
    starts = sorted(path.removesuffix("linked.npy") for path in found)
    return [
        LinkSummary(*(load_rows(f"{start}{kind}.npy") for kind in LinkSummary._fields))
        for start in starts
    ]


def merge(parts: Sequence[LinkSummary]) -> ReferencedUrls:
    """The tiers of a whole dump from the summaries of its units, a slice of hashes at a time."""
    untypical = np.array([key_hash(name) for name in sorted(UNTYPICAL)], dtype=np.uint64)
    cited_by = _by_slices([part.citing for part in parts], _often_cited)
    return ReferencedUrls(
        cited=_by_slices([part.cited for part in parts], np.unique),
        linked=_by_slices([part.linked for part in parts], np.unique),
        host_cited=np.setdiff1d(cited_by, untypical),
    )


def _often_cited(citing: NDArray[np.uint64]) -> Hashes:
    sites, articles = np.unique(distinct_rows(citing)[:, 0], return_counts=True)
    return sites[articles >= MIN_ARTICLES]


def _by_slices(
    parts: list[NDArray[np.uint64]], reduce: Callable[[NDArray[np.uint64]], Hashes]
) -> Hashes:
    """What `reduce` makes of the rows of sorted parts, those of a slice of first fields at once."""
    edges = [np.uint64(at * (2**64 // _SLICES)) for at in range(1, _SLICES)]
    cuts = [
        [0, *np.searchsorted(part if part.ndim == 1 else part[:, 0], edges), len(part)]
        for part in parts
    ]
    made = []
    for at in range(_SLICES if parts else 0):
        some = [part[cut[at] : cut[at + 1]] for part, cut in zip(parts, cuts, strict=True)]
        made.append(reduce(np.concatenate(some)))
    return np.concatenate([np.zeros(0, np.uint64), *made])
