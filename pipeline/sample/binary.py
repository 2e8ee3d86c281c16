"""Bodies that are no pages: a PDF, a PNG image, JSON, a robots.txt."""

import json
import struct
import zlib

_ROBOTS = """User-agent: *
Disallow: /search

User-agent: GPTBot
User-agent: ExampleBot
Disallow: /
Allow: /imprint
"""


def pdf_body(host: str) -> bytes:
    """A PDF of one empty page, by hand."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Title (Yearbook of %s) >>" % host.encode(),
    )
    out, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + table
    return out + b"trailer\n<< /Size 5 /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def png_body(shade: int) -> bytes:
    """A grey image of 16 by 16 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([shade % 256]) * 16) * 16
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def json_body(host: str) -> bytes:
    """An answer of an interface for programs."""
    return json.dumps({"host": host, "ok": True, "items": list(range(12))}).encode()


def robots_body() -> bytes:
    """The file of a host that forbids the use of its pages for training."""
    return _ROBOTS.encode()
