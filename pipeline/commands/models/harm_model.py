"""`gristmill train harm`: a model of harmful pages from lists of sites and a run's documents."""

from classifiers.harm import listed_words
from classifiers.harm_examples import HARMFUL, harm_examples
from classifiers.labels.training import NOT_BETTER, train_labels
from pipeline import files
from pipeline.commands.fit_reference import read_documents
from pipeline.screen.blocklist import load_lists
from pipeline.terminal import answer


def train(run: str, lists: tuple[str, ...], words: tuple[str, ...], out: str, seed: int) -> None:
    """Trains on the documents of a run and writes a model folder with its card."""
    found, listed = load_lists(lists), listed_words(words)
    rows = harm_examples(read_documents((run,)), found, listed, seed)
    files.prepare_folder(out)
    card = train_labels(rows, out, seed, HARMFUL)
    is_better = not card["about"].startswith(NOT_BETTER)
    advice = f'in a recipe: [classify.harm] model = "{out}"' if is_better else "give more pages"
    answer(card["about"], f"model in {out}; {advice}")
