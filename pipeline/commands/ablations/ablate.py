"""`gristmill ablate`: arms against the first of them, by bits per byte of held-out texts.

The judges are models of each part of each arm, all parts of one size: of n-grams in the first tier,
which takes seconds, and small transformers in the others.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from classifiers.ngrams.arm_intervals import (
    Difference,
    paired_difference,
    parts_to_settle,
)
from pipeline import files
from pipeline.commands.ablations.arms import Division, Same, divided, read_arm
from pipeline.commands.ablations.ngram_judge import judged as by_ngrams
from pipeline.commands.ablations.transformer_judge import SHAPES, beginnings, check
from pipeline.commands.ablations.transformer_judge import judged as by_transformers
from pipeline.commands.from_python import open_dataset, run
from pipeline.commands.mixtures.held_out import HeldOut, held_out_of
from pipeline.errors import UsageError
from pipeline.loader.dataset import Dataset
from pipeline.report.arms_figure import arms_figure
from pipeline.terminal import answer, console, print_json, say
from pipeline.tokenize.encode import Encoder, load_tokenizer

Floats = NDArray[np.float64]

LEAST_TEXTS = 10


@dataclass(frozen=True)
class Asked:
    """What is asked of an experiment."""

    held_out: str | None  # a file; None: texts of our own making
    group: str
    same: Same
    size: int  # tokens or bytes of an arm, at most; 0 for all there are
    parts: int
    order: int
    seed: int
    tier: int = 1
    steps: int = 0  # of a transformer; 0: those of its tier


@dataclass(frozen=True)
class Compared:
    """An arm less the first: the difference of all texts and by group of texts, and how many parts
    would settle it, where it is open; None where more parts alone would not.
    """

    name: str
    bits: float  # per byte, of the arm
    difference: Difference
    by_group: dict[str, Difference]
    settles: int | None


def ablate(names: Sequence[str], asked: Asked, out: str, figure: str, *, as_json: bool) -> None:
    """A table on stderr and a sentence for every arm, or the same as JSON on stdout; a figure where
    a path is given. Recipes among `names` are run first, into folders of `out`.
    """
    _check(names, asked, out)
    datasets = [_dataset(name, out) for name in names]
    encoder = load_tokenizer(datasets[0].folder)
    held = _held_out(asked, datasets, encoder)
    pairs = zip(names, datasets, strict=True)
    arms = [read_arm(name, one, encoder, asked.same, asked.seed) for name, one in pairs]
    made = divided(arms, asked.parts, asked.size)
    bits = _judged(made, encoder, held, asked, out)
    first = float(bits[0][-1].sum() / held.sizes.sum())
    others = [
        _compared(arm.name, own, bits[0], held, asked.seed)
        for arm, own in zip(arms[1:], bits[1:], strict=True)
    ]
    if figure:
        lines = [(one.name, one.difference) for one in others]
        files.write_bytes_atomic(figure, arms_figure(names[0], lines))
    if as_json:
        print_json(_json(names[0], first, others, held, made.size, asked))
        return
    console().print(_table(names[0], first, others))
    if held.left_out:
        say(f"{held.left_out} texts are left out, as an arm holds them")
    size = f"{made.size:,} {asked.same}" if asked.tier == 1 else f"tier {asked.tier}"
    what = f"{size}, {asked.parts} parts, {len(held.documents)} texts"
    answer(*(f"{verdict(names[0], one, asked.tier)} ({what})" for one in others))


def _check(names: Sequence[str], asked: Asked, out: str) -> None:
    """Raises UsageError for what cannot be compared, before anything is run or read."""
    if asked.tier > 1:
        check(asked.tier, out)
    if len(names) < 2:
        raise UsageError(f"{names[0]!r} alone is compared with nothing; give two arms or more")
    recipes = [PurePath(name).stem for name in names if name.endswith(".toml")]
    if len({*recipes}) < len(recipes):
        raise UsageError("two recipes of one file name would run into one folder; rename one")


def _held_out(asked: Asked, datasets: Sequence[Dataset], encoder: Encoder) -> HeldOut:
    """The texts that judge. Raises UsageError where they are too few to tell chance from more."""
    held = held_out_of(asked.held_out, asked.group, datasets, encoder)
    if len(held.documents) < LEAST_TEXTS:
        raise UsageError(
            f"{len(held.documents)} held-out texts are left, which say nothing of others; give "
            f"{LEAST_TEXTS} or more"
        )
    if asked.held_out is None:
        say("judged by texts of our own making; for a crawl, give --held-out a file of yours")
    if asked.tier > 1:
        return beginnings(held, encoder, SHAPES[asked.tier], asked.seed)
    return held


def same_of(name: str) -> Same:
    """What arms get as much of. Raises UsageError for what they cannot."""
    if name not in get_args(Same):
        raise UsageError(f"arms cannot have the same {name!r}; set tokens or bytes")
    return cast(Same, name)


def _judged(
    made: Division, encoder: Encoder, held: HeldOut, asked: Asked, out: str
) -> list[Floats]:
    """Bits of held-out texts by models of each part and, last, of the whole, for every arm;
    [parts + 1, texts]. Of transformers the mean of all stands for the whole.
    """
    if asked.tier == 1:
        return [
            by_ngrams([one.documents for one in (*parts, whole)], encoder, held, asked.order)
            for parts, whole in zip(made.parts, made.whole, strict=True)
        ]
    shape = SHAPES[asked.tier]
    shape = replace(shape, steps=asked.steps or shape.steps)
    with nullcontext(out) if out else TemporaryDirectory() as folder:
        models = Path(folder, "models")
        found = by_transformers(made.parts, encoder, held, shape, models, _tell)
    return [np.vstack([bits, bits.mean(axis=0)]) for bits in found]


def _tell(done: int, count: int) -> None:
    say(f"{done} of {count} models")


def _dataset(name: str, out: str) -> Dataset:
    if not name.endswith(".toml"):
        return open_dataset(name)
    if not out:
        raise UsageError(f"{name!r} is a recipe, which is run first; give a folder by --out")
    folder = files.join(out, PurePath(name).stem)
    run(name, folder, workers=0, quiet=True)
    return open_dataset(folder)


def compared_bits(own: Floats, first: Floats, sizes: Floats, seed: int) -> Difference:
    """The bits of an arm, of its parts and last of the whole, less those of the first."""
    return paired_difference((own[-1], first[-1]), (own[:-1], first[:-1]), sizes, seed)


def _compared(name: str, own: Floats, first: Floats, held: HeldOut, seed: int) -> Compared:
    groups = np.array(held.groups)
    by_group = {
        group: compared_bits(own[:, at], first[:, at], held.sizes[at], seed)
        for group in sorted(set(held.groups))
        if len(at := np.flatnonzero(groups == group)) > 1
    }
    apart = own - first
    return Compared(
        name,
        float(own[-1].sum() / held.sizes.sum()),
        compared_bits(own, first, held.sizes, seed),
        by_group if len(by_group) > 1 else {},
        parts_to_settle(apart[-1], apart[:-1], held.sizes),
    )


def verdict(first: str, found: Compared, tier: int = 1) -> str:
    """One sentence."""
    one = found.difference
    told = f"{one.mean:+.4f} [{one.low:+.4f}, {one.high:+.4f}] bits per byte"
    if one.is_sure:
        better, other = (found.name, first) if one.mean < 0 else (first, found.name)
        return f"{better} is better than {other}: {found.name} less {first} is {told}"
    if one.low == one.high:
        return f"{found.name} and {first} are the same to this model"
    more = f"it would take {_needed(found, tier)}"
    return f"{found.name} and {first} are not told apart: {told}; {more}"


def _needed(found: Compared, tier: int) -> str:
    """What would settle an open question."""
    parts = found.difference.runs[0]
    if not found.settles:
        return "more held-out texts, or far more of each"
    if found.settles <= parts:
        return "more held-out texts"
    if tier == 1:
        much = f"{found.settles / parts:.1f} times as much of each"
    else:
        much = f"{found.settles} models of each (--parts)"
    return f"{much}, if it is as large as found"


def _table(first: str, bits: float, others: Sequence[Compared]) -> Table:
    table = Table(title=f"bits per byte, less those of {first} ({bits:.4f})", title_justify="left")
    table.add_column("arm")
    for heading in ("bits per byte", "less", "95 % interval"):
        table.add_column(heading, justify="right")
    for one in others:
        table.add_row(one.name, f"{one.bits:.4f}", *_cells(one.difference))
        for group, found in one.by_group.items():
            table.add_row(f"  {group or 'no group'}", "", *_cells(found))
    return table


def _cells(found: Difference) -> tuple[str, str]:
    return f"{found.mean:+.4f}", f"[{found.low:+.4f}, {found.high:+.4f}]"


def _json(
    first: str, bits: float, others: Sequence[Compared], held: HeldOut, size: int, asked: Asked
) -> dict[str, Any]:
    rows = [
        {**asdict(one), "sure": one.difference.is_sure, "verdict": verdict(first, one, asked.tier)}
        for one in others
    ]
    told = {"texts": len(held.documents), "left_out": held.left_out, "parts": asked.parts}
    return {
        "first": first,
        "bits": bits,
        "tier": asked.tier,
        "same": asked.same,
        "size": size,
        **told,
        "arms": rows,
    }
