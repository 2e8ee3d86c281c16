"""A page's main content: one parse, one walk, one verdict per block, one text.

In: HTML and a block model. Out: the text with what was found about it, or the reason why there is
none. The method is block classification after Boilerpipe (Kohlschütter et al. 2010) and Web2Text
(Vogels et al. 2018), with gradient-boosted trees over features of text, place and neighbourhood.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.extract.formulas.tex import holds_formula
from pipeline.extract.judge.features import FEATURES, Floats
from pipeline.extract.judge.kept_blocks import choose
from pipeline.extract.judge.model import BlockModel
from pipeline.extract.page.page_blocks import CODE, PLACE, PageBlocks
from pipeline.extract.page.walk import read_blocks
from pipeline.extract.structure import write_text
from pipeline.extract.title import first_title, with_title, without_title
from pipeline.tags.limits import Html, Limits

_ROWS = [PLACE[name] for name in ("form", "table", "linked")]
_WORDS = FEATURES.index("words")
_MOST_BARE = 0.6  # of the characters that stand under no link


@dataclass(frozen=True, slots=True)
class Extracted:
    """The main content of a page."""

    text: str
    title: str = ""
    page_type: str = ""
    has_math: bool = False
    has_code: bool = False
    has_table: bool = False
    page_share: float = 1.0  # of the words of all blocks, see `page_share`
    link_share: float = 0.0  # of the characters, under links


def extract_text(
    html: Html, model: BlockModel, limits: Limits, bounded: bool = False
) -> Extracted | str:
    """The main content, or a reason: those of `read_blocks`, which heeds `bounded`, or no_text."""
    page = read_blocks(html, limits, bounded)
    if isinstance(page, str):
        return page
    choice = choose(page, model)
    title, data = first_title(page, choice.kept), choice.data
    kept = without_title(page, choice.kept, title) if title else choice.kept
    text = write_text(page, kept, data)
    if not text:
        return "no_text"
    forms, tables, linked = page.place_rows()[_ROWS][:, kept].tolist()
    return Extracted(
        with_title(title, text),
        title,
        page.metadata.page_type,
        has_math=any(
            holds_formula(page.texts[at])
            for at, form in zip(kept, forms, strict=True)
            if form != CODE
        ),
        has_code=CODE in forms,
        has_table=not data.isdisjoint(tables),
        page_share=page_share(page, choice.matrix[_WORDS], kept),
        link_share=min(sum(linked) / len(text), 1.0),
    )


def page_share(page: PageBlocks, words: Floats, kept: list[int]) -> float:
    """The blocks' share of the page's words; all, if they are most of what stands under no link:
    then it is menus that were left.
    """
    bare = np.maximum(page.sizes() - page.place_rows()[PLACE["linked"]], 0)
    whole = int(words.sum(dtype=np.int64))
    if not whole or int(bare[kept].sum()) >= _MOST_BARE * int(bare.sum()):
        return 1.0
    return int(words[kept].sum(dtype=np.int64)) / whole
