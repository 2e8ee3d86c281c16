"""The one global step: from the histogram of all documents to what becomes of every cell of it."""

import json
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.errors import UsageError
from pipeline.mix import curves
from pipeline.mix.annealing import reserve
from pipeline.mix.columns import BINS, Floats, Summary
from pipeline.mix.group_names import distinct
from pipeline.mix.weights import (
    CHARACTERS_PER_TOKEN,
    allocate,
    is_wanted,
    rest,
    shares_of,
    target_shares,
    tokens,
    unbudgeted,
)
from pipeline.recipe import ClassifyConfig, MixConfig

BUCKETS = 5  # of scores within a domain, after the gate
BUCKET_DOCUMENTS = 50  # a bucket of fewer is not worth a group


@dataclass(frozen=True)
class Decision:
    """By domain d and bin of score s: what becomes of a document there. All of it small."""

    seed: int
    names: tuple[str, ...]  # sorted
    wanted: NDArray[np.bool_]  # (d,): the domain has a share
    reserved: Floats  # (d, s): chance of the annealing set
    kept: Floats  # (d, 2, s): chance to pass the gate, undeclared and declared
    bucket: NDArray[np.int64]  # (d, s)
    epochs: Floats  # (d, BUCKETS): how often a bucket is seen
    thinned: bool  # what is seen less than once leaves, with the chance of its being left out
    anneal_epochs: Floats  # (d,)
    main_tokens: int | None  # None: all that is there, once
    anneal_tokens: int | None
    notes: tuple[str, ...]  # what could not be as asked, in words


def decide(summary: Summary, mix: MixConfig, classify: ClassifyConfig, seed: int) -> Decision:
    """Gate, reserve, shares, budget. A budget that cannot be reached becomes the largest that can,
    with a note, or a UsageError where the recipe wants it exact.
    """
    asked = mix.tokens
    while True:
        try:
            found = _decided(summary, mix, classify, seed)
        except _BeyondReach as error:
            if mix.budget == "exact" or not error.reachable:
                raise
            mix = mix.model_copy(update={"tokens": error.reachable})
        else:
            break
    if mix.tokens == asked:
        return found
    note = f"mix.tokens is {asked:,}, of which {mix.tokens:,} can be reached."
    return replace(found, notes=(*found.notes, note))


class _BeyondReach(UsageError):
    """A budget of more tokens than all copies have."""

    def __init__(self, mix: MixConfig, reachable: int) -> None:
        super().__init__(
            f"mix.tokens is {mix.tokens:,} and {reachable:,} can be reached at mix.max_copies = "
            f'{mix.max_copies:g}; lower it, raise max_copies, or take budget = "up_to"'
        )
        self.reachable = reachable


def _decided(summary: Summary, mix: MixConfig, classify: ClassifyConfig, seed: int) -> Decision:
    masses = summary.characters.astype(np.float64)
    gate = classify.gate if summary.scored else "off"
    kept = _gate(masses, gate, classify.keep)
    natural = (masses * kept).sum(axis=(1, 2))
    shares = target_shares(summary.names, mix.weights, natural)
    available = float(natural[shares > 0].sum())
    budget = mix.tokens * CHARACTERS_PER_TOKEN or available
    reserved = _reserve(summary, mix, masses, kept, shares, min(budget, available))
    main = masses * (1 - reserved)[:, None, :] * kept
    aside = (masses * reserved[:, None, :]).sum(axis=(1, 2))
    anneal = _anneal_amounts(aside, mix, budget, bool(mix.tokens))
    left = main.sum(axis=(1, 2))
    _check_reachable(mix, mix.max_copies * float(left[shares > 0].sum()), float(aside.sum()))
    if not mix.tokens:
        shares = shares_of(summary.names, mix.weights, left)  # of what is left for this phase
    amounts = _main_amounts(left, shares, budget - float(anneal.sum()), mix)
    bucket = _buckets(summary, main, kept, gate)
    return Decision(
        seed=seed,
        names=distinct(summary.names),
        wanted=np.array([is_wanted(name, mix.weights) for name in summary.names], dtype=np.bool_),
        reserved=reserved,
        kept=kept,
        bucket=bucket,
        epochs=_epochs(main.sum(axis=1), bucket, amounts, mix.max_copies, gate),
        thinned=mix.tokens > 0,
        anneal_epochs=anneal / np.maximum(aside, 1e-300),
        main_tokens=_main_tokens(mix, left, amounts, anneal),
        anneal_tokens=tokens(float(anneal.sum())) if mix.tokens else None,
        notes=_notes(summary, mix, classify, shares, amounts, aside),
    )


def _gate(masses: Floats, gate: str, keep: float) -> Floats:
    """The chance to pass by domain, declared or not, and bin: percentiles are those of a domain.

    Compared across domains a reference-like score sorts by style: clean code scores near nothing.
    """
    kept = np.ones_like(masses)
    if gate != "off":
        rule = curves.pareto if gate == "pareto" else curves.keep_best
        for i in range(len(masses)):
            kept[i, 0] = rule(masses[i, 0], keep)
    return kept


def _reserve(
    summary: Summary, mix: MixConfig, masses: Floats, kept: Floats, shares: Floats, size: float
) -> Floats:
    """The chance to be reserved by domain and bin; none without scores. Hash draws leave room."""
    if not mix.annealing or not summary.scored:
        return np.zeros((len(summary.names), BINS))
    whole = masses.sum(axis=1)
    return reserve(whole, summary.names, shares, mix.annealing.share * size, mix.annealing)


def _anneal_amounts(aside: Floats, mix: MixConfig, budget: float, repeat: bool) -> Floats:
    """Reserved characters to be seen: once, or the budget's share as far as the cap allows."""
    if not mix.annealing or not repeat or aside.sum() == 0:
        return aside
    wanted = min(mix.annealing.share * budget, float(aside.sum()) * mix.max_copies)
    return np.asarray(aside * (wanted / aside.sum()))


def _main_amounts(natural: Floats, shares: Floats, total: float, mix: MixConfig) -> Floats:
    """Characters to be seen by domain; all that is there where no tokens are given."""
    if not mix.tokens:
        return unbudgeted(natural, shares, mix.max_copies)
    return allocate(natural * mix.max_copies, shares, max(0.0, total))


def _main_tokens(mix: MixConfig, natural: Floats, amounts: Floats, anneal: Floats) -> int | None:
    """Tokens of the main phase; None where nothing is seen twice, and nothing is left out."""
    if mix.tokens:
        return mix.tokens - tokens(float(anneal.sum()))
    is_once = np.isclose(amounts, natural, rtol=1e-9, atol=0) | (amounts == 0)
    return None if is_once.all() else tokens(float(amounts.sum()))


def _check_reachable(mix: MixConfig, main: float, aside: float) -> None:
    """Raises where all copies of everything, in the phases' proportions, are fewer tokens."""
    share = mix.annealing.share if mix.annealing else 0.0
    reachable = tokens(min(main + aside * mix.max_copies, main / max(1 - share, 1e-9)))
    if mix.tokens > reachable:
        raise _BeyondReach(mix, reachable)


def _buckets(summary: Summary, main: Floats, kept: Floats, gate: str) -> NDArray[np.int64]:
    """The bucket of every bin; one for all of a domain unless the curve tells them apart."""
    found = np.zeros((len(summary.names), BINS), dtype=np.int64)
    if gate != "curve":
        return found
    documents = (summary.documents * kept).sum(axis=(1, 2))
    for i, mass in enumerate(main.sum(axis=1)):
        count = int(np.clip(documents[i] // BUCKET_DOCUMENTS, 1, BUCKETS))
        found[i] = curves.buckets(mass, count)
    return found


def _epochs(
    main: Floats, bucket: NDArray[np.int64], amounts: Floats, cap: float, gate: str
) -> Floats:
    """How often every bucket is seen, shape (d, BUCKETS): along the curve, or all alike."""
    epochs = np.zeros((len(main), BUCKETS))
    for i, mass in enumerate(main):
        masses = np.bincount(bucket[i], weights=mass, minlength=BUCKETS).astype(np.float64)
        used = int(bucket[i].max()) + 1
        if gate == "curve":
            epochs[i, :used] = curves.quality_curve(masses[:used], float(amounts[i]), cap)
        else:
            epochs[i] = amounts[i] / max(float(mass.sum()), 1e-300)
    return np.where(np.isclose(epochs, 1.0, rtol=0, atol=1e-9), 1.0, epochs)


def _notes(
    summary: Summary,
    mix: MixConfig,
    classify: ClassifyConfig,
    shares: Floats,
    amounts: Floats,
    aside: Floats,
) -> tuple[str, ...]:
    notes = []
    if classify.gate != "off" and not summary.scored:
        notes.append("The gate is off: no document has a referenced score.")
    if mix.annealing and not aside.sum():
        notes.append("No annealing phase: no document reaches its least score.")
    missing = sorted(name for name in mix.weights if name not in summary.names)
    notes += [f"There is no document of the domain {name}." for name in missing]
    unnamed = ", ".join(name for name in summary.names if name not in mix.weights)
    if unnamed and not rest(mix.weights):
        notes.append(f"The weights sum to 1: nothing is left for {unnamed}.")
    if mix.weights:
        reached = amounts / max(float(amounts.sum()), 1e-300)
        notes += [
            f"Domain {name} was to have {share:.4f} of the main phase and has {got:.4f}."
            for name, share, got in zip(summary.names, shares, reached, strict=True)
            if abs(share - got) > 1e-3
        ]
    return tuple(notes)


def decision_text(decision: Decision) -> str:
    """A decision as text, so that what depends on it can be named by it."""
    plain = {
        f.name: value.tolist() if isinstance(value, np.ndarray) else value
        for f, value in ((f, getattr(decision, f.name)) for f in fields(Decision))
    }
    return json.dumps(plain, sort_keys=True)


def read_decision(path: str) -> Decision:
    """The decision whose text is the file at `path`."""
    value = files.read_json(path)
    shapes = {"reserved": (-1, BINS), "kept": (-1, 2, BINS), "epochs": (-1, BUCKETS)}
    for name, shape in shapes.items():
        value[name] = np.array(value[name], dtype=np.float64).reshape(shape)
    value["bucket"] = np.array(value["bucket"], dtype=np.int64).reshape(-1, BINS)
    value["wanted"] = np.array(value["wanted"], dtype=np.bool_)
    value["anneal_epochs"] = np.array(value["anneal_epochs"], dtype=np.float64)
    for name in ("names", "notes"):
        value[name] = tuple(value[name])
    return Decision(**value)
