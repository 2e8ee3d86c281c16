"""Which pages teach the referenced model: classes from URLs, caps, equal lengths, sides by site.

Pages of one site stand on one side only, and every class takes at most 20 of a site: with random
labels by host, an uncapped split by rows reaches an AUC of 0.96 although there is nothing to learn,
the split by site with a cap 0.53.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from classifiers.fasttext_model import TrainSettings
from classifiers.wikipedia_links import ReferencedUrls
from pipeline.document import unit_hash

SIDES = ("train", "calibrate", "test")
# A tenth of few sites measures chance: of fewer positives than this, five folds of sites take
# turns.
FEW = 1_000
FOLDS = ("fold-0", "fold-1", "fold-2", "fold-3", "fold-4")


@dataclass(frozen=True, slots=True)
class Example:
    """A page that may teach: `site` is its registered domain."""

    id: str
    url: str
    site: str
    text: str


@dataclass(frozen=True)
class ReferencedSettings:
    """Bounds of the examples, and what a model must reach to open the gate."""

    per_site: int = 20  # pages of one site in one class
    min_positives: int = 50
    min_sites: int = 10  # in either class
    min_auc: float = 0.75  # on sites that training has not seen
    keep: float = 0.1  # the rate at which precision is reported
    null_runs: int = 1  # trainings on random labels; 0 leaves the leakage figure out
    training: TrainSettings = field(default_factory=TrainSettings)


@dataclass(frozen=True, slots=True)
class Chosen:
    """An example with its class and the side of the split, or the fold, that its site is on."""

    example: Example
    positive: bool
    side: str


def side_of(site: str, seed: int, few: bool = False) -> str:
    """80 % of sites train, 10 % calibrate, 10 % test, by a keyed hash; few are dealt into folds."""
    at = unit_hash(seed, "referenced-side", site)
    if few:
        return FOLDS[int(at * len(FOLDS))]
    return "train" if at < 0.8 else "calibrate" if at < 0.9 else "test"


def choose(
    examples: Iterable[Example], urls: ReferencedUrls, seed: int, settings: ReferencedSettings
) -> list[Chosen]:
    """Positives and as many negatives, of the same lengths on each side, sorted by id.

    Positives are cited pages; negatives are neither cited nor linked, on sites that are not
    host_cited.
    """
    rows = sorted(examples, key=lambda example: example.id)
    tiers = urls.tiers([row.url for row in rows])
    positives = _capped((r for r, t in zip(rows, tiers, strict=True) if t == 0), seed, settings)
    negatives = _capped((r for r, t in zip(rows, tiers, strict=True) if t == 3), seed, settings)
    few = len(positives) < FEW
    sides = {row.site: side_of(row.site, seed, few) for row in (*positives, *negatives)}
    chosen: list[Chosen] = []
    for side in FOLDS if few else SIDES:
        here = [row for row in positives if sides[row.site] == side]
        there = [row for row in negatives if sides[row.site] == side]
        for positive, kept in zip((True, False), _of_equal_length(here, there), strict=True):
            chosen += [Chosen(row, positive, side) for row in kept]
    return sorted(chosen, key=lambda row: row.example.id)


def _capped(rows: Iterable[Example], seed: int, settings: ReferencedSettings) -> list[Example]:
    """At most `per_site` of each site, in the order of a keyed hash of the id."""
    taken: Counter[str] = Counter()
    kept = []
    for row in sorted(rows, key=lambda row: (unit_hash(seed, "referenced", row.id), row.id)):
        taken[row.site] += 1
        if taken[row.site] <= settings.per_site:
            kept.append(row)
    return kept


def _of_equal_length(
    positives: list[Example], negatives: list[Example]
) -> tuple[list[Example], list[Example]]:
    """As many of both in every bin of lengths, so that length cannot tell the classes apart."""
    kept: tuple[list[Example], list[Example]] = ([], [])
    bins: dict[int, tuple[list[Example], list[Example]]] = {}
    for kind, rows in enumerate((positives, negatives)):
        for row in rows:
            bins.setdefault(_length_bin(row.text), ([], []))[kind].append(row)
    for here, there in bins.values():
        count = min(len(here), len(there))
        kept[0].extend(here[:count])
        kept[1].extend(there[:count])
    return kept


def _length_bin(text: str) -> int:
    """Lengths within a fifth of each other."""
    return int(math.log(len(text) + 1) / math.log(1.2))


def closed_reason(chosen: Sequence[Chosen], settings: ReferencedSettings) -> str:
    """Why these examples are too few to train on; "" where they are enough."""
    for name, positive in (("referenced", True), ("other", False)):
        rows = [row for row in chosen if row.positive == positive]
        sites = len({row.example.site for row in rows})
        if len(rows) < settings.min_positives or sites < settings.min_sites:
            return (
                f"{len(rows)} {name} pages on {sites} sites can be used, a model needs "
                f"{settings.min_positives} on {settings.min_sites}"
            )
    for side in sorted({row.side for row in chosen}):
        # What a side is scored by, or calibrated with, must hold both classes.
        others = [row for row in chosen if (row.side == side) != (side in FOLDS)]
        if len({row.positive for row in others}) < 2:
            return (
                f"one class has no site outside {side}"
                if side in FOLDS
                else (f"the sites kept apart to {side} do not hold both classes")
            )
    return ""
