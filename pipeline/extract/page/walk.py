"""One parse, one walk: from HTML to blocks, with formulas and code read on the way.

The tree is lexbor's; the walk goes through it once, in document order, without recursion, so depth
costs no stack. What an element hands to its children is its *frame*; a child whose parent has none
is skipped.
"""

from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.listings.frames import is_listing
from pipeline.extract.page.asciimath import with_asciimath
from pipeline.extract.page.class_names import MAY_BE_CODE, MAY_BE_MATH, Names, may_be_math, uses_of
from pipeline.extract.page.code import code_pieces, inline_code
from pipeline.extract.page.element_kinds import (
    HIDDEN,
    NAMELESS,
    Attributes,
    Frame,
    Kinds,
    is_hidden,
    names_of,
)
from pipeline.extract.page.forms import NO_FORM, SPECIAL, begin_rows
from pipeline.extract.page.math import FORMULA_TAGS, Found, math_tex
from pipeline.extract.page.metadata import read_metadata, script_text
from pipeline.extract.page.page_blocks import BIT, CODE, FORMULA, TEXT, PageBlocks
from pipeline.extract.page.tag_roles import BREAK, INLINE, PLAIN, ROWS, TAG_ROLES, WHOLE
from pipeline.extract.page.tex import uncommented
from pipeline.tags.limits import Limits, excess, parser_bytes
from pipeline.text import visible

_TEXT_NODE = 2  # lexbor's tag id of text
_PROSE = "p, h1, h2, h3, h4, h5, h6, ul, ol, dl, blockquote"


def read_blocks(html: str, limits: Limits, bounded: bool = False) -> PageBlocks | str:
    """The blocks of a page, or the reason why it has none.

    Reasons: too_large, too_deep, too_many_nodes, no_body, no_text; `excess` is asked for the first
    three unless it has been: such a page is `bounded`.
    """
    body = parser_bytes(with_asciimath(html))
    if not bounded and (reason := excess(body, limits)):
        return reason
    tree = LexborHTMLParser(body)
    if tree.body is None:
        return "no_body"
    walk = _Walk()
    if reason := walk.run(tree.root, limits):
        return reason
    return walk.page if walk.page.texts else "no_text"


class _Walk:
    """The state of one walk."""

    def __init__(self) -> None:
        self.page = PageBlocks()
        self.kinds = Kinds(self.page)
        self.parts: list[str] = []
        self.current = Frame(-1, self.kinds.root, 0, False, NO_FORM)
        self.linked = self.images = self.breaks = 0

    def run(self, root: Any, limits: Limits) -> str:
        """Walk the whole tree; a reason where a limit is hit."""
        above: list[tuple[Any, Frame]] = []
        node, frame, left = root, self.current, limits.max_nodes
        while True:
            left -= 1
            if left < 0:
                return "too_many_nodes"
            if node.tag_id == _TEXT_NODE:
                self.text(node.text_content, frame)
            elif (inside := self.element(node, frame)) is not None and (
                child := node.first_child
            ) is not None:
                above.append((node, frame))
                node, frame = child, inside
                continue
            while above and (after := node.next) is None:
                node, frame = above.pop()
            if not above:
                break
            node = after
        self.flush()
        return "too_deep" if self.kinds.deepest > limits.max_depth else ""

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
        text = " ".join(visible(uncommented("".join(self.parts))).split())
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

    def element(self, node: Any, parent: Frame) -> Frame | None:
        """Enter an element; the frame of its inside, None where that is not walked."""
        tag = node.tag
        role = TAG_ROLES.get(tag)
        if role is None:
            if tag and tag[0] != "-":
                return parent if ":" in tag else self.block(node, tag, parent)
            return None
        if role == PLAIN:
            return parent
        if role == INLINE:
            return self.inline(node, tag, parent)
        if role == BREAK:
            self.flush()
            self.breaks = 1
        elif role == WHOLE:
            self.whole(node, tag, parent)
        elif role == ROWS:
            begin_rows(parent.form, self.page.tables)
            return parent
        else:
            return self.skipped(node, tag, parent)
        return None

    def skipped(self, node: Any, tag: str, parent: Frame) -> Frame | None:
        if tag == "button" and parent.form.level:
            return parent  # questions that fold their answers are headings
        if tag == "head":
            self.page.metadata = read_metadata(node)
        elif tag == "script":
            attributes = node.attributes
            kind = attributes.get("type") or ""
            if "math/" in kind:
                self.formula(math_tex(node, tag, attributes), parent)
            elif "ld+json" in kind:
                self.page.metadata = self.page.metadata.with_json(script_text(node))
        return None

    def whole(self, node: Any, tag: str, parent: Frame) -> None:
        """An element whose inside is not walked."""
        if tag in FORMULA_TAGS:
            self.images += tag == "img"
            self.formula(math_tex(node, tag, node.attributes), parent)
        elif tag in ("code", "d-code") and (text := inline_code(node)) is not None:
            if text:
                self.text(text, parent)
        else:
            self.code(node, tag, parent)

    def code(self, node: Any, tag: str, parent: Frame) -> None:
        self.flush()
        for text, language, form in code_pieces(node, tag):
            frame = self.enter(tag if form == CODE else "p", NAMELESS, {}, parent)
            frame.bits |= BIT["pre"] if form == CODE else 0
            self.add(text, frame, form, 0, language)

    def formula(self, found: Found, parent: Frame) -> None:
        if found is not None and found[0]:
            tex, display = found
            self.text(f" $${tex}$$ " if display else f"${tex}$", parent)

    def inline(self, node: Any, tag: str, parent: Frame) -> Frame | None:
        attributes = node.attributes
        if not attributes:
            return parent
        if (names := attributes.get("class")) and may_be_math(names):
            found = math_tex(node, tag, attributes)
            if found is not None:
                self.formula(found, parent)
                return None
        link = parent.link or (tag == "a" and "href" in attributes)
        bits = parent.bits | HIDDEN if is_hidden(attributes) else parent.bits
        if link == parent.link and bits == parent.bits:
            return parent
        return Frame(parent.element, parent.kind, bits, link, parent.form)

    def block(self, node: Any, tag: str, parent: Frame) -> Frame | None:
        if self.parts:
            self.flush()
        attributes = node.attributes
        names = names_of(attributes) if attributes else NAMELESS
        special = names.uses or tag == "table"
        if special and self.special_class(node, tag, attributes, parent):
            return None
        frame = self.enter(tag, names, attributes, parent)
        if attributes and is_hidden(attributes):
            frame.bits |= HIDDEN
        if (form := SPECIAL.get(tag)) is not None:
            frame.form = form(frame.form, tag, attributes, self.page.tables)
        return frame

    def special_class(self, node: Any, tag: str, attributes: Attributes, parent: Frame) -> bool:
        """Read a block that is a formula or a highlighter's frame; True where it was one.

        What holds prose is neither, whatever it is called.
        """
        uses = uses_of(attributes.get("class"))
        if is_listing(node, tag, uses & MAY_BE_CODE):
            self.code(node, tag, parent)
            return True
        if uses & MAY_BE_MATH and (tag == "p" or node.css_first(_PROSE) is None):
            found = math_tex(node, tag, attributes)
            self.formula(found, parent)
            if found is not None:
                return True
        return False

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
        return Frame(len(page.kinds) - 1, kind, bits, parent.link, parent.form)
