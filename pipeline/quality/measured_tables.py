"""Measured documents as tables: what `curated/` and `statistics/` hold beside the text."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.arrow import documents_table
from pipeline.document import Batch, Measured
from pipeline.quality.signals.redpajama import SIGNALS, SIGNALS_SCHEMA
from pipeline.quality.statistics import STATISTICS_SCHEMA


def signal_columns(columns: Mapping[str, Any]) -> list[pa.Field]:
    """The fields of the signals, none where they were not measured."""
    return list(SIGNALS_SCHEMA) if SIGNALS[0] in columns else []


def statistics_table(batch: Batch) -> pa.Table:
    """What was measured of all documents of a batch, kept or dropped since, sorted by id.

    Columns: id, language, kept, the statistics, and the signals where they were measured. It lets
    limits be tuned without any text.
    """
    kept = [record for record in batch.records if isinstance(record, Measured)]
    rows = [(one, True) for one in kept] + [(one, False) for one in batch.lost]
    rows.sort(key=lambda row: row[0].document.id)
    signals = signal_columns(rows[0][0].columns) if rows else []
    table = pa.table(
        {
            "id": pa.array([one.document.id for one, _ in rows], pa.string()),
            "language": pa.array([one.document.language for one, _ in rows], pa.string()),
            "kept": pa.array([stays for _, stays in rows], pa.bool_()),
        }
    )
    for column in [*STATISTICS_SCHEMA, *signals]:
        values = [one.columns[column.name] for one, _ in rows]
        table = table.append_column(column.name, pa.array(values, column.type))
    return table


def curated_table(rows: list[Measured]) -> pa.Table:
    """Document columns, then statistics, signature and signals, sorted by id."""
    rows = sorted(rows, key=lambda row: row.document.id)
    table = documents_table([row.document for row in rows])
    signals = signal_columns(rows[0].columns) if rows else []
    for column in [*STATISTICS_SCHEMA, pa.field("signature", pa.binary()), *signals]:
        values = pa.array([row.columns[column.name] for row in rows], column.type)
        table = table.append_column(column, values)
    return table
