"""Blocks written as the walk meets text: a block ends where its element does."""

from pipeline.extract.formulas.tex import uncommented
from pipeline.extract.page.class_names import Names
from pipeline.extract.page.element_kinds import HIDDEN, Attributes, Frame, Kinds
from pipeline.extract.page.forms import NO_FORM
from pipeline.extract.page.page_blocks import CODE, FORMULA, TEXT, PageBlocks
from pipeline.text import visible


class BlockWriter:
    """The blocks of a page, and the one that is being written."""

    def __init__(self) -> None:
        self.page = PageBlocks()
        self.kinds = Kinds(self.page)
        self.parts: list[str] = []
        self.current = Frame(-1, self.kinds.root, 0, False, NO_FORM)
        self.linked = self.images = self.breaks = 0

    def text(self, text: str, frame: Frame) -> None:
        if text.isspace():
            if self.parts:
                self.parts.append(" ")
            return
        if frame.element != self.current.element:
            self.flush()
            self.current = frame
        self.parts.append(text)
        if frame.link:
            self.linked += len(text)

    def flush(self) -> None:
        """End the block."""
        if not self.parts:
            return
        text = uncommented("".join(self.parts))
        text = " ".join((text if text.isascii() else visible(text)).split())
        self.parts.clear()
        if text:
            form = FORMULA if text[:2] == "$$" == text[-2:] else TEXT
            self.add(text, self.current, form, min(self.linked, len(text)))
        self.linked = 0

    def add(self, text: str, frame: Frame, form: int, linked: int, marker: str = "") -> None:
        page, place = self.page, frame.form
        row = column = 0
        if place.table >= 0:
            table = page.tables[place.table]
            row, column = table.rows, table.column
        if place.item and form != CODE:
            marker = place.item.pop()
        page.texts.append(text)
        page.markers.append(marker)
        page.flat_places += (  # in the order of Place
            frame.element, frame.kind.chain, frame.bits, linked, form, place.level, place.lists,
            place.quotes, place.table, row, column, self.images, self.breaks,
        )  # fmt: skip
        self.images = self.breaks = 0

    def enter(self, tag: str, names: Names, attributes: Attributes, parent: Frame) -> Frame:
        """Number the element."""
        key = (parent.kind, tag, names.plain)
        kind = self.kinds.met.get(key)
        if kind is None:
            kind = self.kinds.add(key, names, attributes.get("role") or "")
        page = self.page
        page.parents.append(parent.element)
        page.kinds.append(kind.number)
        bits = kind.bits | parent.bits & HIDDEN
        return Frame(len(page.kinds) - 1, kind, bits, parent.link, parent.form, parent.asked)
