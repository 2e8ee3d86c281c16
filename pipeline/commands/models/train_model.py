"""`gristmill train` and `gristmill evaluate`: shipped models are made and measured anew."""

from pathlib import Path

from classifiers import EXTRACTOR, PERSONAL_DATA
from classifiers.extractor.extractor_training import evaluate_extractor, train_extractor
from classifiers.fasttext_model import FasttextModel
from classifiers.personal.phone_examples import train_personal_data
from classifiers.personal.span_evaluation import evaluate_personal_data, read_labels
from pipeline import files
from pipeline.errors import UsageError
from pipeline.extract.judge.model import load_model
from pipeline.terminal import answer, print_json

GOLD = "html-extraction"


def train_model(data: str, out: str) -> None:
    """Trains on the gold pages below `data` and writes a model folder with its card."""
    files.prepare_folder(out)
    train_extractor(_gold_folder(data), Path(out))
    answer(f"model in {out}; next: gristmill evaluate extractor {data} --model {out}")


def evaluate_model(data: str, model: str) -> None:
    """Prints the figures of a model, the shipped one where none is named."""
    figures = evaluate_extractor(_gold_folder(data), load_model(model or EXTRACTOR))
    print_json(figures)


def train_personal(out: str) -> None:
    """Trains on templates of our own and writes a model folder with its card."""
    files.prepare_folder(out)
    train_personal_data(out)
    answer(f"model in {out}; next: gristmill evaluate personal-data LABELS --model {out}")


def evaluate_personal(labels: str, model: str, beside: str) -> None:
    """Prints the figures on labelled texts, those of peers too where there is a Python for them."""
    judge = FasttextModel(model or str(PERSONAL_DATA)).score
    print_json(evaluate_personal_data(read_labels(labels), judge, beside))


def _gold_folder(data: str) -> Path:
    folder = Path(data)
    if not (folder / GOLD).is_dir():
        raise UsageError(f"{data!r} has no folder {GOLD!r}; give the folder that holds it")
    return folder
