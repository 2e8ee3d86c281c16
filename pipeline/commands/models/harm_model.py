"""`gristmill train harm`: a model of harmful pages from lists of sites and a run's documents."""

from typing import Any

from classifiers.harm import listed_words
from classifiers.harm_examples import HARMFUL, harm_examples
from classifiers.labels.training import NOT_BETTER, train_labels
from pipeline import files
from pipeline.commands.fit_reference import read_documents
from pipeline.screen.blocklist import load_lists
from pipeline.terminal import answer

WEAK = 0.75  # AUC on unseen sites of a model that nobody should ask


def train(run: str, lists: tuple[str, ...], words: tuple[str, ...], out: str, seed: int) -> None:
    """Trains on the documents of a run and writes a model folder with its card."""
    found, listed = load_lists(lists), listed_words(words)
    rows = harm_examples(read_documents((run,)), found, listed, seed)
    files.prepare_folder(out)
    card = train_labels(rows, out, seed, HARMFUL)
    answer(card["about"], f"model in {out}; {_advice(card, out)}")


def _advice(card: dict[str, Any], out: str) -> str:
    """How a model is used, or why it had better not be."""
    auc = card["metrics"][card["family"]].get("auc", 0.0)
    if auc < WEAK:
        return f"it hardly tells harm on unseen sites (AUC {auc:.2f}): give other lists"
    if card["about"].startswith(NOT_BETTER):
        return "give more pages"
    return f'in a recipe: [classify.harm] model = "{files.absolute(out)}"'
