"""A page's main content: one parse, one walk, one verdict per block, one text.

In: HTML and a block model. Out: the text with what was found about it, or the reason why there is
none. The method is block classification after Boilerpipe (Kohlschütter et al. 2010) and Web2Text
(Vogels et al. 2018), with gradient-boosted trees over features of text, place and neighbourhood.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.extract.blocks import CODE, PLACE, Ints, PageBlocks
from pipeline.extract.features import FEATURES, Floats, block_features
from pipeline.extract.model import BlockModel
from pipeline.extract.nesting import Limits
from pipeline.extract.structure import holds_formula, write_text
from pipeline.extract.tables import data_tables
from pipeline.extract.walk import read_blocks

_BEST_CHARACTERS = 200
_REPEATED_CHARACTERS = 40
_COMPANY = 200  # thousandths that a formula or a listing lends to its neighbours
_LEAST_DOUBT = 200
_COMMENTED = 500  # thousandths that a block among comments loses
_COMMENTS = FEATURES.index("is_comments")
_COPY_CHARACTERS, _PROBES, _MOST_COPIES = 400, 20, 30
_LEANING = 600  # thousandths of the expected F1: half of it, and a fifth more
_MOST_THRESHOLD = 600


@dataclass(frozen=True, slots=True)
class Extracted:
    """The main content of a page."""

    text: str
    title: str = ""
    page_type: str = ""
    has_math: bool = False
    has_code: bool = False
    has_table: bool = False


def extract_text(html: str, model: BlockModel, limits: Limits) -> Extracted | str:
    """The main content, or a reason: too_large, too_deep, too_many_nodes, no_body, no_text."""
    page = read_blocks(html, limits)
    if isinstance(page, str):
        return page
    kept, data = choose(page, model)
    text = write_text(page, kept, data)
    if not text:
        return "no_text"
    places = [page.place(at) for at in kept]
    return Extracted(
        text,
        page_title(page),
        page.evidence.page_type,
        has_math=any(
            holds_formula(page.texts[at])
            for at, place in zip(kept, places, strict=True)
            if place.form != CODE
        ),
        has_code=any(place.form == CODE for place in places),
        has_table=any(place.table in data for place in places),
    )


def choose(page: PageBlocks, model: BlockModel) -> tuple[list[int], set[int]]:
    """Indices of the blocks that stay, and of the tables of data."""
    data = data_tables(page)
    matrix = block_features(page, model.weights, model.classes)
    chances = settle(page, model.judge(page, matrix), matrix, data)
    threshold = page_threshold(chances, page.sizes(), model.threshold)
    code = page.place_rows()[PLACE["form"]] == CODE  # listings are hardly ever furniture
    kept = np.flatnonzero(chances > np.where(code, min(threshold, model.threshold), threshold))
    return without_copies(page, without_repeats(page, kept.tolist())), data


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


def without_repeats(page: PageBlocks, kept: list[int]) -> list[int]:
    """Long blocks that say what a block before said go: sharing boxes and sliders repeat titles and
    teasers.

    Not where repeats are most of the text: then repetition is what the page says.
    """
    seen: set[str] = set()
    once: list[int] = []
    for at in kept:
        text = page.texts[at]
        if len(text) < _REPEATED_CHARACTERS or text not in seen:
            once.append(at)
            seen.add(text)
    whole = sum(len(page.texts[at]) for at in kept)
    return once if 2 * sum(len(page.texts[at]) for at in once) >= whole else kept


def without_copies(page: PageBlocks, kept: list[int]) -> list[int]:
    """Blocks that hold most of the text before once more go: copies for previews and programs."""
    before: list[str] = []
    once: list[int] = []
    looked = 0
    for at in kept:
        text = page.texts[at]
        if len(text) >= _COPY_CHARACTERS and looked < _MOST_COPIES:
            probes = before[:: max(len(before) // _PROBES, 1)]
            if any(part in text for part in probes):
                looked += 1
                again = sum([len(part) for part in before if part in text])
                if 10 * again >= 7 * len(text):
                    continue
        if len(text) >= _REPEATED_CHARACTERS:
            before.append(text)
        once.append(at)
    return once


def settle(page: PageBlocks, chances: Ints, matrix: Floats, data: set[int]) -> Ints:
    """Chances after rules of form: formulas and code speak for what stands beside them, a table of
    data stays or goes whole, and comments go more easily than the model thinks, but for forums.
    """
    places = page.place_rows()
    chances = _with_company(page, chances, places)
    if not page.evidence.is_forum:
        comments = matrix[_COMMENTS] > 0
        chances = np.maximum(np.where(comments, chances - _COMMENTED, chances), 0)
    for table in sorted(data):
        inside = places[PLACE["table"]] == table
        sizes = page.sizes()[inside]
        chances[inside] = (chances[inside] * sizes).sum() // sizes.sum()
    return chances


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


def page_title(page: PageBlocks) -> str:
    """The first h1 that the title tag holds, else OpenGraph's, else the title tag, else an h1."""
    evidence = page.evidence
    heads = [page.texts[at] for at in np.flatnonzero(page.place_rows()[PLACE["level"]] == 1)]
    held = [head for head in heads if head in evidence.title]
    told = [*held[:1], evidence.social_title, evidence.title, *heads[:1]]
    return next((title for title in told if title), "")
