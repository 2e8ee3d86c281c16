"""What of a mixture could not be as the recipe asks, in words."""

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.shares.amounts import Amounts
from pipeline.mix.shares.weights import WHOLE, rest
from pipeline.recipe_types import MixConfig

MOST_TOLD = 4  # components whose share was not reached
TOLD_FROM = 1e-3  # of the tokens
FEWER = 0.1  # of the tokens that weights without a budget may leave unseen

Floats = NDArray[np.float64]


def decision_notes(
    mix: MixConfig, names: tuple[str, ...], found: Amounts, scored: bool, gated: bool
) -> tuple[str, ...]:
    """What there is none of. `scored`: a model has scored documents; `gated`: a gate asks it."""
    return tuple(_missing(mix, names, found, scored, gated))


def plan_notes(mix: MixConfig, names: tuple[str, ...], found: Amounts) -> tuple[str, ...]:
    """Figures that are not as asked, by the tokens of what was chosen."""
    return (*_short(mix, names, found), *_reserves(mix, found), *_missed(mix, names, found))


def _reserves(mix: MixConfig, found: Amounts) -> list[str]:
    """Phases that are smaller than their share of a budget."""
    seen = {"long": found.long, "annealing": found.anneal + found.replay}
    asked = {"long": mix.long, "annealing": mix.annealing}
    notes = []
    for name, config in asked.items():
        if config and seen[name].any():
            wanted, got = config.share * found.total, float(seen[name].sum())
            if got < wanted * (1 - FEWER):
                notes.append(
                    f"The {name} phase was to have {wanted:,.0f} tokens and has {got:,.0f}: too "
                    "few documents may be in it."
                )
    return notes


def _short(mix: MixConfig, names: tuple[str, ...], found: Amounts) -> list[str]:
    if mix.tokens:
        if found.total >= mix.tokens * (1 - 1e-6) - 1:
            return []
        return [f"mix.tokens is {mix.tokens:,}, of which {found.total:,} can be reached."]
    wanted = (found.shares > 0) & (found.natural > 0)
    if mix.method == "unimax" or not wanted.any():
        return []
    copies = np.where(wanted, found.seen / np.maximum(found.natural, 1e-300), 1.0)
    least, most = int(np.argmin(copies)), int(np.argmax(copies))
    if copies[least] >= 1 - FEWER:
        return []
    return [
        f"The shares are reached with {found.total:,} tokens, as {names[most]} has no more in "
        f"{mix.max_copies:g} copies: of others a part is seen alone ({copies[least]:.1%} of "
        f"{names[least]}); lower its weight, or set mix.tokens."
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
    whole = sum(mix.weights.get(name, 0.0) for name in names)
    if names and all(name in mix.weights for name in names) and 0 < whole < 1 - WHOLE:
        notes.append(f"The weights name all that there is and sum to {whole:.4g}: read as parts.")
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
        f"{mix.by.capitalize()} {name} was to have {share:.2%} of the tokens and has {got:.2%}."
        for _, name, share, got in far[:MOST_TOLD]
    ]
    more = len(far) - MOST_TOLD
    return told if more < 1 else [*told, f"{more} more have another share than they were to."]
