"""What headers and `<meta>` elements say of a page's use by machines.

`noai`, `noimageai` and `noml` in robots directives, `ai-train=no` in a Content-Signal (IETF AI
preferences, as contentsignals.org words it) and a TDM reservation (W3C TDM Reservation Protocol)
ask that a page is not trained on. `noindex` is about search.
"""

import re
from collections.abc import Iterator
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from pipeline.policy import NO_TRAINING
from pipeline.tags.tag_reading import TAG

# By what they are recorded as.
_ROBOTS = {"noindex": "noindex", "none": "noindex", "noai": "noai", "noimageai": "noai",
           "noml": "noml"}  # fmt: skip
OPT_OUTS = ("ai-train=no", "noai", "noml", "tdm-reservation")
_ALL_ROBOTS = ("robots", "x-robots-tag")
# Single ones; of them "none" may be said of something else.
_ONE_ROBOT = re.compile(
    r"robots\Z|bot(?:-|\Z)|(?:google-extended|applebot-extended|anthropic-ai|slurp)\Z"
)
_APART = re.compile(r"[\s,;|:\"]+")
_NO_TRAINING = re.compile(rf"(?:^|[\s,;\"]){NO_TRAINING}")
_NAMED = re.compile(rb"bot|content-signal|extended|anthropic|slurp")
_TOLD = re.compile("|".join((*_ROBOTS, "ai-train")).encode())
_RESERVED = b"tdm-reservation"


def said(name: str, value: str) -> list[str]:
    """The signals in a field of a header or in a `<meta>`, whose values may be lists."""
    name, value = name.strip().lower(), value.strip().lower()
    if name == "content-signal":
        return ["ai-train=no"] if _NO_TRAINING.search(value) else []
    parts = {part for part in _APART.split(value) if part}
    if name == "tdm-reservation":
        return ["tdm-reservation"] if "1" in parts else []
    if name in _ALL_ROBOTS:
        return [_ROBOTS[part] for part in parts & _ROBOTS.keys()]
    if _ONE_ROBOT.search(name):
        return [_ROBOTS[part] for part in parts & _ROBOTS.keys() - {"none"}]
    return []


def last_promising(lower: bytes) -> int:
    """Where the last tag ends that looks like a `<meta>` with a signal, 0 for none, of a page in
    lower case.
    """
    last, at = 0, lower.find(b"<meta")
    while at >= 0:
        tag = TAG.match(lower, at)
        stop = tag.end() if tag else at + 5
        text = lower[at:stop]
        if b"&#" in text:  # no reference with a name stands for a letter of these words
            text = unescape(text.decode("utf-8", "replace")).lower().encode()
        if (_TOLD.search(text) and _NAMED.search(text)) or (_RESERVED in text and b"1" in text):
            last = stop + 1
        at = lower.find(b"<meta", stop)
    return last


def meta_signals(tree: LexborHTMLParser) -> Iterator[str]:
    """The signals of all `<meta>` elements of a page."""
    for node in tree.css("meta"):
        attributes = node.attributes
        content = attributes.get("content") or ""
        for key in ("name", "property", "http-equiv"):
            yield from said(attributes.get(key) or "", content)
