"""The second and third tier: a small transformer of each part of each arm, trained by the trainer.

Models of the same part of two arms begin with the same weights and see the same documents in the
same order, as far as both have them, so that most of what a seed does falls out of the difference.
Each is a process of its own; what is done is kept, and not done again.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from functools import cache, cached_property
from importlib.resources import files as resources
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.commands.ablations.arms import Part
from pipeline.commands.ablations.part_datasets import write_part
from pipeline.commands.mixtures.held_out import HeldOut
from pipeline.document import digest, unit_hash
from pipeline.errors import MachineError, UsageError
from pipeline.frame.engines.engine import default_workers
from pipeline.processes import start_child
from pipeline.tokenize.encode import Encoder

Floats = NDArray[np.float64]

MOST_EPOCHS = 4  # that a model sees its part; up to there it learns nearly as from fresh tokens
_LEAST_STEPS = 20
# Other processes have the other cores. Without the last two every batch's logits are mapped and let
# go anew, which takes a third of the time.
ON_ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
}
_BITS, _LOG = "bits.npy", "log.txt"
# A script with its own folder before all others, in a process that ends with this one.
_RUN = """
import os, runpy
sys.argv = sys.argv[1:]
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@dataclass(frozen=True)
class Shape:
    """A model and its training; `rate` is the highest learning rate."""

    seq_len: int
    batch: int
    steps: int
    width: int
    layers: int
    heads: int
    rate: float
    warm: int
    texts: int  # held-out ones that it is asked, of the first `seq_len` tokens each
    needs_gpu: bool = False

    @property
    def batch_tokens(self) -> int:
        return self.seq_len * self.batch


# Tier 2 takes two minutes of one core a model; tier 3 is the smallest of GPT-3's table on one and a
# half times as many tokens as it has parameters.
SHAPES = {
    2: Shape(256, 8, 150, 128, 4, 4, 3e-3, 15, texts=200),
    3: Shape(1_024, 128, 1_500, 768, 12, 12, 6e-4, 150, texts=4_000, needs_gpu=True),
}


def beginnings(held: HeldOut, encoder: Encoder, shape: Shape, seed: int) -> HeldOut:
    """Some of the held-out texts, drawn by a keyed hash, as far as a model reads them at once."""
    drawn = sorted(held.places, key=lambda place: unit_hash(seed, "held out", str(place)))
    some = held.taken({*drawn[: shape.texts]})
    documents = tuple(one[: shape.seq_len + 1] for one in some.documents)
    said = (encoder.decode_bytes(one[1:]) for one in documents)  # the first token nothing tells
    sizes = np.array([max(1, len(one)) for one in said], np.float64)
    return replace(some, documents=documents, sizes=sizes, left_out=held.left_out)


def steps_of(part_tokens: Sequence[int], shape: Shape) -> list[int]:
    """Steps of a model of each arm, whose parts have so many tokens: as often seen in each.

    Raises UsageError where there are too few for a model.
    """
    if shape.steps < _LEAST_STEPS:
        raise UsageError(f"{shape.steps} steps teach a model nothing; give {_LEAST_STEPS} or more")
    most = max(part_tokens)
    steps = min(shape.steps, MOST_EPOCHS * most // shape.batch_tokens)
    found = [steps * tokens // most for tokens in part_tokens]
    if min(found) < _LEAST_STEPS:
        raise UsageError(
            f"a part of {min(part_tokens):,} tokens is too small for a model; give fewer --parts, "
            "larger arms, or --tier 1"
        )
    return found


def judged(
    parts: Sequence[Sequence[Part]],
    encoder: Encoder,
    held: HeldOut,
    shape: Shape,
    folder: Path,
    tell: Callable[[int, int], None],
) -> list[Floats]:
    """Bits of held-out texts by models of each part of each arm; [arms][parts, texts].

    Datasets, models and bits are kept in `folder`, by what they are made from; `tell` is given how
    many models are done, of how many.
    """
    texts = _write_texts(held, folder)
    steps = steps_of([min(one.tokens for one in arm) for arm in parts], shape)
    arms = [
        [_Model(one, encoder, shape, count, at, texts, folder) for at, one in enumerate(arm)]
        for arm, count in zip(parts, steps, strict=True)
    ]
    # Equal parts of two arms are one model.
    asked, bits = {one.folder: one for arm in arms for one in arm}, dict[Path, Floats]()
    with ThreadPoolExecutor(1 if shape.needs_gpu else default_workers()) as pool:
        found = zip(asked, pool.map(_Model.bits, asked.values()), strict=True)
        for done, (place, own) in enumerate(found, 1):
            bits[place] = own
            tell(done, len(asked))
    return [np.stack([bits[one.folder] for one in arm]) for arm in arms]


@dataclass(frozen=True)
class _Model:
    """A model of a part that is asked what it makes of texts."""

    part: Part
    encoder: Encoder
    shape: Shape
    steps: int
    seed: int
    texts: Path
    root: Path

    @cached_property
    def folder(self) -> Path:
        """By everything that its bits follow from."""
        tokens = np.concatenate([one.astype(np.uint32) for one in self.part.documents])
        made = (self.encoder.card.digest, *astuple(self.shape), self.steps, self.seed, code())
        told, names = repr((*made, self.texts.name)), self.part.keys.tobytes()
        return self.root / f"model-{digest(told, names, tokens.tobytes())[:16]}"

    def bits(self) -> Floats:
        """Of each text; trained where it is not yet there."""
        folder = self.folder
        if not (folder / _BITS).exists():
            dataset = str(folder / "dataset")
            tokens = self.steps * self.shape.batch_tokens
            write_part(dataset, self.part, self.encoder, tokens, self.seed)
            self._train(dataset, folder)
            shutil.rmtree(dataset)
            (folder / "checkpoint.pt").unlink()
        return np.asarray(np.load(folder / _BITS, allow_pickle=False), dtype=np.float64)

    def _train(self, dataset: str, folder: Path) -> None:
        log = folder / _LOG
        own = {} if self.shape.needs_gpu else ON_ONE_CORE
        with log.open("w") as said:
            child = start_child(
                _RUN,
                *(str(trainer()), dataset, *self._options(folder)),
                **{"stdout": said, "stderr": subprocess.STDOUT, "env": os.environ | own},
            )
            code = child.wait()
        if code:
            lines = log.read_text(errors="replace").strip().splitlines()
            if code < 0 or not lines:
                raise MachineError(
                    f"a model was killed (exit code {code}), most likely for want of memory; give "
                    "the machine more, or take --tier 1"
                )
            raise UsageError(f"a model was not trained: {lines[-1]} (its log is {str(log)!r})")

    def _options(self, folder: Path) -> list[str]:
        shape = self.shape
        named = {
            **{"out": folder, "texts": self.texts, "seed": self.seed, "steps": self.steps},
            **{"seq-len": shape.seq_len, "batch": shape.batch, "rate": shape.rate},
            **{"width": shape.width, "layers": shape.layers, "heads": shape.heads},
            # A leap is left out in one arm and not in the other: none is looked for.
            **{"warm": shape.warm, "spike": 0, "every": self.steps, "log-every": 50},
        }
        return [f"--{name}={value}" for name, value in named.items()] + shape.needs_gpu * ["--gpu"]


def check(tier: int, out: str) -> None:
    """Raises UsageError where models of a tier cannot be trained, or kept in `out`."""
    if not files.is_local(out):
        raise UsageError(f"models are kept on this machine; give a folder, not --out {out!r}")
    trainer()
    if SHAPES[tier].needs_gpu:
        asked = "import sys, torch; sys.exit(not torch.cuda.is_available())"
        if subprocess.run([sys.executable, "-c", asked], check=False).returncode:
            raise UsageError(f"tier {tier} needs a GPU, and PyTorch finds none; take --tier 2")


def trainer() -> Path:
    """The script that trains. Raises UsageError where it cannot run."""
    if importlib.util.find_spec("torch") is None:
        raise UsageError(
            "tiers 2 and 3 train models with PyTorch, which is not installed; run pip install "
            "'gristmill[trainer]', or take --tier 1"
        )
    package = Path(str(resources("gristmill")))
    # In a wheel it is inside of the package, in a checkout beside it.
    places = (package / "trainer" / "train.py", package.parent / "deploy" / "trainer" / "train.py")
    return next(path for path in places if path.exists())


@cache
def code() -> str:
    """A digest of the trainer's files: what another one has found is not taken for its own."""
    return digest(*(path.read_bytes() for path in sorted(trainer().parent.glob("*.py"))))


def _write_texts(held: HeldOut, folder: Path) -> Path:
    """The tokens of the texts as a file, whose name is a digest of them."""
    buffer = BytesIO()
    lengths = np.array([len(one) for one in held.documents], dtype=np.int64)
    ids = np.concatenate(held.documents).astype(np.uint32)
    np.savez(buffer, ids=ids, lengths=lengths)
    path = folder / f"texts-{digest(ids.tobytes(), lengths.tobytes())[:16]}.npz"
    files.write_bytes_atomic(str(path), buffer.getvalue())
    return path
