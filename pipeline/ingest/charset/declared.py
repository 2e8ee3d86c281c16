"""The encodings that a response declares: in its header, a `<meta>` or an XML declaration.

A parser reads the head of the page, so what stands in comments, scripts and descriptions declares
nothing (WHATWG HTML, prescan of a byte stream).
"""

import re

from selectolax.lexbor import LexborHTMLParser

from pipeline.ingest.charset.encodings import name_of

META_BYTES = 4_096  # the standard says 1,024; real pages put scripts first

_VALUE = r"\s*=\s*[\"']?\s*([\w:.()-]{2,40})"
_CHARSET = re.compile(rf"(?:^|[;,\s])charset{_VALUE}", re.IGNORECASE)
_XML = re.compile(
    rb"[\s\x00]*<\?xml\b[^>]{0,128}?\bencoding\s*=\s*[\"']\s*([\w:.()-]{2,40})", re.IGNORECASE
)
_SAYS = re.compile(rb"charset", re.IGNORECASE)


def declared(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The encodings that are declared and known, strongest first, each with where: http or meta."""
    found = []
    if "harset" in content_type.lower() and (label := _CHARSET.search(content_type)):
        found.append((name_of(label[1]), "http"))
    head = body[:META_BYTES]
    if label_bytes := _XML.match(head):
        found.append((_readable(name_of(label_bytes[1].decode("latin-1"))), "meta"))
    if _SAYS.search(head):
        found.append((_readable(_in_meta(head)), "meta"))
    return [(name, where) for name, where in found if name]


def _readable(name: str) -> str:
    """What can be read as ASCII is not UTF-16 (WHATWG HTML, prescan of a byte stream)."""
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def _in_meta(head: bytes) -> str:
    """The first encoding that a `<meta>` in `head` names and that is known; "" for none."""
    tree = LexborHTMLParser(head.decode("latin-1"))
    names = (name_of(_label(node.attributes)) for node in tree.css("meta"))
    return next((name for name in names if name), "")


def _label(attributes: dict[str, str | None]) -> str:
    if label := attributes.get("charset"):
        return label
    if (attributes.get("http-equiv") or "").strip().lower() != "content-type":
        return ""
    found = _CHARSET.search(attributes.get("content") or "")
    return found[1] if found else ""
