"""Cuts kept from the pass that samples for the pass that makes parts: none is made twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from pipeline import files
from pipeline.arrow import columns_table
from pipeline.dedup.lines.cutting import Cut
from pipeline.document import Document, Unit, by_single_id, digest

CUTS_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),  # what is left; null where nothing went
        ("kinds", pa.list_(pa.string())),  # of what went
        ("parts", pa.list_(pa.string())),
    ]
)


def write_cuts(folder: str, unit: Unit, cuts: Iterable[Cut]) -> None:
    """Keeps what was cut from documents of a unit; where that is nothing there is no file."""
    rows = [
        (
            cut.document.id,
            cut.document.text if cut.characters else None,
            [kind for kind, _ in cut.gone],
            [part for _, part in cut.gone],
        )
        for cut in cuts
    ]
    if rows:
        table = columns_table(zip(*rows, strict=True), CUTS_SCHEMA)
        files.write_table(_path(folder, unit), table)


def read_cuts(folder: str, unit: Unit, documents: Sequence[Document]) -> Mapping[str, Cut]:
    """By id, what `write_cuts` has kept in `folder` of `documents`; of "" nothing.

    Of documents with one id nothing is known.
    """
    path = _path(folder, unit)
    if not folder or not files.exists(path):
        return {}
    whole = by_single_id(documents)
    rows = zip(*files.read_table(path, CUTS_SCHEMA.names).to_pydict().values(), strict=True)
    return {row[0]: _cut(whole[row[0]], *row[1:]) for row in rows if row[0] in whole}


def _path(folder: str, unit: Unit) -> str:
    """By what is read: a unit is named anew once it reads the reference too."""
    return files.join(folder, f"{digest(*unit.paths)}.parquet")


def _cut(whole: Document, text: str | None, kinds: list[str], parts: list[str]) -> Cut:
    gone = tuple(zip(kinds, parts, strict=True))
    if text is None:
        return Cut(whole, gone=gone)
    return Cut(replace(whole, text=text), len(whole.text) - len(text), gone)
