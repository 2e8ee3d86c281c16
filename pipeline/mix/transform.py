"""Wiring of the mix job: histograms of all parts gathered, then every document given its place."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa

from pipeline import files
from pipeline.document import DROPPED_SCHEMA, Dropped, Unit, dropped_table
from pipeline.frame.parts import Made
from pipeline.frame.transforms import Gather, MapUnits
from pipeline.mix.assign import assign
from pipeline.mix.columns import Mixable, Summary, merge, mixable, summarise
from pipeline.mix.decision import Decision
from pipeline.mix.plan_file import count_groups

STAGE = "mix"
MIXTURE_SCHEMA = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in ("id", "phase", "group")]
)
_PLACE = ["id", "url", "source", "record_id", "warc_file", "warc_offset", "characters", "domain"]


@dataclass
class SummariseParts(beam.PTransform):
    """The histogram of all parts, a few hundred kilobytes, into one file."""

    path: str

    def expand(self, units: Any) -> Any:
        summaries = units | MapUnits("SummariseParts", _summariser)
        return summaries | Gather(self.path, merge, summary_bytes)


def _summariser() -> Callable[[Unit], Iterable[Summary]]:
    return lambda unit: [summarise(_columns(_joined(unit)))]


def _joined(unit: Unit) -> pa.Table:
    """Scores with the place and length of their documents, sorted by id; units read both."""
    curated, scores = unit.paths
    right = files.read_table(scores, ["id", "referenced_score", "domain", "hits", "hit"])
    left = files.read_table(curated, _PLACE).rename_columns([*_PLACE[:-1], "declared"])
    rows = left.filter(pa.compute.is_in(left["id"], value_set=right["id"].combine_chunks()))
    for name in ("referenced_score", "domain", "hits", "hit"):
        rows = rows.append_column(name, right[name])  # both sorted by id, one row each
    return rows


def _columns(rows: pa.Table) -> Mixable:
    scores = rows["referenced_score"].fill_null(float("nan"))
    return mixable(
        rows["id"].to_pylist(),
        rows["domain"].to_pylist(),
        np.asarray(scores, dtype=np.float64),
        np.asarray(rows["characters"], dtype=np.int64),
        np.asarray(rows["hits"], dtype=np.int64),
        np.array([name != "" for name in rows["declared"].to_pylist()], dtype=np.bool_),
    )


def summary_bytes(summary: Summary) -> bytes:
    """A summary as JSON."""
    value = {
        "names": summary.names,
        "characters": summary.characters.tolist(),
        "documents": summary.documents.tolist(),
        "scored": summary.scored,
    }
    return json.dumps(value).encode()


def read_summary(path: str) -> Summary:
    """What `SummariseParts` wrote; an empty one where there was no part."""
    if not files.exists(path):
        return merge([])
    value = files.read_json(path)
    return Summary(
        tuple(value["names"]),
        np.array(value["characters"], dtype=np.int64),
        np.array(value["documents"], dtype=np.int64),
        value["scored"],
    )


@dataclass
class AssignParts(beam.PTransform):
    """Phase and group of every document, or the reason why it is left out."""

    decision: Decision

    def expand(self, units: Any) -> Any:
        return units | MapUnits("AssignParts", partial(_assigner, self.decision))


def _assigner(decision: Decision) -> Callable[[Unit], Iterable[Made]]:
    return lambda unit: [_assigned(unit, decision)]


def _assigned(unit: Unit, decision: Decision) -> Made:
    rows = _joined(unit)
    columns = _columns(rows)
    found = assign(columns, decision)
    chosen = found.reason == ""
    mixture = pa.table(
        [rows["id"].filter(pa.array(chosen)), found.phase[chosen], found.group[chosen]],
        schema=MIXTURE_SCHEMA,
    )
    lost = rows.filter(pa.array(~chosen)).to_pylist()
    dropped = [_drop(row, str(why)) for row, why in zip(lost, found.reason[~chosen], strict=True)]
    seen = {"document": len(rows)}
    for group, (count, characters) in count_groups(columns, found).items():
        seen |= {f"apart:documents:{group}": count, f"apart:characters:{group}": characters}
    tables = {"mixture": mixture, "dropped": dropped_table(dropped)}
    return Made(f"{unit.name}.000", tables, kept=mixture.num_rows, seen=seen)


def _drop(row: dict[str, Any], reason: str) -> Dropped:
    detail = row["hit"] if reason == "benchmark_hit" else _score(row["referenced_score"])
    place = {name: row[name] for name in DROPPED_SCHEMA.names if name in row}
    return Dropped(**place, stage=STAGE, reason=reason, detail=detail)


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.6f}"


def decision_text(decision: Decision) -> str:
    """A decision as text, so that what depends on it can be named by it."""
    plain = {
        f.name: value.tolist() if isinstance(value, np.ndarray) else value
        for f, value in ((f, getattr(decision, f.name)) for f in fields(Decision))
    }
    return json.dumps(plain, sort_keys=True)
