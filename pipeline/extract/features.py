"""What the model sees of each block: 120 numbers, all from integers by one rounding each.

No logarithm and no sum of fractions enters (trees need no scaling, and both could differ between machines):
counts, shares of counts, flags, and token weights, which are integers. Rows are features, columns are
blocks, float32. The idea of text and link density over blocks is Boilerpipe's (Kohlschütter et al. 2010);
shares of an ancestor's text follow Readability's scoring of parents.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.blocks import PLACE, PLACES, PageBlocks
from pipeline.extract.characters import Counts, count_characters
from pipeline.extract.evidence import PAGE_TYPES

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Weights = Mapping[str, int]

_TOKEN = re.compile(r"[a-z]{2,24}")
_SPAN = 3  # blocks on each side whose main figures a block sees
_MAIN = ("words", "link_share", "stops", "word_length")
_BASE = (
    "characters", "words", "link_share", "linked", "word_length", "comma_share", "stop_share", "stops",
    "sign_share", "digit_share", "upper_share", "ideograph_share", "first_upper", "last_stop", "level",
    "lists", "quotes", "kind", "row", "column", "in_table", "images", "breaks", "depth", "index", "from_end",
    "place_share", "text_before", "blocks_on_page", "words_on_page", "page_link_share", "path_blocks",
    "path_words", "path_word_share", "path_link_share", "class_blocks", "class_words", "class_word_share",
    "class_link_share", "repeats", "from_heading", "words_under_heading", "from_title", "copyright", "pipe", "colon",
    "token_sum", "token_least", "token_most", "token_near", "token_own", "window_words", "window_link_share",
    "table_cells", "table_columns", "table_head_cells", "best_inside", "best_distance", "best_share",
)  # fmt: skip
_ANCESTORS = tuple(
    f"{name}_{level}" for level in (0, 1, 2, 3) for name in ("share", "links", "blocks", "mean")
)
_CONTEXT = tuple(f"{name}_{step:+d}" for step in (-3, -2, -1, 1, 2, 3) for name in _MAIN)
FEATURES = (
    *_BASE, *(f"is_{name}" for name in PLACES), *_ANCESTORS, *_CONTEXT,
    *(f"page_{name}" for name in PAGE_TYPES),
)  # fmt: skip


@lru_cache(maxsize=65536)
def name_tokens(names: str) -> tuple[str, ...]:
    """The distinct tokens of a class, id and role string: its names and their letter runs."""
    return tuple(dict.fromkeys([*names.split()[:12], *_TOKEN.findall(names)[:24]]))


def block_features(page: PageBlocks, weights: Weights, classes: NDArray[np.uint8]) -> Floats:
    """float32 of shape (features, blocks); `weights` are hundredths of log-odds of name tokens."""
    counts = count_characters(page.texts, classes)
    places = np.array(page.places, dtype=np.int64).T
    columns = _text_columns(counts, places) | _page_columns(page, counts, places)
    columns |= _sign_columns(page) | token_columns(page, weights, places)
    columns |= _tree_columns(page, counts, places) | _table_columns(page, places)
    matrix = np.empty((len(FEATURES), len(page.texts)), dtype=np.float32)
    for at, name in enumerate(_BASE):
        matrix[at] = columns[name]
    at = len(_BASE)
    bits = places[PLACE["bits"]]
    matrix[at : at + len(PLACES)] = (bits >> np.arange(len(PLACES))[:, None]) & 1
    at += len(PLACES)
    for name in _ANCESTORS:
        matrix[at] = columns[name]
        at += 1
    at = _add_context(matrix, at)
    matrix[at:] = 0
    for offset, name in enumerate(PAGE_TYPES):
        matrix[at + offset] = name in page.evidence.types
    return matrix


def _share(part: Ints, whole: Ints) -> NDArray[np.float64]:
    return np.asarray(part / np.maximum(whole, 1))


def _text_columns(counts: Counts, places: Ints) -> dict[str, NDArray[np.float64] | Ints]:
    characters, words, linked = counts.characters, counts.words, places[PLACE["linked"]]
    return {
        "characters": characters,
        "words": words,
        "link_share": _share(linked, characters),
        "linked": linked,
        "word_length": _share(characters, words),
        "comma_share": _share(counts.commas, words),
        "stop_share": _share(counts.stops, words),
        "stops": counts.stops,
        "sign_share": _share(counts.signs, characters),
        "digit_share": _share(counts.digits, characters),
        "upper_share": _share(counts.uppers, characters),
        "ideograph_share": _share(counts.ideographs, characters),
        "first_upper": counts.first_upper,
        "last_stop": counts.last_stop,
        **{
            name: places[PLACE[name]]
            for name in ("level", "lists", "quotes", "kind", "row", "column", "images", "breaks")
        },
        "in_table": places[PLACE["table"]] >= 0,
    }


def _page_columns(
    page: PageBlocks, counts: Counts, places: Ints
) -> dict[str, NDArray[np.float64] | Ints]:
    """Position on the page, and how many blocks share the path and the class path."""
    size, words, linked = len(page.texts), counts.words, places[PLACE["linked"]]
    elements = np.array(page.elements, dtype=np.int64).reshape(-1, 4)
    own = (
        elements[np.maximum(places[PLACE["element"]], 0)].T
        if len(elements)
        else np.zeros((4, size), np.int64)
    )
    index = np.arange(size)
    total = np.int64(words.sum())
    before = np.cumsum(words) - words
    columns: dict[str, NDArray[np.float64] | Ints] = {
        "depth": own[1],
        "index": index,
        "from_end": size - 1 - index,
        "place_share": index / size,
        "text_before": before / max(total, 1),
        "blocks_on_page": np.full(size, size),
        "words_on_page": np.full(size, total),
        "page_link_share": np.full(size, linked.sum() / max(counts.characters.sum(), 1)),
    }
    for name, keys in (("path", own[2]), ("class", own[3])):
        blocks, under = np.bincount(keys), np.bincount(keys, words).astype(np.int64)
        links = np.bincount(keys, linked).astype(np.int64)
        letters = np.bincount(keys, counts.characters).astype(np.int64)
        columns[f"{name}_blocks"] = blocks[keys]
        columns[f"{name}_words"] = under[keys]
        columns[f"{name}_word_share"] = under[keys] / max(total, 1)
        columns[f"{name}_link_share"] = _share(links, letters)[keys]
    return columns | _heading_columns(counts, places) | _window_columns(counts, linked)


def _heading_columns(counts: Counts, places: Ints) -> dict[str, NDArray[np.float64] | Ints]:
    """Distance from the heading before and from the first h1, and the words that a heading's section holds."""
    levels = places[PLACE["level"]]
    index = np.arange(len(levels))
    heads = np.flatnonzero(levels)
    titles = np.flatnonzero(levels == 1)
    section = np.searchsorted(heads, index, side="right")
    sums = np.bincount(section, counts.words, minlength=len(heads) + 1).astype(np.int64)
    last = np.concatenate(([-100], heads))[section]
    return {
        "from_heading": np.minimum(index - last, 100),
        "words_under_heading": sums[section],
        "from_title": index - (titles[0] if len(titles) else -1000),
    }


def _window_columns(counts: Counts, linked: Ints) -> dict[str, NDArray[np.float64] | Ints]:
    words = _window(counts.words, 5)
    return {
        "window_words": words,
        "window_link_share": _share(_window(linked, 5), _window(counts.characters, 5)),
    }


def _window(values: Ints, reach: int) -> Ints:
    """Sum over the block and `reach` blocks on each side."""
    sums = np.concatenate(([0], np.cumsum(values)))
    index = np.arange(len(values))
    return np.asarray(
        sums[np.minimum(index + reach + 1, len(values))] - sums[np.maximum(index - reach, 0)]
    )


def _sign_columns(page: PageBlocks) -> dict[str, NDArray[np.float64] | Ints]:
    texts, size = page.texts, len(page.texts)
    seen: dict[str, int] = {}
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
    return {
        "copyright": np.fromiter(("©" in text for text in texts), np.int64, size),
        "pipe": np.fromiter((text.count("|") for text in texts), np.int64, size),
        "colon": np.fromiter((text[-1] in ":：" for text in texts), np.int64, size),
        "repeats": np.fromiter((seen[text] for text in texts), np.int64, size),
    }


def token_columns(
    page: PageBlocks, weights: Weights, places: Ints
) -> dict[str, NDArray[np.float64] | Ints]:
    """Sum, least, most and nearest token weight of the elements above each block."""
    rows = [(0, 0, 0, 0, 0)]
    for parent, names in page.chains:
        above = rows[parent + 1]
        own = names_weight(names, weights)
        if own == 0:
            rows.append((*above[:4], 0))
        else:
            rows.append((above[0] + own, min(above[1], own), max(above[2], own), own, own))
    chosen = np.array(rows, dtype=np.int64)[places[PLACE["chain"]] + 1].T
    names = ("token_sum", "token_least", "token_most", "token_near", "token_own")
    return dict(zip(names, chosen, strict=True))


def names_weight(names: str, weights: Weights) -> int:
    """The sum of the token weights of a class, id and role string."""
    return sum(weights.get(token, 0) for token in name_tokens(names))


def _tree_columns(
    page: PageBlocks, counts: Counts, places: Ints
) -> dict[str, NDArray[np.float64] | Ints]:
    """Words, links and blocks under the block's element and three ancestors, and the best container."""
    parents = np.array([element.parent for element in page.elements] + [-1], dtype=np.int64)
    owner = np.where(places[PLACE["element"]] < 0, len(parents) - 1, places[PLACE["element"]])
    linked = places[PLACE["linked"]]
    prose = np.where((counts.words >= 12) & (3 * linked < counts.characters), counts.words, 0)
    sums = np.zeros((5, len(parents)), dtype=np.int64)
    for at, values in enumerate(
        (counts.words, linked, counts.characters, np.ones_like(linked), prose)
    ):
        sums[at] = np.bincount(owner, values, minlength=len(parents)).astype(np.int64)
    table: list[list[int]] = sums.T.tolist()
    sizes = [1] * len(parents)
    for at in range(len(parents) - 2, 0, -1):
        above = table[parents[at]]
        row = table[at]
        for k in range(5):
            above[k] += row[k]
        sizes[parents[at]] += sizes[at]
    sums = np.array(table, dtype=np.int64).T
    columns: dict[str, NDArray[np.float64] | Ints] = {}
    at_level = owner
    total = max(int(counts.words.sum()), 1)
    for level in range(4):
        words, links, letters, blocks, _ = sums[:, at_level]
        columns[f"share_{level}"] = words / total
        columns[f"links_{level}"] = _share(links, letters)
        columns[f"blocks_{level}"] = blocks
        columns[f"mean_{level}"] = _share(words, blocks)
        at_level = parents[at_level]
    return columns | _best_columns(sums[4], np.array(sizes), parents, owner)


def _best_columns(
    prose: Ints, sizes: Ints, parents: Ints, owner: Ints
) -> dict[str, NDArray[np.float64] | Ints]:
    """Where a block stands to the deepest element that holds 60 % of the page's prose."""
    total = int(prose[0]) if len(prose) > 1 else 0
    holds = np.flatnonzero(prose[:-1] * 10 >= max(total, 1) * 6)
    best = int(holds[-1]) if len(holds) else 0
    inside = (owner >= best) & (owner < best + sizes[best])
    distance = np.where(owner < best, owner - best, np.maximum(owner - best - sizes[best] + 1, 0))
    return {
        "best_inside": inside,
        "best_distance": np.where(inside, 0, distance),
        "best_share": np.full(len(owner), prose[best] / max(total, 1)),
    }


def _table_columns(page: PageBlocks, places: Ints) -> dict[str, NDArray[np.float64] | Ints]:
    rows = [(t.rows * t.columns, t.columns, t.head_cells) for t in page.tables] + [(0, 0, 0)]
    chosen = np.array(rows, dtype=np.int64)[places[PLACE["table"]]].T
    return dict(zip(("table_cells", "table_columns", "table_head_cells"), chosen, strict=True))


def _add_context(matrix: Floats, at: int) -> int:
    """The main figures of the three blocks before and after; -1 beyond the ends."""
    rows = [_BASE.index(name) for name in _MAIN]
    size = matrix.shape[1]
    for step in (-3, -2, -1, 1, 2, 3):
        for row in rows:
            matrix[at] = -1
            if step < 0:
                matrix[at, -step:] = matrix[row, : max(size + step, 0)]
            else:
                matrix[at, : max(size - step, 0)] = matrix[row, step:]
            at += 1
    return at
