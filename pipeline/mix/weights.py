"""Target weights by domain to amounts of text, under a cap on copies.

UniMax (arXiv 2304.09151) generalised from uniform to any weights: a domain that cannot fill its
share at the cap gives what it has, and the others take the rest in proportion to their weights.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.recipe_types import ROUNDING

Floats = NDArray[np.float64]

# Of English web text under byte-level vocabularies of 32,000 and more; the plan needs an estimate
# because the tokenizer is trained on the mixture. Loaders count true tokens.
CHARACTERS_PER_TOKEN = 4.0


def rest(weights: Mapping[str, float]) -> float:
    """The share of the tokens that weights leave to the domains that they do not name."""
    left = 1 - sum(weights.values())
    return left if left > ROUNDING else 0.0


def is_wanted(name: str, weights: Mapping[str, float]) -> bool:
    """Whether a domain has a share, be there documents of it or not."""
    return weights.get(name, rest(weights)) > 0


def shares_of(names: tuple[str, ...], weights: Mapping[str, float], natural: Floats) -> Floats:
    """The share of every domain: its weight, and of the others their part of the rest, in which
    they keep the proportions of `natural`. What domains without documents were to have, the others
    take; all are 0 where no domain that there is has a share.
    """
    named = np.array([name in weights for name in names], dtype=np.bool_)
    others = np.where(named, 0.0, natural)
    shares = rest(weights) * others / max(float(others.sum()), 1e-300)
    shares += np.array([weights.get(name, 0.0) for name in names])
    whole = float(shares.sum())
    return np.asarray(shares / whole) if whole else shares


def target_shares(names: tuple[str, ...], weights: Mapping[str, float], natural: Floats) -> Floats:
    """`shares_of`; UsageError where there are documents, and none has a share."""
    shares = shares_of(names, weights, natural)
    if natural.any() and not shares.any():
        raise UsageError(
            f"mix.weights names {', '.join(sorted(weights))} and the documents are of "
            f"{', '.join(names) or 'no domain'}; give one of these a weight"
        )
    return shares


def unbudgeted(natural: Floats, shares: Floats, most_copies: float) -> Floats:
    """Amounts in proportion to shares where no budget is given: so much that every domain with a
    share is seen whole, the scarce ones several times, but no more than is there of the scarcest in
    `most_copies`.
    """
    there = (shares > 0) & (natural > 0)
    if not there.any():
        return np.zeros_like(natural)
    levels = natural[there] / shares[there]
    level = min(float(levels.max()), most_copies * float(levels.min()))
    return np.where(there, level * shares, 0.0)


def allocate(capacities: Floats, shares: Floats, total: float) -> Floats:
    """Amounts that sum to `total`, none above its capacity, else in proportion to shares.

    UsageError where the capacities of domains with a share are too small, with the reachable
    figure.
    """
    wanted = shares > 0
    reachable = float(capacities[wanted].sum())
    if total > reachable * (1 + 1e-9):
        raise UsageError(
            f"{tokens(total):,} tokens are wanted and {tokens(reachable):,} can be reached; "
            "lower mix.tokens, raise mix.max_copies, or give more domains a weight"
        )
    amounts = np.zeros_like(capacities)
    left, share_left = total, float(shares.sum())
    # Those that run out first, first: each either fills its share of what is left or gives all.
    order = sorted(np.flatnonzero(wanted), key=lambda i: (capacities[i] / shares[i], i))
    for i in order:
        amounts[i] = min(capacities[i], left * shares[i] / share_left)
        left -= amounts[i]
        share_left -= shares[i]
    return amounts


def tokens(characters: float) -> int:
    """An estimate, rounded down."""
    return int(characters / CHARACTERS_PER_TOKEN)
