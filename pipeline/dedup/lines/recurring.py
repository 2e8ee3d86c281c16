"""Lines that a site repeats: headers, footers, menus, notices.

Counted per site and language among the documents that other comparisons leave, from the hashes of
lines alone. A line recurs when it stands on at least `min_pages` and `min_share` of the pages. Of
sites with more than SAMPLE pages only about that many are counted, chosen by id, so that no group
outgrows a worker; a share of 0.3 is then known to 0.3 points. Most rows of a site in one place:
its distinct lines on SAMPLE pages, of a larger site those that fall into one of SPLITS. Which of
the recurring lines are cut is decided where the text is at hand (`boilerplate_points`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dedup.keyed_rows import places_of
from pipeline.dedup.packed_keys import (
    LEAST,
    base_keys,
    edges,
    ended,
    lengths,
    marked,
    plain,
    recurrence_keys,
)
from pipeline.dedup.rows import Flags, Rows, Words, column, exploded, groups, make, sorted_by
from pipeline.dedup.survivor_order import packed_order
from pipeline.recipe import LinesConfig

SAMPLE = 20_000  # pages counted of one site
SPLITS = 64  # places that count the lines of a site with more pages
TWO_SHARE = 0.25  # asked of a line on two pages, which may be copies: they are half of the site's
EDGE_TYPICAL = 0.8  # of its pages: a line that stands mostly at edges is a header or a footer,
EDGE_SHARE = 1 / 3  # and needs this part of the share that is asked of lines inside texts
PAGES = np.uint64(0)  # stands in the place of a line for the number of pages
_LAST = np.uint64(2**64 - 1)  # in the order of survivors

SITE_ROW = np.dtype([("site", "<u8"), ("pages", "<u8")])
FIRST = [("order", "<u8"), ("keeper", "<u8")]  # of the first of the pages, and half of its id
LINE_ROW = np.dtype(
    [("site", "<u8"), ("line", "<u8"), ("split", "u1"), ("pages", "<u2"), ("edge", "<u2"), *FIRST]
)
PART_LINE = np.dtype(
    [("part", "<u4"), ("site", "<u8"), ("line", "<u8"), ("wide", "u1"), ("keeper", "<u8")]
)
"""A line that recurs on a site, its `Recurrence` in its key, for a part with pages of the site, or
for all parts of its range; and which page keeps it.
"""


def site_rows(keys: pa.Table) -> Rows:
    """The pages of every site in a part. Key: site."""
    sites, pages = np.unique(column(keys, "site"), return_counts=True)
    return make(SITE_ROW, len(sites), site=sites, pages=pages)


def summed_sites(rows: Rows) -> Rows:
    """The pages of every site, in any order and grouping."""
    rows = sorted_by(rows, "site")
    first, _ = groups(rows["site"])
    pages = np.add.reduceat(rows["pages"], first) if len(rows) else rows["pages"]
    return make(SITE_ROW, len(first), site=rows["site"][first], pages=pages)


def crowded_sites(rows: Rows) -> Rows:
    """The sites with more than SAMPLE pages: few enough to be told to every worker."""
    return rows[rows["pages"] > SAMPLE]


def line_rows(
    keys: pa.Table,
    crowded: Rows,
    config: LinesConfig,
    survivor: Sequence[str],
    earlier: bool = False,
) -> Rows:
    """On how many counted pages of a part each line of a site stands, and which of them comes
    first in the order of survivors; those of an earlier run before all. Key: site, split.

    The row of line 0 holds the number of counted pages of the site. The lines of a crowded site
    are split over SPLITS places, each with a row of line 0.
    """
    counted = _counted(keys, crowded)
    at, lines = exploded(keys, "lines")
    use = counted[at] & (lengths(lines) <= config.max_characters) & (lengths(lines) > 0)
    sites = column(keys, "site")
    found = make(LINE_ROW, int(use.sum()), site=sites[at[use]], pages=1)
    found["line"], found["edge"] = plain(lines[use]), edges(lines[use])
    if not earlier:  # who has it with a mark of sentences comes before others
        found["order"] = np.where(ended(lines[use]), packed_order(keys, survivor)[at[use]], _LAST)
    found["keeper"] = column(keys, "id_hi")[at[use]]
    pages = make(LINE_ROW, len(sites), site=sites, line=PAGES, pages=counted)
    return summed(_split(np.concatenate([summed(pages), found]), crowded))


def _split(rows: Rows, crowded: Rows) -> Rows:
    """Rows with their places among SPLITS: those of crowded sites are spread by line."""
    wide = np.isin(rows["site"], crowded["site"])
    rows["split"] = np.where(wide, (rows["line"] >> np.uint64(32)) % np.uint64(SPLITS), 0)
    told = rows[wide & (rows["line"] == PAGES)]
    copies = np.repeat(told, SPLITS - 1)
    copies["split"] = np.tile(np.arange(1, SPLITS), len(told))
    return np.concatenate([rows, copies])


def _counted(keys: pa.Table, crowded: Rows) -> Flags:
    """Which documents count: all, but of crowded sites those whose id falls below SAMPLE /
    pages.
    """
    high = column(keys, "id_hi").astype(np.float64) / 2.0**64
    if not len(crowded):
        return np.ones(len(high), dtype=np.bool_)
    sites: Words = column(keys, "site")
    place = np.minimum(np.searchsorted(crowded["site"], sites), len(crowded) - 1)
    listed = crowded["site"][place] == sites
    counted: Flags = ~listed | (high < SAMPLE / crowded["pages"][place])
    return counted


def summed(rows: Rows) -> Rows:
    """Rows of one site, split and line as one row, in any order and grouping."""
    rows = sorted_by(rows, "site", "split", "line", "order", "keeper")
    first, _ = groups(rows["site"], rows["split"], rows["line"])
    found = rows[first]
    if len(rows):
        for name in ("pages", "edge"):
            found[name] = np.add.reduceat(rows[name], first)
    return found


def recurring_lines(rows: Rows, config: LinesConfig) -> Rows:
    """PART_LINE rows, for no part yet: every line that recurs on a site. `rows` are summed up."""
    first, size = groups(rows["site"], rows["split"])
    total = np.repeat(rows["pages"][first], size)  # line 0 comes first
    two, edge = rows["pages"] <= LEAST, rows["edge"] >= EDGE_TYPICAL * rows["pages"]
    share = sure_share(rows["pages"], total)
    asked = np.where(edge, EDGE_SHARE * config.min_share, config.min_share)
    asked[two] = max(TWO_SHARE, config.min_share)
    often = (rows["pages"] >= config.min_pages) & (share >= asked) & (rows["line"] != PAGES)
    found = rows[often]
    keys = recurrence_keys(found["line"], share[often], found["pages"], edge[often])
    return make(PART_LINE, len(found), site=found["site"], line=keys, keeper=found["keeper"])


def sure_share(count: NDArray[Any], total: NDArray[Any]) -> NDArray[np.float64]:
    """The least share that `count` of `total` still speaks for: Wilson's bound, one standard
    error.

    3 of 9 pages speak for 0.2, 300 of 900 for 0.32, so few pages must agree more than many.
    """
    count, total = count.astype(np.float64), np.maximum(total.astype(np.float64), 1.0)
    share = count / total
    spread = np.sqrt(share * (1 - share) / total + 0.25 / total**2)
    bound: NDArray[np.float64] = (share + 0.5 / total - spread) / (1 + 1 / total)
    return bound


def lines_to_cut(keys: pa.Table, found: Rows) -> tuple[Rows, Words]:
    """(row of the document, line) for all recurring lines that stand in documents of a part,
    marked where the document is the one that keeps the line.
    """
    at, lines = exploded(keys, "lines")
    lines, hashes = base_keys(lines), base_keys(found["line"])
    # Most lines are ruled out by their own hash; the exact test on (site, line) sees the rest.
    near = np.isin(lines, hashes)
    at, lines = at[near], lines[near]
    rows = places_of((column(keys, "site")[at], lines), (found["site"], hashes))
    places, rows = at[rows >= 0], rows[rows >= 0]
    keeps = column(keys, "id_hi")[places] == found["keeper"][rows]
    return places, marked(found["line"][rows], keeps)
