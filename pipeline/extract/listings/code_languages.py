"""The language of a listing, as its markup names it."""

import re
from functools import lru_cache
from typing import Any

_LANGUAGE = re.compile(
    r"(?:^|[\s_])(?:language|lang|highlight-source|highlight|brush|sourceCode|source|src|code"
    r"|syntaxhighlighter)[-:\s]\s*([A-Za-z][A-Za-z0-9+#_.-]{0,20})(?=$|[\s;])"
)
_NO_LANGUAGE = frozenset((
    "none", "plain", "plaintext", "text", "txt", "nohighlight", "default", "block", "wrapper",
    "container", "code", "highlight", "toolbar", "line-numbers", "copy", "box", "snippet", "inline",
    "example", "table", "body", "content", "area", "notranslate", "numbers", "has-copy", "line",
    "lines", "nogutter",
))  # fmt: skip
_KEYS = ("data-lang", "data-language", "data-code-language", "language")


def language_of(names: str, attributes: dict[str, str | None]) -> str:
    """The language that an element names in an attribute of its own or its classes."""
    for key in _KEYS:
        if value := attributes.get(key):
            return _known(value)
    return _named(names) if names else ""


@lru_cache(maxsize=1 << 12)
def _named(names: str) -> str:
    for match in _LANGUAGE.finditer(names):
        if language := _known(match.group(1)):
            return language
    return ""


def outer_language(node: Any) -> str:
    """The language that one of the two elements around names."""
    parent = node.parent
    for _ in range(2):
        if parent is None or parent.tag in ("body", "-document", "article", "main", "section"):
            return ""
        attributes = parent.attributes
        if language := language_of(attributes.get("class") or "", attributes):
            return language
        parent = parent.parent
    return ""


def _known(name: str) -> str:
    name = name.strip().lower()
    good = name not in _NO_LANGUAGE and re.fullmatch(r"[a-z][a-z0-9+#_.-]{0,20}", name)
    return name if good else ""
