"""The form that an element gives to the text inside: heading, list item, quote, table cell."""

from collections.abc import Callable
from typing import Any

from pipeline.extract.page.page_blocks import Table


class Form:
    """What headings, lists, quotes and tables above a text ask of it; never changed once made.

    `item` holds a list item's marker until its first block takes it; `counter` the number of an
    ordered list's item met last, None in other lists.
    """

    __slots__ = ("counter", "item", "level", "lists", "quotes", "table")

    def __init__(
        self,
        level: int,
        lists: int,
        quotes: int,
        table: int,
        item: list[str],
        counter: list[int] | None,
    ) -> None:
        self.level = level
        self.lists = lists
        self.quotes = quotes
        self.table = table
        self.item = item
        self.counter = counter


_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534  # of a cell, in HTML
NO_FORM = Form(0, 0, 0, -1, [], None)
_Attributes = dict[str, Any]


def _heading(form: Form, tag: str, attributes: _Attributes, tables: list[Table]) -> Form:
    if form.table >= 0:
        tables[form.table].bulky += 1
    return Form(int(tag[1]), form.lists, form.quotes, form.table, form.item, form.counter)


def _list(form: Form, tag: str, attributes: _Attributes, tables: list[Table]) -> Form:
    if form.table >= 0:
        tables[form.table].bulky += 1
    if tag != "ol":
        return Form(form.level, form.lists + 1, form.quotes, form.table, form.item, None)
    number = _number(attributes.get("start"))
    return Form(form.level, form.lists + 1, form.quotes, form.table, form.item, [number - 1])


def _number(value: str | None, default: int = 1) -> int:
    """A number of at most five digits; the default where an attribute holds none."""
    is_number = value and value.isascii() and value.isdigit() and len(value) < 6
    return int(value) if value and is_number else default


def _item(form: Form, tag: str, attributes: _Attributes, tables: list[Table]) -> Form:
    marker = "- "
    if form.counter is not None:
        form.counter[0] = _number(attributes.get("value"), form.counter[0] + 1)
        marker = f"{form.counter[0]}. "
    return Form(form.level, form.lists, form.quotes, form.table, [marker], form.counter)


def _quote(form: Form, tag: str, attributes: _Attributes, tables: list[Table]) -> Form:
    return Form(form.level, form.lists, form.quotes + 1, form.table, form.item, form.counter)


def _table(form: Form, tag: str, attributes: _Attributes, tables: list[Table]) -> Form:
    if form.table >= 0:
        tables[form.table].nested += 1
    tables.append(Table(form.table, attributes.get("role") or ""))
    return Form(form.level, form.lists, form.quotes, len(tables) - 1, form.item, form.counter)


_DRAWN = ("thead", "tbody", "tfoot")


def begin_rows(form: Form, tag: str, tables: list[Table]) -> None:
    """A group of rows begins: no cell reaches from one into the next, and the head is drawn first,
    the foot last.
    """
    if form.table >= 0:
        table = tables[form.table]
        table.groups.append(table.rows)
        table.ranks.append(_DRAWN.index(tag))


def _row(form: Form, tag: str, attributes: _Attributes, tables: list[Table]) -> Form:
    if form.table >= 0:
        tables[form.table].rows += 1
        tables[form.table].column = 0
    return form


def _cell(form: Form, tag: str, attributes: _Attributes, tables: list[Table]) -> Form:
    if form.table >= 0:
        table = tables[form.table]
        table.column += 1
        table.columns = max(table.columns, table.column)
        table.head_cells += tag == "th"
        if "colspan" in attributes or "rowspan" in attributes:
            wide = min(max(_number(attributes.get("colspan")), 1), _MOST_COLUMNS)
            high = min(_number(attributes.get("rowspan")) or _MOST_ROWS, _MOST_ROWS)  # 0: all
            span = wide, high
            if span != (1, 1):
                table.spans[table.rows, table.column] = span
    return form


def _caption(form: Form, tag: str, attributes: _Attributes, tables: list[Table]) -> Form:
    if form.table < 0:
        return form
    tables[form.table].captions += 1
    return Form(form.level, form.lists, form.quotes, tables[form.table].outer, form.item, None)


SPECIAL: dict[str, Callable[[Form, str, _Attributes, list[Table]], Form]] = {
    **{f"h{level}": _heading for level in range(1, 7)},
    "ul": _list,
    "ol": _list,
    "menu": _list,
    "li": _item,
    "blockquote": _quote,
    "table": _table,
    "tr": _row,
    "td": _cell,
    "th": _cell,
    "caption": _caption,
}
