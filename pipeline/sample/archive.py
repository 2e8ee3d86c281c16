"""WARC files of Common Crawl's form: request, response and metadata, one gzip member per record.

One file is damaged on purpose: bytes of one member are overwritten, and garbage stands between two
others.
"""

from collections.abc import Iterable
from hashlib import blake2b
from io import BytesIO
from typing import BinaryIO
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.sample.captures import record_id
from pipeline.sample.chance import Chance
from pipeline.sample.truth import Capture

_INFO = {
    "isPartOf": "GRISTMILL-SAMPLE-2025",
    "publisher": "gristmill",
    "description": "Synthetic crawl of invented sites, written by a grammar",
    "software": "gristmill sample",
    "format": "WARC File Format 1.0",
}
_AGENT = "gristmill-sample/1.0"
GARBAGE = 300  # bytes between two members of the damaged file


class _Archive:
    """Writes records to one file; dates and ids come from the captures."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.file = file
        self.writer = WARCWriter(file, gzip=True)
        self.info_id = record_id("warcinfo", name)
        headers = {
            "WARC-Date": "2025-09-01T00:00:00Z",
            "WARC-Record-ID": self.info_id,
            "Content-Type": "application/warc-fields",
            "WARC-Filename": name,
        }
        text = "".join(f"{key}: {value}\r\n" for key, value in _INFO.items()).encode()
        self._write("", "warcinfo", text, headers)

    def _write(
        self,
        url: str,
        kind: str,
        body: bytes,
        headers: dict[str, str],
        http: StatusAndHeaders | None = None,
    ) -> tuple[int, int]:
        """Writes a record; the offsets where its member starts and ends."""
        start = self.file.tell()
        record = self.writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            warc_headers_dict=headers,
            http_headers=http,
        )
        self.writer.write_record(record)
        return start, self.file.tell()

    def add(self, capture: Capture) -> tuple[int, int]:
        """Request, response and metadata; the offsets of the response."""
        url, own = capture.truth.url, capture.truth.record_id
        common = {"WARC-Date": capture.date, "WARC-Warcinfo-ID": self.info_id}
        common["WARC-IP-Address"] = (
            f"198.51.100.{Chance('ip', urlsplit(url).netloc).between(1, 254)}"
        )
        request = {"WARC-Record-ID": record_id("request", own), **common}
        self._write(url, "request", b"", request, _request_head(url))
        offsets = self._response(
            capture, {"WARC-Record-ID": own, **common}, request["WARC-Record-ID"]
        )
        metadata = {"WARC-Record-ID": record_id("metadata", own), **common}
        metadata |= {"WARC-Concurrent-To": own, "Content-Type": "application/warc-fields"}
        millis = Chance("time", own).between(40, 900)
        self._write(url, "metadata", b"fetchTimeMs: %d\r\n" % millis, metadata)
        return offsets

    def _response(self, capture: Capture, headers: dict[str, str], request: str) -> tuple[int, int]:
        headers["WARC-Concurrent-To"] = request
        if capture.truncated:
            headers["WARC-Truncated"] = capture.truncated
        http = StatusAndHeaders(capture.status, _response_head(capture), protocol="HTTP/1.1")
        if not capture.revisit_of:
            headers["WARC-Identified-Payload-Type"] = capture.payload_type
            return self._write(capture.truth.url, "response", capture.body, headers, http)
        headers |= {
            "WARC-Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
            "WARC-Refers-To-Target-URI": capture.truth.url,
            "WARC-Refers-To-Date": capture.revisit_of,
        }
        return self._write(capture.truth.url, "revisit", b"", headers, http)


def _request_head(url: str) -> StatusAndHeaders:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", parts.netloc), ("User-Agent", _AGENT), ("Accept", "text/html,*/*;q=0.5")]
    return StatusAndHeaders(f"GET {path or '/'} HTTP/1.1", headers, is_http_request=True)


def _response_head(capture: Capture) -> list[tuple[str, str]]:
    return [*capture.headers, ("Server", "invented"), ("Content-Length", str(len(capture.body)))]


def archive(name: str, captures: Iterable[Capture]) -> bytes:
    """The bytes of one WARC file; damaged if one of its captures is."""
    file = BytesIO()
    writer = _Archive(name, file)
    holes = []
    for capture in captures:
        offsets = writer.add(capture)
        if capture.damaged:
            holes.append((offsets, file.tell()))
    data = bytearray(file.getvalue())
    for (start, end), after in reversed(holes):
        data[after:after] = _garbage(name)
        _overwrite(data, start, end)
    return bytes(data)


def _overwrite(data: bytearray, start: int, end: int) -> None:
    """Inverts 64 bytes in the middle of a gzip member."""
    middle = (start + end) // 2
    for i in range(middle - 32, middle + 32):
        data[i] ^= 0xFF


def _garbage(name: str) -> bytes:
    """Bytes below 0x1f, so no gzip member seems to begin among them."""
    blocks = (blake2b(f"{name} {i}".encode()).digest() for i in range(-(-GARBAGE // 64)))
    return bytes(byte & 0x0F for byte in b"".join(blocks)[:GARBAGE])
