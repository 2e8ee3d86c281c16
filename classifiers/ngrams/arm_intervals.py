"""Bits per byte, and the difference of two arms with an interval that sees documents and runs.

An arm is a way to make training data, a run one time it was gone: another seed, another part of
the data. Documents alone tell how the difference varies over held-out text for these very runs, and
nothing of what another draw of the data would give, which may be the larger part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError

Floats = NDArray[np.float64]

_TAILS = (0.025, 0.975)
_MOST_PARTS = 10_000


@dataclass(frozen=True)
class Difference:
    """A minus B in bits per byte, below 0 where A predicts better, and a 95 % interval.

    `runs` are those of A and B. An arm of a single run has no variance of runs in its interval,
    which is then of these runs alone and too narrow for what made them.
    """

    mean: float
    low: float
    high: float
    runs: tuple[int, int]

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def bits_per_byte(bits: Floats, sizes: Floats, groups: Sequence[str]) -> dict[str, float]:
    """Per group, in order of name, the bits of its documents over their bytes in UTF-8.

    `bits`, `sizes` and `groups` have an entry per document; a group without a byte is NaN.
    """
    names, members = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)
    total = np.bincount(members, weights=bits, minlength=len(names))
    bytes_ = np.bincount(members, weights=sizes, minlength=len(names))
    rates = np.divide(total, bytes_, out=np.full(len(names), np.nan), where=bytes_ > 0)
    return dict(zip(names.tolist(), rates.tolist(), strict=True))


def difference(a: Floats, b: Floats, sizes: Floats, seed: int, rounds: int = 2_000) -> Difference:
    """The difference of the arms' mean bits per byte over `sizes` bytes of the same documents.

    `a` and `b` are bits [runs, documents], `sizes` is [documents]. The pigeonhole bootstrap (Owen
    2007): each round draws documents, the same for both arms, and runs of each arm apart, all with
    replacement. The interval is between the percentiles 2.5 and 97.5 of the rounds; from four runs
    on it holds the truth of simulated arms in 94.5 to 99.5 % of cases; two make it very wide.
    Raises UsageError where shapes do not fit or a document has no bytes.
    """
    arms, weights = _checked((a, b), sizes)
    draws = np.random.default_rng(seed)
    rates = [_drawn_rates(draws, np.concatenate(arms), weights) for _ in range(rounds)]
    rows = np.split(np.array(rates), [len(arms[0])], axis=1)
    sides = [_with_runs(draws, side) for side in rows]
    low, high = np.quantile(sides[0] - sides[1], _TAILS)
    means = [float((arm.sum(axis=1) / weights.sum()).mean()) for arm in arms]
    return Difference(means[0] - means[1], float(low), float(high), (len(arms[0]), len(arms[1])))


def paired_difference(
    whole: tuple[Floats, Floats],
    parts: tuple[Floats, Floats],
    sizes: Floats,
    seed: int,
    rounds: int = 2_000,
) -> Difference:
    """The difference of two models of all data, [documents] each, whose interval is as wide as
    models of parts of the data, [parts, documents] each, say.

    Part i of both arms was made of the same pages or by the same seed, so parts are drawn jointly,
    and what a pair has in common falls out. The mean of parts tells how the difference varies with
    the data, but not the difference: what is torn apart by parts may be together in the whole.
    Raises UsageError where there are not as many parts of each.
    """
    arms, weights = _checked(parts, sizes)
    if len(arms[0]) != len(arms[1]):
        raise UsageError(f"{len(arms[0])} and {len(arms[1])} parts make no pairs; give as many")
    draws = np.random.default_rng(seed)
    apart = np.vstack([arms[0] - arms[1], whole[0] - whole[1]])
    rates = np.array([_drawn_rates(draws, apart, weights) for _ in range(rounds)])
    rates = _with_few(draws, rates, apart.sum(axis=1) / weights.sum(), weights)
    by_part = rates[:, :-1]
    strayed = _with_runs(draws, by_part) - by_part.mean(axis=1)
    low, high = np.quantile(rates[:, -1] + strayed, _TAILS)
    mean = float(apart[-1].sum() / weights.sum())
    return Difference(mean, float(low), float(high), (len(arms[0]), len(arms[1])))


def parts_to_settle(whole: Floats, parts: Floats, sizes: Floats) -> int | None:
    """How many parts of this size it takes for a 95 % interval without zero, if the difference is
    as found and the variance of parts and of documents too; None where documents leave it open.

    `whole` and `parts` are differences of bits, [documents] and [parts, documents].
    """
    mean = float(whole.sum() / sizes.sum())
    documents = float(((whole - mean * sizes) ** 2).sum() / sizes.sum() ** 2)
    by_part = float((parts.sum(axis=1) / sizes.sum()).var(ddof=1)) if len(parts) > 1 else np.inf
    enough = (
        count
        for count in range(2, _MOST_PARTS)
        if mean**2 > _student(count - 1) ** 2 * (by_part / count + documents)
    )
    return next(enough, None)


def _student(freedom: int) -> float:
    """The percentile 97.5 of Student's t, by the expansion of Cornish and Fisher (1938)."""
    z = 1.959964
    third = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return z + (z**3 + z) / (4 * freedom) + third


def _with_few(draws: np.random.Generator, rates: Floats, found: Floats, sizes: Floats) -> Floats:
    """Rates of drawn documents, [rounds, runs], as far from those that were `found` as so few
    documents, of such sizes, may stray: as `_with_runs` does for runs.
    """
    count = float(sizes.sum() ** 2 / (sizes**2).sum())
    if count < 1 + 1e-9:
        return rates
    wider = np.sqrt(count / draws.chisquare(count - 1, len(rates)))
    return np.asarray(found + (rates - found) * wider[:, None])


def _checked(arms: Sequence[Floats], sizes: Floats) -> tuple[list[Floats], Floats]:
    tables = [np.atleast_2d(np.asarray(bits, dtype=np.float64)) for bits in arms]
    weights = np.asarray(sizes, dtype=np.float64)
    if any(bits.shape != (len(bits), len(weights)) or not bits.size for bits in tables):
        shapes = " and ".join(str(bits.shape) for bits in tables)
        raise UsageError(
            f"bits of shapes {shapes} for {len(weights)} documents; "
            "give a row per run and a column per document"
        )
    if not weights.min() > 0:
        raise UsageError("a held-out document has no bytes; give sizes in UTF-8, of such as have")
    return tables, weights


def _drawn_rates(draws: np.random.Generator, bits: Floats, sizes: Floats) -> Floats:
    """Bits per byte of each run over documents drawn with replacement; [runs]."""
    picked = np.bincount(draws.integers(len(sizes), size=len(sizes)), minlength=len(sizes))
    return np.asarray(bits @ picked / (sizes @ picked), dtype=np.float64)


def _with_runs(draws: np.random.Generator, rates: Floats) -> Floats:
    """The mean of runs drawn with replacement, per round, widened; `rates` is [rounds, runs].

    Few runs drawn so vary too little: what n of them deviate is multiplied by sqrt(n / (n - 1)) and
    divided by the root of a chi-squared over its n - 1 degrees, which makes it Student's t where
    runs are normal, and leaves what documents do as it is.
    """
    rounds, runs = rates.shape
    means = rates.mean(axis=1)
    if runs == 1:
        return np.asarray(means)
    picked = np.take_along_axis(rates, draws.integers(runs, size=(rounds, runs)), axis=1)
    student = np.sqrt((runs - 1) / draws.chisquare(runs - 1, rounds))
    return np.asarray(means + (picked.mean(axis=1) - means) * np.sqrt(runs / (runs - 1)) * student)
