"""Lines that a site repeats: headers, footers, menus, notices.

Counted per site and language among the survivors of the exact passes, from the hashes of lines
alone. A line recurs when it stands on at least `min_pages` and `min_share` of the pages. Of
sites with more than SAMPLE pages only about that many are counted, chosen by id, so that no
group outgrows a worker; a share of 0.3 is then known to 0.3 points. Which of the recurring lines
are cut is decided where the text is at hand (`cuts`).
"""

import numpy as np
import pyarrow as pa

from pipeline.dedup.keys import exploded, lengths
from pipeline.dedup.rows import Flags, Rows, Words, column, groups, make, sorted_by
from pipeline.recipe import LinesConfig

SAMPLE = 20_000  # pages counted of one site
PAGES = np.uint64(0)  # stands in the place of a line for the number of pages

SITE_ROW = np.dtype([("site", "<u8"), ("pages", "<u8")])
LINE_ROW = np.dtype([("site", "<u8"), ("line", "<u8"), ("part", "<u4"), ("pages", "<u8")])
PART_LINE = np.dtype([("part", "<u4"), ("site", "<u8"), ("line", "<u8")])


def site_rows(keys: pa.Table) -> Rows:
    """The pages of every site in a part. Key: site."""
    sites, pages = np.unique(column(keys, "site"), return_counts=True)
    return make(SITE_ROW, len(sites), site=sites, pages=pages)


def crowded_sites(rows: Rows) -> Rows:
    """The sites with more than SAMPLE pages, sorted: few enough to be told to every worker."""
    rows = sorted_by(rows, "site")
    first, _ = groups(rows["site"])
    pages = np.add.reduceat(rows["pages"], first) if len(rows) else rows["pages"]
    crowded = make(SITE_ROW, len(first), site=rows["site"][first], pages=pages)
    return crowded[crowded["pages"] > SAMPLE]


def line_rows(keys: pa.Table, part: int, crowded: Rows, config: LinesConfig) -> Rows:
    """On how many counted pages of a part each line of a site stands. Key: site.

    The row of line 0 holds the number of counted pages of the site; it is there for every site
    of the part, so that the verdict on the site finds back to the part.
    """
    counted = _counted(keys, crowded)
    at, lines = exploded(keys, "lines")
    use = counted[at] & (lengths(lines) <= config.max_characters) & (lengths(lines) > 0)
    sites = column(keys, "site")
    found = make(LINE_ROW, int(use.sum()), site=sites[at[use]], line=lines[use], part=part, pages=1)
    pages = make(LINE_ROW, len(sites), site=sites, line=PAGES, part=part, pages=counted)
    return _summed(np.concatenate([pages, found]))


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


def _summed(rows: Rows) -> Rows:
    """Rows of one part with equal site and line as one row."""
    rows = sorted_by(rows, "site", "line")
    first, _ = groups(rows["site"], rows["line"])
    summed = rows[first].copy()
    if len(rows):
        summed["pages"] = np.add.reduceat(rows["pages"], first)
    return summed


def recurring_lines(rows: Rows, config: LinesConfig) -> Rows:
    """PART_LINE rows: every line that recurs on a site, for every part with pages of that site."""
    parts = rows[rows["line"] == PAGES]
    summed = _summed(rows)
    site_first, size = groups(summed["site"])
    pages = np.repeat(summed["pages"][site_first], size)  # line 0 comes first
    recurs = (
        (summed["line"] != PAGES)
        & (summed["pages"] >= config.min_pages)
        & (summed["pages"] >= config.min_share * pages)
    )
    return _for_parts(summed[recurs], sorted_by(parts, "site", "part"))


def _for_parts(lines: Rows, parts: Rows) -> Rows:
    """Each line once for each part of its site; both sorted by site."""
    begin = np.searchsorted(parts["site"], lines["site"], side="left")
    times = np.searchsorted(parts["site"], lines["site"], side="right") - begin
    repeated = np.repeat(lines, times)
    offset = np.arange(len(repeated)) - np.repeat(np.cumsum(times) - times, times)
    out = make(PART_LINE, len(repeated), site=repeated["site"], line=repeated["line"])
    out["part"] = parts["part"][np.repeat(begin, times) + offset]
    return sorted_by(out, "part", "site", "line")


def lines_to_cut(keys: pa.Table, found: Rows) -> tuple[Rows, Words]:
    """(row of the document, line) for all recurring lines that stand in documents of a part."""
    at, lines = exploded(keys, "lines")
    known = dict.fromkeys(zip(found["site"].tolist(), found["line"].tolist(), strict=True))
    sites = column(keys, "site")[at]
    # Most lines are ruled out by their own hash; the exact test on (site, line) sees the rest.
    near = np.flatnonzero(np.isin(lines, found["line"]))
    pairs = zip(sites[near].tolist(), lines[near].tolist(), strict=True)
    kept = near[np.fromiter((pair in known for pair in pairs), np.bool_, len(near))]
    return at[kept], lines[kept]
