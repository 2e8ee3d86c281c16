"""Whether `gristmill ablate` tells what is there, and nothing else.

    python tests/benchmarks/bench_ablate.py RUN HELD_OUT [--trials 100] [--damaged 10]
    python tests/benchmarks/bench_ablate.py RUN HELD_OUT --models FOLDER

Two halves of a run's documents, drawn anew in each trial, are one set: "no difference" is to be
said in 88 to 99 of 100 trials. Damage is planted in the same documents: a tenth of the lines of all
exchanged between documents, and boilerplate in every fifth line; the damaged arm is to be the worse
one in nine of ten trials. With `--models`, by the second tier: words are shuffled inside the
sentences of a quarter of the documents, and CPU minutes of the models are told; what models say
is kept in the folder.
"""

import argparse
import os
import random
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import Pool
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one a process, of which there are as many as cores

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1])]

from classifiers.ngrams.arm_intervals import Difference  # noqa: E402
from gristmill import open_dataset  # noqa: E402
from pipeline.commands.ablations.ablate import compared_bits  # noqa: E402
from pipeline.commands.ablations.arms import Division, arm_of, divided, documents_of  # noqa: E402
from pipeline.commands.ablations.ngram_judge import judged  # noqa: E402
from pipeline.commands.ablations.transformer_judge import SHAPES, beginnings  # noqa: E402
from pipeline.commands.ablations.transformer_judge import judged as by_transformers  # noqa: E402
from pipeline.commands.mixtures.held_out import HeldOut, held_out_of  # noqa: E402
from pipeline.document import unit_hash  # noqa: E402
from pipeline.tokenize.encode import Encoder, load_tokenizer  # noqa: E402

PARTS, TEXTS, ORDER = 8, 250, 4
BOILERPLATE = (
    "Home | About us | Contact | Privacy policy",
    "Share this on Facebook, Twitter, Pinterest",
    "Subscribe to our newsletter for the latest updates",
    "Leave a comment. Your email address will not be published.",
    "Copyright. All rights reserved. Powered by WordPress",
)
Texts = dict[str, str]  # by id


def division(first: Texts, second: Texts, encoder: Encoder, seed: int) -> Division:
    arms = []
    for name, texts in (("first", first), ("second", second)):
        rows = ((id, encoder.encode_document(text)) for id, text in texts.items())
        arms.append(arm_of(name, ((id, ids, len(ids)) for id, ids in rows), seed))
    return divided(arms, PARTS)


def apart(first: Texts, second: Texts, held: HeldOut, encoder: Encoder, seed: int) -> Difference:
    """The second less the first, by the first tier."""
    made = division(first, second, encoder, seed)
    bits = [
        judged([one.documents for one in (*parts, whole)], encoder, held, ORDER)
        for parts, whole in zip(made.parts, made.whole, strict=True)
    ]
    return compared_bits(bits[1], bits[0], held.sizes, seed)


def exchanged(texts: Texts, seed: int, share: float = 0.1) -> Texts:
    """A share of all lines stand where another of them stood."""
    draws, lines = random.Random(seed), {id: text.split("\n") for id, text in texts.items()}
    places = [(id, at) for id, own in lines.items() for at in range(len(own))]
    moved = draws.sample(places, int(share * len(places)))
    taken = [lines[id][at] for id, at in moved]
    draws.shuffle(taken)
    for (id, at), line in zip(moved, taken, strict=True):
        lines[id][at] = line
    return {id: "\n".join(own) for id, own in lines.items()}


def crowded(texts: Texts, seed: int, share: float = 0.2) -> Texts:
    """A share of the lines, when all is done, are boilerplate."""
    draws = random.Random(seed)
    found = {}
    for id, text in texts.items():
        lines = text.split("\n")
        for _ in range(round(len(lines) * share / (1 - share))):
            lines.insert(draws.randrange(len(lines) + 1), draws.choice(BOILERPLATE))
        found[id] = "\n".join(lines)
    return found


def shuffled(texts: Texts, seed: int, share: float = 0.25) -> Texts:
    """In a share of the documents the words of each sentence stand in any order."""
    draws, found = random.Random(seed), {}
    for id, text in texts.items():
        sentences = re.split(r"((?<=[.!?…])\s+|\n+)", text)
        if unit_hash(seed, "shuffled", id) < share:
            for at in range(0, len(sentences), 2):
                words = sentences[at].split(" ")
                draws.shuffle(words)
                sentences[at] = " ".join(words)
        found[id] = "".join(sentences)
    return found


_shared: tuple[Texts, HeldOut, Encoder]
_held: HeldOut


def begin(run: str, path: str) -> None:
    """What every process needs, once."""
    global _shared, _held
    dataset = open_dataset(run)
    encoder = load_tokenizer(dataset.folder)
    texts = {id: encoder.decode(ids) for id, ids in documents_of(dataset)}
    held = _held = held_out_of(path, "domain", [dataset], encoder)
    some = sorted(held.places, key=lambda place: unit_hash(0, "some", str(place)))[:TEXTS]
    _shared = texts, held.taken({*some}), encoder


def halves(seed: int) -> Difference:
    texts, held, encoder = _shared
    side = {id: unit_hash(seed, "halves", id) < 0.5 for id in texts}
    first, second = (
        {id: text for id, text in texts.items() if side[id] is s} for s in (True, False)
    )
    return apart(first, second, held, encoder, seed)


def damaged(how: Callable[[Texts, int], Texts], seed: int) -> Difference:
    texts, held, encoder = _shared
    return apart(texts, how(texts, seed), held, encoder, seed)


def with_exchange(seed: int) -> Difference:
    return damaged(exchanged, seed)


def with_boilerplate(seed: int) -> Difference:
    return damaged(crowded, seed)


def told(name: str, found: Sequence[Difference]) -> None:
    sure = sum(one.is_sure for one in found)
    worse = sum(one.mean > 0 for one in found)
    mean = float(np.mean([one.mean for one in found]))
    print(
        f"{name:22}{len(found) - sure:4} of {len(found)} not told apart; second worse in {worse}; "
        f"mean {mean:+.4f}"
    )


def by_models(folder: str) -> None:
    """What the second tier finds of shuffled words."""
    texts, _, encoder = _shared
    shape, before = SHAPES[2], _children_seconds()
    held = beginnings(_held, encoder, shape, seed=0)
    made = division(texts, shuffled(texts, 0), encoder, seed=0)
    first, second = by_transformers(made.parts, encoder, held, shape, Path(folder), print)
    bits = [np.vstack([one, one.mean(axis=0)]) for one in (first, second)]
    found, used = compared_bits(bits[1], bits[0], held.sizes, 0), _children_seconds() - before
    apart = (second - first).sum(axis=1) / held.sizes.sum()
    print(f"words shuffled: {found}; {used / 60:.1f} CPU-min; by model {apart.round(4).tolist()}")


def _children_seconds() -> float:
    """CPU seconds of the models' processes, which have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run")
    parser.add_argument("held_out")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--damaged", type=int, default=10)
    parser.add_argument("--models", default="")
    options = parser.parse_args()
    if options.models:
        begin(options.run, options.held_out)
        by_models(options.models)
        return
    start = time.monotonic()
    with Pool(2, begin, (options.run, options.held_out)) as pool:
        told("two halves", pool.map(halves, range(options.trials), 1))
        told("lines exchanged", pool.map(with_exchange, range(options.damaged), 1))
        told("boilerplate", pool.map(with_boilerplate, range(options.damaged), 1))
    print(f"{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
