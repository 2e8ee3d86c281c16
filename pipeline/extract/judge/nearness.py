"""How near a block stands, in the tree, to the page's title and to its lead.

The *lead* is the first paragraph of prose behind the title. What shares a small container with it
belongs to the same article; teasers, comments and other articles meet it only far above.
"""

import numpy as np

from pipeline.extract.judge.ancestors import FAR, Columns, prose_blocks
from pipeline.extract.judge.characters import Counts
from pipeline.extract.page.class_names import SENSES
from pipeline.extract.page.page_blocks import BIT, PLACE, Ints, PageBlocks

_LONG = 40  # words
_SHORT = 40  # characters
_USES = sum(BIT[name] for name in SENSES if name != "body")
_LABELS = BIT["comments"] | BIT["related"] | BIT["promotion"]


def nearness_columns(
    page: PageBlocks, counts: Counts, places: Ints, below: Ints, title: int, lead: int
) -> Columns:
    """`title` and `lead` are indices of blocks, `title` -1 where none holds it."""
    owner = places[PLACE["element"]]
    own = np.bincount(owner + 1, counts.words, minlength=len(page.parents) + 1).astype(np.int64)
    columns: Columns = {"from_lead": np.clip(np.arange(len(owner)) - lead, -FAR, FAR)}
    for name, at in (("title", title), ("lead", lead)):
        levels, words = _company(page.parents, below, owner, own, int(owner[at]) if at >= 0 else -1)
        columns[f"{name}_levels"] = levels
        columns[f"{name}_share"] = words / max(int(counts.words.sum()), 1)
    made = page.arrays()
    bits = made.known[made.kinds, 2]
    for name in ("article", "body"):
        inside = (bits & BIT[name]) > 0
        first = inside & ~inside[made.parents]
        columns[f"{name}_number"] = np.where(inside[owner], np.cumsum(first)[owner], 0)
        columns[f"{name}_count"] = np.full(len(owner), first.sum())
    return columns


def clear_senses(bits: Ints, lead: int) -> Ints:
    """The places of blocks without the uses that hold for the lead too: those wrap the page."""
    return np.asarray(bits & ~(bits[lead] & _USES))


def label_columns(bits: Ints, places: Ints, characters: Ints) -> Columns:
    """Blocks since the last heading or short block that names comments, related or promotion."""
    index = np.arange(len(bits))
    short = (places[PLACE["level"]] > 0) | (characters <= _SHORT)
    labels = short & ((bits & _LABELS) > 0)
    last = np.maximum.accumulate(np.where(labels, index, -FAR))
    return {"from_label": np.minimum(index - last, FAR)}


def lead_block(counts: Counts, places: Ints, title: int) -> int:
    """Index of the first block of prose that is long or ends like a sentence, behind the title if
    any is.
    """
    sentence = (counts.last_stop > 0) | (counts.words >= _LONG)
    prose = np.flatnonzero(prose_blocks(counts, places) & sentence)
    behind = prose[prose > title]
    if len(behind):
        return int(behind[0])
    return int(prose[0]) if len(prose) else int(counts.words.argmax())


def _company(
    parents: list[int], below: Ints, owner: Ints, own: Ints, element: int
) -> tuple[Ints, Ints]:
    """Of each block: steps from `element` up to the first ancestor that holds both, and the words
    that this ancestor holds.
    """
    chain = []
    while element >= 0:
        chain.append(element)
        element = parents[element]
    above = np.array(chain, dtype=np.int64)[:, None]
    if not len(chain):
        return np.full(len(owner), FAR), np.full(len(owner), own.sum())
    holds = (owner >= above) & (owner <= below[above])
    levels = len(chain) - holds.sum(axis=0)
    sums = np.concatenate(([0], np.cumsum(own)))
    words = np.append(sums[below[above[:, 0]] + 2] - sums[above[:, 0] + 1], own.sum())
    return np.minimum(levels, FAR), words[levels]
