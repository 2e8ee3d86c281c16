"""Wiring of the dedup stage: decisions found by shuffles of rows, and obeyed part by part."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import apache_beam as beam

from pipeline import files
from pipeline.dedup.decisions import TOO_SHORT, apply_decisions
from pipeline.dedup.minhash import signature
from pipeline.document import Batch, Measured, Record, Unit, documents
from pipeline.recipe import DedupConfig, MinhashConfig
from pipeline.routing import MapBatches, MapUnits, Step

STAGE = "dedup"


@dataclass
class ReadDecided(beam.PTransform):
    """Units of (documents part, decisions part) to batches of the documents that stay, cut.

    What `exact` has dropped is counted apart: its drop rows are there already.
    """

    config: DedupConfig

    def expand(self, units: Any) -> Any:
        return units | MapUnits("ReadDecided", partial(_read_decided, self.config))


def _read_decided(config: DedupConfig) -> Callable[[Unit], Iterable[Batch]]:
    def read(unit: Unit) -> Iterable[Batch]:
        source, decisions = unit.paths
        found = documents(files.read_table(source))
        applied = apply_decisions(found, files.read_table(decisions), STAGE, config.min_characters)
        short = tuple(row for row in applied.dropped if row.reason == TOO_SHORT)
        decided = len(applied.dropped) - len(short)
        seen = {
            "document": len(found) - decided,
            "apart:decided": decided,
            "apart:cut_lines": applied.lines,
            "apart:cut_paragraphs": applied.paragraphs,
            "apart:cut_characters": applied.characters,
        }
        yield Batch(unit, 0, True, tuple(applied.kept), short, tuple(seen.items()))

    return read


@dataclass
class SignDocuments(beam.PTransform):
    """Puts the MinHash signature beside every measured document."""

    config: MinhashConfig

    def expand(self, batches: Any) -> Any:
        return batches | MapBatches("SignDocuments", partial(_sign, self.config))


def _sign(config: MinhashConfig) -> Step:
    def step(record: Record) -> Record:
        if not isinstance(record, Measured):
            raise TypeError(f"only measured documents are signed: {record.id}")
        signed = {**record.columns, "signature": signature(record.words, config)}
        return replace(record, columns=signed)

    return step
