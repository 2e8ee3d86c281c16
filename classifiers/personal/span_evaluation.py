"""How well personal data is found on labelled texts, beside programs that others use.

Labels are JSON lines with `full_text` and `spans` (entity_type, start_position, end_position), as
presidio-research writes them. A value counts as found where a span of its type overlaps it by more
than four fifths of both together.
"""

import gzip
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from pipeline.errors import UsageError
from pipeline.screen.personal.phones import Judge
from pipeline.screen.personal_data import personal_data

TYPES = {
    "email": "EMAIL_ADDRESS",
    "ip": "IP_ADDRESS",
    "phone": "PHONE_NUMBER",
    "card": "CREDIT_CARD",
    "iban": "IBAN_CODE",
    "ssn": "US_SSN",
}
_OURS = {"ipv4": "ip", "ipv6": "ip"}
OVERLAP = 0.8
PEERS = Path(__file__).with_name("span_peers.py")


class Span(NamedTuple):
    """A value of a type in [start, end) of a text."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class Labelled:
    """A text and what it holds."""

    text: str
    spans: tuple[Span, ...]


def read_labels(path: str) -> list[Labelled]:
    """The texts of a file of labels. Raises UsageError for what is none."""
    names = {theirs: ours for ours, theirs in TYPES.items()}
    try:
        with gzip.open(path, "rt") if path.endswith(".gz") else open(path) as file:
            rows = [json.loads(line) for line in file]
        return [Labelled(row["full_text"], tuple(_spans(row["spans"], names))) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path!r} holds no labels ({error!r}); give JSON lines with full_text and spans"
        ) from None


def _spans(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Iterable[Span]:
    for row in rows:
        if row["entity_type"] in names:
            yield Span(row["start_position"], row["end_position"], names[row["entity_type"]])


def evaluate_personal_data(
    labels: Sequence[Labelled], judge: Judge, beside: str = ""
) -> dict[str, dict[str, dict[str, float]]]:
    """Figures by detector and type; `beside` is a Python in whose environment peers are found."""
    ours = [_found(one.text, judge) for one in labels]
    told = {"gristmill": ours, **(_peers([one.text for one in labels], beside) if beside else {})}
    return {name: figures(labels, found) for name, found in told.items()}


def _found(text: str, judge: Judge) -> list[Span]:
    found = personal_data(text, judge)
    return [Span(one.start, one.end, _OURS.get(one.kind, one.kind)) for one in found]


def _peers(texts: list[str], python: str) -> dict[str, list[list[Span]]]:
    """What presidio's recognisers and phonenumbers find, run by a Python that has them."""
    with TemporaryDirectory() as folder:
        asked, answers = Path(folder, "texts.json"), Path(folder, "found.json")
        asked.write_text(json.dumps(texts))
        try:
            subprocess.run([python, PEERS, asked, answers], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise UsageError(
                f"{python!r} found no peers ({error}); give a Python with presidio-analyzer"
            ) from None
        found = json.loads(answers.read_text())
    names = {theirs: ours for ours, theirs in TYPES.items()}
    return {
        name: [[Span(a, b, names[kind]) for a, b, kind in row if kind in names] for row in rows]
        for name, rows in found.items()
    }


def figures(
    labels: Sequence[Labelled], found: Sequence[Sequence[Span]]
) -> dict[str, dict[str, float]]:
    """Precision, recall and counts by type."""
    told = {}
    for kind in TYPES:
        pairs = [
            ([s for s in one.spans if s.type == kind], [s for s in row if s.type == kind])
            for one, row in zip(labels, found, strict=True)
        ]
        wanted, given = sum(len(a) for a, _ in pairs), sum(len(b) for _, b in pairs)
        right = sum(any(_meets(span, other) for other in a) for a, b in pairs for span in b)
        met = sum(any(_meets(span, other) for other in b) for a, b in pairs for span in a)
        told[kind] = {
            "labelled": wanted,
            "found": given,
            "precision": right / given if given else 0.0,
            "recall": met / wanted if wanted else 0.0,
        }
    return told


def _meets(one: Span, other: Span) -> bool:
    both = min(one.end, other.end) - max(one.start, other.start)
    either = max(one.end, other.end) - min(one.start, other.start)
    return both > OVERLAP * either
