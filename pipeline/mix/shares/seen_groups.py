"""How often the groups of a component are seen, in the main phase and again at the end."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.shares.curves import quality_curve
from pipeline.mix.shares.rehydration import COPIES
from pipeline.recipe_types import MixConfig

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Documents that are seen equally often."""

    phase: str
    component: str
    bucket: int
    copies: int
    documents: int
    characters: int
    tokens: int


def bucket_epochs(masses: Floats, wanted: float, mix: MixConfig, curve: bool) -> Floats:
    """How often the buckets of a component are seen, so that `wanted` tokens are.

    `masses` and what is given have the shape (buckets, COPIES).
    """
    copies = np.array(COPIES if mix.rehydrate else [1] * len(COPIES), dtype=np.float64)
    return quality_curve(masses, wanted, mix.max_copies, copies, rises=curve)


def seen_of_groups(
    groups: Mapping[str, Group], main: float, replay: float, mix: MixConfig, *, rises: bool
) -> tuple[dict[str, float], dict[str, float]]:
    """Tokens that are seen of a component's main groups, so many in the main phase, and so many
    more in that of annealing: of the best groups, as far as their copies allow.

    Where copies leave too little for that, both together follow the curve, and annealing has the
    best of them.
    """
    kept = _seen(groups, main, mix, rises)
    room = {name: mix.max_copies * group.tokens - kept[name] for name, group in groups.items()}
    replayed = _best(groups, room, replay)
    if sum(replayed.values()) >= replay * (1 - 1e-9):
        return kept, replayed
    whole = _seen(groups, main + replay, mix, rises)
    replayed = _best(groups, whole, replay)
    return {name: seen - replayed.get(name, 0.0) for name, seen in whole.items()}, replayed


def _seen(
    groups: Mapping[str, Group], amount: float, mix: MixConfig, rises: bool
) -> dict[str, float]:
    if not groups:
        return {}
    masses = np.zeros((1 + max(group.bucket for group in groups.values()), len(COPIES)))
    for group in groups.values():
        masses[group.bucket, COPIES.index(group.copies)] += group.tokens
    epochs = bucket_epochs(masses, amount, mix, rises)
    return {
        name: group.tokens * float(epochs[group.bucket, COPIES.index(group.copies)])
        for name, group in groups.items()
    }


def _best(
    groups: Mapping[str, Group], room: Mapping[str, float], amount: float
) -> dict[str, float]:
    """So many tokens of the best groups, none more than once or than there is room for."""
    found = {}
    for name, group in sorted(groups.items(), key=lambda item: (-item[1].bucket, item[0])):
        taken = min(group.tokens, room[name], amount)
        amount -= taken
        if taken > 0:
            found[name] = taken
    return found
