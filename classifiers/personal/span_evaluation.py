"""How well personal data is found on labelled texts, beside programs that others use.

Labels are JSON lines with `full_text` and `spans` (entity_type, start_position, end_position), as
presidio-research writes them. A value counts as found where a span of its type overlaps it by more
than four fifths of both together.
"""

import gzip
import json
import subprocess
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple

from pydantic import BaseModel, Field, ValidationError

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
Figures = dict[str, int | float | None]  # None where there is nothing to be right about
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
    """The texts of a file of labels: JSON lines, packed by gzip or not, with `full_text` and
    `spans` of `entity_type`, `start_position` and `end_position`, which count characters. Types
    that are none of `TYPES` are passed over. Raises UsageError for what is no such file.
    """
    try:
        open_text = gzip.open if path.endswith(".gz") else open
        with open_text(path, "rt", encoding="utf-8") as file:
            labels = [
                _labelled(line, f"line {at} of {path!r}")
                for at, line in enumerate(file, 1)
                if line.strip()
            ]
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise UsageError(f"labels {path!r} cannot be read ({error}); give JSON lines") from None
    if not labels:
        raise UsageError(f"{path!r} holds no labels; give JSON lines with full_text and spans")
    return labels


def _labelled(line: str, place: str) -> Labelled:
    try:
        return _Line.model_validate_json(line).labelled()
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(map(str, wrong["loc"])) or "it"
        raise UsageError(
            f"{place} is no label ({where}: {wrong['msg']}); give full_text and spans"
        ) from None


class _Span(BaseModel):
    entity_type: str
    start_position: Annotated[int, Field(ge=0, strict=True)]
    end_position: Annotated[int, Field(ge=0, strict=True)]


class _Line(BaseModel):
    full_text: str
    spans: list[_Span]

    def labelled(self) -> Labelled:
        spans = (
            Span(span.start_position, span.end_position, _NAMES[span.entity_type])
            for span in self.spans
            if span.entity_type in _NAMES
        )
        return Labelled(self.full_text, tuple(spans))


_NAMES = {theirs: ours for ours, theirs in TYPES.items()}


def evaluate_personal_data(
    labels: Sequence[Labelled], judge: Judge, beside: str = ""
) -> dict[str, dict[str, Figures]]:
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
            found = json.loads(answers.read_text())
        except (OSError, subprocess.CalledProcessError):
            raise UsageError(
                f"{python!r} finds no peers; give a Python that has presidio-analyzer"
            ) from None
    return {
        name: [[Span(a, b, _NAMES[kind]) for a, b, kind in row if kind in _NAMES] for row in rows]
        for name, rows in found.items()
    }


def figures(labels: Sequence[Labelled], found: Sequence[Sequence[Span]]) -> dict[str, Figures]:
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
            "precision": right / given if given else None,
            "recall": met / wanted if wanted else None,
        }
    return told


def _meets(one: Span, other: Span) -> bool:
    both = min(one.end, other.end) - max(one.start, other.start)
    either = max(one.end, other.end) - min(one.start, other.start)
    return both > OVERLAP * either
