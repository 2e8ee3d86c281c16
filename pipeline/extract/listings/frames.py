"""Which elements hold a listing, which are a line of one, and what is drawn beside its lines.

The class names are those of the common highlighters and editors (Pygments, Rouge, Chroma,
highlight.js, Prism, Shiki, SyntaxHighlighter 2 and 3, Crayon, Hexo, GeSHi, CodeMirror, Monaco, Ace,
GitHub's blobs) as their own output shows them. A name alone takes nothing away: people put names of
gutters and buttons on the code itself, so an element goes only if it holds what such a name says.
"""

import re
from functools import lru_cache
from typing import Any

from pipeline.extract.listings.code_form import code_share

# Lower-case names of what highlighters put around lines of code.
CODE_NAMES = (
    r"(?:^| )(?:highlight(?:-[\w+-]+|er-[\w+-]+)?|highlighttable|rouge-table|code-block|codeblock"
    r"|codehilite|sourcecode|literalblock|crayon-syntax|syntaxhighlighter|chroma|gist|wp_syntax"
    r"|code-wrapper|code-snippet|code|code-area|code-container|code-listing|listing|program-?listing"
    r"|crayon-table|crayon-pre|dp-highlighter|dp-[a-z]+|linenums|geshi|codemirror|codemirror-code"
    r"|cm-editor|cm-content|monaco-editor|view-lines|ace_editor|ace_content|ace_text-layer"
    r"|ace_static_highlight|blob-wrapper|js-file-line-container|hljs|hljs-ln|prettyprint|shiki"
    r"|astro-code|prism-code)(?:$| )"
)
_NUMBERS = re.compile(
    r"(?:^|[\s_-])(?:gutter|lineno|linenos|line-numbers-rows|line-?numbers?|linenodiv|lnt|ln"
    r"|rouge-gutter|blob-num|hljs-ln-numbers|hljs-ln-n|cm-gutters?|codemirror-gutter[\w-]*"
    r"|codemirror-linenumber|ace_gutter[\w-]*|crayon-nums?|line-num|num|lnum|rownumber)(?=$|[\s_])",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"(?:^|[\s_-])(?:copy|copy-button|copybtn|clipboard|code-header|toolbar|toolbar-item|sr-only"
    r"|screen-reader-text|crayon-toolbar|crayon-info|tools)(?=$|[\s_])",
    re.IGNORECASE,
)
_TIP = re.compile(r"(?:^|\s)(?:hover-info|twoslash-popup-container|tooltip|tippy-box)(?=$|\s)")
_LINE_NAMES = (
    "line", "code-line", "codeline", "code__line", "view-line", "hljs-ln-code", "token-line",
    "cm-line", "CodeMirror-line", "ace_line", "crayon-line", "ec-line", "blob-code",
    "react-file-line", "highlight-line", "line-content", "li1", "li2",
)  # fmt: skip
_LINE = re.compile(rf"(?:^|\s)(?:{'|'.join(_LINE_NAMES)}|cl|hljs-ln-line)(?=$|\s)")
_LINES = ", ".join(
    [*(f".{name}" for name in _LINE_NAMES), "ol[class^='dp-'] > li", "ol.linenums > li"]
)
_PROSE = "p, h1, h2, h3, h4, h5, h6, dl, blockquote, figcaption"
_LISTS = "ul, ol"
_NO_LETTERS = re.compile(r"(?:[^\w]|\d|_|\bL(?=\d)|\b[Ll]ine\b)*")
UNSEEN = frozenset(["button", "select", "svg", "style", "script", "textarea", "input", "template"])
_FRAMES = frozenset(("table", "div", "figure", "ol", "ul"))
_DIVIDING = frozenset(["div", "table", "ul", "ol", "img"])
_SIMPLE = frozenset(["-text", "span", "a", "b", "i", "code", "pre", "small"])
_CELLS = ("td", "th")
_MOST_LABEL = 60  # characters on a button
_CODE_LIKE = 0.5


_A_NUMBER, _A_BUTTON, _A_TIP, _A_LINE = 1, 2, 4, 8


@lru_cache(maxsize=1 << 12)
def _said(names: str) -> int:
    """What class names say; a listing has few, many times."""
    said = (_NUMBERS, _A_NUMBER), (_BUTTON, _A_BUTTON), (_TIP, _A_TIP), (_LINE, _A_LINE)
    return sum([bit for pattern, bit in said if pattern.search(names)])


def is_line(names: str) -> bool:
    """Whether class names are those of a line of a listing."""
    return bool(_said(names) & _A_LINE)


def is_beside(node: Any, tag: str, names: str, attributes: dict[str, str | None]) -> bool:
    """Whether an element in a listing holds line numbers, a button or a hint, and no code."""
    if not names:
        numbered = "data-line-number" in attributes or (tag in _CELLS and node.next is not None)
        return numbered and _is_number(node)
    said = _said(names)
    if not said & ~_A_LINE:
        return False
    if said & _A_NUMBER and _is_number(node):
        return True
    if tag in ("pre", "code"):
        return False
    if said & _A_TIP:
        return True
    if not said & _A_BUTTON or node.css_first("pre, code") is not None:
        return False
    return len(str(node.text() or "").strip()) <= _MOST_LABEL


def _is_number(node: Any) -> bool:
    return _NO_LETTERS.fullmatch(str(node.text() or "")) is not None


def is_listing(node: Any, tag: str, named: int) -> bool:
    """Whether an element holds one listing and nothing else; `named` if a highlighter's name says
    so, else it must be a table of numbered lines.
    """
    if not named:
        return _is_numbered(node, tag)
    if tag not in _FRAMES or node.css_first(_PROSE) is not None:
        return False
    pres = [
        pre
        for pre in node.css("pre")
        if not is_line(pre.attributes.get("class") or "") and not _is_number(pre)
    ]
    if pres:
        alone = tag == "table" or (len(pres) == 1 and not _says_more(node, pres[0].mem_id))
        return alone and node.css_first(_LISTS) is None
    return _is_lines(node) or _is_numbered(node, tag) or _is_divisions(node, tag)


def _says_more(node: Any, pre: int) -> bool:
    """Whether there is text beside the `pre`, but for numbers and buttons: the name of a file."""
    left = [node]
    while left:
        for child in left.pop().iter(include_text=True):
            tag = child.tag
            if tag == "-text":
                if not child.text_content.isspace():
                    return True
            elif child.mem_id != pre and tag not in UNSEEN:
                attributes = child.attributes
                names = attributes.get("class") or ""
                if not is_beside(child, tag, names, attributes):
                    left.append(child)
    return False


def _is_lines(node: Any) -> bool:
    """Whether nearly all text stands in lines of a highlighter."""
    lines = sum([len(str(line.text() or "")) for line in node.css(_LINES)])
    return lines > 0 and 10 * lines >= 8 * len("".join(str(node.text() or "").split()))


def _is_numbered(node: Any, tag: str) -> bool:
    """Whether a table has a number and a line of code in each row, as gutters without styles."""
    if tag != "table" or (first := _first_cell(node)) is None:
        return False
    only = first.first_child
    if only is not None and (only.next is not None or only.tag not in _SIMPLE):
        return False  # as nearly all are
    gutter = _NUMBERS.search(first.attributes.get("class") or "") is not None
    if not (gutter and _is_number(first)) and str(first.text() or "").strip() != "1":
        return False
    if len(node.css("table")) > 1:
        return False  # and the text of its rows would be read again for each
    lines = [_numbered_line(row) for row in node.css("tr")]
    told = [line for line in lines if line is not None]
    if len(told) < len(lines) or (len(told) < 2 and not gutter):
        return False
    return gutter or code_share(told) >= _CODE_LIKE


def _first_cell(table: Any) -> Any:
    node = table
    while node is not None and node.tag not in _CELLS:
        node = next(node.iter(), None)  # a caption or a column holds no row
    return node


def _numbered_line(row: Any) -> str | None:
    """The text of a row behind its number; None where it has another form."""
    cells = [cell for cell in row.iter() if cell.tag in _CELLS]
    if len(cells) != 2 or not _is_number(cells[0]):
        return None
    return str(cells[1].text() or "")


def _is_divisions(node: Any, tag: str) -> bool:
    """Whether an element is made of lines in divisions that read like code."""
    lines = list(node.iter())
    if tag != "div" or len(lines) < 2 or any([line.tag != "div" for line in lines]):
        return False
    if any([child.tag in _DIVIDING for line in lines for child in line.iter()]):
        return False
    texts = [str(line.text() or "") for line in lines]
    inside = sum(map(len, texts))
    return code_share(texts) >= _CODE_LIKE and 10 * inside >= 8 * len(str(node.text()).strip())
