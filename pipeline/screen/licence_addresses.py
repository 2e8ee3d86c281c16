"""Creative Commons licences by their addresses, and in the JSON-LD that describes a page."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

_MOST_NODES = 5_000  # of a JSON-LD script
_LICENCE = re.compile(
    r"(?:^|(?<=[\s(]))(?:https?:)?//(?:www\.)?creativecommons\.org/"
    r"(?:licenses/((?:by|nc|nd|sa)(?:-(?:by|nc|nd|sa))*|publicdomain)(?![a-z+%-])"
    r"|publicdomain/(zero|mark))",
    re.IGNORECASE,
)
_CODES = {"zero": "cc-zero", "mark": "cc-pdm", "publicdomain": "cc-pdm"}
# Types of schema.org that are a page or the text on it.
_PAGE_TYPE = re.compile(r"(?:page|article|posting|site|blog|book|chapter|creativework|report|course"
                        r"|learningresource|recipe|howto|thesis|collection)$", re.I)  # fmt: skip


def licence_of(text: str) -> str:
    """The first licence whose address is in `text`: "cc-by-sa"; "" for none."""
    found = _LICENCE.search(unquote(text.strip()))
    if found is None:
        return ""
    code = (found[1] or found[2]).lower()
    return _CODES.get(code, f"cc-{code}")


def in_json(text: str) -> Iterator[str]:
    """The licences of the pages and articles that a JSON-LD script describes."""
    try:
        left: list[Any] = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return
    for _ in range(_MOST_NODES):
        if not left:
            return
        node = left.pop()
        if isinstance(node, list):
            left += node
        elif isinstance(node, dict):
            yield from _stated(node)
            left += [node[key] for key in _INNER if key in node]


_INNER = ("@graph", "mainEntity", "mainEntityOfPage")


def _stated(node: dict[str, Any]) -> Iterator[str]:
    """The licence of a page or article."""
    kinds = node.get("@type", "")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    told = node.get("license")
    told = (told.get("@id") or told.get("url")) if isinstance(told, dict) else told
    if any(_PAGE_TYPE.search(str(kind)) for kind in kinds) and (name := licence_of(str(told))):
        yield name
