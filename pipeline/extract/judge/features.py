"""What the model sees of each block, all from integers by one rounding each.

No logarithm and no sum of fractions enters (trees need no scaling, and both could differ between
machines): counts, shares of counts, flags, and token weights, which are integers. Rows are
features, columns are blocks. How many words, blocks and links a page has is no row, for trees know
training pages by it; nor is what words say, for they are of the training pages' languages. Text
and link density over blocks is Boilerpipe's idea (Kohlschütter et al. 2010); the shares of an
ancestor's text follow Readability's scoring of parents.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.judge.ancestors import (  # fmt: skip
    PARTS,
    Columns,
    element_sums,
    last_inside,
    prose_blocks,
    share,
    token_columns,
    tree_columns,
)
from pipeline.extract.judge.characters import Counts, count_characters
from pipeline.extract.judge.declared_text import declared_columns
from pipeline.extract.judge.like_items import item_columns
from pipeline.extract.judge.nearness import (
    clear_senses,
    label_columns,
    lead_block,
    nearness_columns,
)
from pipeline.extract.judge.positions import (
    blocks_behind,
    heading_columns,
    page_columns,
    titled_blocks,
    window_columns,
)
from pipeline.extract.page.class_names import NameWeights
from pipeline.extract.page.metadata import PAGE_TYPES
from pipeline.extract.page.page_blocks import BIT, PLACE, PLACES, Ints, PageBlocks

Floats = NDArray[np.float32]

_MAIN = ("words", "link_share", "stops", "word_length")  # seen of the blocks around too
_STEPS = (-1, 1)
_START = 40  # characters that a teaser shares with what it announces
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
    "items", "items_share", "items_words", "items_links", "items_blocks", "items_headings",
    "items_images", "items_start", "items_from_title", "items_most", "items_best",
    "outer_items", "outer_share", "prose_parts",
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


def block_features(page: PageBlocks, weights: NameWeights, classes: NDArray[np.uint8]) -> Floats:
    """float32 of shape (features, blocks); `weights` are hundredths of log-odds of name tokens."""
    places = page.place_rows()
    columns, bits = _columns(page, count_characters(page.texts, classes), places)
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


def _columns(page: PageBlocks, counts: Counts, places: Ints) -> tuple[Columns, Ints]:
    """All that no weight and no table of names changes, and the places as the lead has them."""
    columns = _text_columns(counts, places) | page_columns(page, counts, places)
    columns |= heading_columns(counts, places) | window_columns(counts, places[PLACE["linked"]])
    titled, title = titled_blocks(page, places)
    columns |= {"titled": titled, "from_titled": blocks_behind(title, len(titled))}
    below = last_inside(page.parents)
    lead = lead_block(counts, places, title)
    columns |= nearness_columns(page, counts, places, below, title, lead)
    bits = clear_senses(places[PLACE["bits"]], lead)
    columns |= label_columns(bits, places, counts.characters)
    prose = prose_blocks(counts, places)
    if not page.metadata.is_forum:
        prose &= (bits & BIT["comments"]) == 0
    columns |= _repeat_columns(page.texts) | declared_columns(page)
    whole = max(int(counts.words.sum()), 1)
    under = element_sums(page, counts, places, below, prose)
    columns |= tree_columns(page, places, below, under, whole)
    columns |= item_columns(page, places, under, whole, title)
    columns |= _table_columns(page, places)
    prosaic = PARTS * int((counts.words * prose).sum()) // whole
    columns["prose_parts"] = np.full(len(titled), prosaic)
    return columns, bits


def weigh(matrix: Floats, page: PageBlocks, weights: NameWeights, places: Ints) -> None:
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


def _repeat_columns(texts: list[str]) -> Columns:
    """How many blocks have the block's text, or begin like it."""
    size = len(texts)
    seen = Counter(texts)
    starts = Counter([text[:_START] for text in texts if len(text) >= _START])
    return {
        "repeats": np.fromiter(map(seen.__getitem__, texts), np.int64, size),
        "same_start": np.fromiter([starts[text[:_START]] for text in texts], np.int64, size),
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
