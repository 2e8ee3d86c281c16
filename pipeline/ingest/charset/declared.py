"""The encodings that a response declares: in its header, a `<meta>` or an XML declaration.

A parser reads the head of the page, so what stands in comments, scripts and descriptions declares
nothing (WHATWG HTML, prescan of a byte stream).
"""

import re

from selectolax.lexbor import LexborHTMLParser

from pipeline.ingest.charset.encodings import name_of

META_BYTES = 4_096  # the standard says 1,024; real pages put scripts first

_VALUE = r"\s*=\s*[\"']?\s*([\w:.()-]{2,40})"
_CHARSET = re.compile(rf"(?:^|[;,\s])charset{_VALUE}", re.IGNORECASE)  # of a media type
# In lower case, as all that is looked at.
_XML = re.compile(rb"[\s\x00]*<\?xml\b[^>]{0,128}?\bencoding\s*=\s*[\"']\s*([\w:.()-]{2,40})")
_META = re.compile(rb"""<meta\b(?:[^>"']|"[^"]*"|'[^']*')*>?""")
_HIDING = re.compile(
    rb"<(?:!--|script|style|title|xmp|textarea|iframe|no(?:script|embed|frames)|template|plaintext"
    rb"|svg|math)"
)


def declared(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The encodings that are declared and known, strongest first, each with where: http or meta."""
    found = []
    if "charset" in content_type.lower() and (label := _CHARSET.search(content_type)):
        found.append((name_of(label[1]), "http"))
    head = body[:META_BYTES].lower()
    if b"<?xml" in head and (told := _XML.match(head)):
        found.append((_readable(name_of(told[1].decode("latin-1"))), "meta"))
    if b"charset" in head:
        found.append((_readable(_in_meta(head)), "meta"))
    return [(name, where) for name, where in found if name]


def _readable(name: str) -> str:
    """What can be read as ASCII is not UTF-16 (WHATWG HTML, prescan of a byte stream)."""
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def _in_meta(head: bytes) -> str:
    """The first encoding that a `<meta>` in `head` names and that is known; "" for none."""
    tags = [tag for tag in _META.finditer(head) if b"charset" in tag[0]]
    if not tags:
        return ""
    # What stands before may hide them from a parser; else they tell as much alone.
    hidden = _HIDING.search(head, 0, tags[-1].start())
    html = head[: tags[-1].end()] if hidden else b"".join(tag[0] for tag in tags)
    names = (name_of(_label(node.attributes)) for node in _parsed(html).css("meta"))
    return next((name for name in names if name), "")


def _parsed(html: bytes) -> LexborHTMLParser:
    return LexborHTMLParser(html.decode("latin-1"))


def _label(attributes: dict[str, str | None]) -> str:
    if label := attributes.get("charset"):
        return label
    if (attributes.get("http-equiv") or "").strip().lower() != "content-type":
        return ""
    found = _CHARSET.search(attributes.get("content") or "")
    return found[1] if found else ""
