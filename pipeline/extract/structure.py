"""Kept blocks as text like Markdown: headings, lists, quotes, code, formulas, tables."""

from collections.abc import Sequence

from pipeline.extract.formulas.tex import with_dollars
from pipeline.extract.page.code import code_span, fence_of
from pipeline.extract.page.page_blocks import CODE, PageBlocks, Place
from pipeline.extract.page.tables import Cell, in_columns, in_rows, table_rows

_MOST_LISTS = 8


def write_text(page: PageBlocks, kept: Sequence[int], data: set[int]) -> str:
    """The text of the blocks `kept` (indices in order); `data` are the tables written as rows."""
    pieces: list[str] = []
    at = 0
    tight = False
    places = list(map(page.place, kept))
    while at < len(kept):
        place = places[at]
        if place.table in data:
            stop = at
            while stop < len(kept) and places[stop].table == place.table:
                stop += 1
            pieces += ["\n\n", _table(page, kept[at:stop], places[at:stop])]
            at, tight = stop, False
            continue
        item = place.lists > 0 and place.form != CODE
        joined = (tight and item) or place.breaks == 1
        pieces += [
            "\n" if joined else "\n\n",
            _block_text(place, page.texts[kept[at]], page.markers[kept[at]]),
        ]
        tight, at = item, at + 1
    return "".join(pieces).strip()


def _block_text(place: Place, text: str, marker: str) -> str:
    """One block with its marks."""
    if place.form == CODE:
        text = _fenced(text, marker)
    else:
        text = with_dollars(text)
        text = _marked(place, text, marker)
    if place.quotes:
        mark = "> " * min(place.quotes, _MOST_LISTS)
        text = "\n".join(mark + line for line in text.split("\n"))
    return text


def _marked(place: Place, text: str, marker: str) -> str:
    if place.level:
        text = text.rstrip("¶ ") or text  # the permalink that manuals draw beside a heading
        return f"{'#' * place.level} {text}"
    if place.lists:
        indent = "  " * (min(place.lists, _MOST_LISTS) - 1)
        return f"{indent}{marker or '  '}{text}" if marker or indent else text
    return text


def _fenced(text: str, language: str) -> str:
    fence = fence_of(text, 3)
    return f"{fence}{language}\n{text}\n{fence}"


def _table(page: PageBlocks, kept: Sequence[int], places: Sequence[Place]) -> str:
    cells = [
        Cell(place.row, place.column, _cell_text(page.texts[at], place.form))
        for at, place in zip(kept, places, strict=True)
    ]
    table = page.tables[places[0].table]
    return "\n".join(table_rows(in_columns(in_rows(cells, table), table)))


def _cell_text(text: str, form: int) -> str:
    """On one line; code, which has one in a table of data, keeps the spaces between its words."""
    return (
        code_span(" ".join(text.strip().splitlines())) if form == CODE else " ".join(text.split())
    )
