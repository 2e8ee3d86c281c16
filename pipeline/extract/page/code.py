"""Code blocks: verbatim text with its line breaks and indentation, and the language that the markup
names.

Line-number gutters, copy buttons and prompts drawn beside the code are no part of it, nor is the
indentation that all lines share: that is the page's.
"""

import re
from collections.abc import Callable
from textwrap import dedent
from typing import Any

from pipeline.extract.listings.code_form import prose_pieces
from pipeline.extract.listings.code_languages import language_of, outer_language
from pipeline.extract.listings.frames import UNSEEN, is_beside, is_line
from pipeline.extract.page.page_blocks import CODE, TEXT
from pipeline.extract.page.tag_roles import TEXT_NODE
from pipeline.text import visible

_TICKS = re.compile("`+")
_CODE_SIGN = re.compile(r"[{}();=<>:#$/\\\"'\[\]@|]")
_SOURCE_LINE = re.compile(r"^\n[ \t]*")
_BREAKING = frozenset(["div", "p", "li", "tr"])
_ROWS = frozenset(["tr", "li"])
_HOLDERS = frozenset(["table", "tbody", "thead", "tfoot", "tr", "ol", "ul"])
_VERBATIM = frozenset(["pre", "code", "listing", "xmp"])


def inline_code(node: Any) -> str | None:
    """Text of a `code` element between backticks; None where it is a block of code."""
    if "block" in (node.attributes.get("class") or "").split():
        return None
    text = str(node.text() or "").strip()
    if _has_breaks(node):
        return None
    if "\n" in text:
        if not (_is_prose(node.prev) or _is_prose(node.next) or _CODE_SIGN.search(text) is None):
            return None
        text = " ".join(text.split())  # source lines of a sentence, or of a template
    return code_span(text) if text else ""


def _has_breaks(node: Any) -> bool:
    first = node.first_child
    if first is None or (first.tag_id == TEXT_NODE and first.next is None):
        return False  # as nearly all are: one text
    return any([inner.tag == "br" for inner in node.traverse()])


def fence_of(text: str, least: int) -> str:
    """Backticks, `least` or more, that no run of backticks in the text ends."""
    return "`" * max([least, *(len(run) + 1 for run in _TICKS.findall(text))])


def code_span(text: str) -> str:
    """Code of one line between backticks."""
    fence = fence_of(text, 1)
    space = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{space}{text}{space}{fence}"


def _is_prose(node: Any) -> bool:
    """Whether a node beside is text."""
    return node is not None and node.tag_id == TEXT_NODE and not node.text_content.isspace()


def code_pieces(node: Any, tag: str, is_plain: Callable[[Any], bool]) -> list[tuple[str, str, int]]:
    """(Text, language, CODE or TEXT) of a code element or of a highlighter's wrapper.

    Code elements that stand beside each other, with what they print, are one listing, which the
    first of them has. Prose in a `pre` is paragraphs, where the page of the node `is_plain` text.
    """
    run = _run(node, tag)
    read = [_code_block(member) for member in run]
    text = visible("\n".join([text for text, _ in read])).strip("\n")
    language = next((language for _, language in read if language), "")
    if not text.strip():
        return []
    pieces = prose_pieces(text) if tag == "pre" and len(run) == 1 and not language else []
    if pieces and not is_plain(node):
        pieces = []
    told = [(piece, "", CODE if is_code else TEXT) for piece, is_code in pieces]
    return told or [(text, language, CODE)]


def is_plain_page(node: Any) -> bool:
    """Whether nearly all that a node's page says is in `pre`, as plain text served as HTML is."""
    page = node
    while page.parent is not None and page.tag != "body":
        page = page.parent
    unseen = sum([len(str(part.text() or "")) for part in page.css("script, style")])
    inside = sum([len(str(part.text() or "")) for part in page.css("pre")])
    return 10 * inside >= 7 * (len(str(page.text() or "")) - unseen)


def _run(node: Any, tag: str) -> list[Any]:
    """The code element and those behind it that go on; nothing where it goes on itself."""
    if tag not in ("code", "pre"):
        return [node]
    before = _beside(node, back=True)
    if before is not None and _go_together(before, node):
        return []
    run = [node]
    while (after := _beside(run[-1])) is not None and _go_together(run[-1], after):
        run.append(after)
    return run


def _beside(node: Any, back: bool = False) -> Any:
    """The element beside, if only white space parts the two."""
    while (node := node.prev if back else node.next) is not None:
        if node.tag_id != TEXT_NODE:
            return node
        if not node.text_content.isspace():
            return None
    return None


def _go_together(one: Any, other: Any) -> bool:
    """Whether two are blocks of code, one of them of a `code` element: highlighters that make no
    `pre` set a block for each command. Two `pre` are two listings.
    """
    tags = one.tag, other.tag
    if "code" not in tags or not {"code", "pre"}.issuperset(tags):
        return False
    return all(part.tag == "pre" or inline_code(part) is None for part in (one, other))


def _code_block(node: Any) -> tuple[str, str]:
    """(text, language); language may be empty."""
    reading = _Reading(node)
    for inner in node.traverse(include_text=True):
        if inner.mem_id != node.mem_id and inner.parent.mem_id in reading.skipped:
            reading.skipped.add(inner.mem_id)
        elif inner.tag_id == TEXT_NODE:
            reading.text(inner)
        else:
            reading.element(inner)
    language = reading.language or outer_language(node)
    return _trim("".join(reading.parts)), language


class _Reading:
    """A listing as far as it is read."""

    def __init__(self, root: Any) -> None:
        self.root = root.mem_id
        self.collapses = (
            root.tag == "code"
        )  # outside `pre`, a browser draws lines where `br` stands
        self.skipped: set[int] = set()
        self.parts: list[str] = []
        self.newlines = 0
        self.begun: dict[int, int] = {}  # by element: newlines when a line in it began
        self.divided = False
        self.language = ""

    def text(self, node: Any) -> None:
        text = node.text_content
        if text.isspace() and self.is_layout(node, text):
            return
        if self.divided and (before := node.prev) is not None and before.tag in _BREAKING:
            self.begin_line()
        elif self.collapses and (before := node.prev) is not None and before.tag == "br":
            text = _SOURCE_LINE.sub("", text)
        self.parts.append(text)
        self.newlines += text.count("\n")

    def is_layout(self, node: Any, text: str) -> bool:
        """Whether white space is that of the page's source: between cells, before the code."""
        parent = node.parent
        if parent.tag in _HOLDERS:
            return True
        if not self.parts:
            after = node.next
            return after is not None and after.tag in ("code", "pre")
        if "\n" not in text:
            return False
        if self.divided and (before := node.prev) is not None and before.tag in _BREAKING:
            return True
        while parent is not None and parent.tag not in _VERBATIM and parent.mem_id != self.root:
            parent = parent.parent
        return parent is None or parent.tag not in _VERBATIM

    def element(self, node: Any) -> None:
        tag, attributes = node.tag, node.attributes
        names = (attributes.get("class") or "") if attributes else ""
        if node.mem_id != self.root:
            if tag in UNSEEN or (
                (attributes or tag == "td") and _is_unseen(node, tag, names, attributes)
            ):
                self.skipped.add(node.mem_id)
            elif tag == "br":
                self.add_line()
            else:
                self.begin(node, tag, names)
        if attributes and not self.language:
            self.language = language_of(names, attributes)

    def begin(self, node: Any, tag: str, names: str) -> None:
        """Lines begin with blocks, with code behind code, and with every element of a line's name,
        whether or not the page's source has a line break before it.
        """
        breaking = tag in _BREAKING
        if breaking:
            self.divided = True
            self.begin_line()
        elif tag == "code" and node.parent.tag == "pre" and _is_code(node.prev):
            self.begin_line()
        if tag in _ROWS or (names and is_line(names)):
            parent = node.parent.mem_id
            if self.begun.get(parent) == self.newlines:
                self.add_line()
            self.begun[parent] = self.newlines

    def begin_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.add_line()

    def add_line(self) -> None:
        self.parts.append("\n")
        self.newlines += 1


def _is_code(node: Any) -> bool:
    return node is not None and node.tag == "code"


def _is_unseen(node: Any, tag: str, names: str, attributes: dict[str, str | None]) -> bool:
    style = attributes.get("style")
    if style and "none" in style and "display:none" in style.replace(" ", "").lower():
        return True
    return is_beside(node, tag, names, attributes)


def _trim(text: str) -> str:
    """Without empty lines at the ends, trailing blanks and the indentation of all lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return dedent("\n".join(lines)) if lines and lines[0][:1] in " \t" else "\n".join(lines)
