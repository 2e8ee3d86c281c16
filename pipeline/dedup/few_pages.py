"""Which lines that recur on few pages of a site, two to four, are boilerplate.

Most sites have few pages in a crawl, and a template seen twice looks like a copy. So nothing but
notices goes from a text that shares more than half of its sentences with another page. From others
go menus, and what the texts end or begin with: a footer alone, a header where it stands on most of
the site's pages. Headings, rows of tables and lines that break off, as teasers do, stay.
"""

from collections.abc import Iterator, Sequence

from pipeline.dedup.guards import BLOCK_LINES, runs
from pipeline.dedup.keys import EDGE_LINES, Level
from pipeline.dedup.looks import (
    Line,
    ends_sentence,
    is_elided,
    is_heading,
    is_item,
    is_long,
    is_notice,
    is_plain,
)

MENU_LINES = 6  # in a row are a menu, however short they are
TITLE_LINES = 1  # lines of content that may stand above a header or below a footer


def of_few_pages(lines: Sequence[Line]) -> Iterator[int]:
    """The places of lines that are cut, some of them twice."""
    size = len(lines)
    yield from (at for at, line in enumerate(lines) if _is_plain(line, at, size))
    if is_copy(lines):
        return
    open_to = [
        (line.recurs or line.bridged) and line.kind not in ("code", "quotation") for line in lines
    ]
    for start, end in runs(open_to):
        places = [at for at in range(start, end) if lines[at].few is not None]
        yield from _menu(lines, places)
        yield from _headings(lines, places)
        if end >= size - TITLE_LINES:
            yield from _edge(lines, places)
        elif start < EDGE_LINES or end > size - EDGE_LINES:
            yield from _edge(lines, [at for at in places if lines[at].few == Level.MOST])


def is_copy(lines: Sequence[Line]) -> bool:
    """Whether more than three fifths of a text stand on few other pages, in sentences."""
    shared = sum(
        len(line.text)
        for line in lines
        if (line.few is not None or line.edge == Level.FEW) and not is_item(line.text)
    )
    return 5 * shared > 3 * sum(len(line.text) for line in lines)


def _is_plain(line: Line, at: int, size: int) -> bool:
    """Whether a line is a notice, or made of the words of menus and near an edge."""
    if not line.recurs or line.kind in ("table", "code"):
        return False
    near = not EDGE_LINES <= at < size - EDGE_LINES and line.edge is not None
    return is_notice(line.text) or (near and is_plain(line.text) and not is_heading(line.text))


def _menu(lines: Sequence[Line], places: Sequence[int]) -> list[int]:
    """Short lines where many stand together."""
    items = [at for at in places if _is_menu_item(lines[at])]
    if len(items) < MENU_LINES:
        return []
    return items + [at for at in places if lines[at].kind == "list" and _is_entry(lines[at].text)]


def _headings(lines: Sequence[Line], places: Sequence[int]) -> Iterator[int]:
    """Headings in a row, with nothing under them: links to other pages."""
    heads = [lines[at].few == Level.MOST and is_heading(lines[at].text) for at in places]
    for start, end in runs(heads):
        if end - start >= BLOCK_LINES:
            yield from places[start:end]


def _is_menu_item(line: Line) -> bool:
    return is_item(line.text) and line.kind != "table" and not is_heading(line.text)


def _is_entry(line: str) -> bool:
    """Whether an item of a list may belong to a menu."""
    return not is_long(line) and not ends_sentence(line)


def _edge(lines: Sequence[Line], places: Sequence[int]) -> list[int]:
    """Lines at an edge, two and more or one sentence."""
    found = [
        at
        for at in places
        if lines[at].edge is not None
        and lines[at].kind != "table"
        and not lines[at].titled
        and not is_heading(lines[at].text)
        and not is_elided(lines[at].text)
    ]
    return found if len(found) > 1 or any(is_long(lines[at].text) for at in found) else []
