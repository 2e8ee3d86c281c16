"""`gristmill train extractor` and `gristmill evaluate extractor`."""

from pathlib import Path

from classifiers import EXTRACTOR
from classifiers.extractor_training import evaluate_extractor, train_extractor
from pipeline.errors import UsageError
from pipeline.extract.judge.model import load_model
from pipeline.terminal import answer, print_json

GOLD = "html-extraction"


def train_model(data: str, out: str) -> None:
    """Trains on the gold pages below `data` and writes a model folder with its card."""
    train_extractor(_gold_folder(data), Path(out))
    answer(f"model in {out}; next: gristmill evaluate extractor {data} --model {out}")


def evaluate_model(data: str, model: str) -> None:
    """Prints the figures of a model, the shipped one where none is named."""
    figures = evaluate_extractor(_gold_folder(data), load_model(model or EXTRACTOR))
    print_json(figures)


def _gold_folder(data: str) -> Path:
    folder = Path(data)
    if not (folder / GOLD).is_dir():
        raise UsageError(f"{data!r} has no folder {GOLD!r}; give the folder that holds it")
    return folder
