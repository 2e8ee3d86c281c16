"""What type a body is of: what header, crawler and its first bytes say, and who is believed."""

import re

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_SNIFF = 2_048  # bytes of a body that are looked at
_HTML_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|table|h1|p|a|br|font|iframe"
    rb"|!--)[\s>/!-]",
    re.IGNORECASE,
)
# Nearly all pages begin so, some behind a mark and space.
_HTML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_XML_ROOT = re.compile(
    rb"(?:<\?[^>]*>|<!--.*?-->|<!doctype[^>]*>|\s)*<([A-Za-z][\w:.-]*)", re.DOTALL | re.I
)
_FEEDS = {
    b"rss": "application/rss+xml",
    b"feed": "application/atom+xml",
    b"rdf:rdf": "application/rdf+xml",
    b"urlset": "application/xml",
    b"sitemapindex": "application/xml",
    b"svg": "image/svg+xml",
}
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"\xd0\xcf\x11\xe0", "application/msword"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
    (b"wOFF", "font/woff"),
    (b"RIFF", "audio/wav"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"WARC/", "application/warc"),
)
_MAGIC_BYTES = tuple(magic for magic, _ in _MAGIC)


def magic_type(body: bytes) -> str:
    """The type of a format that begins with bytes of its own; "" for none of these."""
    if not body.startswith(_MAGIC_BYTES):
        return ""
    return next(mime for magic, mime in _MAGIC if body.startswith(magic))


def sniffed(body: bytes) -> str:
    """The type that the first bytes show; "" where they show none."""
    if _HTML_START.match(body):
        return "text/html"
    head = body[:_SNIFF].removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n\x0c\x00")
    if kind := magic_type(head):
        return kind
    head = head.replace(b"\x00", b"")  # of UTF-16
    root = _XML_ROOT.match(head)
    name = root.group(1).lower() if root else b""
    if name in _FEEDS:
        return _FEEDS[name]
    if _HTML_TAG.search(head):
        return "text/html"
    if head.startswith(b"<?xml"):
        return "application/xml"
    if head[:1] in (b"{", b"["):
        return "application/json"
    return ""


def not_html(mime: str, identified: str, body: bytes) -> str | None:
    """None if the body is a page, else the type that it is.

    `mime` is what the server said, `identified` what the crawler found. Where they agree on HTML
    only a body that plainly is something else overrules them; where they disagree, or say nothing,
    the body decides.
    """
    shown = sniffed(body)
    declared = {kind in _HTML_TYPES for kind in (mime, identified) if kind}
    if declared == {True}:
        return (
            shown if shown not in ("", "text/html", "application/json", "application/xml") else None
        )
    if shown == "text/html" and (declared != {False} or mime in _GENERIC):
        return None
    return identified or mime or shown or "unknown"


_GENERIC = (
    "",
    "unknown",
    "application/octet-stream",
    "application/xml",
    "text/xml",
    "unk",
    "no-type",
)
