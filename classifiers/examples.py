"""Which pages teach the referenced model: classes from URLs, caps, equal properties, folds by site.

Every class takes at most 20 of a site, and pages of one site, or nearly the same, stand in one
fold: with random labels by host, an uncapped split by rows reaches an AUC of 0.96 although there is
nothing to learn, the split by site with a cap 0.53.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from classifiers.fasttext_model import TrainSettings
from classifiers.labels.fold_groups import folds
from classifiers.labels.label_file import Labelled
from classifiers.site_caps import capped
from classifiers.surface import propensity, surface
from classifiers.wikipedia.tiers import ReferencedUrls
from pipeline.classify.sampling import CITED, UNKNOWN

SURFACE_BINS = 20
Kind = tuple[int, str, str, str]  # bin of surface, language, source, format


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
    """Positives and as many negatives of the same surface, languages, sources and formats, sorted
    by id.

    Positives are cited pages; negatives are neither cited nor linked, on sites that are not
    host_cited.
    """
    rows = sorted(examples, key=lambda example: example.id)
    tiers = urls.tiers([row.url for row in rows])
    classes = [
        capped(
            (r for r, t in zip(rows, tiers, strict=True) if t == tier),
            seed,
            "referenced",
            settings.per_site,
        )
        for tier in (CITED, UNKNOWN)
    ]
    together = [*classes[0], *classes[1]]
    of_row = folds([Labelled(row.text, "", row.site) for row in together], seed)
    found = [
        Chosen(row, at < len(classes[0]), int(fold))
        for at, (row, fold) in enumerate(zip(together, of_row, strict=True))
    ]
    return sorted(_of_equal_kinds(found), key=lambda row: row.example.id)


def _of_equal_kinds(found: list[Chosen]) -> list[Chosen]:
    """As many of both classes of every kind, so that no such property can tell them apart."""
    kinds: dict[Kind, tuple[list[Chosen], list[Chosen]]] = {}
    for row, surface_bin in zip(found, _surface_bins(found), strict=True):
        one = row.example
        kind = (surface_bin, one.language, one.source, one.format)
        kinds.setdefault(kind, ([], []))[row.positive].append(row)
    return [
        row
        for some in kinds.values()
        for rows in some
        for row in rows[: min(len(some[0]), len(some[1]))]
    ]


def _surface_bins(found: list[Chosen]) -> list[int]:
    """For each example which twentieth it is in, by what its surface tells of its class."""
    positive = np.array([row.positive for row in found], dtype=np.bool_)
    if len(set(positive.tolist())) < 2:
        return [0] * len(found)
    chances = propensity(surface([row.example.text for row in found]), positive)
    borders = np.quantile(chances, np.linspace(0, 1, SURFACE_BINS + 1)[1:-1])
    bins: list[int] = np.digitize(chances, borders).tolist()
    return bins


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
