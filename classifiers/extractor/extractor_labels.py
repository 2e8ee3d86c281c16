"""Labels for blocks: which share of a block's words stands in the gold text, told by alignment.

Gold texts are plain text without positions, so words of page and gold are aligned in order: runs of
eight, four, then two words that are unique on both sides anchor it (patience diff, Bram Cohen), a
longest-match alignment fills the gaps. A block whose runs of five words stand in the gold counts
too where a page tells in another order.
"""

import re
from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

_TOKEN = re.compile(
    r"[\u0e00-\u0eff\u2e80-\u9fff\uf900-\ufaff]|[^\W\u0e00-\u0eff\u2e80-\u9fff\uf900-\ufaff]+"
)
_RUNS = (8, 4, 2)
_RUN = 5
_LONG_BLOCK = 6
_MOST_CELLS = 4_000_000  # words of a gap in the page times those in the gold
_DEEPEST = 30


def tokens(text: str) -> list[str]:
    """Lower-case words; characters one by one in scripts without spaces."""
    return _TOKEN.findall(text.lower())


def block_labels(texts: list[str], gold: str) -> NDArray[np.float64]:
    """Shape (blocks, 2): share of the block's words in the gold (-1 without words), number of
    words.
    """
    wanted = tokens(gold)
    blocks = [tokens(text) for text in texts]
    words = [word for block in blocks for word in block]
    matched = [False] * len(words)
    _Alignment(words, wanted, matched).fill(0, len(words), 0, len(wanted), 0)
    runs = {tuple(wanted[at : at + _RUN]) for at in range(len(wanted) - _RUN + 1)}
    rows = []
    at = 0
    for block in blocks:
        share = sum(matched[at : at + len(block)]) / len(block) if block else -1.0
        at += len(block)
        if len(block) >= _LONG_BLOCK:
            share = max(share, _covered(block, runs) / len(block))
        rows.append((share, float(len(block))))
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _covered(block: list[str], runs: set[tuple[str, ...]]) -> int:
    covered = [False] * len(block)
    for at in range(len(block) - _RUN + 1):
        if tuple(block[at : at + _RUN]) in runs:
            covered[at : at + _RUN] = [True] * _RUN
    return sum(covered)


class _Alignment:
    """Marks in `matched` the words of a page that the gold holds in the same order."""

    def __init__(self, words: list[str], wanted: list[str], matched: list[bool]) -> None:
        self.words, self.wanted, self.matched = words, wanted, matched

    def fill(self, start: int, stop: int, low: int, high: int, depth: int) -> None:
        """Align words[start:stop] with wanted[low:high]."""
        if start >= stop or low >= high:
            return
        for length in _RUNS:
            pairs = self.anchors(start, stop, low, high, length)
            if pairs and depth < _DEEPEST:
                self.between(pairs, length, (start, stop, low, high), depth + 1)
                return
        if (stop - start) * (high - low) < _MOST_CELLS:
            matcher = SequenceMatcher(
                None, self.words[start:stop], self.wanted[low:high], autojunk=False
            )
            for block in matcher.get_matching_blocks():
                at = start + block.a
                self.matched[at : at + block.size] = [True] * block.size

    def between(
        self, pairs: list[tuple[int, int]], length: int, span: tuple[int, int, int, int], depth: int
    ) -> None:
        start, stop, low, high = span
        for wanted_at, word_at in pairs:
            self.matched[word_at : word_at + length] = [True] * length
            self.fill(start, word_at, low, wanted_at, depth)
            start, low = max(start, word_at + length), max(low, wanted_at + length)
        self.fill(start, stop, low, high, depth)

    def anchors(
        self, start: int, stop: int, low: int, high: int, length: int
    ) -> list[tuple[int, int]]:
        """Runs of `length` words that are unique on both sides and stand in the same order: (gold,
        page).
        """
        page = [tuple(self.words[at : at + length]) for at in range(start, stop - length + 1)]
        gold = [tuple(self.wanted[at : at + length]) for at in range(low, high - length + 1)]
        on_page, in_gold = Counter(page), Counter(gold)
        place = {run: at + start for at, run in enumerate(page)}
        pairs = [
            (at + low, place[run])
            for at, run in enumerate(gold)
            if in_gold[run] == 1 and on_page.get(run) == 1
        ]
        return _rising(pairs)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second members rise."""
    tails: list[int] = []
    ends: list[int] = []
    before = [-1] * len(pairs)
    for at, (_, value) in enumerate(pairs):
        place = bisect_left(tails, value)
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [at]
        before[at] = ends[place - 1] if place else -1
    chosen = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chosen.append(pairs[at])
        at = before[at]
    return chosen[::-1]
