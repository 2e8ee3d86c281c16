"""Blocks that their element's name shows to be no part of any text: the way to a page and on from
it, notices of cookies, and what the program of a wiki puts around every article.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.page.page_blocks import PLACE, Ints, PageBlocks

_MOST_BREADCRUMB, _MOST_PARTS = 400, 8  # characters; a box has less than seven eighths of a page


def furniture(page: PageBlocks) -> NDArray[np.bool_]:
    """Which blocks are such. A page's body may be called after what it shows: so only a small
    element is a breadcrumb, and none that holds most of the page is a box. A short line of links,
    one of them to the page before or after, is the way on.
    """
    places = page.place_rows()
    gone: NDArray[np.bool_] = np.zeros(len(page.texts), dtype=np.bool_)
    if page.guides:
        gone[[at for at in page.guides if at < len(gone)]] = True
        gone &= (2 * places[PLACE["linked"]] >= page.sizes()) & (page.sizes() <= _MOST_BREADCRUMB)
    return gone | _named(page, places[PLACE["chain"]]) if page.ways or page.boxes else gone


def _named(page: PageBlocks, chain: Ints) -> NDArray[np.bool_]:
    whole = int(page.sizes().sum())
    sizes = _sizes(page)
    boxes = {at for at in page.ways if sizes[at] <= _MOST_BREADCRUMB}
    boxes.update(at for at in page.boxes if _MOST_PARTS * sizes[at] <= (_MOST_PARTS - 1) * whole)
    under = [False]
    for at, (above, _) in enumerate(page.chains):
        under.append(under[above + 1] or at in boxes)
    return np.asarray(np.array(under, dtype=np.bool_)[chain + 1])


def _sizes(page: PageBlocks) -> list[int]:
    """Characters under each element with a name."""
    chain = page.place_rows()[PLACE["chain"]]
    own = np.bincount(chain + 1, page.sizes(), len(page.chains) + 1).astype(np.int64)
    sizes: list[int] = own[1:].tolist()
    for at in range(len(sizes) - 1, -1, -1):
        above = page.chains[at][0]
        if above >= 0:
            sizes[above] += sizes[at]
    return sizes
