"""Pages that are XML read as HTML: an element that ends where it begins gets an end tag.

A page of type application/xhtml+xml is XML to a browser, so `<script/>` or `<title/>` are whole.
HTML knows no such elements: it would take all that follows for a script or a title.
"""

import re

TYPE = "application/xhtml+xml"
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr")
)  # fmt: skip
# What is no tag, whole, so that none is looked for in it; to the end where nothing closes it, so
# that the end is looked for once.
_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)"""
    r"""|<(?P<raw>script|style)\b(?:[^<>"'/]|"[^"]*"|'[^']*'|/(?!>))*>.*?(?:</(?P=raw)\s*>|\Z)"""
    r"""|<(?P<name>[A-Za-z][\w:.-]*)(?P<rest>(?:[^<>"'/]|"[^"]*"|'[^']*'|/(?!>))*)/>""",
    re.DOTALL | re.IGNORECASE,
)


def as_html(page: str) -> str:
    """The page with end tags for its empty elements, and CDATA sections as text."""
    if "/>" not in page and "<![CDATA[" not in page:
        return page
    return _TAG.sub(_written, page)


def _written(found: re.Match[str]) -> str:
    if (data := found["data"]) is not None:
        return data.replace("&", "&amp;").replace("<", "&lt;")
    name = found["name"]
    if name is None or name.lower() in _VOID:
        return found[0]
    return f"<{name}{found['rest']}></{name}>"
