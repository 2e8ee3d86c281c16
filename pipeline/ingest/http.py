"""An HTTP response taken apart: status, headers, the body with its codings undone.

Archives hold bodies as they came or already decoded, with the headers left as they were, so a
coding that the bytes do not show is taken as undone. Nothing raises but `BadBody`, which carries
the reason of a drop.
"""

import re
import zlib
from dataclasses import dataclass

import brotli
import zstandard
from isal import isal_zlib

from pipeline.errors import prove_memory
from pipeline.ingest.archive.codecs import InflateError
from pipeline.ingest.reasons import Reason

_STATUS = re.compile(r"(?:HTTP|ICY|HTTPS)(?:/\d+(?:\.\d+)?)?[ \t]+(\d{3})(?![0-9])", re.IGNORECASE)
_HEAD = 1 << 13  # bytes in which a header usually ends
_CHUNK = re.compile(rb"[ \t\r\n]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")


class BadBody(Exception):
    """A body that cannot be had. Never leaves this folder."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Response:
    """Status 0 where the status line holds none."""

    status: int
    headers: dict[str, str]
    body: bytes  # with its codings

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def mime(self) -> str:
        return mime_of(self.content_type)


def mime_of(content_type: str) -> str:
    """The type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def parse_response(block: bytes | memoryview) -> Response | None:
    """The response in `block`; None where it has no header at all."""
    head = bytes(block[:_HEAD])
    end, body = _blank_line(head)
    if not body and len(block) > _HEAD:
        head = bytes(block)
        end, body = _blank_line(head)
    lines = head[:end].decode("latin-1").split("\n")
    status = _STATUS.match(lines[0])
    headers = _fields(lines[1:])
    if status is None and not headers:
        return None
    return Response(
        int(status.group(1)) if status else 0, headers, bytes(block[body:]) if body else b""
    )


def _blank_line(head: bytes) -> tuple[int, int]:
    """Where the header ends and the body begins; the end and 0 where no empty line tells."""
    end = head.find(b"\r\n\r\n")
    bare = head.find(b"\n\n", 0, end if end >= 0 else len(head))
    if bare >= 0:
        return bare, bare + 2
    return (end, end + 4) if end >= 0 else (len(head), 0)


def _fields(lines: list[str]) -> dict[str, str]:
    """Header fields by lower-case name, folded lines joined, of several the first."""
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and last:
            fields[last] += " " + line.strip()
        elif colon:
            last = name.strip().lower()
            fields.setdefault(last, value.strip())
    return fields


def decoded_body(response: Response, limit: int) -> bytes:
    """The body without transfer and content codings.

    Raises BadBody with `too_large` over `limit` bytes, `truncated_body` where a coding breaks off
    and `bad_encoding` where it cannot be undone.
    """
    body = response.body
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    codings = response.headers.get("content-encoding", "").lower().split(",")
    for coding in reversed([coding.strip() for coding in codings][-4:]):
        if coding not in ("", "identity", "none", "utf-8"):
            body = _decoded(body, coding, limit)
    if len(body) > limit:
        raise BadBody("too_large", str(len(body)))
    return body


def _unchunked(body: bytes) -> bytes:
    """The chunks of `body` joined; `body` itself where it is not chunked (any more)."""
    parts: list[bytes] = []
    at = 0
    while (found := _CHUNK.match(body, at)) is not None:
        size = int(found.group(1), 16)
        if size == 0:
            return b"".join(parts)
        end = found.end() + size
        if end > len(body):
            break
        parts.append(body[found.end() : end])
        at = end
    # A broken chunk after good ones is kept as it stands: browsers show what came.
    return b"".join([*parts, body[at:]]) if parts else body


def _decoded(body: bytes, coding: str, limit: int) -> bytes:
    if not body:
        return body
    try:
        match coding:
            case "gzip" | "x-gzip":
                return _inflated(body, 31, limit) if body[:2] == b"\x1f\x8b" else body
            case "deflate":
                return _deflated(body, limit)
            case "br":
                return _unbrotlied(body, limit)
            case "zstd":
                return _unzstd(body, limit) if body[:4] == b"\x28\xb5\x2f\xfd" else body
            case _:
                raise BadBody("bad_encoding", coding)
    except (InflateError, zlib.error, brotli.error, zstandard.ZstdError) as error:
        prove_memory()
        raise BadBody("bad_encoding", coding) from error


def _inflated(body: bytes, bits: int, limit: int) -> bytes:
    inflate = isal_zlib.decompressobj(bits)
    data: bytes = inflate.decompress(body, limit + 1)
    if len(data) <= limit and not inflate.eof:
        raise BadBody("truncated_body", "content_coding")
    return data


def _deflated(body: bytes, limit: int) -> bytes:
    """zlib data as the standard says, or the raw deflate that some servers send."""
    if body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0:
        return _inflated(body, 15, limit)
    if body.lstrip()[:1] == b"<":
        return body
    return _inflated(body, -15, limit)


def _unbrotlied(body: bytes, limit: int) -> bytes:
    if body.lstrip()[:1] == b"<":  # no brotli stream of HTML starts so
        return body
    decoder = brotli.Decompressor()
    data: bytes = decoder.process(body, output_buffer_limit=limit + 1)
    while len(data) <= limit and not decoder.is_finished():
        more = decoder.process(b"", output_buffer_limit=limit + 1 - len(data))
        if not more:
            raise BadBody("truncated_body", "content_coding")
        data += more
    return data


def _unzstd(body: bytes, limit: int) -> bytes:
    with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body) as reader:
        data: bytes = reader.read(limit + 1)
    return data
