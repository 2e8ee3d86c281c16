"""Mixtures for a swarm of small runs: Dirichlet draws around a flattened natural mixture.

Concentration, temperature and minimum are those of WebOrganizer (arXiv 2502.10341) and Olmix
(2602.12237).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.mix.shares.weights import fill

Floats = NDArray[np.float64]

SLACK = 1e-9  # by which sums and caps may be missed: the rounding of floats
_TRIES = 1000  # draws in a row that give no mixture


@dataclass(frozen=True)
class SwarmConfig:
    """What mixtures to draw. The first `natural_runs` are the natural mixture itself: they show how
    far metrics move by chance alone where there are several.
    """

    runs: int
    seed: int
    lowest: float = 0.1  # of the sum of the Dirichlet's parameters, log-uniform up to `highest`
    highest: float = 5.0
    temperature: float = 2.0  # the centre is n^(1 / temperature) of the natural tokens n
    minimum: float = 0.002  # smaller shares become 0
    tokens: float = 0.0  # of the run that shares must suit; 0 stands for all natural tokens
    max_copies: float = 4.0
    apart: float = 0.02  # the least L1 distance of two mixtures, of at most 2
    natural_runs: int = 1


def swarm(natural: Mapping[str, float], config: SwarmConfig) -> list[dict[str, float]]:
    """Shares of each run, by component that has tokens; they sum to 1.

    What a share exceeds its cap by (`caps_of`), the others take in proportion to theirs: clipping
    keeps draws that rejection would lose where a budget is tight. A component whose cap is below
    the minimum is in natural runs alone. UsageError where so many mixtures cannot be had.
    """
    _check(config)
    names, sizes = existing(natural)
    natural_shares = sizes / sizes.sum()
    found = [natural_shares] * min(config.natural_runs, config.runs)
    if len(found) < config.runs:
        found += _distinct(sizes, config, natural_shares)
    return [dict(zip(names, shares.tolist(), strict=True)) for shares in found]


def run_names(config: SwarmConfig) -> list[str]:
    """The names of the runs of a swarm in its order: natural, run-001, run-002."""
    natural = min(config.natural_runs, config.runs)
    first = ["natural"] if natural == 1 else [f"natural-{i + 1}" for i in range(natural)]
    digits = max(3, len(str(config.runs)))
    return first + [f"run-{i + 1:0{digits}}" for i in range(config.runs - natural)]


def existing(natural: Mapping[str, float]) -> tuple[tuple[str, ...], Floats]:
    """The components that have tokens, sorted by name, and how many; UsageError for fewer than two
    or for what is no amount.
    """
    for name, tokens in natural.items():
        if not (math.isfinite(tokens) and tokens >= 0):
            raise UsageError(f"component {name} has {tokens} tokens; give a number from 0 on")
    names = tuple(sorted(name for name, tokens in natural.items() if tokens > 0))
    if len(names) < 2:
        raise UsageError(
            f"components with tokens are {', '.join(names) or 'none'}; a mixture needs two or more"
        )
    return names, np.array([natural[name] for name in names], dtype=np.float64)


def caps_of(sizes: Floats, tokens: float, max_copies: float) -> Floats:
    """The largest share of each component: what `max_copies` of its natural tokens are of `tokens`,
    0 of which stand for all natural tokens. UsageError where all copies together are fewer.
    """
    budget = tokens or float(sizes.sum())
    reachable = max_copies * float(sizes.sum())
    if not budget > 0 or not max_copies > 0:
        raise UsageError(
            f"{tokens:g} tokens at {max_copies:g} copies are no budget; give numbers above 0"
        )
    if budget > reachable * (1 + SLACK):
        raise UsageError(
            f"{budget:,.0f} tokens are wanted and {max_copies:g} copies have {reachable:,.0f}; "
            "lower tokens or raise max_copies"
        )
    return np.asarray(np.minimum(1.0, max_copies * sizes / budget))


def within_caps(shares: Floats, caps: Floats, prior: Floats, minimum: float) -> Floats | None:
    """The mixture nearest in kind to shares: none above its cap, none between 0 and `minimum`.

    What components with a share cannot hold goes to the others in proportion to `prior`. None where
    those that are left have too little.
    """
    while True:
        amounts = fill(shares, caps, 1.0)
        left = 1 - float(amounts.sum())
        if left > SLACK:
            amounts += fill(np.where(amounts > 0, 0.0, prior), caps, left)
        small = (amounts > 0) & (amounts < minimum)
        if not small.any():
            whole = float(amounts.sum())
            return amounts / whole if abs(whole - 1) <= 2 * SLACK else None
        shares, prior = np.where(small, 0.0, amounts), np.where(small, 0.0, prior)


def _distinct(sizes: Floats, config: SwarmConfig, natural_shares: Floats) -> list[Floats]:
    """Mixtures that keep apart from each other and from the natural one."""
    draws = np.random.default_rng(config.seed)
    caps = caps_of(sizes, config.tokens, config.max_copies)
    caps = np.where(caps < config.minimum, 0.0, caps)
    prior = sizes ** (1 / config.temperature)
    prior = np.where(caps > 0, prior, 0.0) / prior.sum()
    wanted, failed = config.runs - config.natural_runs, 0
    taken = [natural_shares] if config.natural_runs else list[Floats]()
    first = len(taken)
    while len(taken) < first + wanted:
        if failed == _TRIES:
            raise UsageError(
                f"{wanted} mixtures are wanted and {len(taken) - first} were found that differ by "
                f"{config.apart:g} and keep the caps; ask for fewer runs, raise max_copies, or "
                "lower tokens, apart or minimum"
            )
        shares = within_caps(_drawn(draws, prior, config), caps, prior, config.minimum)
        if shares is None or _is_near(shares, taken, config.apart):
            failed += 1
        else:
            failed = 0
            taken.append(shares)
    return taken[first:]


def _is_near(shares: Floats, taken: list[Floats], apart: float) -> bool:
    return bool(taken) and float(np.abs(np.array(taken) - shares).sum(axis=1).min()) < apart


def _drawn(draws: np.random.Generator, prior: Floats, config: SwarmConfig) -> Floats:
    """Shares of one draw, without those below the minimum unless all are."""
    strength = math.exp(draws.uniform(math.log(config.lowest), math.log(config.highest)))
    shares = np.zeros_like(prior)
    used = prior > 0
    # A Dirichlet of parameters that are nearly 0 can round to no share at all.
    shares[used] = draws.dirichlet(np.maximum(strength * prior[used], 1e-6))
    large = np.where(shares >= config.minimum, shares, 0.0)
    shares = large if large.any() else shares
    return np.asarray(shares / shares.sum())


def _check(config: SwarmConfig) -> None:
    """UsageError where a key has no meaning."""
    if config.runs < 1 or config.natural_runs < 0:
        raise UsageError(f"runs = {config.runs} are none; ask for 1 or more")
    if not 0 < config.lowest <= config.highest < math.inf:
        raise UsageError(
            f"a concentration from {config.lowest:g} to {config.highest:g} is no range; "
            "give two rising numbers above 0"
        )
    if not 0 < config.temperature < math.inf:
        raise UsageError(f"temperature = {config.temperature:g} is not above 0; 1 is natural")
    if not 0 <= config.minimum < 0.5 or not 0 <= config.apart < 2:
        raise UsageError(
            f"minimum = {config.minimum:g} and apart = {config.apart:g} are out of range; "
            "give a minimum below 0.5 and a distance below 2"
        )
