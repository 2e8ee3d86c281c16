"""One parse, one walk: from HTML to blocks, with formulas and code read on the way.

The tree is lexbor's; the walk goes through it once, in document order, without recursion, so depth
costs no stack. What an element hands to its children is its *frame*; a child whose parent has none
is skipped.
"""

from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.listings.frames import is_listing
from pipeline.extract.page.asciimath import with_asciimath
from pipeline.extract.page.block_writer import BlockWriter
from pipeline.extract.page.class_names import MAY_BE_CODE, MAY_BE_MATH, may_be_math, uses_of
from pipeline.extract.page.code import code_pieces, inline_code, is_plain_page
from pipeline.extract.page.element_kinds import (
    HIDDEN,
    NAMELESS,
    Attributes,
    Frame,
    is_hidden,
    names_of,
)
from pipeline.extract.page.forms import SPECIAL, begin_rows
from pipeline.extract.page.inline_text import holds_blocks, is_apart, is_mark, raised, reading
from pipeline.extract.page.math import FORMULA_TAGS, Found, math_tex
from pipeline.extract.page.metadata import read_metadata, script_text
from pipeline.extract.page.page_blocks import BIT, CODE, PageBlocks
from pipeline.extract.page.tag_roles import (
    BLOCK,
    BREAK,
    INLINE,
    PLAIN,
    RAISED,
    READING,
    ROWS,
    TAG_ROLES,
    TEXT_NODE,
    WHOLE,
)
from pipeline.tags.limits import Limits, excess, parser_bytes
from pipeline.tags.shadow_roots import with_shadow_roots

_TERM = BIT["definition"]
_MOST_ASKED = 16  # elements within each other that may be a listing or a formula
_PROSE = "p, h1, h2, h3, h4, h5, h6, ul, ol, dl, blockquote"


def read_blocks(html: str, limits: Limits, bounded: bool = False) -> PageBlocks | str:
    """The blocks of a page, or the reason why it has none.

    Reasons: too_large, too_deep, too_many_nodes, no_body, no_text; `excess` is asked for the first
    three unless it has been: such a page is `bounded`.
    """
    body = parser_bytes(with_asciimath(html))
    if not bounded and (reason := excess(body, limits)):
        return reason
    tree = LexborHTMLParser(with_shadow_roots(body))
    if tree.body is None:
        return "no_body"
    walk = _Walk()
    if reason := walk.run(tree.root, limits):
        return reason
    walk.page.metadata = walk.page.metadata.with_markup(html)
    return walk.page if walk.page.texts else "no_text"


class _Walk(BlockWriter):
    """One walk: what each element does to the blocks."""

    _is_plain: bool | None = None

    def run(self, root: Any, limits: Limits) -> str:
        """Walk the whole tree; a reason where a limit is hit."""
        above: list[tuple[Any, Frame]] = []
        node, frame, left = root, self.current, limits.max_nodes
        while True:
            left -= 1
            if left < 0:
                return "too_many_nodes"
            if node.tag_id == TEXT_NODE:
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

    def element(self, node: Any, parent: Frame) -> Frame | None:
        """Enter an element; the frame of its inside, None where that is not walked."""
        tag = node.tag
        role = TAG_ROLES.get(tag)
        if role == BLOCK:
            return self.block(node, tag, parent)
        if role == PLAIN:
            return parent
        if role == INLINE:
            return self.inline(node, tag, parent)
        if role is None:
            return self.unknown(node, tag, parent)
        if role == BREAK:
            self.flush()
            self.breaks = 1
        elif role == WHOLE:
            self.whole(node, tag, parent)
        elif role == ROWS:
            begin_rows(parent.form, tag, self.page.tables)
            return parent
        elif role in (RAISED, READING):
            return self.above(node, role, parent)
        else:
            return self.skipped(node, tag, parent)
        return None

    def unknown(self, node: Any, tag: str, parent: Frame) -> Frame | None:
        """An element that HTML does not know is within a line, unless its markup says block."""
        if not tag or tag[0] == "-":
            return None
        if ":" in tag:
            return parent
        if holds_blocks(node, node.attributes):
            return self.block(node, tag, parent)
        return self.inline(node, tag, parent)

    def above(self, node: Any, role: int, parent: Frame) -> Frame | None:
        """What is drawn above the line: exponents, numbers of notes, readings."""
        if role == READING:
            text: str | None = reading(node)
        else:
            text = raised(node, self.parts[-1][-12:] if self.parts else "")
        if text is None:
            return parent
        if text:
            self.text(text, parent)
        return None

    def skipped(self, node: Any, tag: str, parent: Frame) -> Frame | None:
        if tag == "button" and parent.form.level and not is_mark(node):
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
        for text, language, form in code_pieces(node, tag, self.is_plain):
            frame = self.enter(tag if form == CODE else "p", NAMELESS, {}, parent)
            frame.bits |= BIT["pre"] if form == CODE else 0
            self.add(text, frame, form, 0, language)

    def is_plain(self, node: Any) -> bool:
        """Whether the page of a node is plain text; asked once."""
        if self._is_plain is None:
            self._is_plain = is_plain_page(node)
        return self._is_plain

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
        form = parent.form
        heads = form.level > 0
        entitles = heads or parent.kind.bits & _TERM > 0
        if is_apart(node, attributes, entitles, heads and bool(self.parts)):
            return None
        if (
            entitles
            and names == "classifier"
            and "".join(self.parts[-2:]).rstrip()[-1:] not in ("", ":")
        ):
            self.parts.append(" : ")  # which is drawn between a parameter and its type
        if parent.link or tag != "a" or "href" not in attributes:
            return parent
        return Frame(parent.element, parent.kind, parent.bits, True, form, parent.asked)

    def block(self, node: Any, tag: str, parent: Frame) -> Frame | None:
        if self.parts:
            self.flush()
        attributes = node.attributes
        names = names_of(attributes) if attributes else NAMELESS
        special = (names.uses or tag == "table") and parent.asked < _MOST_ASKED
        if special and self.special_class(node, tag, attributes, parent):
            return None
        frame = self.enter(tag, names, attributes, parent)
        frame.asked += special
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
