"""A page's main content: one parse, one walk, one verdict per block, one text.

In: HTML and a block model. Out: the text with what was found about it, or the reason why there is none. The method is
block classification after Boilerpipe (Kohlschütter et al. 2010) and Web2Text (Vogels et al. 2018), with gradient-boosted
trees over features of text, place and neighbourhood.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.extract.blocks import CODE, PLACE, Limits, PageBlocks, read_blocks
from pipeline.extract.features import FEATURES, Ints, block_features
from pipeline.extract.model import BlockModel
from pipeline.extract.structure import write_text
from pipeline.extract.tables import data_tables

_TOLD = 6  # features named in an explanation


@dataclass(frozen=True, slots=True)
class Extracted:
    """The main content of a page."""

    text: str
    title: str = ""
    page_type: str = ""
    has_math: bool = False
    has_code: bool = False
    has_table: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """One block, for reading: its chance (0 to 1), whether it stays, and what the model saw."""

    text: str
    chance: float
    kept: bool
    path: str
    figures: tuple[tuple[str, float], ...]


def extract_text(html: str, model: BlockModel, limits: Limits) -> Extracted | str:
    """The main content, or a reason: too_large, too_deep, too_many_nodes, no_body, no_text."""
    page = read_blocks(html, limits)
    if isinstance(page, str):
        return page
    kept, data = choose(page, model)
    text = write_text(page, kept, data)
    if not text:
        return "no_text"
    places = [page.places[at] for at in kept]
    return Extracted(
        text,
        page_title(page),
        page.evidence.page_type,
        has_math="$" in text
        and any("$" in page.texts[at] or "\\(" in page.texts[at] for at in kept),
        has_code=any(place.kind == CODE for place in places),
        has_table=any(place.table in data for place in places),
    )


def choose(page: PageBlocks, model: BlockModel) -> tuple[list[int], set[int]]:
    """Indices of the blocks that stay, and of the tables of data."""
    data = data_tables(page)
    chances = settle(page, model.chances(page), data)
    return np.flatnonzero(chances > model.threshold).tolist(), data


def settle(page: PageBlocks, chances: Ints, data: set[int]) -> Ints:
    """Chances after rules of form: a table of data stays or goes whole."""
    if not data:
        return chances
    tables = np.array([place[PLACE["table"]] for place in page.places], dtype=np.int64)
    sizes = np.fromiter(map(len, page.texts), dtype=np.int64, count=len(page.texts))
    chances = chances.copy()
    for table in sorted(data):
        inside = tables == table
        chances[inside] = (chances[inside] * sizes[inside]).sum() // sizes[inside].sum()
    return chances


def page_title(page: PageBlocks) -> str:
    """The first h1 where the title tag holds it, else OpenGraph's, else the title tag."""
    evidence = page.evidence
    for place, text in zip(page.places, page.texts, strict=True):
        if place.level == 1 and text and text in evidence.title:
            return text
    return evidence.social_title or evidence.title


def explain(html: str, model: BlockModel, limits: Limits) -> list[Verdict] | str:
    """A verdict on each block, with the features that speak most for or against it."""
    page = read_blocks(html, limits)
    if isinstance(page, str):
        return page
    matrix = block_features(page, model.weights, model.classes)
    chances = settle(page, model.judge(page, matrix), data_tables(page))
    told = [FEATURES.index(name) for name in _TELLING]
    return [
        Verdict(
            text,
            int(chances[at]) / 1000,
            bool(chances[at] > model.threshold),
            page.chains[page.places[at].chain][1] if page.places[at].chain >= 0 else "",
            tuple((FEATURES[row], round(float(matrix[row, at]), 3)) for row in told),
        )
        for at, text in enumerate(page.texts)
    ]


_TELLING = (
    "words",
    "link_share",
    "token_sum",
    "token_near",
    "best_inside",
    "share_1",
    "path_word_share",
)
