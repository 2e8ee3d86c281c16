"""Texts of documents that are mixed: whole ones to train a tokenizer on, pieces to count tokens of.

Both are drawn by keyed hashes, at rates by component, so that however much there is, one process
reads what is drawn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import files
from pipeline.document import Unit
from pipeline.mix.assign import assign
from pipeline.mix.columns import chances, part_columns, part_rows, score_bins
from pipeline.mix.decision import Decision
from pipeline.mix.token_rates import Piece

PIECES = 2_000  # of a component whose tokens are counted, about
WINDOW, STRIDE = 200, 1_000  # characters of a text that are counted, of so many
MOST_PIECE = 16_000  # characters of a text that are counted
NEAR = 50  # characters within which a window is cut between words


@dataclass(frozen=True)
class TextSample:
    """Shares of the chosen documents of a component that are drawn, 0 to 1."""

    folder: str
    training: Mapping[str, float]
    counting: Mapping[str, float]
    characters: int  # at most, of a text that is trained on


def piece_rates(documents: Mapping[str, float]) -> dict[str, float]:
    """At which a component's documents give a piece each."""
    return {name: min(1.0, PIECES / count) for name, count in documents.items() if count}


def write_texts(unit: Unit, sample: TextSample, decision: Decision) -> Iterator[str]:
    """Writes the texts of a part that are drawn; gives the path.

    Columns: id, component, bin (of scores), characters, text ("" where it is only counted), piece
    ("" where it is not). Without any there is no file: one process reads all of them.
    """
    rows = part_rows(unit)
    columns = part_columns(rows, decision.by)
    chosen = assign(columns, decision).reason == ""
    training, counting = (
        _drawn(columns.names, columns.component, rates, chances(columns, decision.seed, purpose))
        & chosen
        for purpose, rates in (("tokenizer", sample.training), ("count", sample.counting))
    )
    if not (training | counting).any():
        return
    taken = np.flatnonzero(training | counting)
    texts = _texts_of(unit, rows["id"].take(pa.array(taken)).to_pylist())
    starts = chances(columns, decision.seed, "piece")[taken]
    table = pa.table(
        {
            "id": rows["id"].take(pa.array(taken)),
            "component": [columns.names[at] for at in columns.component[taken]],
            "bin": score_bins(columns.score)[taken],
            "characters": columns.characters[taken],
            "text": [
                text[: sample.characters] if drawn else ""
                for text, drawn in zip(texts, training[taken], strict=True)
            ],
            "piece": [
                piece_of(text, start) if drawn else ""
                for text, start, drawn in zip(texts, starts, counting[taken], strict=True)
            ],
        }
    )
    path = files.join(sample.folder, f"{unit.name}.parquet")
    files.write_table(path, table)
    yield path


def _drawn(
    names: tuple[str, ...],
    component: NDArray[np.int64],
    rates: Mapping[str, float],
    drawn: NDArray[np.float64],
) -> NDArray[np.bool_]:
    by_name = np.array([rates.get(name, 0.0) for name in names])
    return drawn < by_name[component] if len(component) else np.zeros(0, dtype=np.bool_)


def _texts_of(unit: Unit, ids: list[str]) -> list[str]:
    """The texts of documents of a part, in the order of `ids`."""
    table = files.read_table(unit.files[0], ["id", "text"])
    places = pc.index_in(pa.array(ids, pa.string()), table["id"].combine_chunks())
    found: list[str] = table["text"].take(places).to_pylist()
    return found


def piece_of(text: str, start: float) -> str:
    """Windows of a text at equal distances, cut between words; `start` (0 to 1) moves all of them,
    so that no place is in one more often than another.
    """
    if len(text) <= STRIDE:
        return text
    stride = max(STRIDE, len(text) * WINDOW // MOST_PIECE)
    first = int(start * stride) - WINDOW  # a window may begin before the text
    places = range(first, len(text), stride)
    cuts = ((_border(text, max(at, 0)), _border(text, at + WINDOW)) for at in places)
    return "".join(text[begin:end] for begin, end in cuts)


def _border(text: str, place: int) -> int:
    """The next space from a place on, or an end of the text; the place where neither is near."""
    if place <= 0:
        return 0
    found = text.find(" ", place, place + NEAR)
    if found >= 0:
        return found
    return len(text) if len(text) < place + NEAR else place


def training_texts(folder: str) -> Iterator[str]:
    """The texts of all files in the order of their ids, whatever parts they came in."""
    for row in _rows(folder, ["id", "text"]):
        if row["text"]:
            yield row["text"]


def counted_pieces(folder: str) -> Iterator[Piece]:
    """What is to be counted."""
    for row in _rows(folder, ["id", "component", "bin", "characters", "piece"]):
        if row["piece"]:
            yield Piece(row["component"], row["bin"], row["characters"], row["piece"])


def _rows(folder: str, columns: list[str]) -> Iterator[dict[str, Any]]:
    tables = [table.select(columns) for table in files.read_tables(folder)]
    if tables:
        yield from pa.concat_tables(tables).sort_by("id").to_pylist()
