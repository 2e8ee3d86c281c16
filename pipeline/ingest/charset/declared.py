"""The encodings that a response declares: in its header, a `<meta>` or an XML declaration.

A parser reads the head of the page, so what stands in comments, scripts and descriptions declares
nothing (WHATWG HTML, prescan of a byte stream).
"""

import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser

from pipeline.ingest.charset.encodings import name_of

_NEAR = 1_024  # bytes in which most pages have said it
META_BYTES = 4_096  # the standard says 1,024; real pages put scripts first

_VALUE = r"\s*=\s*[\"']?\s*([\w:.()-]{2,40})"
_CHARSET = re.compile(rf"(?:^|[;,\s])charset{_VALUE}", re.IGNORECASE)  # of a media type
# In lower case, as all that is looked at.
_XML = re.compile(rb"[\s\x00]*<\?xml\b[^>]{0,128}?\bencoding\s*=\s*[\"']\s*([\w:.()-]{2,40})")
_META = re.compile(rb"""<meta\b(?:[^>"']|"[^"]*"|'[^']*')*>?""")
# The forms in which nearly all pages write it.
_PLAIN = re.compile(
    rb"""<meta\s+(?:http-equiv=["']?content-type["']?\s+content=["']?[\w/+.-]+\s*;\s*)?"""
    rb"""charset\s*=\s*["']?([\w:.()-]{2,40})["']?\s*/?>"""
)
_HIDING = re.compile(rb"<(?:!--|script|style|title|xmp|tex|ifr|no[sef]|tem|pla|svg|math)")
_CLOSED = {
    b"<!--": b"-->", b"<script": b"</script", b"<style": b"</style", b"<title": b"</title",
}  # fmt: skip


def declared(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The encodings that are declared and known, strongest first, each with where: http or meta."""
    found = [(_in_header(content_type), "http")]
    head = body[:_NEAR].lower()
    if b"<?xml" in head and (told := _XML.match(head)):
        found.append((_readable(name_of(told[1].decode("latin-1"))), "meta"))
    name = _in_plain_meta(head)
    if not name:
        head = body[:META_BYTES].lower()
        name = _in_meta(head) if b"charset" in head else ""
    found.append((_readable(name), "meta"))
    return [(name, where) for name, where in found if name]


@lru_cache(maxsize=1_024)
def _in_header(content_type: str) -> str:
    label = _CHARSET.search(content_type)
    return name_of(label[1]) if label else ""


def _readable(name: str) -> str:
    """What can be read as ASCII is not UTF-16 (WHATWG HTML, prescan of a byte stream)."""
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def _in_plain_meta(head: bytes) -> str:
    """The known encoding that the first `<meta>` to name one names in a usual way, plainly."""
    start = head.rfind(b"<", 0, max(head.find(b"charset"), 0))
    plain = _PLAIN.match(head, start) if start >= 0 else None
    return name_of(plain[1].decode("latin-1")) if plain and not _is_hidden(head[:start]) else ""


def _in_meta(head: bytes) -> str:
    """The first encoding that a `<meta>` in `head` names and that is known; "" for none."""
    if name := _in_plain_meta(head):
        return name
    tags = [tag for tag in _META.finditer(head) if b"charset" in tag[0]]
    html = head[: tags[-1].end()] if tags else b""
    names = (name_of(_label(node.attributes)) for node in _parsed(html).css("meta"))
    return next((name for name in names if name), "")


def _is_hidden(before: bytes) -> bool:
    """Whether what stands before a tag may hide it from a parser."""
    kinds = set(_HIDING.findall(before))
    if kinds.issubset(_CLOSED):
        return any(before.rfind(kind) > before.rfind(_CLOSED[kind]) for kind in kinds)
    return True


def _parsed(html: bytes) -> LexborHTMLParser:
    return LexborHTMLParser(html.decode("latin-1"))


def _label(attributes: dict[str, str | None]) -> str:
    if label := attributes.get("charset"):
        return label
    if (attributes.get("http-equiv") or "").strip().lower() != "content-type":
        return ""
    found = _CHARSET.search(attributes.get("content") or "")
    return found[1] if found else ""
