"""Blocks that say what was said before: teasers and sliders repeat titles, programs keep copies."""

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.page.page_blocks import BIT, PLACE, PageBlocks

_LEAST = 40  # characters of a block whose repeats are looked for
_COPY_CHARACTERS, _PROBES, _MOST_COPIES = 400, 20, 30
_TEASERS = sum(
    BIT[name] for name in ("teaser", "related", "promotion", "sidebar", "concealed", "menu")
)


def without_repeats(page: PageBlocks, kept: list[int]) -> list[int]:
    """Long blocks that say what a block before said go: sharing boxes and sliders repeat titles and
    teasers.

    Not in rows of one table, which may say the same of several things, nor text that stands as the
    text before does (the refrain of a song, a step of several recipes), nor where repeats are most
    of the text: then repetition is what the page says.
    """
    long = [page.texts[at] for at in kept if len(page.texts[at]) >= _LEAST]
    if len(set(long)) == len(long):
        return kept
    places, free = page.place_rows(), _free_text(page)
    tables, rows = places[PLACE["table"]].tolist(), places[PLACE["row"]].tolist()
    seen: dict[str, tuple[int, int, int]] = {}
    once: list[int] = []
    for at in kept:
        text, here = page.texts[at], (tables[at], rows[at], free[at])
        if (first := seen.get(text)) is None:
            if len(text) >= _LEAST:
                seen[text] = here
            once.append(at)
            continue
        in_other_row = first[0] == here[0] >= 0 and first[1] != here[1]
        if in_other_row or first[2] == here[2] >= 0:
            once.append(at)
    whole = sum(len(page.texts[at]) for at in kept)
    return once if 2 * sum(len(page.texts[at]) for at in once) >= whole else kept


def _free_text(page: PageBlocks) -> list[int]:
    """Of each block that is no link, teaser or part of a box, the kind of its element; else -1."""
    made = page.arrays()
    bits, linked = made.places[PLACE["bits"]], made.places[PLACE["linked"]]
    is_free: NDArray[np.bool_] = (bits & _TEASERS == 0) & (2 * linked < made.sizes)
    free: list[int] = np.where(is_free, made.kinds[made.places[PLACE["element"]]], -1).tolist()
    return free


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
        if len(text) >= _LEAST:
            before.append(text)
        once.append(at)
    return once
