"""The usual readers of Parquet load every folder of the contract as it is, to the last value."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from support import dataset, job_folder

from pipeline import files
from pipeline.arrow import documents_table, dropped_table
from pipeline.classify.score import Scorers, score_documents
from pipeline.dedup.near.minhash import sign
from pipeline.document import SIGNED, Document, Measured, Unit, digest, drop
from pipeline.quality.judge import judge_document
from pipeline.quality.measured_tables import curated_table
from pipeline.quality.outliers import NO_REFERENCE
from pipeline.quality.signals.signal_sources import NO_SOURCES
from pipeline.recipe import MinhashConfig, QualityConfig, ScreenConfig
from pipeline.screen.personal_data import redact

# The first test of a worker also waits for the whole run.
pytestmark = pytest.mark.timeout(300)

Loaded = tuple[list[str], list[dict[str, Any]]]  # names of the columns, and the rows
CONTRACT = {  # the jobs that write each dataset
    "documents": ("extract",),
    "curated": ("curate",),
    "scores": ("classify",),
    "dropped": ("extract", "exact", "curate", "near", "mix"),
}
LONG = "Grüße von der Mühle:\njoe@firm.com, ann@firm.com, 2001:4860:4860::8888. " + "Mehl, " * 9


# They are imported where they load, so that only the worker of this file waits for them.
def with_datasets(folder: Path, cache: Path) -> Loaded:
    import datasets

    paths = f"{folder}/*.parquet"
    table = datasets.load_dataset("parquet", data_files=paths, split="train", cache_dir=str(cache))
    return table.column_names, table.to_list()


def with_pandas(folder: Path, _cache: Path) -> Loaded:
    import pandas as pd

    frame = pd.read_parquet(folder)
    rows = frame.to_dict("records")
    return list(frame.columns), [
        {name: None if value != value else value for name, value in row.items()}  # NaN is its null
        for row in rows
    ]


def with_polars(folder: Path, _cache: Path) -> Loaded:
    import polars as pl

    frame = pl.read_parquet(f"{folder}/*.parquet")
    return frame.columns, frame.to_dicts()


def with_duckdb(folder: Path, _cache: Path) -> Loaded:
    import duckdb

    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM '{folder}/*.parquet'")
        names = [column[0] for column in found.description]
        return names, [dict(zip(names, row, strict=True)) for row in found.fetchall()]


READERS: dict[str, Callable[[Path, Path], Loaded]] = {
    "datasets": with_datasets,
    "pandas": with_pandas,
    "polars": with_polars,
    "duckdb": with_duckdb,
}


@pytest.fixture(scope="module", autouse=True)
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """`datasets` reads once, when it is imported, that it shall ask no hub, and where it writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hub")))
        import datasets

        datasets.disable_progress_bars()
        yield


class Lengths:
    def gate(
        self, ids: list[str], texts: list[str]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return np.array([len(text) / 100 for text in texts]), np.zeros(len(ids), dtype=np.bool_)


def redacted(name: str, text: str) -> Document:
    """A document as it comes out of `screen`."""
    url = f"https://{name}.example/"
    found = Document(digest(name), url, "crawl", text, f"{name}.example", language="de")
    left = redact(found, ScreenConfig(personal_data="redact"))
    assert isinstance(left, Document)
    return left


DOCUMENTS = [redacted("one", LONG), redacted("two", "Mehl.")]


def measured(document: Document) -> Measured:
    found = judge_document(document, QualityConfig(rules=()), NO_REFERENCE, NO_SOURCES)
    assert isinstance(found, Measured)
    return sign(MinhashConfig(), found)


def parts_of(name: str) -> list[pa.Table]:
    """The parts of a dataset, made as its job makes them: a document each, then one of none."""
    if name == "documents":
        return [documents_table(rows) for rows in (*([one] for one in DOCUMENTS), [])]
    if name == "curated":
        return [curated_table(rows) for rows in (*([measured(one)] for one in DOCUMENTS), [])]
    if name == "scores":
        part, none = Unit("part", ()), Scorers()
        scored = score_documents(DOCUMENTS[:1], Scorers(Lengths()), part)
        others = [score_documents(rows, none, part) for rows in (DOCUMENTS[1:], [])]
        return [scored, *others]
    drops = [[drop(one, "screen", "wrong_language", "de")] for one in DOCUMENTS]
    return [dropped_table(rows) for rows in (*drops, [])]


def written(folder: Path, tables: list[pa.Table]) -> Path:
    for place, table in enumerate(tables):
        files.write_table(str(folder / f"crawl.one~0123abcd.{place:03d}.parquet"), table)
    return folder


def assert_loads(reader: str, folder: Path, wanted: pa.Table, cache: Path) -> None:
    """Values are held against each other as they are written out: 1 is neither 1.0 nor True."""
    names, rows = READERS[reader](folder, cache)
    assert names == wanted.column_names
    assert sorted(map(repr, rows)) == sorted(map(repr, wanted.to_pylist()))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", CONTRACT)
def test_every_reader_loads_a_folder_of_parts(name: str, reader: str, tmp_path: Path) -> None:
    parts = parts_of(name)[:2]
    folder = written(tmp_path / name, parts)
    assert_loads(reader, folder, pa.concat_tables(parts), tmp_path / "cache")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", CONTRACT)
@pytest.mark.parametrize("place", [0, 1])
def test_empty_parts_change_nothing(name: str, reader: str, place: int, tmp_path: Path) -> None:
    first, second, empty = parts_of(name)
    parts = [first, second]
    parts.insert(place, empty)
    folder = written(tmp_path / name, parts)
    assert_loads(reader, folder, pa.concat_tables(parts), tmp_path / "cache")


@pytest.mark.parametrize("reader", READERS)
def test_redactions_are_integers_and_texts_are_texts(reader: str, tmp_path: Path) -> None:
    _, rows = READERS[reader](
        written(tmp_path / "d", parts_of("documents")[:2]), tmp_path / "cache"
    )
    found = {row["id"]: row for row in rows}[digest("one")]
    assert found["text"].startswith("Grüße von der Mühle:\n[email], [email], [ip]. Mehl, ")
    counts = [found[f"redacted_{kind}"] for kind in ("email", "ipv4", "ipv6")]
    assert [(type(count), count) for count in counts] == [(int, 2), (int, 0), (int, 1)]


def test_what_may_be_null_is_null_somewhere() -> None:
    curated, scores = (pa.concat_tables(parts_of(name)) for name in ("curated", "scores"))
    for column in (*(curated[name] for name in SIGNED), scores["referenced_score"]):
        assert column.null_count == 1
        assert column.length() == 2


def assert_loads_the_run(reader: str, run: Path, name: str, cache: Path) -> None:
    for job in CONTRACT[name]:
        wanted = dataset(run, job, name)
        assert wanted.num_rows > 10
        assert_loads(reader, job_folder(run, job) / name, wanted, cache)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ["documents", "curated", "scores"])
def test_every_reader_loads_the_whole_run(
    sample: Path, name: str, reader: str, tmp_path: Path
) -> None:
    assert_loads_the_run(reader, sample / "run", name, tmp_path)


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_loads_the_drops_of_the_whole_run(
    sample: Path, reader: str, tmp_path: Path
) -> None:
    """There are archives of which a job drops nothing, so some of these files are empty."""
    assert_loads_the_run(reader, sample / "run", "dropped", tmp_path)
