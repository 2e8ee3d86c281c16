"""The one global step: from what there is of all documents to what becomes of each kind."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.columns import BINS, Floats
from pipeline.mix.decision_notes import decision_notes
from pipeline.mix.group_names import distinct
from pipeline.mix.inventory import LENGTH, Summary, kind_traits
from pipeline.mix.score_buckets import BUCKETS, Buckets, buckets_of
from pipeline.mix.shares import curves
from pipeline.mix.shares.amounts import Stocks, amounts, is_natural
from pipeline.mix.shares.annealing import reserve
from pipeline.mix.shares.seen_groups import bucket_epochs
from pipeline.mix.shares.weights import fill, is_wanted, target_shares, unbudgeted
from pipeline.mix.token_rates import TokenRates
from pipeline.recipe import ClassifyConfig
from pipeline.recipe_types import MixConfig

Longs = NDArray[np.int64]
SPARE = 4.0  # standard deviations of what a draw keeps
LEAST = 10.0  # documents of a component that stay, about, where it has so many


@dataclass(frozen=True)
class Decision:
    """By component d and bin of score s: what becomes of a document there. All of it small."""

    seed: int
    by: str  # the column that names components
    names: tuple[str, ...]  # sorted
    wanted: NDArray[np.bool_]  # (d,): the component has a share
    reserved: Floats  # (d, s): chance of the annealing set
    kept: Floats  # (d, 2, s): chance to pass the gate, undeclared and declared
    long_from: Longs  # (d,): characters that make a document a long one
    long: Floats  # (d,): chance of a long document to be reserved
    counts: Longs  # (d,): of buckets
    begin: Floats  # (d, s): where a bin begins among the component's buckets
    span: Floats  # (d, s): how many buckets it spans
    budgeted: Floats  # (d, BUCKETS, COPIES): chance to be within the budget
    curve: bool  # whether better buckets are seen more often
    natural: Floats  # (d,): tokens that pass the gate
    room: Floats  # (d,): all copies of those in the main phase, and the reserved ones once
    long_tokens: Floats  # (d,): of those, tokens of long documents that are not reserved as best
    chosen: Floats  # (d,): tokens expected to stay
    seen: Floats  # (d,): tokens expected to be seen, copies counted
    rates: Floats  # (d, BUCKETS): tokens a character
    notes: tuple[str, ...]  # what could not be as asked, in words


def decide(
    summary: Summary, rates: TokenRates, mix: MixConfig, classify: ClassifyConfig, seed: int
) -> Decision:
    """Gate, reserves, shares, budget.

    Raises UsageError for a budget beyond reach where the recipe wants it exact, and for weights
    that leave nothing.
    """
    names, scored = distinct(summary.names), summary.scored > 0
    gate = classify.gate if scored else "off"
    tokens = summary.dense(summary.characters) * rates.of(names)[:, None, None]
    tokens += summary.dense(summary.documents)
    kept = _gate(tokens, gate, classify.keep)
    parted = _part(tokens, names, kept, mix, scored)
    buckets = _buckets(summary, tokens, kept, parted.main, gate == "curve")
    masses = buckets.masses(parted.main)
    stocks = Stocks(
        names,
        main=_natural(parted.main, mix),
        room=parted.main.sum(axis=(1, 2)) * mix.max_copies,
        long=parted.long,
        anneal=parted.anneal,
    )
    found = amounts(stocks, mix, parted.natural)
    budgeted = _budgeted(masses, buckets, found.main + found.replay, mix)
    return Decision(
        seed=seed,
        by=mix.by,
        names=names,
        wanted=np.array([is_wanted(name, mix.weights) for name in names], dtype=np.bool_),
        reserved=parted.reserved,
        kept=kept,
        long_from=_long_from(names, rates, mix),
        long=parted.long_chance,
        counts=buckets.counts,
        begin=buckets.begin,
        span=buckets.span,
        budgeted=budgeted,
        curve=gate == "curve",
        natural=parted.natural,
        room=parted.room,
        long_tokens=parted.long_tokens,
        chosen=(masses * budgeted).sum(axis=(1, 2)) + parted.anneal + parted.long,
        seen=found.seen,
        rates=buckets.rates(names, rates),
        notes=decision_notes(mix, names, found, scored, classify.gate != "off"),
    )


def _gate(masses: Floats, gate: str, keep: float) -> Floats:
    """The chance to pass by component, declared or not, and bin: percentiles of a component.

    Compared across domains a reference-like score sorts by style: clean code scores near nothing.
    """
    kept = np.ones((len(masses), 2, BINS))
    if gate != "off":
        rule = curves.pareto if gate == "pareto" else curves.keep_best
        for i, mass in enumerate(masses[:, ~kind_traits()[0]].sum(axis=1)):
            kept[i, 0] = rule(mass, keep)
    return kept


def _passed(tokens: Floats, kept: Floats) -> Floats:
    """What passes the gate by component, kind and bin."""
    return tokens * kept[:, kind_traits()[0].astype(np.int64)]


def _natural(tokens: Floats, mix: MixConfig) -> Floats:
    """What is seen of components where no budget says otherwise, of (d, kind, s)."""
    copies = np.minimum(kind_traits()[2], mix.max_copies) if mix.rehydrate else np.ones(1)
    return np.asarray((tokens.sum(axis=2) * copies).sum(axis=1))


class _Parted(NamedTuple):
    """Tokens as phases have them, and the chances that bring documents there."""

    natural: Floats  # (d,)
    room: Floats  # (d,)
    reserved: Floats  # (d, s)
    anneal: Floats  # (d,)
    long_chance: Floats  # (d,)
    long: Floats  # (d,)
    long_tokens: Floats  # (d,)
    main: Floats  # (d, kind, s)


def _part(
    tokens: Floats, names: tuple[str, ...], kept: Floats, mix: MixConfig, scored: bool
) -> _Parted:
    passed = _passed(tokens, kept)
    natural = _natural(passed, mix)
    shares = target_shares(names, mix, natural)
    there = float(natural[shares > 0].sum())
    size = min(mix.tokens or there, there)
    shares = _spared(shares, natural, passed.sum(axis=(1, 2)) * mix.max_copies, mix)
    by_bin = tokens.sum(axis=1)
    reserved = np.zeros_like(by_bin)
    if mix.annealing and scored:
        amount = mix.annealing.share * (1 - mix.annealing.replay) * size
        reserved = reserve(by_bin, names, shares, amount, mix.annealing)
    left = passed * (1 - reserved)[:, None, :]
    long_tokens = left[:, kind_traits()[1]].sum(axis=(1, 2))
    long = _long(long_tokens, shares, size, mix)
    long_chance = np.divide(long, long_tokens, out=np.zeros_like(long), where=long > 0)
    main = left * (1 - long_chance[:, None] * kind_traits()[1])[:, :, None]
    aside = (by_bin * reserved).sum(axis=1)
    room = main.sum(axis=(1, 2)) * mix.max_copies + aside + long
    return _Parted(natural, room, reserved, aside, long_chance, long, long_tokens, main)


def _spared(shares: Floats, natural: Floats, most: Floats, mix: MixConfig) -> Floats:
    """The shares by which documents are reserved: none of components that are scarce, so that all
    of their copies can be seen in the main phase.
    """
    total = float(mix.tokens)
    if not mix.tokens and not is_natural(mix):
        total = unbudgeted(natural, most, shares)
    return np.where(shares * total >= most * (1 - 1e-6), 0.0, shares)


def _long(there: Floats, shares: Floats, size: float, mix: MixConfig) -> Floats:
    """Tokens of long documents that are reserved, by component."""
    if not mix.long:
        return np.zeros_like(there)
    return fill(shares, there * mix.long.max_share, mix.long.share * size)


def _long_from(names: tuple[str, ...], rates: TokenRates, mix: MixConfig) -> Longs:
    found = long_characters(names, rates, mix)
    return np.array([found.get(name, 0) for name in names], dtype=np.int64)


def long_characters(names: tuple[str, ...], rates: TokenRates, mix: MixConfig) -> dict[str, int]:
    """From how many characters on a document of a component is long; {} where none is reserved."""
    if not mix.long:
        return {}
    least = np.ceil(mix.long.min_tokens / rates.of(names)).astype(np.int64)
    return dict(zip(names, least.tolist(), strict=True))


def _buckets(summary: Summary, tokens: Floats, kept: Floats, main: Floats, curve: bool) -> Buckets:
    """The buckets of what is left for the main phase; one of each component without a curve."""
    passing = _passed(tokens, kept).sum(axis=(1, 2))
    whole = np.maximum(tokens.sum(axis=(1, 2)), 1)
    most = np.maximum(np.round(BUCKETS * passing / whole), 1) if curve else np.ones_like(whole)
    documents = _passed(summary.dense(summary.documents), kept).sum(axis=(1, 2))
    squares = _passed(summary.dense(summary.squares), kept).sum(axis=(1, 2))
    characters = _passed(summary.dense(summary.characters), kept).sum(axis=(1, 2))
    alike = np.minimum((characters / LENGTH) ** 2 / np.maximum(squares, 1), documents)
    counts = documents.astype(np.int64)
    return buckets_of(main.sum(axis=1), counts, most.astype(np.int64), alike, curve)


def _budgeted(masses: Floats, buckets: Buckets, wanted: Floats, mix: MixConfig) -> Floats:
    """The chance to be within the budget: of what is to be seen less than once the rest leaves.

    More documents stay than are to be seen, so that however they are drawn they are enough: by the
    spread of their lengths, and LEAST at least.
    """
    chances = np.ones_like(masses)
    if mix.tokens:
        for i, count in enumerate(buckets.counts):
            epochs = bucket_epochs(masses[i, :count], float(wanted[i]), mix, buckets.curve)
            part = min(float(wanted[i]) / max(float(masses[i].sum()), 1e-300), 1.0)
            drawn = max(part * float(buckets.alike[i]), 1e-300)
            more = max(1 + SPARE * np.sqrt((1 - part) / drawn), LEAST / drawn)
            chances[i, :count] = np.minimum(epochs * more, 1.0)
    return chances
