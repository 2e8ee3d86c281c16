"""Target weights by domain to amounts of text, under a cap on copies.

UniMax (arXiv 2304.09151) generalised from uniform to any weights: a domain that cannot fill its
share at the cap gives what it has, and the others take the rest in proportion to their weights.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError

Floats = NDArray[np.float64]

# Of English web text under byte-level vocabularies of 32,000 and more; the plan needs an estimate
# because the tokenizer is trained on the mixture. Loaders count true tokens.
CHARACTERS_PER_TOKEN = 4.0


def target_shares(names: tuple[str, ...], weights: dict[str, float], natural: Floats) -> Floats:
    """The share of every domain: its weight over all weights, or natural where none is given.

    A domain that the weights do not name gets none. UsageError for a negative weight, and where the
    weights name no domain that there is.
    """
    if not weights:
        return np.asarray(natural / max(float(natural.sum()), 1e-300))
    wrong = sorted(name for name, weight in weights.items() if not 0 <= weight < float("inf"))
    if wrong:
        raise UsageError(f"mix.weights.{wrong[0]} is {weights[wrong[0]]}; give a number from 0 on")
    shares = np.array([weights.get(name, 0.0) for name in names])
    if shares.sum() == 0:
        raise UsageError(
            f"mix.weights names {', '.join(sorted(weights))} and the documents are of "
            f"{', '.join(names) or 'no domain'}; give one of these a weight"
        )
    return np.asarray(shares / shares.sum())


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
