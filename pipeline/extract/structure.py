"""Kept blocks as text like Markdown: headings, lists, quotes, code, formulas, tables."""

import re
from collections.abc import Sequence

from pipeline.extract.blocks import CODE, PageBlocks, Place
from pipeline.extract.code import code_span, fence_of
from pipeline.extract.tables import Cell, in_columns, table_rows

# Formulas between delimiters; code in the text is none, whatever signs it holds.
_TEX = re.compile(
    r"(?P<code>``?(?!`)[^`]+``?)|\\\(\s*(?P<inline>(?:(?!\\[(\[]).){1,2000}?)\s*\\\)"
    r"|\s*(?:\\\[\s*(?P<display>(?:(?!\\[(\[]).){1,5000}?)\s*\\\]|\$\$(?P<dollars>(?:(?!\$\$).){1,5000}?)\$\$)\s*"
)
_SIGN = re.compile(r"[\\^_={}]|^\s*\w\s*$")  # of TeX
_FORMULA = re.compile(r"\$[^$]{0,500}(?:\\[a-zA-Z]|[\^_{])[^$]{0,500}\$|\\\(|\\\[")
_MOST_LISTS = 8


def write_text(page: PageBlocks, kept: Sequence[int], data: set[int]) -> str:
    """The text of the blocks `kept` (indices in order); `data` are the tables written as rows."""
    pieces: list[str] = []
    at = 0
    tight = False
    while at < len(kept):
        place = page.place(kept[at])
        if place.table in data:
            stop = at
            while stop < len(kept) and page.place(kept[stop]).table == place.table:
                stop += 1
            pieces += ["\n\n", _table(page, kept[at:stop])]
            at, tight = stop, False
            continue
        item = place.lists > 0 and place.form != CODE
        joined = (tight and item) or place.breaks == 1
        pieces += ["\n" if joined else "\n\n", block_text(page, kept[at])]
        tight, at = item, at + 1
    return "".join(pieces).strip()


def holds_formula(text: str) -> bool:
    """Whether there is TeX between delimiters; amounts of money are none."""
    return ("$" in text or "\\" in text) and _FORMULA.search(text) is not None


def is_formula(tex: str) -> bool:
    """Whether what stands between two pairs of dollars is TeX; a class of prices is none."""
    return _SIGN.search(tex) is not None


def block_text(page: PageBlocks, at: int) -> str:
    """One block with its marks."""
    place, text, marker = page.place(at), page.texts[at], page.markers[at]
    if place.form == CODE:
        text = _fenced(text, marker)
    else:
        text = _formulas(text)
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


def _formulas(text: str) -> str:
    """TeX between dollars, displayed formulas on lines of their own."""
    if "\\(" in text or "\\[" in text or "$$" in text:
        return _TEX.sub(_delimited, text).strip()
    return text


def _delimited(found: re.Match[str]) -> str:
    if found["code"]:
        return found[0]
    if found["inline"]:
        return f"${found['inline']}$"
    tex = found["display"] or found["dollars"]
    if found["dollars"] and not is_formula(tex):
        return found[0]  # prices are no formula
    return f"\n\n$${tex}$$\n\n"


def _fenced(text: str, language: str) -> str:
    fence = fence_of(text, 3)
    return f"{fence}{language}\n{text}\n{fence}"


def _table(page: PageBlocks, kept: Sequence[int]) -> str:
    places = [page.place(at) for at in kept]
    cells = [
        Cell(place.row, place.column, _cell_text(page.texts[at], place.form))
        for at, place in zip(kept, places, strict=True)
    ]
    return "\n".join(table_rows(in_columns(cells, page.tables[places[0].table])))


def _cell_text(text: str, form: int) -> str:
    """On one line; code, which has one in a table of data, keeps the spaces between its words."""
    return (
        code_span(" ".join(text.strip().splitlines())) if form == CODE else " ".join(text.split())
    )
