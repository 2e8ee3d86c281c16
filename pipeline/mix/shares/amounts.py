"""How many tokens of every component are seen in every phase, from how many there are.

The same sums are done twice: of what is expected, to choose documents, and of what was chosen, for
the plan. A weight is a share of all tokens seen: what annealing and long documents have of a
component, the main phase has less.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.mix.shares.weights import fill, target_shares, unbudgeted
from pipeline.recipe_types import AnnealingConfig, LongConfig, MixConfig

Floats = NDArray[np.float64]
_STEPS = 100  # of a bisection


@dataclass(frozen=True)
class Stocks:
    """Tokens that there are of components, each of shape (d,)."""

    names: tuple[str, ...]
    main: Floats  # each document as often as it is seen without a budget
    room: Floats  # of the main phase at most, all copies counted
    long: Floats
    anneal: Floats

    @property
    def natural(self) -> Floats:
        """All that there is."""
        return self.main + self.long + self.anneal


@dataclass(frozen=True)
class Amounts:
    """Tokens that are seen of components, each of shape (d,)."""

    main: Floats
    long: Floats
    anneal: Floats  # of reserved documents
    replay: Floats  # of main documents, in the annealing phase; not in `main`
    natural: Floats  # that there are
    shares: Floats  # wanted of all tokens

    @property
    def seen(self) -> Floats:
        """All tokens by component."""
        return self.main + self.long + self.anneal + self.replay

    @property
    def total(self) -> int:
        return round(float(self.seen.sum()))


def amounts(stocks: Stocks, mix: MixConfig, natural: Floats | None = None) -> Amounts:
    """What is seen under a budget, or without one.

    `natural` are the sizes of components, where they are not those of the stocks. Raises
    UsageError for a budget that is beyond reach where the recipe wants it exact.
    """
    sizes = stocks.natural if natural is None else natural
    shares = target_shares(stocks.names, mix, np.where(stocks.natural > 0, sizes, 0.0))
    if mix.tokens:
        return _within(stocks, shares, mix, _reachable(stocks, shares, mix))
    if mix.method == "unimax":
        return _within(stocks, shares, mix, float(stocks.natural[shares > 0].sum()))
    return _unlimited(stocks, shares, mix)


def is_natural(mix: MixConfig) -> bool:
    """Whether all that there is is seen, and what is not rehydrated once."""
    return not mix.tokens and not mix.weights and mix.method in ("natural", "weights")


def _unlimited(stocks: Stocks, shares: Floats, mix: MixConfig) -> Amounts:
    """All that there is, or so much that shares are exact."""
    main, once = np.where(shares > 0, stocks.main, 0.0), stocks.room / mix.max_copies
    if is_natural(mix):
        once = np.minimum(once, stocks.room - main)
    replay = _replayed(once, shares, float(stocks.anneal.sum()), mix)
    if not is_natural(mix):
        other = stocks.long + stocks.anneal + replay
        room = np.where(shares > 0, np.maximum(stocks.room - replay, 0), 0.0)
        level = unbudgeted(stocks.natural, other + room, shares)
        main = np.clip(level * shares - other, 0.0, room)
    return Amounts(main, stocks.long, stocks.anneal, replay, stocks.natural, shares)


def _within(stocks: Stocks, shares: Floats, mix: MixConfig, tokens: float) -> Amounts:
    """What is seen of `tokens`, which can be reached."""
    anneal, long, replay, room = _apart(stocks, shares, mix, tokens)
    other = anneal + long + replay
    main = fill(shares, room, max(0.0, tokens - float(other.sum())), other)
    return Amounts(main, long, anneal, replay, stocks.natural, shares)


def _apart(
    stocks: Stocks, shares: Floats, mix: MixConfig, tokens: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Of `tokens` those of reserved documents, of long ones, and of replay, and the room that this
    leaves the main phase.
    """
    anneal, long = _reserved(stocks, mix, tokens)
    replay = _replayed(stocks.room / mix.max_copies, shares, float(anneal.sum()), mix)
    return anneal, long, replay, np.maximum(stocks.room - replay, 0)


def _reserved(stocks: Stocks, mix: MixConfig, tokens: float) -> tuple[Floats, Floats]:
    """What is seen of reserved documents, of the best and of long ones: their share of `tokens`, as
    far as copies allow.
    """
    replay = mix.annealing.replay if mix.annealing else 0.0
    # Long documents are seen no more often than others are, or few would be over and over.
    often = min(max(1.0, tokens / max(float(stocks.natural.sum()), 1e-300)), mix.max_copies)
    parts = (
        (mix.annealing, stocks.anneal, 1 - replay, mix.max_copies),
        (mix.long, stocks.long, 1.0, often),
    )
    anneal, long = (
        stock * _copies(config, float(stock.sum()), part * tokens, most)
        for config, stock, part, most in parts
    )
    return anneal, long


def _copies(
    config: AnnealingConfig | LongConfig | bool, stock: float, tokens: float, most: float
) -> float:
    if isinstance(config, bool) or not stock:
        return 0.0
    return min(config.share * tokens / stock, most)


def _replayed(once: Floats, shares: Floats, reserved: float, mix: MixConfig) -> Floats:
    """Main data seen again beside so many reserved tokens, by shares, none of it twice."""
    part = mix.annealing.replay if mix.annealing else 0.0
    return fill(shares, once, part / (1 - part) * reserved)


def _reachable(stocks: Stocks, shares: Floats, mix: MixConfig) -> float:
    """The budget, or the largest that copies allow; UsageError where only the budget will do."""

    def fits(tokens: float) -> bool:
        anneal, long, replay, room = _apart(stocks, shares, mix, tokens)
        main = tokens - float((anneal + long + replay).sum())
        return main <= float(room[shares > 0].sum()) * (1 + 1e-9)

    if fits(mix.tokens):
        return mix.tokens
    low, high = 0.0, float(mix.tokens)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    if mix.budget == "exact" and low >= 1:
        raise UsageError(
            f"mix.tokens is {mix.tokens:,} and {int(low):,} can be reached at mix.max_copies = "
            f'{mix.max_copies:g}; lower it, raise max_copies, or take budget = "up_to"'
        )
    return low
