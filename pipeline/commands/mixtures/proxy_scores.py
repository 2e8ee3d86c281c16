"""`gristmill mix score` and `mix compare`: how well mixtures predict text that they do not hold.

The judge is an n-gram model, trained on the tokens that a loader reads by a proxy's plan. It has no
seed and takes seconds; it sees no further than a few tokens, and repeats are worth nothing to it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.ngrams.arm_intervals import Difference, bits_per_byte, difference
from classifiers.ngrams.ngram_model import train
from pipeline import files
from pipeline.commands.mixtures.held_out import HeldOut, held_out_of
from pipeline.commands.mixtures.proxy_swarm import OF, PLANS, RATIOS
from pipeline.commands.mixtures.show_mix import dataset_of, plan_of
from pipeline.errors import UsageError
from pipeline.loader.dataset import Dataset
from pipeline.loader.plan import MixPlan
from pipeline.loader.token_loader import TokenLoader
from pipeline.mix.experiment.proxy_plans import natural_sizes, proxy_plan, proxy_sizes
from pipeline.mix.experiment.run_tables import read_ratios, write_metrics
from pipeline.mix.shares.weights import fill, target_shares
from pipeline.recipe_file import load_mix
from pipeline.recipe_types import MixConfig, suggestion
from pipeline.terminal import answer, print_json, say
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.manifest import read_manifest

SEQUENCE, BATCH = 1_024, 64  # tokens and samples that are read at once
METRICS = "metrics.csv"
ALL = "bits_per_byte"

Floats = NDArray[np.float64]


def score_swarm(folder: str, swarm: str, path: str, group: str, order: int) -> None:
    """Writes `metrics.csv` beside a swarm's ratios: bits per byte, of all and by group."""
    dataset = dataset_of(folder)
    _check_swarm(swarm, dataset)
    held = _held(dataset, path, group)
    rows = {}
    for run in read_ratios(files.join(swarm, RATIOS)).runs:
        plan = files.join(swarm, PLANS, f"{run}.json")
        bits = plan_bits(dataset, MixPlan.from_plan(dataset, plan, SEQUENCE), held, order)
        rows[run] = metrics_of(bits, held)
        say(f"{run}: {rows[run][ALL]:.4f} bits per byte")
    write_metrics(files.join(swarm, METRICS), rows)
    answer(f"{len(rows)} runs are scored in {files.join(swarm, METRICS)}")


def _check_swarm(swarm: str, dataset: str) -> None:
    """UsageError where there is no swarm, or it is of another dataset."""
    path = files.join(swarm, OF)
    if not files.exists(path):
        raise UsageError(f"{swarm!r} has no {OF}; give a folder that `mix swarm` wrote")
    told, own = files.read_json(path)["dataset"], read_manifest(dataset).identity
    if told != own:
        raise UsageError(f"{swarm!r} is a swarm of dataset {told}, not of {own}; draw one of it")


def metrics_of(bits: Floats, held: HeldOut) -> dict[str, float]:
    """Bits per byte of all texts, and of every group where there are several."""
    found = {ALL: float(bits.sum() / held.sizes.sum())}
    if len(set(held.groups)) > 1:
        by_group = bits_per_byte(bits, held.sizes, held.groups)
        found |= {f"{ALL}:{name}": value for name, value in sorted(by_group.items())}
    return found


def plan_bits(dataset: str, plan: MixPlan, held: HeldOut, order: int) -> Floats:
    """Bits of every held-out text by a model of all tokens that a plan reads; shape (texts,)."""
    loader = TokenLoader(plan, BATCH, boundaries=False, drop_last=False)
    rows = [row for batch in loader for row in batch.tokens]
    manifest = plan.manifest
    model = train(rows, manifest.vocabulary, manifest.eos, order)
    return model.score(held.documents)


def compare(
    folder: str,
    recipes: tuple[str, str],
    path: str,
    group: str,
    *,
    tokens: int,
    runs: int,
    order: int,
    as_json: bool,
) -> None:
    """Which of two mixtures predicts better, by how much, and whether that is sure."""
    dataset = dataset_of(folder)
    held = _held(dataset, path, group)
    plan = plan_of(dataset)
    amount = tokens or sum(proxy_sizes(plan).values()) // 2
    arms = []
    for recipe in recipes:
        shares = shares_in(recipe, plan, amount)
        arms.append(_arm(dataset, shares, amount, runs, held, order))
    found = difference(arms[0], arms[1], held.sizes, seed=0)
    if as_json:
        print_json({**asdict(found), "texts": len(held.documents), "tokens": amount})
        return
    answer(verdict(recipes, found, len(held.documents), amount))


def _arm(
    dataset: str, shares: Mapping[str, float], tokens: int, runs: int, held: HeldOut, order: int
) -> Floats:
    """Bits by run and text: every run reads other samples, as far as not all are read."""
    plan = plan_of(dataset)
    bits = []
    for seed in range(runs):
        value = proxy_plan(plan, shares, tokens, plan["max_copies"], seed)
        bits.append(plan_bits(dataset, MixPlan.of(dataset, value, SEQUENCE), held, order))
    return np.stack(bits)


def shares_in(recipe: str, plan: Mapping[str, Any], tokens: int) -> dict[str, float]:
    """The shares that a recipe's mixture has of a dataset's components; `natural` has their own.

    What a method alone gives gives way to the cap on copies. Raises UsageError for weights of other
    components.
    """
    by, natural, sizes = plan["by"], natural_sizes(plan), proxy_sizes(plan)
    mix = MixConfig.model_validate({"by": by}) if recipe == "natural" else load_mix(recipe)
    if mix.by != by:
        raise UsageError(f"{recipe!r} mixes by {mix.by} and the dataset by {by}; change mix.by")
    for name, weight in mix.weights.items():
        if weight and name not in natural:
            remedy = suggestion(name, natural, "it has")
            raise UsageError(f"{recipe!r} weighs {name!r}, which the dataset lacks; {remedy}")
    names = tuple(sorted(natural))
    found = target_shares(names, mix, np.array([natural[name] for name in names]))
    room = plan["max_copies"] * np.array([sizes[name] for name in names], dtype=np.float64)
    reached = fill(found, room, float(tokens)) / tokens
    named = np.array([name in mix.weights for name in names], dtype=np.bool_)
    if mix.method in ("temperature", "unimax") and not (reached < found * (1 - 1e-6))[named].any():
        found = reached
    return dict(zip(names, found.tolist(), strict=True))


def verdict(recipes: tuple[str, str], found: Difference, texts: int, tokens: int) -> str:
    """One sentence."""
    first, second = recipes
    better = first if found.mean < 0 else second
    what = f"{better} is better" if found.is_sure else f"{first} and {second} are not told apart"
    return (
        f"{what}: {first} less {second} is {found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}] "
        f"bits per byte of {texts} texts, {found.runs[0]} and {found.runs[1]} runs of "
        f"{tokens:,} tokens"
    )


def _held(dataset: str, path: str, group: str) -> HeldOut:
    held = held_out_of(path, group, [Dataset(dataset)], load_tokenizer(dataset))
    if held.left_out:
        say(f"{held.left_out} texts are left out, as the dataset holds them")
    return held
