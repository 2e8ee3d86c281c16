"""Which pages teach the referenced model: classes from URLs, caps, equal properties, folds by site.

Every class takes at most 20 of a site, and pages of one site, or nearly the same, stand in one
fold: with random labels by host, an uncapped split by rows reaches an AUC of 0.96 although there is
nothing to learn, the split by site with a cap 0.53.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from classifiers.fasttext_model import TrainSettings
from classifiers.labels.fold_groups import FOLDS, folds
from classifiers.labels.label_file import Labelled
from classifiers.wikipedia.tiers import CITED, UNKNOWN, ReferencedUrls
from pipeline.document import unit_hash


@dataclass(frozen=True, slots=True)
class Example:
    """A page that may teach: `site` is its registered domain, `format` what its markup says."""

    id: str
    url: str
    site: str
    text: str
    language: str = ""
    source: str = ""
    format: str = ""


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
    """An example with its class and the fold that its site is in."""

    example: Example
    positive: bool
    fold: int


def choose(
    examples: Iterable[Example], urls: ReferencedUrls, seed: int, settings: ReferencedSettings
) -> list[Chosen]:
    """Positives and as many negatives of the same lengths, languages, sources and formats in each
    fold, sorted by id.

    Positives are cited pages; negatives are neither cited nor linked, on sites that are not
    host_cited.
    """
    rows = sorted(examples, key=lambda example: example.id)
    tiers = urls.tiers([row.url for row in rows])
    classes = [
        _capped((r for r, t in zip(rows, tiers, strict=True) if t == tier), seed, settings)
        for tier in (CITED, UNKNOWN)
    ]
    together = [*classes[0], *classes[1]]
    of_row = folds([Labelled(row.text, "", row.site) for row in together], seed)
    fold_of = {row.id: int(fold) for row, fold in zip(together, of_row, strict=True)}
    chosen: list[Chosen] = []
    for fold in range(FOLDS):
        here = [[row for row in rows if fold_of[row.id] == fold] for rows in classes]
        for positive, kept in zip((True, False), _of_equal_kinds(*here), strict=True):
            chosen += [Chosen(row, positive, fold) for row in kept]
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


def _of_equal_kinds(
    positives: list[Example], negatives: list[Example]
) -> tuple[list[Example], list[Example]]:
    """As many of both of every kind, so that no such property can tell the classes apart."""
    kept: tuple[list[Example], list[Example]] = ([], [])
    bins: dict[tuple[int, str, str, str], tuple[list[Example], list[Example]]] = {}
    for at, rows in enumerate((positives, negatives)):
        for row in rows:
            kind = (_length_bin(row.text), row.language, row.source, row.format)
            bins.setdefault(kind, ([], []))[at].append(row)
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
                f"{settings.min_positives} on {settings.min_sites}; give more of a crawl, or cited "
                'pages of an index: [[sources]] format = "index", cited = "KEYS/cited.npy"'
            )
    for fold in sorted({row.fold for row in chosen}):
        # What a fold is scored by must hold both classes.
        if len({row.positive for row in chosen if row.fold != fold}) < 2:
            return f"one class has no site outside fold {fold}"
    return ""
