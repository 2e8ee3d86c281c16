"""The small model that tells numbers of telephones from others: made of templates of our own.

An example is a number in a notation of one of forty countries, or of what looks like it, with a
label, a sentence or lines of an address around it. What the model sees of it is what the screen
stage sees of a page: `pipeline.screen.personal.phones.features`.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classifiers.fasttext_model import CARD, MODEL, TEXT_FORM, TrainSettings, train
from pipeline import files
from pipeline.document import digest
from pipeline.screen.personal.clues import clues
from pipeline.screen.personal.phone_notation import candidates
from pipeline.screen.personal.phones import features

PHONE, OTHER = "phone", "other"
TEMPLATES = Path(__file__).with_suffix(".toml")
COUNT = 60_000  # examples of either kind
SETTINGS = TrainSettings(
    dimensions=8, word_ngrams=1, buckets=1, min_count=4, epochs=12, learning_rate=0.2
)
_CLASSES = {"d": "0123456789", "n": "23456789", "z": "123456789"}
_MOST_WORDS = 3  # in place of a blank
_TAILS = (
    "", "", "", "|", " _", " _", ". _", "|_", ", _", " - _", "; _", " (_)", ": _", ") _", "|0",
)  # fmt: skip


@dataclass
class Draw:
    """Chance that depends on a seed and a name alone."""

    state: str
    at: int = 0

    def below(self, count: int) -> int:
        self.at += 1
        return int(digest(self.state, str(self.at))[:12], 16) % count

    def of(self, choices: Sequence[str]) -> str:
        return choices[self.below(len(choices))]


@cache
def templates() -> dict[str, Any]:
    """The templates that are shipped."""
    return tomllib.loads(TEMPLATES.read_text("utf-8"))


def examples(seed: int, count: int = COUNT) -> Iterator[tuple[str, str]]:
    """(label, features) of so many numbers of either kind."""
    for at in range(count):
        yield from _example(PHONE, _phone(Draw(f"{seed} phone {at}")))
        yield from _example(OTHER, _other(Draw(f"{seed} other {at}")))


def _example(label: str, made: tuple[str, int]) -> Iterator[tuple[str, str]]:
    """What the screen stage would ask of a text with a number at a place, if anything."""
    text, start = made
    for begin, end in candidates(text, clues(text)):
        if begin <= start < end:
            yield label, features(text, [(begin, end)])[0]


def _phone(draw: Draw) -> tuple[str, int]:
    known = templates()["phones"]
    context = draw.of(known[("labels", "labels", "sentences", "blocks")[draw.below(4)]])
    return _filled(context, draw.of(known["notations"]), draw)


def _other(draw: Draw) -> tuple[str, int]:
    groups = templates()["others"]["groups"]
    group = groups[draw.below(len(groups))]
    return _filled(draw.of(group["contexts"]), draw.of(group["notations"]), draw)


def _filled(context: str, notation: str, draw: Draw) -> tuple[str, int]:
    """A text made of templates, with words around it, and where its number begins."""
    before, _, after = context.partition("{}")
    head = _worded(f"{'_ ' * draw.below(3)}{before}", draw)
    head = head.rstrip(" ") if draw.below(12) == 0 and head.endswith(": ") else head
    tail = _worded(f"{after}{_TAILS[draw.below(len(_TAILS))]}", draw)
    return f"{head}{number(notation, draw)}{tail}", len(head)


def number(notation: str, draw: Draw) -> str:
    """A number in a notation."""
    return "".join(draw.of(_CLASSES[sign]) if sign in _CLASSES else sign for sign in notation)


def _worded(template: str, draw: Draw) -> str:
    """A template with words for its blanks, numbers for noughts, and line breaks."""
    words = _common()
    parts = []
    for sign in template:
        if sign == "_":
            parts.append(" ".join(draw.of(words) for _ in range(1 + draw.below(_MOST_WORDS))))
        elif sign == "|":
            parts.append("\n" if draw.below(4) else " | ")
        else:
            parts.append(sign)
    return "".join(parts)


@cache
def _common() -> list[str]:
    return str(templates()["words"]["common"]).split()


def train_personal_data(folder: str, seed: int = 0) -> dict[str, Any]:
    """Writes the model folder and gives its card. The same seed gives the same bytes."""
    made = list(examples(seed))
    counts = {label: sum(one == label for one, _ in made) for label in (PHONE, OTHER)}
    path = files.join(folder, MODEL)
    card = {
        "version": 1,
        "kind": "personal-data",
        "positive": PHONE,
        "text_form": TEXT_FORM,
        "seed": seed,
        "settings": asdict(SETTINGS),
        "data": {"templates": digest(TEMPLATES.read_text("utf-8")), "examples": counts},
        "hash": train(made, path, SETTINGS),
    }
    files.write_json(files.join(folder, CARD), card)  # last: a folder with a card is whole
    return card
