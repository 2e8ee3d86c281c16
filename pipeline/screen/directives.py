"""What headers and `<meta>` elements say of a page's use by machines.

`noai`, `noimageai` and `noml` in robots directives, `ai-train=no` in a Content-Signal (IETF AI
preferences, as contentsignals.org words it) and a TDM reservation (W3C TDM Reservation Protocol)
ask that a page is not trained on. `noindex` is about search.
"""

from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.tags.limits import Limits, excess
from pipeline.tags.tag_reading import TAG

# By what they are recorded as.
_ROBOTS = {"noindex": "noindex", "none": "noindex", "noai": "noai", "noimageai": "noai",
           "noml": "noml"}  # fmt: skip
OPT_OUTS = ("ai-train=no", "noai", "noml", "tdm-reservation")
_NAMED = (b"bot", b"tdm-reservation", b"content-signal")  # robots, and single robots by name
_TOLD = (*(name.encode() for name in _ROBOTS), b"ai-train", b"1")


def said(name: str, value: str) -> list[str]:
    """The signals in a field of a header or in a `<meta>`, whose values may be lists."""
    name, value = name.strip().lower(), value.strip().lower()
    if name == "x-robots-tag" or name.endswith(("robots", "bot")):
        parts = {part.strip() for part in value.replace(":", ",").split(",")}
        return [_ROBOTS[part] for part in parts & _ROBOTS.keys()]
    parts = {"".join(part.split()) for part in value.split(",")}
    if name == "content-signal":
        return ["ai-train=no"] if "ai-train=no" in parts else []
    return ["tdm-reservation"] if name == "tdm-reservation" and "1" in parts else []


def meta_signals(html: bytes, lower: bytes, limits: Limits) -> Iterator[str]:
    """The signals of all `<meta>` elements that a parser finds; `lower` is `html` in lower case.

    The page is read as far as the last one that may hold a signal, and not at all if it has none.
    """
    stop = max(_promising(lower), default=0)
    head = html[:stop]
    if not stop or excess(head, limits):
        return
    for node in LexborHTMLParser(head).css("meta"):
        yield from _meta_signals(node.attributes)


def _promising(lower: bytes) -> Iterator[int]:
    """Where tags end that look like a `<meta>` with a signal."""
    at = lower.find(b"<meta")
    while at >= 0:
        tag = TAG.match(lower, at)
        stop = tag.end() if tag else at + 5
        text = lower[at:stop]
        if b"&" in text:
            text = unescape(text.decode("utf-8", "replace")).lower().encode()
        if _holds(text, _NAMED) and _holds(text, _TOLD):
            yield stop + 1
        at = lower.find(b"<meta", stop)


def _holds(text: bytes, words: Iterable[bytes]) -> bool:
    return any(word in text for word in words)


def _meta_signals(attributes: dict[str, Any]) -> list[str]:
    name = attributes.get("name") or attributes.get("http-equiv") or ""
    return said(name, attributes.get("content") or "")
