"""The codings of a body undone: transfer chunks, gzip, deflate, brotli, zstd.

Archives hold bodies as they came or already decoded, with the headers left as they were, and
servers send what they do not say. So a coding that the bytes show is undone whatever the label, and
one that they do not bear out is taken as undone. Nothing raises but `BadBody`, which carries the
reason of a drop.
"""

import re
import zlib
from collections.abc import Callable

import brotli
import zstandard
from isal import isal_zlib

from pipeline.errors import prove_memory
from pipeline.ingest.archive.codecs import GZIP, InflateError
from pipeline.ingest.archive.zstd_lz4 import SKIPPABLE, ZSTD
from pipeline.ingest.charset.binary_bodies import looks_like_text
from pipeline.ingest.http import Response
from pipeline.ingest.reasons import Reason
from pipeline.ingest.sniff import magic_type

_CHUNK = re.compile(rb"[ \t\r\n]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")
_MOST_CODINGS = 4  # one within another
_ZSTD_SLICE = 256  # bytes that are fed at once: four of them can make 128 KiB
_NO_CODING = ("", "identity", "none", "utf-8", "chunked")


class BadBody(Exception):
    """A body that cannot be had. Never leaves this folder."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.detail = detail


def decoded_body(response: Response, limit: int) -> bytes:
    """The body without transfer and content codings.

    Raises BadBody with `too_large` over `limit` bytes, `truncated_body` where a coding breaks off
    and `bad_encoding` where it cannot be undone.
    """
    body, labels = response.body, labels_of(response)
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    told = bool(labels) or "html" in response.mime
    for _ in range(_MOST_CODINGS):
        undone = _undone(body, labels, limit, told)
        if undone is None:
            break
        body = undone
    if len(body) > limit:
        raise BadBody("too_large", str(len(body)))
    return body


def labels_of(response: Response) -> list[str]:
    """The content and transfer codings that the header names, but chunks, in order."""
    fields = (response.headers.get(f"{kind}-encoding", "") for kind in ("content", "transfer"))
    labels = (label.strip() for field in fields for label in field.lower().split(","))
    return [label for label in labels if label not in _NO_CODING]


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


def _undone(body: bytes, labels: list[str], limit: int, told: bool) -> bytes | None:
    """`body` without its outermost coding; None where it has none. Its label leaves `labels`.

    Where neither header nor type leads to expect a page, an archive that is whole in itself may
    have been asked for: what breaks off then is left to the types to tell.
    """
    if (shown := _shown(body)) is not None:
        label = labels.pop() if labels else ""
        try:
            return _by(shown, body, limit, label)
        except BadBody:
            if told:
                raise
            return None
    is_text = looks_like_text(body)
    while labels:
        label = labels.pop()
        try:
            undone = _by(_UNDO.get(label, _refused), body, limit, label)
        except BadBody:
            if not (is_text or magic_type(body)):
                raise
        else:
            if not is_text or (undone and looks_like_text(undone)):
                return undone
    return None


Undo = Callable[[bytes, int], bytes]


def _shown(body: bytes) -> Undo | None:
    """How to undo the coding that the first bytes show."""
    if body.startswith(GZIP):
        return _ungzipped
    if body.startswith(ZSTD) or int.from_bytes(body[:4], "little") & 0xFFFFFFF0 == SKIPPABLE:
        return _unzstd
    return None


def _by(undo: Undo, body: bytes, limit: int, label: str) -> bytes:
    try:
        return undo(body, limit)
    except (InflateError, zlib.error, brotli.error, zstandard.ZstdError) as error:
        prove_memory()
        raise BadBody("bad_encoding", label) from error


def _refused(body: bytes, limit: int) -> bytes:
    """A coding that nobody knows how to undo."""
    raise zlib.error


def _ungzipped(body: bytes, limit: int) -> bytes:
    parts, size = [], 0
    while body.startswith(GZIP) and size <= limit:  # members may follow each other
        data, body = _inflated(body, 31, limit - size)
        parts.append(data)
        size += len(data)
    return b"".join(parts)


def _inflated(body: bytes, bits: int, limit: int) -> tuple[bytes, bytes]:
    """What a stream holds, one byte over `limit` at most, and what stands behind it."""
    inflate = isal_zlib.decompressobj(bits)
    data: bytes = inflate.decompress(body, limit + 1)
    if len(data) <= limit and not inflate.eof:
        raise BadBody("truncated_body", "content_coding")
    return data, inflate.unused_data


def _undeflated(body: bytes, limit: int) -> bytes:
    """zlib data as the standard says, or the raw deflate that some servers send."""
    is_zlib = body[:1] and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflated(body, 15 if is_zlib else -15, limit)[0]


def _unbrotlied(body: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    data: bytes = decoder.process(body, output_buffer_limit=limit + 1)
    while len(data) <= limit and not decoder.is_finished():
        more = decoder.process(b"", output_buffer_limit=limit + 1 - len(data))
        if not more:
            raise BadBody("truncated_body", "content_coding")
        data += more
    return data


def _unzstd(body: bytes, limit: int) -> bytes:
    """zstd frames, and between them those that are to be skipped (RFC 8878)."""
    context = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    parts: list[bytes] = []
    at = size = 0
    while at < len(body) and size <= limit:
        if int.from_bytes(body[at : at + 4], "little") & 0xFFFFFFF0 == SKIPPABLE:
            at += 8 + int.from_bytes(body[at + 4 : at + 8], "little")
        elif body.startswith(ZSTD, at):
            frame = context.decompressobj()
            while not frame.eof and at < len(body) and size <= limit:
                parts.append(frame.decompress(body[at : at + _ZSTD_SLICE]))
                at, size = at + _ZSTD_SLICE, size + len(parts[-1])
            if frame.eof:
                at = min(at, len(body)) - len(frame.unused_data)
            elif size <= limit:
                raise BadBody("truncated_body", "content_coding")
        else:
            break
    return b"".join(parts)


_UNDO: dict[str, Undo] = {
    "gzip": _undeflated, "x-gzip": _undeflated, "deflate": _undeflated, "br": _unbrotlied,
}  # fmt: skip
