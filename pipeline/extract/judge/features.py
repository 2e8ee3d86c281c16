"""What the model sees of each block, all from integers by one rounding each.

No logarithm and no sum of fractions enters (trees need no scaling, and both could differ between
machines): counts, shares of counts, flags, and token weights, which are integers. Rows are
features, columns are blocks. How many words, blocks and links a page has is no row, for trees know
training pages by it; nor is what words say, for they are of the training pages' languages. Text
and link density over blocks is Boilerpipe's idea (Kohlschütter et al. 2010); the shares of an
ancestor's text follow Readability's scoring of parents.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.judge.ancestors import (  # fmt: skip
    Columns,
    Weights,
    last_inside,
    prose_blocks,
    share,
    token_columns,
    tree_columns,
)
from pipeline.extract.judge.characters import Counts, count_characters
from pipeline.extract.judge.declared_text import declared_columns
from pipeline.extract.judge.nearness import (
    clear_senses,
    label_columns,
    lead_block,
    nearness_columns,
)
from pipeline.extract.page.metadata import PAGE_TYPES
from pipeline.extract.page.page_blocks import BIT, PLACE, PLACES, Ints, PageBlocks

Floats = NDArray[np.float32]

_MAIN = ("words", "link_share", "stops", "word_length")  # seen of the blocks around too
_STEPS = (-3, -2, -1, 1, 2, 3)
_REACH = 5  # blocks on each side in a window
_TITLE_LENGTH = 10  # characters of a block that may be the title
_START = 40  # characters that a teaser shares with what it announces
_FAR = 100  # blocks beyond which a distance no longer counts
_BASE = (
    "characters", "words", "linked", "stops", "level", "lists", "quotes", "form", "row", "column",
    "images", "breaks", "first_upper", "last_stop", "link_share", "word_length", "comma_share",
    "stop_share", "sign_share", "digit_share", "upper_share", "ideograph_share", "in_table",
    "depth", "index", "from_end", "place_share", "text_before", "path_blocks", "path_words",
    "path_word_share", "path_link_share", "kind_blocks", "kind_words", "kind_word_share",
    "kind_link_share", "from_heading", "words_under_heading", "from_title", "heading_linked",
    "heading_level", "headings_before", "titled", "from_titled", "window_words",
    "window_link_share", "repeats", "same_start", "in_body", "body_share", "described",
    "token_sum", "token_least", "token_most", "token_near", "token_own",
    "from_lead", "title_levels", "title_share", "lead_levels", "lead_share",
    "article_number", "article_count", "body_number", "body_count", "from_label",
    "table_cells", "table_columns", "table_head_cells", "best_inside", "best_distance",
    "best_share",
    *(
        f"{name}_{level}"
        for level in range(4)
        for name in ("share", "links", "blocks", "mean", "twins")
    ),
)  # fmt: skip
FEATURES = (
    *_BASE,
    *(f"is_{name}" for name in PLACES),
    *(f"page_{name}" for name in PAGE_TYPES),
    *(f"{name}_{step:+d}" for step in _STEPS for name in _MAIN),
)


def block_features(page: PageBlocks, weights: Weights, classes: NDArray[np.uint8]) -> Floats:
    """float32 of shape (features, blocks); `weights` are hundredths of log-odds of name tokens."""
    counts = count_characters(page.texts, classes)
    places = page.place_rows()
    columns = _text_columns(counts, places) | _page_columns(page, counts, places)
    columns |= _heading_columns(counts, places) | _window_columns(counts, places[PLACE["linked"]])
    titled, title = titled_blocks(page, places)
    columns |= {"titled": titled, "from_titled": _from(title, len(titled))}
    below = last_inside(page.parents)
    lead = lead_block(counts, places, title)
    columns |= nearness_columns(page, counts, places, below, title, lead)
    bits = clear_senses(places[PLACE["bits"]], lead)
    columns |= label_columns(bits, places, counts.characters)
    prose = prose_blocks(counts, places)
    if not page.metadata.is_forum:
        prose &= (bits & BIT["comments"]) == 0
    columns |= _repeat_columns(page.texts) | declared_columns(page)
    columns |= tree_columns(page, counts, places, below, prose) | _table_columns(page, places)
    matrix = np.empty((len(FEATURES), len(page.texts)), dtype=np.float32)
    for name, row in columns.items():
        matrix[_ROW[name]] = row
    at = len(_BASE)
    matrix[at : at + len(PLACES)] = (bits >> _PLACE_BITS) & 1
    at += len(PLACES)
    for offset, name in enumerate(PAGE_TYPES):
        matrix[at + offset] = name in page.metadata.types
    weigh(matrix, page, weights, places)
    return matrix


def weigh(matrix: Floats, page: PageBlocks, weights: Weights, places: Ints) -> None:
    """Fill in the rows that depend on weights, and last what blocks see of their neighbours."""
    for name, row in token_columns(page, weights, places).items():
        matrix[_ROW[name]] = row
    _add_context(matrix, len(_BASE) + len(PLACES) + len(PAGE_TYPES))


_ROW = {name: at for at, name in enumerate(_BASE)}
_PLACE_BITS = np.arange(len(PLACES))[:, None]
_MAIN_ROWS = [_ROW[name] for name in _MAIN]
_COPIED = ("level", "lists", "quotes", "form", "row", "column", "images", "breaks", "linked")


def _text_columns(counts: Counts, places: Ints) -> Columns:
    characters, words = counts.characters, counts.words
    columns: Columns = {name: places[PLACE[name]] for name in _COPIED}
    return columns | {
        "characters": characters,
        "words": words,
        "stops": counts.stops,
        "first_upper": counts.first_upper,
        "last_stop": counts.last_stop,
        "link_share": share(places[PLACE["linked"]], characters),
        "word_length": share(characters, words),
        "comma_share": share(counts.commas, words),
        "stop_share": share(counts.stops, words),
        "sign_share": share(counts.signs, characters),
        "digit_share": share(counts.digits, characters),
        "upper_share": share(counts.uppers, characters),
        "ideograph_share": share(counts.ideographs, characters),
        "in_table": places[PLACE["table"]] >= 0,
    }


def _page_columns(page: PageBlocks, counts: Counts, places: Ints) -> Columns:
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


def _heading_columns(counts: Counts, places: Ints) -> Columns:
    """Distance from the heading before and from the first h1; the words of a heading's section."""
    levels = places[PLACE["level"]]
    index = np.arange(len(levels))
    section = np.cumsum(levels > 0)
    heads = np.flatnonzero(levels)
    last = np.concatenate(([-_FAR], heads))[section]
    titles = np.flatnonzero(levels == 1)
    linked = share(places[PLACE["linked"]][heads], counts.characters[heads])
    return {
        "heading_linked": np.concatenate(([-1], linked))[section],
        "heading_level": np.concatenate(([0], levels[heads]))[section],
        "headings_before": section,
        "from_heading": np.minimum(index - last, _FAR),
        "words_under_heading": np.bincount(section, counts.words)[section],
        "from_title": _from(int(titles[0]) if len(titles) else -1, len(levels)),
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


def _from(start: int, size: int) -> Ints:
    """Distance of each block from block `start`; far behind where there is none."""
    return np.arange(size) - (start if start >= 0 else -10 * _FAR)


def _window_columns(counts: Counts, linked: Ints) -> Columns:
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


def _repeat_columns(texts: list[str]) -> Columns:
    """How many blocks have the block's text, or begin like it."""
    size = len(texts)
    seen: dict[str, int] = {}
    starts: dict[str, int] = {}
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        if len(text) >= _START:
            starts[text[:_START]] = starts.get(text[:_START], 0) + 1
    return {
        "repeats": np.fromiter([seen[text] for text in texts], np.int64, size),
        "same_start": np.fromiter([starts.get(text[:_START], 0) for text in texts], np.int64, size),
    }


def _table_columns(page: PageBlocks, places: Ints) -> Columns:
    rows = [(t.rows * t.columns, t.columns, t.head_cells) for t in page.tables] + [(0, 0, 0)]
    chosen = np.array(rows, dtype=np.int64)[places[PLACE["table"]]].T
    return dict(zip(("table_cells", "table_columns", "table_head_cells"), chosen, strict=True))


def _add_context(matrix: Floats, at: int) -> None:
    """The main figures of the three blocks before and after, from row `at`; -1 beyond the ends."""
    size = matrix.shape[1]
    main = matrix[_MAIN_ROWS]
    matrix[at:] = -1
    for step in _STEPS:
        rows = matrix[at : at + len(_MAIN_ROWS)]
        if abs(step) < size:
            if step < 0:
                rows[:, -step:] = main[:, :step]
            else:
                rows[:, :-step] = main[:, step:]
        at += len(_MAIN_ROWS)
