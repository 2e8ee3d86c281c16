"""The two tables of a swarm: shares by run, and metrics by run, as CSV.

    run,books,web          run,loss
    natural,0.2,0.8        natural,3.12
    run-001,0.7,0.3        run-001,3.05

The first column is a key of any kind; rows are matched by it, whatever their order.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline import files
from pipeline.errors import UsageError

Floats = NDArray[np.float64]

KEY = "run"
SUM_SLACK = 1e-3  # by which shares that were rounded may miss 1


@dataclass(frozen=True)
class RunTable:
    """A number for every run and column."""

    path: str
    runs: tuple[str, ...]
    columns: tuple[str, ...]
    values: Floats  # (runs, columns)
    lines: tuple[int, ...]  # of the file, from 1, on which the row of each run ends


def read_ratios(path: str) -> RunTable:
    """The shares of a file, made to sum to 1 exactly; UsageError where they do not nearly."""
    table = _read(path, "component")
    sums = table.values.sum(axis=1)
    for line, row, whole in zip(table.lines, table.values, sums, strict=True):
        if (row < 0).any():
            raise UsageError(f"{path} line {line} has a share of {row.min():g}; give 0 or more")
        if abs(whole - 1) > SUM_SLACK:
            raise UsageError(
                f"{path} line {line} has shares that sum to {whole:.6g}; give parts of 1"
            )
    return RunTable(
        table.path, table.runs, table.columns, table.values / sums[:, None], table.lines
    )


def read_metrics(path: str) -> RunTable:
    """The metrics of a file. Less is better of each: losses, or what is wrong of 1."""
    return _read(path, "metric")


def matched(ratios: RunTable, metrics: RunTable) -> RunTable:
    """The metrics in the order of the ratios; UsageError for a run that one file has alone."""
    _same_runs(ratios, metrics)
    _same_runs(metrics, ratios)
    at = {run: number for number, run in enumerate(metrics.runs)}
    order = [at[run] for run in ratios.runs]
    lines = tuple(metrics.lines[i] for i in order)
    return RunTable(metrics.path, ratios.runs, metrics.columns, metrics.values[order], lines)


def write_ratios(path: str, mixtures: Mapping[str, Mapping[str, float]]) -> None:
    """Writes shares by run as `read_ratios` reads them; a component that a run lacks has 0."""
    _write(path, mixtures)


def write_metrics(path: str, metrics: Mapping[str, Mapping[str, float]]) -> None:
    """Writes metrics by run as `read_metrics` reads them; every run has all of them."""
    _write(path, metrics)


def _write(path: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow([KEY, *columns])
    for run, row in rows.items():
        out.writerow([run, *(f"{row.get(name, 0.0):.9g}" for name in columns)])
    files.write_bytes_atomic(path, text.getvalue().encode())


def _same_runs(one: RunTable, other: RunTable) -> None:
    known = set(other.runs)
    for run, line in zip(one.runs, one.lines, strict=True):
        if run not in known:
            raise UsageError(
                f"run {run} ({one.path} line {line}) is not in {other.path}; give it a row there "
                "or take it out here"
            )


def _read(path: str, kind: str) -> RunTable:
    rows = _rows(path)
    _, header = next(rows, (0, list[str]()))
    columns = _columns(path, [name.strip() for name in header], kind)
    lines, runs, values = list[int](), dict[str, int](), list[list[float]]()
    for line, cells in rows:
        place = f"{path} line {line}"
        if len(cells) != len(columns) + 1:
            raise UsageError(
                f"{place} has {len(cells)} cells and the header {len(columns) + 1}; "
                "give each column a number"
            )
        run = cells[0].strip()
        if not run or run in runs:
            first = f"run {run} again (first on line {runs[run]})" if run else "no run"
            raise UsageError(f"{place} names {first}; give every row a name of its own")
        runs[run] = line
        lines.append(line)
        values.append([_number(cell, place, name) for name, cell in _named(columns, cells)])
    if not values:
        raise UsageError(f"{path} has no rows below its header; give one for each run")
    return RunTable(path, tuple(runs), columns, np.array(values, dtype=np.float64), tuple(lines))


def _rows(path: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with the lines they end on."""
    if not files.exists(path) or files.is_folder(path):
        raise UsageError(f"{path} is no file that is there; give a CSV file")
    try:
        text = files.read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text ({error}); give a CSV file in UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UsageError(
            f"{path} line {reader.line_num} is no CSV ({error}); mend its quotes"
        ) from None


def _columns(path: str, header: Sequence[str], kind: str) -> tuple[str, ...]:
    """The names of the columns behind the key."""
    if not header or header[0] != KEY:
        raise UsageError(
            f"{path} begins with the column {header[0] if header else ''!r}; "
            f"give it a header whose first column is {KEY!r}"
        )
    columns = tuple(header[1:])
    if not columns or "" in columns:
        raise UsageError(f"{path} line 1 has a column without a name; name each {kind}")
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise UsageError(f"{path} line 1 has two columns {twice[0]!r}; name each {kind} once")
    return columns


def _named(columns: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(columns, cells[1:], strict=True)


def _number(cell: str, place: str, name: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{place} has {cell!r} for {name}; give a number, or take the run out")
    return number
