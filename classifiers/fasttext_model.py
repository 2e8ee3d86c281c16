"""fastText, in the only place that imports it: normal form of texts, training, loading, scoring.

A model is a folder of `model.bin` and `card.json`; the card holds the hash of the file, the version
of the normal form and the labels, and a file that does not match its card is refused, because
thresholds and calibrations are valid for the very file they were fitted on (quantising a model
moves single probabilities by up to 0.8).
"""

import json
import os
import platform
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.errors import UsageError
from pipeline.processes import run_child
from pipeline.text import encodable

TEXT_FORM = 1  # the version of `normal_form`; any change to it makes models of the old form useless
MAX_CHARACTERS = 20_000  # of a text that a model sees
MODEL, CARD = "model.bin", "card.json"
PREFIX = "__label__"
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
# fastText drops words with the label prefix and stops reading at its end-of-line word: neither may
# stand in a page's text. Control characters part words in fastText but not in Python, or the
# reverse.
_HOSTILE = re.compile(rf"{PREFIX}|</s>|[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TRAIN = """
from pipeline.processes import telling_parent
with telling_parent():
    from classifiers.fasttext_model import _train_here
    _train_here(*sys.argv[1:])
"""


@dataclass(frozen=True)
class TrainSettings:
    """Small on purpose: across sites more width and buckets bought nothing (0.840 to 0.831)."""

    dimensions: int = 16
    word_ngrams: int = 2
    buckets: int = 100_000
    min_count: int = 3
    epochs: int = 25
    learning_rate: float = 0.3


def normal_form(text: str) -> str:
    """One line of at most 20,000 characters, the same for training and scoring, and idempotent.

    NFC, lower case, lone surrogates replaced, addresses as the word `url`, controls and all runs of
    white space as one space, digits kept.
    """
    text = encodable(text[:MAX_CHARACTERS])
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    if "://" in text or "www." in text:
        text = _ADDRESS.sub(" url ", text)
    text = " ".join(text.split())
    if not text.isprintable() or PREFIX in text or "</s>" in text:  # hardly ever
        text = " ".join(_HOSTILE.sub(" ", text).split())
    return text[:MAX_CHARACTERS].rstrip()


class Training(NamedTuple):
    """What a model is trained on, (label, text) pairs in their order, and where it goes."""

    examples: Iterable[tuple[str, str]]
    path: str
    settings: TrainSettings


def train(
    examples: Iterable[tuple[str, str]], path: str, settings: TrainSettings | None = None
) -> str:
    """`train_all` of one; gives the hash of its file."""
    train_all([Training(examples, path, settings or TrainSettings())])
    return files.checksum(path)


def train_all(trainings: Iterable[Training]) -> None:
    """Trains models into local files, one after the other.

    The same examples give the same bytes: one thread, and memory that starts as zero, in a process
    of its own. Since January 2024 fastText leaves part of its weights uninitialised when it trains
    on fewer than 11 threads; glibc zero-fills allocations when told to by MALLOC_PERTURB_=255.
    """
    with tempfile.TemporaryDirectory() as name:
        folder, told, paths = Path(name), [], []
        for number, one in enumerate(trainings):
            data, target = folder / f"{number}.txt", folder / f"{number}.bin"
            with data.open("w", encoding="utf-8", newline="\n") as file:
                for label, text in one.examples:
                    file.write(f"{PREFIX}{label} {normal_form(text)}\n")
            told.append([str(data), str(target), asdict(one.settings)])
            paths.append((target, one.path))
        environment = {**os.environ, "MALLOC_PERTURB_": "255"}
        run_child(_TRAIN, json.dumps(told), environment=environment)
        for target, path in paths:
            files.write_bytes_atomic(path, target.read_bytes())


def _train_here(told: str) -> None:
    """Trains in this process: the helper that `train_all` starts with zero-filled memory."""
    for data, target, settings in json.loads(told):
        model = _library().train_supervised(
            input=data,
            dim=settings["dimensions"],
            wordNgrams=settings["word_ngrams"],
            bucket=settings["buckets"],
            minCount=settings["min_count"],
            epoch=settings["epochs"],
            lr=settings["learning_rate"],
            thread=_threads(),
            loss="softmax",
            verbose=0,
        )
        model.save_model(target)


def fasttext_version() -> str:
    """The package that the library is from, with its version."""
    (package, *_) = packages_distributions().get("fasttext", [""])
    return f"{package} {version(package)}"


def _threads() -> int:
    """One, or 12 where weights are left uninitialised and memory cannot be zero-filled."""
    sound = "fasttext-wheel" in packages_distributions().get("fasttext", [])
    return 1 if sound or platform.libc_ver()[0] == "glibc" else 12


def _library() -> Any:
    import fasttext  # here, so that nothing else loads it

    fasttext.FastText.eprint = lambda *_: None  # a notice on every load
    return fasttext


def bytes_hash(data: bytes) -> str:
    """BLAKE2b-128 of a model's bytes, as on every card."""
    return blake2b(data, digest_size=16).hexdigest()


class FasttextModel:
    """A loaded model and its card. Cannot be pickled: load it in a worker's setup."""

    def __init__(self, folder: str) -> None:
        """Loads `folder`; UsageError where the card is missing, or the file is not the card's."""
        self.card = read_card(folder)
        path = files.join(folder, MODEL)
        if not files.exists(path) or files.checksum(path) != self.card.get("hash"):
            raise UsageError(f"{path} is not the file its card describes; train the model again")
        if self.card.get("text_form") != TEXT_FORM:
            raise UsageError(
                f"{folder} was trained on text form {self.card.get('text_form')}, this program has "
                f"{TEXT_FORM}; train the model again"
            )
        self._model = read_any_model(path)
        self._positive = PREFIX + str(self.card["positive"])
        if len(self._model.labels) != 2 or self._positive not in self._model.labels:
            raise UsageError(f"{path} does not tell two labels apart; train a model of two labels")

    def score(self, texts: list[str]) -> NDArray[np.float64]:
        """The chance of the card's positive label per text, in [0, 1]; NaN for one without words.

        Without words fastText answers with the prior of its end-of-line word, which says nothing.
        """
        lines = [normal_form(text) for text in texts]
        scores = np.full(len(lines), np.nan)
        present = [i for i, line in enumerate(lines) if line]
        if present:
            # Only the list form (the single form fails under NumPy 2), and only the best label: for
            # the others the list form of 0.9.2 repeats the best one's probability.
            labels, chances = self._model.predict([lines[i] for i in present], k=1)
            best = np.array([float(row[0]) for row in chances])
            is_positive = np.array([names[0] == self._positive for names in labels])
            scores[present] = np.where(is_positive, best, 1.0 - best)
        return np.asarray(np.clip(scores, 0.0, 1.0), dtype=np.float64)


def read_card(folder: str) -> dict[str, Any]:
    """The card of a model folder; UsageError where there is none."""
    path = files.join(folder, CARD)
    if not files.exists(path):
        raise UsageError(f"{folder} holds no {CARD}; name the folder of a trained model")
    try:
        card = files.read_json(path)
    except ValueError:
        card = None
    if not isinstance(card, dict):
        raise UsageError(f"{path} is no card of a model; name the folder of a trained model")
    return card


def read_any_model(path: str) -> Any:
    """The fastText model at `path`, with or without a card. UsageError where it is none."""
    with _on_this_machine(path) as local:
        try:
            return _library().load_model(local)
        except ValueError as error:
            raise UsageError(f"{path!r} is no fastText model ({error})") from None


@contextmanager
def _on_this_machine(path: str) -> Iterator[str]:
    """A local path with the bytes of `path`: fastText opens no other."""
    if files.is_local(path):
        yield path.removeprefix("file://")
        return
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder, MODEL)
        local.write_bytes(files.read_bytes(path))
        yield str(local)
