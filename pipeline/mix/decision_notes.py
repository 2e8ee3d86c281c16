"""What of a mixture could not be as the recipe asks, in words."""

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.shares.amounts import Amounts
from pipeline.mix.shares.weights import rest
from pipeline.recipe_types import MixConfig

MOST_TOLD = 4  # components whose share was not reached
TOLD_FROM = 1e-3  # of the tokens
FEWER = 0.1  # of the tokens that weights without a budget may leave unseen

Floats = NDArray[np.float64]


def decision_notes(
    mix: MixConfig, names: tuple[str, ...], found: Amounts, scored: bool, gated: bool
) -> tuple[str, ...]:
    """The most important first. `scored`: a model has scored documents; `gated`: a gate asks it."""
    return (
        *_short(mix, names, found),
        *_missing(mix, names, found, scored, gated),
        *_missed(mix, names, found),
    )


def _short(mix: MixConfig, names: tuple[str, ...], found: Amounts) -> list[str]:
    if mix.tokens:
        if found.total >= mix.tokens * (1 - 1e-6) - 1:
            return []
        return [f"mix.tokens is {mix.tokens:,}, of which {found.total:,} can be reached."]
    there = float(found.natural[found.shares > 0].sum())
    if found.total >= there * (1 - FEWER):
        return []
    copies = found.seen / np.maximum(found.natural, 1e-300)
    return [
        f"The weights are reached with {found.total:,} of {round(there):,} tokens, as "
        f"{names[int(np.argmax(copies))]} has no more in {mix.max_copies:g} copies; lower its "
        "weight, or set mix.tokens."
    ]


def _missing(
    mix: MixConfig, names: tuple[str, ...], found: Amounts, scored: bool, gated: bool
) -> list[str]:
    notes = []
    if gated and not scored:
        notes.append("The gate is off: no document has a referenced score.")
    if mix.annealing and mix.annealing.share and not found.anneal.any():
        why = "reaches its least score" if scored else "has a score"
        notes.append(f"No annealing phase: no document that may be in it {why}.")
    if mix.long and mix.long.share and not found.long.any():
        notes.append(f"No long phase: no document has {mix.long.min_tokens:,} tokens.")
    missing = sorted(name for name, weight in mix.weights.items() if weight and name not in names)
    notes += [f"There is no document of the {mix.by} {name}." for name in missing]
    unnamed = ", ".join(name for name in names if name not in mix.weights)
    if unnamed and not rest(mix.weights):
        notes.append(f"The weights sum to 1: nothing is left for {unnamed}.")
    return notes


def _missed(mix: MixConfig, names: tuple[str, ...], found: Amounts) -> list[str]:
    """Of shares that were not reached, those that miss most; of UniMax's, which are to give way
    to the cap, those that are named.
    """
    reached = found.seen / max(float(found.seen.sum()), 1e-300)
    far = sorted(
        (-abs(share - got), name, share, got)
        for name, share, got in zip(names, found.shares, reached, strict=True)
        if abs(share - got) > TOLD_FROM and (name in mix.weights or mix.method == "temperature")
    )
    told = [
        f"{mix.by.capitalize()} {name} was to have {share:.4f} of the tokens and has {got:.4f}."
        for _, name, share, got in far[:MOST_TOLD]
    ]
    more = len(far) - MOST_TOLD
    return told if more < 1 else [*told, f"{more} more have another share than they were to."]
