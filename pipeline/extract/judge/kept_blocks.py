"""Which blocks of a page stay: the model's chances, rules of form, a threshold, no repeats."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.formulas.tex import holds_formula, is_formula
from pipeline.extract.judge.features import FEATURES, Floats, block_features
from pipeline.extract.judge.furniture import furniture
from pipeline.extract.judge.heads import heads_of_text, without_bare_heads
from pipeline.extract.judge.model import BlockModel
from pipeline.extract.judge.repeats import without_copies, without_repeats
from pipeline.extract.judge.side_sections import without_side_sections
from pipeline.extract.page.page_blocks import BIT, CODE, FORMULA, PLACE, TEXT, Ints, PageBlocks
from pipeline.extract.page.tables import data_tables

_BEST_CHARACTERS = 200
_COMPANY = 200  # thousandths that a formula or a listing lends to its neighbours
_LEAST_DOUBT = 200
_COMMENTED = 600  # thousandths that a block among comments loses
_FEW_ITEMS, _MANY_ITEMS = 3, 8  # of a list; of one that is decided as a whole
_OWN_PART = 10  # hundredths
_COMMENTS, _IS_PARAGRAPH, _ITEMS, _ITEM_BLOCKS, _ITEMS_START, _MOST_ITEMS, _WORDS = map(
    FEATURES.index,
    ("is_comments", "is_paragraph", "items", "items_blocks", "items_start", "items_most", "words"),
)
_SIDES = ("nav", "header", "footer", "aside", "hidden", "menu", "sidebar", "related", "comments",
          "concealed", "promotion", "sharing")  # fmt: skip
_BESIDE = sum(BIT[name] for name in _SIDES)
_IS_BESIDE = [FEATURES.index(f"is_{name}") for name in _SIDES]  # but for what wraps the lead too
_IN_FLOW = [FEATURES.index(f"is_{name}") for name in ("paragraph", "division")]
_LEANING = 600  # thousandths of the expected F1: half of it, and a fifth more
_MOST_THRESHOLD = 600
_HEADED = 150  # thousandths that are enough for what stands as a head above text that stays,
_BESIDE_TEXT = 150  # and for a paragraph among the paragraphs of that text
_FLOW_WORDS, _FLOW_PARTS = 8, 6  # least of such a paragraph; tenths of the text that has one parent


@dataclass(frozen=True, slots=True)
class KeptBlocks:
    """The blocks that stay, by index in order, and how it came to that. Chances in thousandths."""

    kept: list[int]
    data: set[int]  # tables of data
    matrix: Floats  # features
    judged: Ints  # chances as the model gives them
    settled: Mapping[str, Ints]  # chances after each rule of form, in order
    chances: Ints  # after all of them
    thresholds: Ints  # what the chance of each block must exceed
    repeated: frozenset[int]  # that would stay, but say what a block before said
    copied: frozenset[int]  # that would stay, but hold most of the text before once more
    aside: frozenset[int]  # that would stay, but stand below a label of related stories
    bare: frozenset[int]  # headings that would stay, but nothing of what they stand above does


def choose(page: PageBlocks, model: BlockModel) -> KeptBlocks:
    """The verdict on all blocks of a page."""
    data = data_tables(page)
    matrix = block_features(page, model.weights, model.classes)
    judged = model.judge(page, matrix)
    settled = settle(page, judged, matrix, data)
    chances = settled["furniture"]
    threshold = page_threshold(chances, page.sizes(), model.threshold)
    # Listings and displayed formulas are hardly ever furniture.
    told = (page.place_rows()[PLACE["form"]] == CODE) | displayed_formulas(page)
    thresholds = np.where(told, min(threshold, model.threshold), threshold)
    thresholds = np.where(main_list(page, matrix, chances > thresholds), 0, thresholds)
    lower = main_flow(page, matrix, chances > thresholds)
    thresholds = np.where(lower, np.minimum(thresholds, _BESIDE_TEXT), thresholds)
    thresholds = np.where(heads_of_text(page, chances > thresholds), _HEADED, thresholds)
    likely = np.flatnonzero(chances > thresholds).tolist()
    near = without_side_sections(page, likely)
    once = without_repeats(page, near)
    all_once = without_copies(page, once)
    alone = (matrix[_ITEMS] >= _FEW_ITEMS) & (matrix[_ITEM_BLOCKS] > 1)
    alone |= np.isin(page.place_rows()[PLACE["table"]], list(data))
    kept = without_bare_heads(page, all_once, alone)
    aside = frozenset(likely).difference(near)
    repeated, copied = frozenset(near).difference(once), frozenset(once).difference(all_once)
    bare = frozenset(all_once).difference(kept)
    return KeptBlocks(
        kept, data, matrix, judged, settled, chances, thresholds, repeated, copied, aside, bare
    )


def main_flow(page: PageBlocks, matrix: Floats, stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The paragraphs below the element that most of the text `stays` stands in directly: the last
    sections of a long article convince less than the first.
    """
    made = page.arrays()
    above = made.parents[made.places[PLACE["element"]]] + 1
    words = matrix[_WORDS]
    free = (3 * made.places[PLACE["linked"]] < made.sizes) & (words >= _FLOW_WORDS)
    free &= matrix[_IN_FLOW].any(axis=0) & ~matrix[_IS_BESIDE].any(axis=0)
    free &= made.places[PLACE["form"]] == TEXT
    kept = np.bincount(above, words * (stays & free), len(made.parents) + 1)
    most = int(kept.argmax())
    if 10 * kept[most] < _FLOW_PARTS * words[stays].sum():
        return np.zeros_like(stays)
    return np.asarray(free & (above == most))


def page_threshold(chances: Ints, sizes: Ints, least: int) -> int:
    """What a chance must exceed on this page, in thousandths.

    The threshold of the best expected F1 is half of that F1 (Lipton, Elkan and Naryanaswamy 2014),
    so it is lower where the whole page is in doubt; ours leans to precision and stays within
    bounds, but goes below where not even the best 200 characters, or the better half of a short
    page, convince.
    """
    order = np.argsort(-chances, kind="stable")
    kept = np.cumsum(sizes[order])
    right = np.cumsum((chances * sizes)[order])
    best = float((2 * right / np.maximum(1000 * kept + right[-1], 1)).max())
    enough = min(_BEST_CHARACTERS, (int(sizes.sum()) + 1) // 2)
    convincing = int(chances[order[int(np.searchsorted(kept, enough))]])
    return min(max(least, min(int(_LEANING * best), _MOST_THRESHOLD)), convincing * 7 // 10)


def main_list(page: PageBlocks, matrix: Floats, stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The blocks of a list that is the page: directories, boards of jobs and threads, shops.

    The model has seen few such pages, and the names in a list read like a menu's. Where what stays
    is less than a quarter of the words and one list holds two fifths, the list is what the page is
    for.
    """
    words, whole = matrix[_WORDS], matrix[_WORDS].sum()
    listed = (matrix[_MOST_ITEMS] == 1) & (matrix[_ITEMS] >= _MANY_ITEMS)
    beside = listed & (page.place_rows()[PLACE["bits"]] & _BESIDE > 0)
    size = words[listed].sum()
    if 2 * words[beside].sum() < size and 5 * size > 2 * whole > 8 * words[stays].sum():
        return np.asarray(listed & ~beside)
    return np.zeros_like(stays)


def settle(page: PageBlocks, chances: Ints, matrix: Floats, data: set[int]) -> dict[str, Ints]:
    """Chances after each rule of form, by its name: formulas and code speak for what stands beside
    them ("company"), a displayed formula is part of what is said around it ("formula"), comments go
    more easily than the model thinks, but for forums ("comments"), parts of one kind in a long list
    are judged alike ("items"), a table of data stays or goes whole ("table"), what is known by its
    name to be none of the text never stays ("furniture").
    """
    places = page.place_rows()
    company = _with_company(page, chances, places)
    tabled = np.isin(places[PLACE["table"]], list(data))
    alone = displayed_formulas(page) & ~tabled
    formula = _with_formulas(company, alone)
    comments = formula
    if not page.metadata.is_forum:
        among = matrix[_COMMENTS] > 0
        comments = np.maximum(np.where(among, formula - _COMMENTED, formula), 0)
    gone = furniture(page)
    items = _with_like_items(page, comments, matrix, gone)
    tables = items.copy()
    inside = tabled & ~gone
    if inside.any():
        table, sizes = places[PLACE["table"]][inside], page.sizes()[inside]
        whole = np.bincount(table, sizes).astype(np.int64)
        alike = np.bincount(table, items[inside] * sizes).astype(np.int64) // np.maximum(whole, 1)
        tables[inside] = alike[table]
    return {
        "company": company,
        "formula": formula,
        "comments": comments,
        "items": items,
        "table": tables,
        "furniture": np.where(gone, 0, tables),
    }


def _with_like_items(
    page: PageBlocks, chances: Ints, matrix: Floats, gone: NDArray[np.bool_]
) -> Ints:
    """Each part of a long list is hardly likelier than the parts of its kind in that list together.

    Paragraphs in a row are no list, though they are like items of the text around them.
    """
    paragraph = (matrix[_IS_PARAGRAPH] > 0) & (matrix[_ITEM_BLOCKS] <= 1)
    listed = (matrix[_ITEMS] >= _MANY_ITEMS) & ~paragraph & ~gone
    if not listed.any():
        return chances.copy()
    made = page.arrays()
    kinds, sizes = made.kinds[made.places[PLACE["element"]]], made.sizes * listed
    starts = np.rint(matrix[_ITEMS_START] * len(chances)).astype(np.int64)  # one for each list
    _, parts = np.unique(kinds * len(chances) + starts, return_inverse=True)
    whole = np.maximum(np.bincount(parts, sizes), 1).astype(np.int64)
    alike = np.bincount(parts, chances * sizes).astype(np.int64) // whole
    mixed = (_OWN_PART * chances + (100 - _OWN_PART) * alike[parts]) // 100
    return np.asarray(np.where(listed, mixed, chances))


def displayed_formulas(page: PageBlocks) -> NDArray[np.bool_]:
    """Which blocks are a displayed formula and nothing else."""
    found = page.place_rows()[PLACE["form"]] == FORMULA
    for at in np.flatnonzero(found).tolist():
        tex = page.texts[at][2:-2]
        found[at] = "$$" not in tex and is_formula(tex)
    return np.asarray(found)


def _with_formulas(chances: Ints, formulas: NDArray[np.bool_]) -> Ints:
    """A displayed formula is as likely as the likelier of the blocks before and after it."""
    if not formulas.any() or formulas.all():
        return chances.copy()
    text = np.flatnonzero(~formulas)
    after = np.searchsorted(text, np.arange(len(chances)))
    around = np.maximum(
        chances[text[np.maximum(after - 1, 0)]], chances[text[np.minimum(after, len(text) - 1)]]
    )
    return np.asarray(np.where(formulas, np.maximum(chances, around), chances))


def _with_company(page: PageBlocks, chances: Ints, places: Ints) -> Ints:
    """Blocks under the same element as a displayed formula or a listing are hardly ever furniture.

    The training pages have few of them, so that the doubt is the model's ignorance.
    """
    telling = places[PLACE["form"]] == CODE
    telling |= np.fromiter(
        ("$$" in text and holds_formula(text) for text in page.texts), np.bool_, len(page.texts)
    )
    if not telling.any():
        return chances.copy()
    parents = page.arrays().parents[places[PLACE["element"]]]
    beside = np.isin(parents, parents[telling & (chances >= _LEAST_DOUBT)])
    return np.asarray(np.where(beside & (chances >= _LEAST_DOUBT), chances + _COMPANY, chances))
