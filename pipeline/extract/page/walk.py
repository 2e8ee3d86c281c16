"""One parse, one walk: from HTML to blocks, with formulas and code read on the way.

The tree is lexbor's; the walk goes through it once, in document order, without recursion, so depth
costs no stack. What an element hands to its children is its *frame*; a child whose parent has none
is skipped.
"""

from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.formulas.asciimath import with_asciimath
from pipeline.extract.formulas.math import math_tex
from pipeline.extract.page.class_names import MAY_BE_CODE, MAY_BE_MATH
from pipeline.extract.page.element_kinds import (
    HIDDEN,
    NAMELESS,
    Frame,
    is_hidden,
    names_of,
)
from pipeline.extract.page.forms import SPECIAL, begin_rows
from pipeline.extract.page.inline_text import (
    MATH,
    class_says,
    holds_blocks,
    is_apart,
    is_mark,
    raised,
    reading,
)
from pipeline.extract.page.metadata import is_discussion, read_metadata
from pipeline.extract.page.page_blocks import BIT, PageBlocks
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
from pipeline.extract.page.whole_elements import WholeElements
from pipeline.extract.raw_text import script_text
from pipeline.tags.limits import Html, Limits, excess, parser_bytes
from pipeline.tags.shadow_roots import with_shadow_roots

_TERM = BIT["definition"]
_GUIDES = frozenset(("next", "prev", "up", "contents", "index"))  # `rel` of links to other pages
_READ_WHOLE = MAY_BE_CODE | MAY_BE_MATH
_NUMBERS = 1 << 10  # more than HTML has tags
_NUMBERED: dict[int, tuple[str, int | None]] = {}  # tags and their roles, as met
_MOST_ASKED = 16  # elements within each other that may be a listing or a formula


def read_blocks(html: Html, limits: Limits, bounded: bool = False) -> PageBlocks | str:
    """The blocks of a page, or the reason why it has none.

    Reasons: too_large, too_deep, too_many_nodes, no_body, no_text; `excess` is asked for the first
    three unless it has been: such a page is `bounded`.
    """
    body = with_asciimath(parser_bytes(html))
    if not bounded and (reason := excess(body, limits)):
        return reason
    walk = _walked(body, limits)
    if isinstance(walk, _Walk) and walk.has_shadow_roots:
        walk = _walked(with_shadow_roots(body), limits)
    if isinstance(walk, str):
        return walk
    page = walk.page
    if walk.is_discussion:
        page.metadata = page.metadata.with_types(["qapage"])
    return page if page.texts else "no_text"


def _walked(body: bytes, limits: Limits) -> "_Walk | str":
    tree = LexborHTMLParser(body)
    if tree.body is None:
        return "no_body"
    walk = _Walk()
    return walk.run(tree.root, limits) or walk


def _numbered(node: Any, number: int) -> tuple[str, int | None]:
    """An element's tag and its role. The number of a tag that lexbor does not know by itself is one
    document's alone, and no small one.
    """
    tag: str = node.tag or ""
    named = tag, TAG_ROLES.get(tag)
    if number < _NUMBERS:
        _NUMBERED[number] = named
    return named


class _Walk(WholeElements):
    """One walk: what each element does to the blocks."""

    has_shadow_roots: bool = False
    is_discussion: bool = False

    def run(self, root: Any, limits: Limits) -> str:
        """Walk the whole tree; a reason where a limit is hit."""
        above: list[tuple[Any, Frame]] = []
        node, frame, left = root, self.current, limits.max_nodes
        while True:
            left -= 1
            if left < 0:
                return "too_many_nodes"
            number = node.tag_id
            if number == TEXT_NODE:
                self.text(node.text_content, frame)
            elif (inside := self.element(node, number, frame)) is not None and (
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

    def element(self, node: Any, number: int, parent: Frame) -> Frame | None:
        """Enter an element; the frame of its inside, None where that is not walked. `number` is its
        tag's, by which what is said of a tag of HTML is known without asking for its name.
        """
        tag, role = _NUMBERED.get(number) or _numbered(node, number)
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
        elif tag == "template":
            given = node.attributes
            self.has_shadow_roots |= "shadowrootmode" in given or "shadowroot" in given
        elif tag == "script":
            attributes = node.attributes
            kind = attributes.get("type") or ""
            if "math/" in kind:
                self.formula(math_tex(node, tag, attributes), parent)
            elif "ld+json" in kind:
                self.page.metadata = self.page.metadata.with_json(script_text(node))
        return None

    def inline(self, node: Any, tag: str, parent: Frame) -> Frame | None:
        attributes = node.attributes
        if not attributes:
            return parent
        said = class_says(names) if (names := attributes.get("class")) else 0
        if said & MATH:
            found = math_tex(node, tag, attributes)
            if found is not None:
                self.formula(found, parent)
                return None
        if "itemtype" in attributes:
            self.is_discussion |= is_discussion(attributes["itemtype"])
        form = parent.form
        heads = form.level > 0
        entitles = heads or parent.kind.bits & _TERM > 0
        if is_apart(node, attributes, said, entitles, heads and bool(self.parts)):
            return None
        if (
            entitles
            and names == "classifier"
            and "".join(self.parts[-2:]).rstrip()[-1:] not in ("", ":")
        ):
            self.parts.append(" : ")  # which is drawn between a parameter and its type
        if parent.link or tag != "a" or "href" not in attributes:
            return parent
        if (rel := attributes.get("rel")) and not _GUIDES.isdisjoint(rel.lower().split()):
            self.guide(parent)
        return Frame(parent.element, parent.kind, parent.bits, True, form, parent.asked)

    def guide(self, parent: Frame) -> None:
        """Note that the block being written links to the page before or after."""
        if self.current.element != parent.element:
            self.flush()
        self.page.guides.add(len(self.page.texts))

    def block(self, node: Any, tag: str, parent: Frame) -> Frame | None:
        if self.parts:
            self.flush()
        attributes = node.attributes
        names = names_of(attributes) if attributes else NAMELESS
        special = (names.uses & _READ_WHOLE or tag == "table") and parent.asked < _MOST_ASKED
        if special and self.special_class(node, tag, attributes, parent):
            return None
        frame = self.enter(tag, names, attributes, parent)
        frame.asked += special
        if attributes:
            if is_hidden(attributes):
                frame.bits |= HIDDEN
            if "itemtype" in attributes:
                self.is_discussion |= is_discussion(attributes["itemtype"])
        if (form := SPECIAL.get(tag)) is not None:
            frame.form = form(frame.form, tag, attributes, self.page.tables)
        return frame
