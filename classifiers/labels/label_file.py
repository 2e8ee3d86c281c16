"""The rows of a label file: JSON lines with a text, its label and perhaps its site."""

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipeline import files
from pipeline.errors import UsageError
from pipeline.text import encodable
from pipeline.urls import site

MOST_LABELS = 1_000
_SITES = ("site", "url", "host")


class Labelled(NamedTuple):
    """A text with its label; `site` is "" where nothing is said of it."""

    text: str
    label: str
    site: str = ""


class Fields(NamedTuple):
    """What the fields of a row are called."""

    text: str = "text"
    label: str = "label"


FIELDS = Fields()


def read_labels(path: str, fields: Fields = FIELDS) -> list[Labelled]:
    """The rows of a file, packed by gzip or not. The site is that of `site`, `url` or `host`.

    Raises UsageError for what is no such file.
    """
    rows = [_row(line, fields, f"line {at} of {path!r}") for at, line in _lines(path)]
    if not rows:
        raise UsageError(f"{path!r} holds no labels; give JSON lines with {' and '.join(fields)}")
    if len({row.label for row in rows}) > MOST_LABELS:
        raise UsageError(
            f"{path!r} has more than {MOST_LABELS} labels in {fields.label!r}; name the right field"
        )
    return rows


def read_texts(path: str, field: str = FIELDS.text) -> list[str]:
    """The texts of a file of JSON lines, packed or not. Raises UsageError for what is none."""
    return [_read_text(line, field, f"line {at} of {path!r}") for at, line in _lines(path)]


def _read_text(line: bytes, field: str, place: str) -> str:
    return _text(_object(line, place), field, place)


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    try:
        data = files.read_bytes(path)
        plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"labels {path!r} cannot be read ({error}); give JSON lines") from None
    return ((at, line) for at, line in enumerate(plain.split(b"\n"), 1) if line.strip())


def _row(line: bytes, fields: Fields, place: str) -> Labelled:
    row = _object(line, place)
    label = row.get(fields.label)
    if not isinstance(label, str | int | bool):
        raise UsageError(f"{place} has no label in {fields.label!r}; name the field of the label")
    name = encodable(str(label)).strip()
    if not name:
        raise UsageError(f"{place} has an empty label in {fields.label!r}; take the line out")
    return Labelled(_text(row, fields.text, place), name, _site(row))


def _object(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{place} is no JSON ({error}); give JSON lines") from None
    if not isinstance(row, dict):
        raise UsageError(f"{place} is no object; give JSON lines with named fields")
    return row


def _text(row: dict[str, Any], field: str, place: str) -> str:
    text = row.get(field)
    if not isinstance(text, str):
        raise UsageError(f"{place} has no text in {field!r}; name the field of the text")
    return text


def _site(row: dict[str, Any]) -> str:
    given = next((row[name] for name in _SITES if isinstance(row.get(name), str)), "")
    return site(given) if given else ""
