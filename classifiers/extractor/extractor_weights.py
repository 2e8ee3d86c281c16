"""Weights of names: log-odds that the text under them is kept.

A page counts once for each token, however often it stands there.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.page.class_names import name_tokens
from pipeline.extract.page.page_blocks import PLACE, PageBlocks

_LEAST_PAGES = 4  # on which a token stands, to weigh anything
_LEAST_WEIGHT = 20  # hundredths
_MOST_TOKENS = 300  # of all ancestors of a block
_PRIOR = 0.3  # pages, added to both sides

Shares = dict[str, tuple[float, float]]  # of a token's text on a page: kept, lost


class Labelled(Protocol):
    """A page whose blocks have labels: (blocks, 2), see `block_labels`."""

    page: PageBlocks
    labels: NDArray[np.float64]

    @property
    def targets(self) -> NDArray[np.float64]: ...


def fit_weights(examples: Sequence[Labelled]) -> dict[str, int]:
    """Hundredths of log-odds of every token that stands on enough pages, sorted.

    The empty token stands for all text of a page, and is the base.
    """
    kept: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for example in examples:
        for token, (plus, minus) in name_shares(example).items():
            kept[token] += plus  # type: ignore[assignment]
            lost[token] += minus  # type: ignore[assignment]
            seen[token] += 1
    base = log((kept[""] + _PRIOR) / (lost[""] + _PRIOR))
    weights = {
        token: round(100 * (log((kept[token] + _PRIOR) / (lost[token] + _PRIOR)) - base))
        for token in sorted(seen)
        if seen[token] >= _LEAST_PAGES
    }
    return {token: weight for token, weight in weights.items() if abs(weight) >= _LEAST_WEIGHT}


def name_shares(example: Labelled) -> Shares:
    """Of each class, id or role token: the share of the page's text under it, kept and lost."""
    above: list[tuple[str, ...]] = [("",)]
    for parent, names in example.page.chains:
        tokens = dict.fromkeys((*above[parent + 1], *name_tokens(names)))
        above.append(tuple(tokens)[:_MOST_TOKENS])
    amounts = np.sqrt(np.maximum(example.labels[:, 1], 0))
    amounts = amounts / max(amounts.sum(), 1)
    chains = example.page.place_rows()[PLACE["chain"]].tolist()
    sums: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for chain, amount, target in zip(chains, amounts, example.targets, strict=True):
        _add(sums[chain + 1], amount, target)
    shares: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for chain, (plus, minus) in sums.items():
        for token in above[chain]:
            shares[token][0] += plus
            shares[token][1] += minus
    return {token: (plus, minus) for token, (plus, minus) in shares.items()}


def _add(pair: list[float], amount: float, target: float) -> None:
    pair[0] += amount * target
    pair[1] += amount * (1 - target)
