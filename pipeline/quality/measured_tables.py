"""Measured documents as tables: what `curated/` and `statistics/` hold beside the text."""

import pyarrow as pa

from pipeline.arrow import documents_table
from pipeline.document import SIGNED, Batch, Measured
from pipeline.quality.signals.redpajama import SIGNALS_SCHEMA
from pipeline.quality.statistics_record import STATISTICS_SCHEMA


def statistics_table(batch: Batch, signals: bool = False) -> pa.Table:
    """What was measured of all documents of a batch, kept or dropped since, sorted by id.

    Columns: id, language, kept, the statistics, and the signals where they are asked for. It lets
    limits be tuned without any text.
    """
    kept = [record for record in batch.records if isinstance(record, Measured)]
    rows = [(one, True) for one in kept] + [(one, False) for one in batch.lost]
    rows.sort(key=lambda row: row[0].document.id)
    table = pa.table(
        {
            "id": pa.array([one.document.id for one, _ in rows], pa.string()),
            "language": pa.array([one.document.language for one, _ in rows], pa.string()),
            "kept": pa.array([stays for _, stays in rows], pa.bool_()),
        }
    )
    for column in [*STATISTICS_SCHEMA, *_signal_columns(signals)]:
        values = [one.columns[column.name] for one, _ in rows]
        table = table.append_column(column.name, pa.array(values, column.type))
    return table


_SIGNED = [pa.field(name, pa.binary()) for name in SIGNED]


def curated_table(rows: list[Measured], signals: bool = False) -> pa.Table:
    """Document columns, then statistics, what `near` signs and, where asked for, signals, sorted by
    id.
    """
    rows = sorted(rows, key=lambda row: row.document.id)
    table = documents_table([row.document for row in rows])
    for column in [*STATISTICS_SCHEMA, *_SIGNED, *_signal_columns(signals)]:
        values = pa.array([row.columns[column.name] for row in rows], column.type)
        table = table.append_column(column, values)
    return table


def _signal_columns(signals: bool) -> list[pa.Field]:
    """Those of every part of a run that has signals, also where no document is left."""
    return list(SIGNALS_SCHEMA) if signals else []
