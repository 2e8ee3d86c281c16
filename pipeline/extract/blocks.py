"""One parse, one walk: a page as blocks of text with the places where they stand.

A block is a run of text under the same block element (`p`, `li`, `td`, `h1`, a `div` with text of its
own, ...); `br` and `hr` end one. Everything that the model sees and everything that the text is written
from is gathered here, in one pass over the tree that lexbor builds, in document order. The walk keeps no
recursion and no state beyond the page, so depth costs no stack and pages cannot touch each other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.code import code_block, inline_code, is_code_frame
from pipeline.extract.evidence import Evidence, read_evidence
from pipeline.extract.math import math_tex, may_be_math
from pipeline.extract.nesting import deeper_than


class Limits(Protocol):
    """The part of the recipe that bounds a page."""

    @property
    def max_html_bytes(self) -> int: ...
    @property
    def max_nodes(self) -> int: ...
    @property
    def max_depth(self) -> int: ...


SKIPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "svg",
        "iframe",
        "object",
        "embed",
        "select",
        "option",
        "button",
        "input",
        "textarea",
        "canvas",
        "audio",
        "video",
        "map",
        "datalist",
        "applet",
        "frame",
        "frameset",
        "noframes",
        "head",
        "rp",
        "progress",
        "meter",
    ]
)
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "ruby",
        "rt",
        "rb",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "nobr",
        "center",
    ]
) - {"center"}
PLAIN_INLINE = frozenset(
    [
        "abbr",
        "b",
        "big",
        "cite",
        "em",
        "i",
        "q",
        "s",
        "small",
        "strike",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
        "wbr",
    ]
)
WHOLE = frozenset(("pre", "math", "img", "code", "textarea", "mjx-container", "listing", "xmp"))

# Bits of a block's place: what its ancestors, itself among them, are.
PLACES = [
    "nav",
    "header",
    "footer",
    "aside",
    "article",
    "main",
    "form",
    "table",
    "list",
    "figure",
    "quote",
    "dl",
    "heading",
    "section",
    "item",
    "cell",
    "head_cell",
    "paragraph",
    "division",
    "pre",
    "label",
    "details",
    "hidden",
    "linked",
    "definition",
    "caption",
    "address",
    "noscript",
]
BIT = {name: 1 << at for at, name in enumerate(PLACES)}
INHERITED = sum(
    BIT[name]
    for name in [
        "nav",
        "header",
        "footer",
        "aside",
        "article",
        "main",
        "form",
        "table",
        "list",
        "figure",
        "quote",
        "dl",
        "heading",
        "section",
        "item",
        "label",
        "details",
        "hidden",
        "address",
        "noscript",
    ]
)
TAG_PLACES = {
    "nav": "nav", "menu": "list", "header": "header", "footer": "footer", "aside": "aside",
    "article": "article", "main": "main", "form": "form", "table": "table", "ul": "list", "ol": "list",
    "figure": "figure", "blockquote": "quote", "dl": "dl", "section": "section", "li": "item",
    "td": "cell", "th": "head_cell", "p": "paragraph", "div": "division", "pre": "pre",
    "label": "label", "details": "details", "dd": "definition", "dt": "definition",
    "caption": "caption", "figcaption": "caption", "address": "address", "noscript": "noscript",
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
}  # fmt: skip
TAG_BITS = {tag: BIT[place] for tag, place in TAG_PLACES.items()}
ROLE_BITS = {
    "navigation": BIT["nav"], "banner": BIT["header"], "contentinfo": BIT["footer"],
    "complementary": BIT["aside"], "main": BIT["main"], "article": BIT["article"],
    "search": BIT["form"], "dialog": BIT["hidden"], "heading": BIT["heading"],
}  # fmt: skip
HEADING_LEVEL = {f"h{level}": level for level in range(1, 7)}


class Element(NamedTuple):
    """A block element: its parent's index (-1 at the root), depth, tag path and class path."""

    parent: int
    depth: int
    path: int
    class_path: int


class Place(NamedTuple):
    """Where a block stands, all integers."""

    element: int
    chain: int  # index into `chains`: nearest element with a class, id or role
    bits: int
    level: int  # heading level, else 0
    linked: int  # characters under links
    lists: int  # depth of lists
    quotes: int  # depth of quotes
    table: int  # index of the innermost table, -1 outside
    row: int
    column: int
    kind: int  # TEXT, CODE, FORMULA
    images: int  # images met since the block before
    breaks: int  # 1 where only a `br` parts it from the block before


PLACE = {name: at for at, name in enumerate(Place._fields)}
TEXT, CODE, FORMULA = 0, 1, 2


@dataclass(slots=True)
class Table:
    """A table as the walk met it; `nested` counts tables inside, `bulky` blocks like headings or lists."""

    outer: int
    bits: int
    role: str
    rows: int = 0
    column: int = 0
    columns: int = 0
    head_cells: int = 0
    captions: int = 0
    nested: int = 0
    bulky: int = 0


@dataclass(slots=True)
class PageBlocks:
    """A parsed page: `texts[i]`, `markers[i]` and `places[i]` belong to block i."""

    texts: list[str] = field(default_factory=list)
    markers: list[str] = field(default_factory=list)  # "- ", "3. ", language of code, or nothing
    places: list[Place] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    chains: list[tuple[int, str]] = field(default_factory=list)  # parent chain, class id role
    tables: list[Table] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)


class _Frame:
    """What an element hands to its children."""

    __slots__ = (
        "bits", "chain", "class_path", "counter", "depth", "element", "item", "level", "link",
        "lists", "path", "quotes", "table",
    )  # fmt: skip

    def __init__(self, parent: "_Frame | None") -> None:
        if parent is None:
            self.element = self.chain = self.table = -1
            self.bits = self.level = self.lists = self.quotes = self.depth = 0
            self.path = self.class_path = 0
            self.counter: list[int] | None = None
            self.link = False
            self.item: list[str] | None = None
            return
        self.element = parent.element
        self.chain = parent.chain
        self.bits = parent.bits
        self.level = parent.level
        self.lists = parent.lists
        self.quotes = parent.quotes
        self.table = parent.table
        self.depth = parent.depth
        self.path = parent.path
        self.class_path = parent.class_path
        self.link = parent.link
        self.item = parent.item
        self.counter = parent.counter


def read_blocks(html: str, limits: Limits) -> PageBlocks | str:
    """The blocks of a page, or the reason why it has none.

    Reasons: too_large, too_deep, too_many_nodes, no_body, no_text.
    """
    if len(html) > limits.max_html_bytes:
        return "too_large"
    if deeper_than(html, max(4 * limits.max_depth, 1000)):
        return "too_deep"
    tree = LexborHTMLParser(html)
    if tree.body is None:
        return "no_body"
    walk = _Walk(limits)
    reason = walk.run(tree.root)
    if reason:
        return reason
    return walk.page if walk.page.texts else "no_text"


class _Walk:
    """The state of one walk. `frames` maps the identity of an element to what its children inherit;
    a child whose parent is not there is skipped."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.page = PageBlocks()
        self.frames: dict[int, _Frame] = {}
        self.parts: list[str] = []
        self.current = _Frame(None)
        self.linked = self.images = self.breaks = 0
        self.paths: dict[tuple[int, str], int] = {}
        self.class_paths: dict[tuple[int, str, str], int] = {}

    def run(self, root: Any) -> str:
        """Walk the whole tree; a reason where a limit is hit."""
        count, limit = 0, self.limits.max_nodes
        frames, elements = self.frames, self.element
        frames[root.parent.mem_id] = _Frame(None)
        for node in root.traverse(include_text=True):
            count += 1
            frame = frames.get(node.parent.mem_id)
            if frame is None:
                continue
            if node.tag_id == 2:
                self.text(node.text_content, frame)
            elif elements(node, frame):
                return "too_deep"
            if count > limit:
                return "too_many_nodes"
        self.flush()
        return ""

    def text(self, text: str, frame: _Frame) -> None:
        if frame.element != self.current.element:
            if text.isspace():
                return
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
        self.parts = []
        if text:
            kind = FORMULA if text[:2] == "$$" == text[-2:] else TEXT
            self.add(text, self.current, kind, min(self.linked, len(text)))
        self.linked = 0

    def add(self, text: str, frame: _Frame, kind: int, linked: int = 0, marker: str = "") -> None:
        page, table = self.page, frame.table
        row = column = 0
        if table >= 0:
            row, column = page.tables[table].rows, page.tables[table].column
        if frame.item and kind != CODE:
            marker = frame.item.pop()
        page.texts.append(text)
        page.markers.append(marker)
        page.places.append(
            Place(
                frame.element, frame.chain, frame.bits, frame.level, linked, frame.lists, frame.quotes,
                table, row, column, kind, self.images, self.breaks,
            )
        )  # fmt: skip
        self.images = self.breaks = 0

    def element(self, node: Any, parent: _Frame) -> bool:
        """Enter an element; True where it stands too deep."""
        tag = node.tag
        if tag in PLAIN_INLINE:
            self.frames[node.mem_id] = parent
        elif tag == "br" or tag == "hr":
            self.flush()
            self.breaks = 1
        elif tag in SKIPPED:
            self.skipped(node, tag, parent)
        elif tag in WHOLE:
            self.whole(node, tag, parent)
        elif tag in INLINE:
            self.inline(node, tag, parent)
        elif tag and tag[0] != "-":
            return self.block(node, tag, parent)
        return False

    def skipped(self, node: Any, tag: str, parent: _Frame) -> None:
        if tag == "head":
            self.page.evidence = read_evidence(node)
        elif tag == "script":
            attributes = node.attributes
            if "math/" in (attributes.get("type") or ""):
                self.formula(math_tex(node, tag, attributes), parent)
            elif "ld+json" in (attributes.get("type") or ""):
                self.page.evidence = self.page.evidence.with_json(node.text_content or "")

    def whole(self, node: Any, tag: str, parent: _Frame) -> None:
        """An element whose inside is not walked."""
        if tag == "img":
            self.images += 1
            self.formula(math_tex(node, tag, node.attributes), parent)
        elif tag == "math" or tag == "mjx-container":
            self.formula(math_tex(node, tag, node.attributes), parent)
        elif tag == "code":
            text = inline_code(node)
            if "\n" in text:
                self.code(node, parent)
            else:
                self.text(text, parent)
        else:
            self.code(node, parent)

    def code(self, node: Any, parent: _Frame) -> None:
        self.flush()
        text, language = code_block(node)
        if text.strip():
            frame = _Frame(parent)
            frame.bits |= BIT["pre"]
            self.enter(frame, node.tag, "")
            self.add(text, frame, CODE, 0, language)

    def formula(self, found: tuple[str, bool] | None, parent: _Frame) -> None:
        if found is None or not found[0]:
            return
        tex, display = found
        self.text(f" $${tex}$$ " if display else f" ${tex}$ ", parent)

    def inline(self, node: Any, tag: str, parent: _Frame) -> None:
        attributes = node.attributes
        if attributes:
            names = attributes.get("class") or ""
            if names and may_be_math(names):
                found = math_tex(node, tag, attributes)
                if found is not None:
                    self.formula(found, parent)
                    return
            if is_hidden(attributes):
                frame = self.frames[node.mem_id] = _Frame(parent)
                frame.bits |= BIT["hidden"]
                return
        if tag == "a" and "href" in attributes and not parent.link:
            frame = self.frames[node.mem_id] = _Frame(parent)
            frame.link = True
            return
        self.frames[node.mem_id] = parent

    def block(self, node: Any, tag: str, parent: _Frame) -> bool:
        self.flush()
        attributes = node.attributes
        names = ""
        if attributes:
            own, given = attributes.get("class") or "", attributes.get("id") or ""
            if own and may_be_math(own):
                found = math_tex(node, tag, attributes)
                if found is not None:
                    self.formula(found, parent)
                    return False
            if own and is_code_frame(own) and node.css_first("pre") is not None:
                self.code(node, parent)
                return False
            role = attributes.get("role") or ""
            if own or given or role:
                names = f"{own} {given} {role}".lower()
        frame = self.frames[node.mem_id] = _Frame(parent)
        frame.bits = parent.bits & INHERITED | TAG_BITS.get(tag, 0)
        if attributes:
            self.mark(frame, attributes)
        self.enter(frame, tag, names)
        if (special := _SPECIAL.get(tag)) is not None:
            special(self, frame, tag, attributes)
        return frame.depth > self.limits.max_depth

    def mark(self, frame: _Frame, attributes: dict[str, str | None]) -> None:
        role = attributes.get("role")
        if role:
            frame.bits |= ROLE_BITS.get(role, 0)
        if is_hidden(attributes):
            frame.bits |= BIT["hidden"]

    def enter(self, frame: _Frame, tag: str, names: str) -> None:
        """Number the element, its tag path and its class path."""
        page = self.page
        if names:
            page.chains.append((frame.chain, names))
            frame.chain = len(page.chains) - 1
        paths, class_paths = self.paths, self.class_paths
        frame.path = paths.setdefault((frame.path, tag), len(paths) + 1)
        key = (frame.class_path, tag, names)
        frame.class_path = class_paths.setdefault(key, len(class_paths) + 1)
        frame.depth += 1
        page.elements.append(Element(frame.element, frame.depth, frame.path, frame.class_path))
        frame.element = len(page.elements) - 1


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether the element says itself that it is not shown."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    if not style:
        return False
    style = style.replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style


def _heading(walk: _Walk, frame: _Frame, tag: str, attributes: dict[str, Any]) -> None:
    frame.level = HEADING_LEVEL[tag]
    if frame.table >= 0:
        walk.page.tables[frame.table].bulky += 1


def _list(walk: _Walk, frame: _Frame, tag: str, attributes: dict[str, Any]) -> None:
    frame.lists += 1
    start = attributes.get("start") or ""
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
    frame.counter = [first - 1] if tag == "ol" else None
    if frame.table >= 0:
        walk.page.tables[frame.table].bulky += 1


def _table(walk: _Walk, frame: _Frame, tag: str, attributes: dict[str, Any]) -> None:
    tables = walk.page.tables
    if frame.table >= 0:
        tables[frame.table].nested += 1
    tables.append(Table(frame.table, frame.bits, attributes.get("role") or ""))
    frame.table = len(tables) - 1


def _row(walk: _Walk, frame: _Frame, tag: str, attributes: dict[str, Any]) -> None:
    if frame.table >= 0:
        table = walk.page.tables[frame.table]
        table.rows += 1
        table.column = 0


def _cell(walk: _Walk, frame: _Frame, tag: str, attributes: dict[str, Any]) -> None:
    if frame.table >= 0:
        table = walk.page.tables[frame.table]
        table.column += 1
        table.columns = max(table.columns, table.column)
        table.head_cells += tag == "th"


def _caption(walk: _Walk, frame: _Frame, tag: str, attributes: dict[str, Any]) -> None:
    if frame.table >= 0:
        walk.page.tables[frame.table].captions += 1
        frame.table = walk.page.tables[frame.table].outer


def _quote(walk: _Walk, frame: _Frame, tag: str, attributes: dict[str, Any]) -> None:
    frame.quotes += 1


def _item(walk: _Walk, frame: _Frame, tag: str, attributes: dict[str, Any]) -> None:
    if frame.counter is None:
        frame.item = ["- "]
        return
    frame.counter[0] += 1
    frame.item = [f"{frame.counter[0]}. "]


_Special = Callable[[_Walk, _Frame, str, dict[str, Any]], None]
_SPECIAL: dict[str, _Special] = {
    **dict.fromkeys(HEADING_LEVEL, _heading),
    "ul": _list, "ol": _list, "menu": _list, "table": _table, "tr": _row, "td": _cell, "th": _cell,
    "caption": _caption, "blockquote": _quote, "li": _item,
}  # fmt: skip
