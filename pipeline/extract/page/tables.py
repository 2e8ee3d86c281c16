"""Tables of data and tables of layout, and the former as Markdown rows.

A table is data when it has at least two columns, holds no table (or has four head cells for each),
and few of its cells hold headings or lists. One of a single row has none, and little text:
a parameter and what it means. A header cell or a caption says so too, `role="presentation"`
says no.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.extract.formulas.tex import is_tex
from pipeline.extract.page.page_blocks import CODE, FORMULA, PLACE, PageBlocks, Table

_MOST_COLUMNS = 200
_MOST_EMPTY = 20  # places for each filled cell
_HEADS_OF_NESTED = 4  # head cells of a table of facts for each table that stands among them
_SHORT_CELL = 100  # characters; mean cells below it make data of a single row
_LONG_CELL = 400  # characters; mean cells above it are columns of a layout


class Cell(NamedTuple):
    row: int
    column: int
    text: str  # of one line


def is_data_table(table: Table, cells: int, characters: int) -> bool:
    """Whether a table with `cells` filled cells of `characters` in all holds data."""
    if table.role in ("presentation", "none"):
        return False
    if table.nested * _HEADS_OF_NESTED > table.head_cells:
        return False
    if table.columns < 2 or cells < 2:
        return False
    if table.rows < 2 and (table.bulky or characters > _SHORT_CELL * cells):
        return False
    if table.rows > 1 and cells < 3:
        return False
    if 4 * table.bulky > cells or table.columns > _MOST_COLUMNS:
        return False
    if table.rows * table.columns > _MOST_EMPTY * cells:
        return False  # rows are padded to the widest
    if table.head_cells or table.captions:
        return characters <= 2 * _LONG_CELL * cells
    return characters <= _LONG_CELL * cells


def data_tables(page: PageBlocks) -> set[int]:
    """Indices of the tables of data. One with listings of several lines is none, nor is a row that
    sets a formula beside its number.
    """
    if not page.tables:
        return set()
    texts: set[int] = set()
    cells: dict[int, set[tuple[int, int]]] = {}
    characters: dict[int, int] = {}
    chosen = [PLACE[name] for name in ("table", "row", "column", "form")]
    tables, rows, columns, forms = page.place_rows()[chosen]
    for at in np.flatnonzero(tables >= 0).tolist():
        table = int(tables[at])
        cells.setdefault(table, set()).add((int(rows[at]), int(columns[at])))
        characters[table] = characters.get(table, 0) + len(page.texts[at])
        listing = forms[at] == CODE and "\n" in page.texts[at]
        if listing or (page.tables[table].rows < 2 and _is_formula(page.texts[at], int(forms[at]))):
            texts.add(table)
    return {
        at for at, filled in cells.items()
        if at not in texts and is_data_table(page.tables[at], len(filled), characters[at])
    }  # fmt: skip


def _is_formula(text: str, form: int) -> bool:
    return form == FORMULA or (text[:1] == "$" == text[-1:] and is_tex(text.strip("$")))


def in_columns(cells: Sequence[Cell], table: Table) -> list[Cell]:
    """Cells in the columns where a browser draws them: beside and below cells that take several.

    Columns in which no text stands are left out. Cells stay as they were where there would be more
    columns, or more empty places, than a table of data has.
    """
    if not table.spans:
        return list(cells)
    drawn = _drawn(max(cell.row for cell in cells), table)
    columns = [drawn.get((cell.row, cell.column), _MOST_COLUMNS + 1) for cell in cells]
    if max(columns) > _MOST_COLUMNS:
        return list(cells)
    begun = {column: at for at, column in enumerate(sorted(set(columns)))}
    if len(begun) * len({cell.row for cell in cells}) > _MOST_EMPTY * len(cells):
        return list(cells)
    return [cell._replace(column=begun[at]) for cell, at in zip(cells, columns, strict=True)]


def in_rows(cells: Sequence[Cell], table: Table) -> list[Cell]:
    """Cells in the order of rows that a browser draws: `thead` first and `tfoot` last."""
    if table.ranks == sorted(table.ranks):
        return list(cells)

    def drawn(cell: Cell) -> tuple[int, int]:
        group = bisect_left(table.groups, cell.row) - 1
        return (table.ranks[group] if group >= 0 else 1), cell.row

    return sorted(cells, key=drawn)


def _drawn(last: int, table: Table) -> dict[tuple[int, int], int]:
    """The column of each cell, by row and place in it, down to row `last`."""
    drawn: dict[tuple[int, int], int] = {}
    taken: dict[int, int] = {}  # by column: the last row that a cell above reaches
    begins = frozenset(table.groups)
    for row in range(1, last + 1):
        if row - 1 in begins:
            taken.clear()  # no cell reaches into the next group of rows
        column = 1
        for place in range(1, table.columns + 1):
            while taken.get(column, 0) >= row:
                column += 1
            if column > _MOST_COLUMNS:
                break
            drawn[row, place] = column
            wide, high = table.spans.get((row, place), (1, 1))
            for at in range(column, min(column + wide, _MOST_COLUMNS + 1)):
                taken[at] = max(taken.get(at, 0), row + high - 1)
            column += wide
    return drawn


def table_rows(cells: Iterable[Cell]) -> list[str]:
    """Markdown rows of the cells, a rule under the first; cells are padded to the widest row."""
    rows: dict[int, dict[int, str]] = {}
    for cell in cells:
        row = rows.setdefault(cell.row, {})
        text = cell.text.replace("|", "\\|")
        row[cell.column] = f"{row[cell.column]} {text}" if cell.column in row else text
    first = min(min(row) for row in rows.values())
    last = max(max(row) for row in rows.values())
    lines = [
        "| " + " | ".join(row.get(column, "") for column in range(first, last + 1)) + " |"
        for row in rows.values()
    ]
    lines.insert(1, "|" + " --- |" * (last - first + 1))
    return lines
