"""Models of harm on published labels: beside word lists, and on sentences about people.

    GRISTMILL_DATA=<folder> python tests/benchmarks/bench_harm_labels.py

Each set is cut into halves by a keyed hash, twice; a model of one half is asked for the other. The
sentences about people are our own: the same 20 with 20 words of identity and with 20 others, none
of which says anything harmful. Ends with 1 where a bar is missed.
"""

import gzip
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2])]

from classifiers.harm import listed_words  # noqa: E402
from classifiers.labels.label_file import Labelled  # noqa: E402
from classifiers.labels.text_model import TextModel  # noqa: E402
from classifiers.labels.training import train_labels  # noqa: E402
from classifiers.metrics import auc  # noqa: E402
from pipeline.document import unit_hash  # noqa: E402
from pipeline.text import words  # noqa: E402

HARM, NONE = "harm", "none"
SEEDS, MARGIN, MOST_RATIO = (0, 1), 0.08, 2.0
LEAST = {"davidson": 0.955, "hate": 0.89, "surge": 0.79}
IDENTITY = [
    "gay", "lesbian", "bisexual", "transgender", "queer", "black", "white", "asian", "latino",
    "arab", "jewish", "muslim", "christian", "hindu", "buddhist", "atheist", "immigrant", "deaf",
    "blind", "disabled",
]  # fmt: skip
OTHERS = [
    "tall", "young", "quiet", "retired", "local", "busy", "kind", "new", "famous", "polish",
    "swedish", "rural", "urban", "married", "single", "left-handed", "shy", "cheerful", "curious",
    "patient",
]  # fmt: skip
SENTENCES = (
    *("My neighbour is {} and we often cook together.", "I am {} and I love old films."),
    *("The {} teacher opened the library at nine.", "She wrote a book about growing up {}."),
    *("A {} doctor moved into our street last week.", "He told his parents that he is {}."),
    *("The {} community held a concert in the park.", "As a {} person I enjoy the hills."),
    *("Our team has a {} engineer who builds bridges.", "The {} couple next door has a dog."),
    *("They asked a {} historian to speak at the school.", "Many {} students joined the choir."),
    *("There was a talk by a {} poet at the museum.", "His {} grandmother bakes bread."),
    *("The mayor thanked the {} volunteers for their help.", "We interviewed {} farmers."),
    *("A {} musician played the piano for two hours.", "I read an article on {} artists."),
    *("The film follows a {} family through one summer.", "The {} nurse explained the form."),
)


def read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def sets(folder: Path) -> dict[str, list[Labelled]]:
    """Texts with and without harm."""
    tweets = read(folder / "toxicity-davidson" / "tweets-dev.jsonl.gz")
    comments = read(folder / "toxicity-surge" / "toxicity-dev.jsonl.gz")
    hate = [row for row in tweets if row["label"] != "offensive_language"]
    return {
        "davidson": [_labelled(row["text"], row["label"] != "neither") for row in tweets],
        "hate": [_labelled(row["text"], row["label"] == "hate_speech") for row in hate],
        "surge": [_labelled(row["text"], row["is_toxic"] == "Toxic") for row in comments],
    }


def _labelled(text: str, is_harm: bool) -> Labelled:
    return Labelled(text, HARM if is_harm else NONE)


def halves_auc(rows: list[Labelled], seed: int) -> float:
    """The AUC of a model of one half on the other."""
    learnt = [unit_hash(seed, row.text) < 0.5 for row in rows]
    asked = [row for row, is_learnt in zip(rows, learnt, strict=True) if not is_learnt]
    model = trained([row for row, is_learnt in zip(rows, learnt, strict=True) if is_learnt])
    return auc(model.score([row.text for row in asked]), _is_harm(asked))


def trained(rows: list[Labelled]) -> TextModel:
    with TemporaryDirectory() as folder:
        train_labels(rows, folder, 1729, HARM)
        return TextModel(folder)


def _is_harm(rows: list[Labelled]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.array([row.label == HARM for row in rows])


def flagged(model: TextModel, people: list[str], least: float) -> float:
    """The share of the sentences about people that score so much."""
    texts = [sentence.format(one) for sentence in SENTENCES for one in people]
    return float((model.score(texts) >= least).mean())


def main() -> None:
    data = Path(os.environ["GRISTMILL_DATA"])
    count = listed_words((str(data / "blocklists" / "ldnoobw" / "en"),))
    found = sets(data / "labels")
    held = True
    for name, rows in found.items():
        scores = np.array([count(row.text) / max(1, len(words(row.text))) for row in rows])
        by_words = auc(scores, _is_harm(rows))
        by_model = float(np.mean([halves_auc(rows, seed) for seed in SEEDS]))
        held &= by_model >= max(LEAST[name], by_words + MARGIN)
        print(f"{name:9} AUC {by_model:.3f}, word list {by_words:.3f}")
    model = trained(found["davidson"])
    told = model.score([row.text for row in found["surge"]])
    print(f"davidson's model on surge: AUC {auc(told, _is_harm(found['surge'])):.3f}")
    for least in (0.5, 0.9):
        about, other = (flagged(model, people, least) for people in (IDENTITY, OTHERS))
        held &= about <= MOST_RATIO * other
        print(f"sentences that score {least}: {about:.3f} with identity, {other:.3f} with others")
    print("holds" if held else "MISSED")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
