"""Fit the outlier reference on a sample of the corpus, and keep it as a table.

In: sampled texts of documents that no other rule drops. Out: a `Reference`, per language and apart
for pages with code or formulas. Languages with fewer than 200 sampled texts get none.

The limits lie where an exponential tail, fitted to the outer twentieth of each side, leaves the
chosen share. Plain percentiles of a few hundred texts leak up to three times their nominal rate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.document import digest
from pipeline.errors import CheckError, UsageError
from pipeline.quality.counts.hashed_texts import (
    TRIGRAM_BUCKETS,
    WINDOW,
    WORD_BUCKETS,
    Buckets,
    Hashed,
    bucket_counts,
    hashed,
    windowed,
)
from pipeline.quality.counts.repeated_ngrams import Ints
from pipeline.quality.outliers import (
    ALONE,
    SCALE,
    STATISTICS,
    Curve,
    Floats,
    LanguageReference,
    Reference,
    Values,
    reference_key,
    reference_values,
    tables,
    text_values,
)
from pipeline.text import Split

MIN_DOCUMENTS = 200  # of a key: a language, and apart its pages with code or formulas
SAMPLE_DOCUMENTS = 4_000  # of a key, at most WINDOW characters each, are enough
TEXTS_PER_KNOT = 150
MAX_KNOTS = 8
_OUTER = 0.05  # the share of each side that the tail is fitted to


@dataclass(frozen=True, slots=True)
class Sample:
    """One text that the reference is fitted on, as far as WINDOW."""

    language: str
    text: str
    structured: bool = False
    # What follows from the text, where it has been found: its `word_buckets`, and ALONE.
    words: bytes | None = field(default=None, compare=False, repr=False)
    alone: tuple[float, float] | None = field(default=None, compare=False, repr=False)

    def hashed(self) -> Hashed:
        known = None if self.words is None else np.frombuffer(self.words, np.uint16)
        return hashed(windowed(Split(self.text)), known)

    def values(self) -> Values:
        """Its `text_values`."""
        if self.alone is None:
            return text_values(self.text)
        return dict.fromkeys(STATISTICS) | dict(zip(ALONE, self.alone, strict=True))


def fit_reference(samples: Iterable[Sample], tail: float) -> Reference:
    """The reference of every language that has enough samples.

    Args:
        samples: texts of documents that pass the other rules; their order does not matter.
        tail: share of a language's texts beyond each limit, of each statistic, on each side.
    """
    if not 0 < tail < 0.5:
        raise UsageError(f"outlier tail {tail} is not a share; give one between 0 and 0.5")
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        key = reference_key(sample.language, sample.structured)
        groups.setdefault(key, []).append(sample)
    return {
        key: _fit_language(groups[key], tail)
        for key in sorted(groups)
        if len(groups[key]) >= MIN_DOCUMENTS
    }


def _fit_language(samples: Sequence[Sample], tail: float) -> LanguageReference:
    samples = sorted((one for one in samples if one.text), key=lambda one: one.text)
    texts, found = [one.text[:WINDOW] for one in samples], [one.hashed() for one in samples]
    trigrams = _total((one.trigrams for one in found), TRIGRAM_BUCKETS)
    words = _total((one.words for one in found), WORD_BUCKETS)
    known = tables(_logs(trigrams), _logs(words))
    rows = [
        sample.values() | reference_values(one, known)
        for sample, one in zip(samples, found, strict=True)
    ]
    lengths = np.log([len(text) for text in texts])
    columns = {name: np.array([row[name] for row in rows], np.float64) for name in STATISTICS}
    curves = {
        name: fit_curve(column[~np.isnan(column)], lengths[~np.isnan(column)], tail)
        for name, column in columns.items()
    }
    probable = columns["word_log_probability"]
    cuts = np.quantile(probable[~np.isnan(probable)], (0.7, 0.4))
    percentiles = float(cuts[0]), float(cuts[1])
    return LanguageReference(known, curves, len(texts), digest(*texts), tail, percentiles)


def _total(found: Iterable[Buckets], buckets: int) -> Ints:
    """How often each bucket occurs in all."""
    counts = np.zeros(buckets, np.int64)
    for one in found:
        counts += bucket_counts(one, buckets)
    return counts


def _logs(counts: Ints) -> Ints:
    """Log-probabilities as integers; half a count is added to every bucket."""
    share = (counts + 0.5) / (int(counts.sum()) + 0.5 * len(counts))
    logs: Ints = np.rint(np.log(share) * SCALE).astype(np.int64)
    return logs


def fit_curve(values: Floats, lengths: Floats, tail: float) -> Curve:
    """The course of `values` over the logarithms of the lengths, and the limits at `tail`."""
    count = int(np.clip(len(values) // TEXTS_PER_KNOT, 1, MAX_KNOTS))
    order = np.lexsort((values, lengths))
    parts = np.array_split(order, count)
    knots = np.array([np.median(lengths[part]) for part in parts])
    low, median, high = np.array([np.quantile(values[part], (0.1, 0.5, 0.9)) for part in parts]).T
    least = 1e-6 + 1e-3 * np.abs(median)  # where all texts are alike, as in made corpora
    below, above = np.maximum(median - low, least), np.maximum(high - median, least)
    distance = values - np.interp(lengths, knots, median)
    under = -distance / np.interp(lengths, knots, below)
    over = distance / np.interp(lengths, knots, above)
    return Curve(knots, median, below, above, _tail_limit(under, tail), _tail_limit(over, tail))


def _tail_limit(distances: Floats, tail: float) -> float:
    """The distance that the share `tail` exceeds, by an exponential tail beyond the outer
    twentieth.
    """
    start = float(np.quantile(distances, 1 - _OUTER))
    excess = np.sort(distances[distances > start]) - start
    mean = float(excess.sum() / len(excess)) if len(excess) else 0.0
    return max(1.0, start + mean * float(np.log(max(1.0, _OUTER / tail))))


_CURVE_FIELDS = tuple(f.name for f in fields(Curve))


def reference_table(reference: Reference) -> pa.Table:
    """The reference as a table, one row per language, sorted."""
    rows = []
    for key in sorted(reference):
        language = reference[key]
        row: dict[str, object] = {
            "key": key,
            "documents": language.documents,
            "sample": language.sample,
            "tail": language.tail,
            "percentiles": list(language.percentiles),
            "trigrams": language.tables.trigrams.tolist(),
            "words": language.tables.words.tolist(),
        }
        for name, curve in sorted(language.curves.items()):
            for part in _CURVE_FIELDS:
                value = getattr(curve, part)
                row[f"{name}.{part}"] = value.tolist() if isinstance(value, np.ndarray) else value
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=_schema())


def table_reference(table: pa.Table) -> Reference:
    """The reference that `reference_table` wrote. Raises CheckError for a table that is none."""
    if table.schema.names != _schema().names:
        raise CheckError("the outlier reference has other columns; remove it and fit it anew")
    return {row["key"]: _language(row) for row in table.to_pylist()}


def _schema() -> pa.Schema:
    numbers = pa.list_(pa.float64())
    plain = {"low": pa.float64(), "high": pa.float64()}
    return pa.schema(
        [
            ("key", pa.string()),
            ("documents", pa.int64()),
            ("sample", pa.string()),
            ("tail", pa.float64()),
            ("percentiles", numbers),
            ("trigrams", pa.list_(pa.int64())),
            ("words", pa.list_(pa.int64())),
            *(
                (f"{name}.{part}", plain.get(part, numbers))
                for name in sorted(STATISTICS)
                for part in _CURVE_FIELDS
            ),
        ]
    )


def _language(row: dict[str, Any]) -> LanguageReference:
    def curve(name: str) -> Curve:
        values = {part: row[f"{name}.{part}"] for part in _CURVE_FIELDS}
        arrays = {k: np.array(v, np.float64) for k, v in values.items() if isinstance(v, list)}
        return Curve(**{**values, **arrays})

    return LanguageReference(
        tables(np.array(row["trigrams"], np.int64), np.array(row["words"], np.int64)),
        {name: curve(name) for name in STATISTICS},
        row["documents"],
        row["sample"],
        row["tail"],
        (row["percentiles"][0], row["percentiles"][1]),
    )
