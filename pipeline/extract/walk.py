"""One parse, one walk: from HTML to blocks, with formulas and code read on the way.

The tree is lexbor's; the walk goes through it once, in document order, without recursion, so depth
costs no stack. What an element hands to its children is its *frame*; a child whose parent has none
is skipped.
"""

from functools import lru_cache
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.blocks import (
    BIT,
    CODE,
    FIRST_SENSE,
    FORMULA,
    INHERITED,
    ROLE_PLACES,
    TAG_PLACES,
    TEXT,
    PageBlocks,
)
from pipeline.extract.code import code_block, inline_code, is_code_frame
from pipeline.extract.evidence import read_evidence, script_text
from pipeline.extract.forms import NO_FORM, SPECIAL, Form
from pipeline.extract.math import Found, math_tex, may_be_math
from pipeline.extract.names import read_names
from pipeline.extract.nesting import Limits, excess

_TEXT_NODE = 2  # lexbor's tag id of text
_HIDDEN = BIT["hidden"]
_PROSE = "p, h1, h2, h3, h4, h5, h6, ul, ol, dl, blockquote"
_WRAPPERS = frozenset(("html", "body", "article", "main"))  # named after states, not uses
_BODY_SENSE = BIT["body"] >> FIRST_SENSE
_MATH_CLASS, _CODE_CLASS = 1, 2  # bits
_MOST_NAMES = 1_000  # characters of an element's names that are read

PLAIN, INLINE, BREAK, SKIPPED, WHOLE = range(5)
_ROLES = {
    PLAIN: ("abbr", "b", "big", "cite", "em", "i", "q", "s", "small", "strike", "strong", "sub",
    "sup",
            "u", "var", "wbr", "font", "tbody", "thead", "tfoot", "noindex"),
    INLINE: ("a", "acronym", "bdi", "bdo", "data", "del", "dfn", "ins", "kbd", "label", "mark",
    "ruby",
             "rt", "rb", "samp", "span", "time", "tt", "nobr"),
    BREAK: ("br", "hr"),
    SKIPPED: ("script", "style", "template", "svg", "iframe", "object", "embed", "select", "option",
              "button", "input", "textarea", "canvas", "audio", "video", "map", "datalist",
              "applet",
              "frame", "frameset", "noframes", "head", "rp", "progress", "meter"),
    WHOLE: ("pre", "math", "img", "code", "mjx-container", "listing", "xmp"),
}  # fmt: skip
_ROLE = {tag: role for role, tags in _ROLES.items() for tag in tags}


def read_blocks(html: str, limits: Limits) -> PageBlocks | str:
    """The blocks of a page, or the reason why it has none.

    Reasons: too_large, too_deep, too_many_nodes, no_body, no_text.
    """
    if reason := excess(html, limits):
        return reason
    tree = LexborHTMLParser(html)
    if tree.body is None:
        return "no_body"
    walk = _Walk(limits.max_depth)
    reason = walk.run(tree.root, limits.max_nodes)
    if reason:
        return reason
    return walk.page if walk.page.texts else "no_text"


class _Frame:
    """What an element hands to its children."""

    __slots__ = ("bits", "chain", "element", "form", "kind", "link")

    def __init__(
        self, element: int, kind: int, bits: int, chain: int, link: bool, form: Form
    ) -> None:
        self.element = element
        self.kind = kind
        self.bits = bits
        self.chain = chain
        self.link = link
        self.form = form


@lru_cache(maxsize=1 << 14)
def _class_role(names: str) -> int:
    """Whether class names may be those of a formula or of code."""
    return _MATH_CLASS * may_be_math(names) | _CODE_CLASS * is_code_frame(names)


class _Walk:
    """The state of one walk."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self.too_deep = False
        self.page = PageBlocks()
        self.page.known.append((0, 0, 0))
        self.parts: list[str] = []
        self.current = _Frame(-1, 0, 0, -1, False, NO_FORM)
        self.linked = self.images = self.breaks = 0
        self.paths: dict[tuple[int, str], int] = {}
        self.kinds: dict[tuple[int, str, str], int] = {}

    def run(self, root: Any, max_nodes: int) -> str:
        """Walk the whole tree; a reason where a limit is hit."""
        above: list[tuple[Any, _Frame]] = []
        node, frame, count = root, self.current, 0
        while True:
            count += 1
            if count > max_nodes:
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
        return "too_deep" if self.too_deep else ""

    def text(self, text: str, frame: _Frame) -> None:
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
        text = " ".join("".join(self.parts).split())
        self.parts.clear()
        if text:
            form = FORMULA if text[:2] == "$$" == text[-2:] else TEXT
            self.add(text, self.current, form, min(self.linked, len(text)))
        self.linked = 0

    def add(self, text: str, frame: _Frame, form: int, linked: int, marker: str = "") -> None:
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
            frame.element, frame.chain, frame.bits, linked, form, place.level, place.lists,
            place.quotes, place.table, row, column, self.images, self.breaks,
        )  # fmt: skip
        self.images = self.breaks = 0

    def element(self, node: Any, parent: _Frame) -> _Frame | None:
        """Enter an element; the frame of its inside, None where that is not walked."""
        tag = node.tag
        role = _ROLE.get(tag)
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
        else:
            return self.skipped(node, tag, parent)
        return None

    def skipped(self, node: Any, tag: str, parent: _Frame) -> _Frame | None:
        if tag == "button" and parent.form.level:
            return parent  # questions that fold their answers are headings
        if tag == "head":
            self.page.evidence = read_evidence(node)
        elif tag == "script":
            attributes = node.attributes
            kind = attributes.get("type") or ""
            if "math/" in kind:
                self.formula(math_tex(node, tag, attributes), parent)
            elif "ld+json" in kind:
                self.page.evidence = self.page.evidence.with_json(script_text(node))
        return None

    def whole(self, node: Any, tag: str, parent: _Frame) -> None:
        """An element whose inside is not walked."""
        if tag == "img":
            self.images += 1
            self.formula(math_tex(node, tag, node.attributes), parent)
        elif tag == "math" or tag == "mjx-container":
            self.formula(math_tex(node, tag, node.attributes), parent)
        elif tag == "code" and (text := inline_code(node)) is not None:
            if text:
                self.text(text, parent)
        else:
            self.code(node, tag, parent)

    def code(self, node: Any, tag: str, parent: _Frame) -> None:
        self.flush()
        text, language = code_block(node)
        if text.strip():
            frame = self.enter(tag, "", parent)
            frame.bits |= BIT["pre"]
            self.add(text, frame, CODE, 0, language)

    def formula(self, found: Found, parent: _Frame) -> None:
        if found is not None and found[0]:
            tex, display = found
            self.text(f" $${tex}$$ " if display else f"${tex}$", parent)

    def inline(self, node: Any, tag: str, parent: _Frame) -> _Frame | None:
        frame = parent
        attributes = node.attributes
        if attributes:
            names = attributes.get("class")
            if names and _class_role(names[:_MOST_NAMES]) & _MATH_CLASS:
                found = math_tex(node, tag, attributes)
                if found is not None:
                    self.formula(found, parent)
                    return None
            if tag == "a" and "href" in attributes and not parent.link:
                frame = _Frame(
                    parent.element, parent.kind, parent.bits, parent.chain, True, parent.form
                )
            if is_hidden(attributes):
                frame = _Frame(
                    parent.element, parent.kind, parent.bits | _HIDDEN, parent.chain, frame.link,
                    parent.form,
                )  # fmt: skip
        return frame

    def block(self, node: Any, tag: str, parent: _Frame) -> _Frame | None:
        if self.parts:
            self.flush()
        attributes = node.attributes
        names = role = ""
        hidden = False
        if attributes:
            own = attributes.get("class") or ""
            role_of = _class_role(own[:_MOST_NAMES]) if own else 0
            if role_of and self.special_class(node, tag, role_of, attributes, parent):
                return None
            names = own
            if not own or len(attributes) > 1:
                given, use = attributes.get("id"), attributes.get("itemprop")
                role = attributes.get("role") or ""
                if given or use or role:
                    names = f"{own} {given or ''} {use or ''} {role}"
                hidden = is_hidden(attributes)
        frame = self.enter(tag, names, parent, role)
        if hidden:
            frame.bits |= _HIDDEN
        if (special := SPECIAL.get(tag)) is not None:
            frame.form = special(frame.form, tag, attributes, self.page.tables)
        return frame

    def special_class(
        self, node: Any, tag: str, role: int, attributes: dict[str, str | None], parent: _Frame
    ) -> bool:
        """Read a block that is a formula or a highlighter's frame; True where it was one.

        What holds prose is neither, whatever it is called.
        """
        if node.css_first(_PROSE) is not None:
            return False
        if role & _MATH_CLASS:
            found = math_tex(node, tag, attributes)
            self.formula(found, parent)
            if found is not None:
                return True
        framed = tag in ("table", "div", "figure") and role & _CODE_CLASS
        if framed and len(pres := node.css("pre")) and (tag == "table" or len(pres) == 1):
            self.code(node, tag, parent)
            return True
        return False

    def enter(self, tag: str, names: str, parent: _Frame, role: str = "") -> _Frame:
        """Number the element and its kind."""
        page = self.page
        chain, senses = parent.chain, 0
        if names:
            names, senses, tokens = read_names(names[:_MOST_NAMES])
            page.chains.append((chain, names, tokens))
            chain = len(page.chains) - 1
        key = (parent.kind, tag, names)
        kind = self.kinds.get(key)
        if kind is None:
            kind = self.kinds[key] = self.new_kind(tag, role, senses, parent.kind)
        page.parents.append(parent.element)
        page.kinds.append(kind)
        bits = page.known[kind][2] | parent.bits & _HIDDEN
        return _Frame(len(page.kinds) - 1, kind, bits, chain, parent.link, parent.form)

    def new_kind(self, tag: str, role: str, senses: int, above: int) -> int:
        known = self.page.known
        path, depth, bits = known[above]
        bits &= INHERITED & ~_HIDDEN
        if tag in TAG_PLACES:
            bits |= BIT[TAG_PLACES[tag]]
        if role in ROLE_PLACES:
            bits |= BIT[ROLE_PLACES[role]]
        bits |= (senses & _BODY_SENSE if tag in _WRAPPERS else senses) << FIRST_SENSE
        path = self.paths.setdefault((path, tag), len(self.paths) + 1)
        known.append((path, depth + 1, bits))
        self.too_deep |= depth + 1 > self.max_depth
        return len(known) - 1


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether the element says itself that it is not shown."""
    style = attributes.get("style")
    if style and ("none" in style or "hidden" in style):
        style = style.replace(" ", "").lower()
        if "display:none" in style or "visibility:hidden" in style:
            return True
    return "hidden" in attributes or attributes.get("aria-hidden") == "true"
