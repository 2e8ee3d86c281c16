"""How many tokens can be reached, told as soon as texts have been counted, long before `mix`.

What jobs to come will keep is not known, so an estimate has an interval: from the least that they
kept of crawls and books that were looked at to all of it, and from few to many tokens a character.
"""

from dataclasses import dataclass

from pipeline.errors import UsageError
from pipeline.recipe_types import MixConfig

COUNTED = "apart:characters"  # of what a job has kept, in its counts
# What jobs keep of the characters that come to them: at least, usually, at most.
KEPT = {"exact": (0.7, 0.95, 1.0), "curate": (0.4, 0.8, 1.0), "near": (0.5, 0.9, 1.0)}
RATES = (1 / 6, 1 / 4, 1 / 2.5)  # tokens a character of English, of vocabularies from 4,096 on
# Of smaller ones, and of other scripts, whose characters may be three bytes, and a token each.
FINE_RATES = (1 / 6, 1 / 3, 3.0)
FINE_VOCABULARY = 4_096


@dataclass(frozen=True)
class Reach:
    """Tokens, all copies counted, that can be reached: at least, probably, at most."""

    least: int
    likely: int
    most: int


def reach(
    characters: int,
    to_come: tuple[str, ...],
    gate: float,
    copies: float,
    *,
    vocabulary: int = 0,
    is_english: bool = True,
) -> Reach:
    """The tokens of so many characters, after the jobs to come and a gate that keeps a share.

    `vocabulary` 0 is one that is not known.
    """
    is_coarse = not vocabulary or vocabulary >= FINE_VOCABULARY
    rates = RATES if is_coarse and is_english else FINE_RATES
    found = [characters * copies * rate for rate in rates]
    for job in to_come:
        found = [one * kept for one, kept in zip(found, KEPT.get(job, (1, 1, 1)), strict=True)]
    # Sources that state their domain pass without being asked, and the gate may be off.
    found = [one * kept for one, kept in zip(found, (gate, gate, 1.0), strict=True)]
    return Reach(*(int(one) for one in found))


def foretold(mix: MixConfig, found: Reach, job: str) -> str:
    """What is said of a budget after a job; "" where it can be reached whatever comes.

    Raises UsageError for one that is to be exact and cannot be reached.
    """
    if mix.tokens <= found.least:
        return ""
    figures = (
        f"mix.tokens is {mix.tokens:,}; as {job} has counted, about {found.likely:,} "
        f"({found.least:,} to {found.most:,}) can be reached at mix.max_copies = {mix.max_copies:g}"
    )
    if mix.tokens <= found.most:
        return f"{figures}." if mix.tokens > found.likely else ""
    if mix.budget == "exact":
        raise UsageError(f'{figures}; lower it, read more, or take budget = "up_to"')
    return f"{figures}; what can be reached is taken."
