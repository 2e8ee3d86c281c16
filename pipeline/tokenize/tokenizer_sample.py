"""The texts that a tokenizer is trained on: drawn by mixture, part by part, by keyed hashes."""

from collections.abc import Iterator

import pyarrow as pa

from pipeline import files
from pipeline.document import Unit, unit_hash
from pipeline.tokenize.token_files import chosen
from pipeline.tokenize.train import MAX_CHARACTERS


def sampled_texts(folder: str) -> Iterator[str]:
    """The texts of all sample files in the order of their ids, whatever parts they came in."""
    tables = files.read_tables(folder)
    rows = pa.concat_tables(tables).sort_by("id") if tables else pa.table({"text": []})
    yield from rows["text"].to_pylist()


def write_texts(unit: Unit, folder: str, rates: dict[str, float], seed: int) -> Iterator[str]:
    """Writes the texts of a part that are drawn, `rates` being shares by group; gives the path.

    Without any there is no file: one process reads all of them.
    """
    rows = chosen(unit, ["id", "text"])
    pairs = zip(rows["id"].to_pylist(), rows["group"].to_pylist(), strict=True)
    drawn = [unit_hash(seed, "tokenizer", one) < rates.get(group, 0) for one, group in pairs]
    taken = rows.filter(pa.array(drawn, pa.bool_()))
    if not len(taken):
        return
    texts = [text[:MAX_CHARACTERS] for text in taken["text"].to_pylist()]
    path = files.join(folder, f"{unit.name}.parquet")
    files.write_table(path, pa.table({"id": taken["id"], "text": pa.array(texts, pa.string())}))
    yield path
