"""Code blocks: verbatim text with its line breaks and indentation, and the language that the markup
names.

Line-number gutters, copy buttons and prompts drawn beside the code are no part of it. The class
names are those of the common highlighters (Pygments, Rouge, Chroma, highlight.js, Prism,
SyntaxHighlighter, Hexo, GeSHi, CodeMirror) as their own output shows them.
"""

import re
from typing import Any

_LANGUAGE = re.compile(
    r"(?:^|[\s_])(?:language|lang|highlight-source|highlight|brush|sourceCode|source|src|code)[-:\s]\s*"
    r"([A-Za-z][A-Za-z0-9+#_.-]{0,20})(?=$|[\s;])"
)
_NO_LANGUAGE = frozenset(
    [
        "none",
        "plain",
        "plaintext",
        "text",
        "txt",
        "nohighlight",
        "default",
        "block",
        "wrapper",
        "container",
        "code",
        "highlight",
        "toolbar",
        "line-numbers",
        "copy",
        "box",
        "snippet",
        "inline",
        "example",
        "table",
        "body",
        "content",
        "area",
        "notranslate",
        "numbers",
    ]
)
_GUTTER = re.compile(
    r"(?:^|[\s_-])(?:gutter|lineno|linenos|line-numbers-rows|line-?numbers?|linenodiv|lnt|ln|rouge-gutter"
    r"|blob-num|hljs-ln-numbers|copy|copy-button|copybtn|clipboard|code-header|toolbar-item|sr-only"
    r"|cm-gutters|cm-gutter|crayon-num|crayon-nums|screen-reader-text)(?=$|[\s_])",
    re.IGNORECASE,
)
# Lower-case names of the wrappers that highlighters put around `pre`.
CODE_NAMES = (
    r"(?:^| )(?:highlight(?:-[\w+-]+|er-[\w+-]+)?|highlighttable|rouge-table|code-block|codeblock"
    r"|codehilite|sourcecode|literalblock|crayon-syntax|syntaxhighlighter|chroma|gist|wp_syntax"
    r"|code-wrapper|code-snippet)(?:$| )"
)
_TICKS = re.compile("`+")
_TEXT_NODE = 2  # lexbor's tag id of text
_UNSEEN = frozenset(["button", "select", "svg", "style", "script", "textarea", "input"])
_BREAKING = frozenset(["div", "p", "li", "tr"])


def inline_code(node: Any) -> str | None:
    """Text of a `code` element between backticks; None where it is a block of code."""
    if "block" in (node.attributes.get("class") or "").split():
        return None
    text = str(node.text() or "").strip()
    if "\n" in text:
        if not (_is_prose(node.prev) or _is_prose(node.next)):
            return None
        text = " ".join(text.split())  # source lines of a sentence
    return code_span(text) if text else ""


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
    return node is not None and node.tag_id == _TEXT_NODE and not node.text_content.isspace()


def code_block(node: Any) -> tuple[str, str]:
    """(text, language) of a code element or of a highlighter's wrapper; language may be empty."""
    skipped: set[int] = set()
    parts: list[str] = []
    language = ""
    for inner in node.traverse(include_text=True):
        if inner.mem_id != node.mem_id and inner.parent.mem_id in skipped:
            skipped.add(inner.mem_id)
            continue
        if inner.tag_id == _TEXT_NODE:
            parts.append(inner.text_content)
            continue
        tag, attributes = inner.tag, inner.attributes
        names = attributes.get("class") or ""
        if inner.mem_id != node.mem_id and (tag in _UNSEEN or _is_gutter(inner, names, attributes)):
            skipped.add(inner.mem_id)
        elif tag == "br" or (_begins_line(inner, tag) and parts and not parts[-1].endswith("\n")):
            parts.append("\n")
        language = language or _language(names, attributes)
    language = language or _outer_language(node)
    return _trim("".join(parts)), language


def _begins_line(node: Any, tag: str) -> bool:
    """Whether an element inside code stands on a line of its own: blocks, and code behind code."""
    if tag != "code":
        return tag in _BREAKING
    return node.prev is not None and node.prev.tag == "code"


def _is_gutter(node: Any, names: str, attributes: dict[str, str | None]) -> bool:
    if names and _GUTTER.search(names):
        return True
    if "data-line-number" not in attributes or names:
        return False
    text = str(node.text() or "").strip()
    return not text or text.isdigit()


def _language(names: str, attributes: dict[str, str | None]) -> str:
    """The language that an element names in `data-lang`, `lang` or its classes."""
    for key in ("data-lang", "data-language", "data-code-language"):
        if value := attributes.get(key):
            return _known(value)
    for match in _LANGUAGE.finditer(names):
        if language := _known(match.group(1)):
            return language
    return ""


def _outer_language(node: Any) -> str:
    parent = node.parent
    for _ in range(2):
        if parent is None or parent.tag in ("body", "-document", "article", "main", "section"):
            return ""
        attributes = parent.attributes
        if language := _language(attributes.get("class") or "", attributes):
            return language
        parent = parent.parent
    return ""


def _known(name: str) -> str:
    name = name.strip().lower()
    good = name not in _NO_LANGUAGE and re.fullmatch(r"[a-z][a-z0-9+#_.-]{0,20}", name)
    return name if good else ""


def _trim(text: str) -> str:
    """Without empty lines at the ends and trailing blanks; indentation stays."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)
