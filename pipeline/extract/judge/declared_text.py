"""Where the page itself tells its text: schema.org's `articleBody`, and the description."""

import re

import numpy as np

from pipeline.extract.judge.ancestors import Columns
from pipeline.extract.page.page_blocks import PageBlocks

_OTHER = re.compile(r"[\W_]+")
_ENDS = 60  # letters compared at either end of a block
_LEAST = 20


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return _OTHER.sub("", text).lower()


def declared_columns(page: PageBlocks) -> Columns:
    """in_body: how many of a block's two ends stand in the body, -1 without one; body_share: length
    of the body in hundredths of all text; described: whether the description holds the block's
    start, or the block the description's.
    """
    size = len(page.texts)
    body, description = squeezed(page.metadata.body), page.metadata.description
    whole = sum(map(len, page.texts))
    columns: Columns = {
        "in_body": np.full(size, -1),
        "body_share": np.full(size, 100 * len(body) // max(whole, 1)),
        "described": np.zeros(size),
    }
    if body:
        columns["in_body"] = np.array([_ends_in(squeezed(text), body) for text in page.texts])
    if len(description) >= _LEAST:
        start = description[:_ENDS]
        columns["described"] = np.array(
            [len(text) >= _LEAST and (text[:_ENDS] in description or start in text)
             for text in page.texts]
        )  # fmt: skip
    return columns


def _ends_in(text: str, body: str) -> int:
    return (text[:_ENDS] in body) + (text[-_ENDS:] in body) if text else 0
