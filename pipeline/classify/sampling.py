"""Which documents become training examples: chosen over columns, so that no text is grouped.

Three steps: `sample_part`, `merge_samples` in any grouping, and `write_examples`, which reads the
texts of those chosen. The merge is exact: what is cut in a part could not have been in the
whole's sample, since sites are capped and the rest is cut in one and the same order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import files
from pipeline.arrow import read_without
from pipeline.document import Unit, digest, unit_hash

ROWS = np.dtype(
    [("positive", "u1"), ("order", "<u8"), ("site", "<u8"), ("hi", "<u8"), ("lo", "<u8")]
)
Rows = NDArray[np.void]
Tiers = Callable[[list[str]], NDArray[np.uint8]]

CITED, UNKNOWN = 0, 3  # places of tiers of classifiers.wikipedia, that of none behind them
EXAMPLE_COLUMNS = ("id", "url", "site", "text", "language", "source", "page_type")


@dataclass(frozen=True)
class SampleLimits:
    """The most examples: with 20,000 characters each at most, 600 MB of ASCII text."""

    per_site: int = 20  # in either class
    positives: int = 10_000
    negatives: int = 20_000  # more than positives, so that lengths can be matched


def sample_rows(
    ids: list[str],
    sites: list[str],
    positive: NDArray[np.bool_],
    negative: NDArray[np.bool_],
    seed: int,
    limits: SampleLimits | None = None,
) -> Rows:
    """The candidates of one part, 33 bytes each; a document of neither class is none."""
    places = np.flatnonzero(positive | negative)
    rows = np.zeros(len(places), dtype=ROWS)
    rows["positive"] = positive[places]
    rows["order"] = [int(unit_hash(seed, "example", ids[i]) * 2**52) for i in places]
    rows["site"] = [int(digest(sites[i])[:16], 16) for i in places]
    rows["hi"] = [int(ids[i][:16], 16) for i in places]
    rows["lo"] = [int(ids[i][16:], 16) for i in places]
    return merge_samples([rows], limits)


def merge_samples(parts: list[Rows], limits: SampleLimits | None = None) -> Rows:
    """At most `per_site` of a site in a class, then the first of a class in hash order."""
    limits = limits or SampleLimits()
    rows = np.sort(np.concatenate([np.zeros(0, dtype=ROWS), *parts]))
    negatives = _capped(rows[rows["positive"] == 0], limits.per_site)[: limits.negatives]
    positives = _capped(rows[rows["positive"] == 1], limits.per_site)[: limits.positives]
    return np.concatenate([negatives, positives])


def _capped(rows: Rows, per_site: int) -> Rows:
    """The first `per_site` rows of every site, in the order they came."""
    by_site = np.argsort(rows["site"], kind="stable")
    sites = rows["site"][by_site]
    rank = np.arange(len(rows)) - np.searchsorted(sites, sites)  # within the site
    return rows[np.sort(by_site[rank < per_site])]


def is_sampled(ids: list[str], sample: Rows) -> NDArray[np.bool_]:
    """Which of a part's documents are in the sample."""
    chosen = set(zip(sample["hi"].tolist(), sample["lo"].tolist(), strict=True))
    return np.array([(int(i[:16], 16), int(i[16:], 16)) in chosen for i in ids], dtype=bool)


def survivors(unit: Unit, columns: list[str] | None = None) -> pa.Table:
    """The rows of a curated part that its near-duplicate decisions leave; the unit reads both."""
    curated, decisions = unit.files
    return read_without(curated, decisions, columns)


class Sample(NamedTuple):
    """Candidates, and how many documents are cited and how many of unknown pages."""

    rows: Rows
    cited: int
    unknown: int

    @property
    def prior(self) -> float:
        """The share of cited ones; 0 where there is no document of either class."""
        return self.cited / max(1, self.cited + self.unknown)


def merged(parts: list[Sample]) -> Sample:
    """The sample of all parts."""
    rows = merge_samples([part.rows for part in parts])
    return Sample(rows, sum(part.cited for part in parts), sum(part.unknown for part in parts))


def sample_part(unit: Unit, tiers: Tiers, seed: int) -> Iterator[Sample]:
    """The candidates of one part: `tiers` tells the tier of each of many URLs."""
    table = survivors(unit, ["id", "url", "site"])
    tier = tiers(table["url"].to_pylist())
    ids, sites = table["id"].to_pylist(), table["site"].to_pylist()
    cited, unknown = tier == CITED, tier == UNKNOWN
    rows = sample_rows(ids, sites, cited, unknown, seed)
    yield Sample(rows, int(cited.sum()), int(unknown.sum()))


def write_examples(unit: Unit, sample: Rows, folder: str) -> Iterator[str]:
    """Writes the documents of a part that are in the sample; gives the path.

    Without any there is no file: one process reads all of them.
    """
    table = survivors(unit, list(EXAMPLE_COLUMNS))
    chosen = table.filter(pa.array(is_sampled(table["id"].to_pylist(), sample), pa.bool_()))
    if len(chosen):
        path = files.join(folder, f"{unit.name}.parquet")
        files.write_table(path, chosen)
        yield path


def sample_bytes(sample: Sample) -> bytes:
    """A sample as the bytes of a file."""
    buffer = BytesIO()
    np.savez(buffer, rows=sample.rows, counts=np.array([sample.cited, sample.unknown]))
    return buffer.getvalue()


def read_sample(path: str) -> Sample:
    """What `sample_bytes` made, from its file."""
    with np.load(BytesIO(files.read_bytes(path)), allow_pickle=False) as parts:
        return Sample(parts["rows"], *map(int, parts["counts"]))
