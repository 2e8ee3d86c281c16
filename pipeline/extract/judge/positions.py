"""Where a block stands on the page: by index, by text, from its heading, from the title."""

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.judge.ancestors import FAR, Columns, share
from pipeline.extract.judge.characters import Counts
from pipeline.extract.page.page_blocks import PLACE, Ints, PageBlocks

_REACH = 5  # blocks on each side in a window
_TITLE_LENGTH = 10  # characters of a block that may be the title


def page_columns(page: PageBlocks, counts: Counts, places: Ints) -> Columns:
    """Position on the page, and how many blocks share the path and the kind."""
    size, words, linked = len(page.texts), counts.words, places[PLACE["linked"]]
    known = page.arrays().known
    kinds = page.arrays().kinds[places[PLACE["element"]]]
    index = np.arange(size)
    total = max(int(words.sum()), 1)
    columns: Columns = {
        "depth": known[kinds, 1],
        "index": index,
        "from_end": size - 1 - index,
        "place_share": index / size,
        "text_before": (np.cumsum(words) - words) / total,
    }
    for name, keys in (("path", known[kinds, 0]), ("kind", kinds)):
        under = np.bincount(keys, words)
        columns[f"{name}_blocks"] = np.bincount(keys)[keys]
        columns[f"{name}_words"] = under[keys]
        columns[f"{name}_word_share"] = (under / total)[keys]
        letters = np.maximum(np.bincount(keys, counts.characters), 1)
        columns[f"{name}_link_share"] = (np.bincount(keys, linked) / letters)[keys]
    return columns


def heading_columns(counts: Counts, places: Ints) -> Columns:
    """Distance from the heading before and from the first h1; the words of a heading's section."""
    levels = places[PLACE["level"]]
    index = np.arange(len(levels))
    section = np.cumsum(levels > 0)
    heads = np.flatnonzero(levels)
    last = np.concatenate(([-FAR], heads))[section]
    titles = np.flatnonzero(levels == 1)
    linked = share(places[PLACE["linked"]][heads], counts.characters[heads])
    return {
        "heading_linked": np.concatenate(([-1], linked))[section],
        "heading_level": np.concatenate(([0], levels[heads]))[section],
        "headings_before": section,
        "from_heading": np.minimum(index - last, FAR),
        "words_under_heading": np.bincount(section, counts.words)[section],
        "from_title": blocks_behind(int(titles[0]) if len(titles) else -1, len(levels)),
    }


def titled_blocks(page: PageBlocks, places: Ints) -> tuple[NDArray[np.bool_], int]:
    """Which blocks stand in the page's title, and the index of the first, headings first; or -1."""
    metadata, size = page.metadata, len(page.texts)
    title = f"{metadata.social_title}\n{metadata.title}"
    titled = np.fromiter(
        [len(text) >= _TITLE_LENGTH and text in title for text in page.texts], np.bool_, size
    )
    found = np.flatnonzero(titled & (places[PLACE["level"]] > 0))
    if not len(found):
        found = np.flatnonzero(titled)
    return titled, int(found[0]) if len(found) else -1


def blocks_behind(start: int, size: int) -> Ints:
    """Distance of each block from block `start`; far behind where there is none."""
    return np.arange(size) - (start if start >= 0 else -10 * FAR)


def window_columns(counts: Counts, linked: Ints) -> Columns:
    """Words and links of the blocks around."""
    return {
        "window_words": _window(counts.words),
        "window_link_share": share(_window(linked), _window(counts.characters)),
    }


def _window(values: Ints) -> Ints:
    """Sum over the block and its neighbours within reach."""
    sums = np.concatenate(([0], np.cumsum(values)))
    index = np.arange(len(values))
    high = np.minimum(index + _REACH + 1, len(values))
    return np.asarray(sums[high] - sums[np.maximum(index - _REACH, 0)])
