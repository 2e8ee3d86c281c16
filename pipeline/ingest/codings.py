"""The codings of a body undone: transfer chunks, gzip, deflate, brotli, zstd.

Archives hold bodies as they came or already decoded, with the headers left as they were, and
servers send what they do not say. So a coding that the bytes show is undone whatever the label, and
one that they do not bear out is taken as undone. Nothing raises but `BadBody`, which carries the
reason of a drop.
"""

import re
import zlib
from collections.abc import Callable
from contextlib import suppress

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
_FIRST_SLICE, _LAST_SLICE = 1 << 9, 1 << 16  # bytes of a gzip member that are fed at once
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
    for magic, names, undo in _SHOWN:
        if magic(body):
            named = next((at for at, label in enumerate(labels) if label in names), None)
            label = labels.pop(named) if named is not None else names[0]
            try:
                return _by(undo, body, limit, label)
            except BadBody:
                if told:
                    raise
                return None
    return _told(body, labels, limit)


def _told(body: bytes, labels: list[str], limit: int) -> bytes | None:
    """`body` without the outermost coding that a label names, or that zlib's header shows."""
    is_text = looks_like_text(body)
    while labels:
        label = labels.pop()
        try:
            undone = _by(_UNDO.get(label, _refused), body, limit, label)
        except BadBody:
            other = magic_type(body) or (label != "deflate" and _is_zlib(body))
            if not (is_text or other):
                raise
        else:
            if not is_text or (undone and looks_like_text(undone)):
                return undone
    if not is_text and _is_zlib(body):
        with suppress(BadBody):
            return _by(_undeflated, body, limit, "deflate")
    return None


Undo = Callable[[bytes, int], bytes]


def _is_gzip(body: bytes) -> bool:
    return body.startswith(GZIP)


def _is_zstd(body: bytes) -> bool:
    return body.startswith(ZSTD) or _is_skippable(body)


def _is_skippable(head: bytes) -> bool:
    return len(head) > 3 and int.from_bytes(head[:4], "little") & 0xFFFFFFF0 == SKIPPABLE


def _is_zlib(body: bytes) -> bool:
    """Whether the first two bytes are a zlib header (RFC 1950)."""
    return len(body) > 2 and body[0] & 0x8F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


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
    """gzip members, one behind the other; what else stands there is no part of them."""
    parts: list[bytes] = []
    at = size = 0
    while body.startswith(GZIP, at) and size <= limit:
        inflate, step = isal_zlib.decompressobj(31), _FIRST_SLICE
        while not inflate.eof and at < len(body) and size <= limit:
            # In slices that grow, because what is left of one is copied.
            parts.append(inflate.decompress(body[at : at + step], limit + 1 - size))
            at, size, step = at + step, size + len(parts[-1]), min(2 * step, _LAST_SLICE)
            at -= len(inflate.unconsumed_tail)
        if inflate.eof:
            at = min(at, len(body)) - len(inflate.unused_data)
        elif size <= limit:
            raise BadBody("truncated_body", "content_coding")
    if body[at : at + 3] and GZIP.startswith(body[at : at + 3]) and size <= limit:
        raise BadBody("truncated_body", "content_coding")
    return b"".join(parts)


def _undeflated(body: bytes, limit: int) -> bytes:
    """zlib data as the standard says, or the raw deflate that some servers send."""
    inflate = isal_zlib.decompressobj(15 if _is_zlib(body) else -15)
    data: bytes = inflate.decompress(body, limit + 1)
    if len(data) <= limit and not inflate.eof:
        raise BadBody("truncated_body", "content_coding")
    return data


def _unbrotlied(body: bytes, limit: int) -> bytes:
    try:
        return _brotli(body, limit)
    except brotli.error:
        return _brotli(body.rstrip(b"\r\n\x00 "), limit)  # its end allows nothing behind it


def _brotli(body: bytes, limit: int) -> bytes:
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
        if _is_skippable(body[at : at + 4]):
            at += 8 + int.from_bytes(body[at + 4 : at + 8], "little")
            continue
        if not body.startswith(ZSTD, at):
            break
        frame = context.decompressobj()
        while not frame.eof and at < len(body) and size <= limit:
            parts.append(frame.decompress(body[at : at + _ZSTD_SLICE]))
            at, size = at + _ZSTD_SLICE, size + len(parts[-1])
        if frame.eof:
            at = min(at, len(body)) - len(frame.unused_data)
        elif size <= limit:
            raise BadBody("truncated_body", "content_coding")
    if size <= limit and (at > len(body) or _begins_frame(body[at:])):
        raise BadBody("truncated_body", "content_coding")
    return b"".join(parts)


def _begins_frame(rest: bytes) -> bool:
    """Whether what stands behind the last frame is the cut beginning of another."""
    cut = 0 < len(rest) < 4
    return cut and (ZSTD.startswith(rest) or b"\x2a\x4d\x18".startswith(rest[1:]))


_SHOWN: tuple[tuple[Callable[[bytes], bool], tuple[str, ...], Undo], ...] = (
    (_is_gzip, ("gzip", "x-gzip"), _ungzipped),
    (_is_zstd, ("zstd",), _unzstd),
)
_UNDO: dict[str, Undo] = {
    "gzip": _undeflated, "x-gzip": _undeflated, "deflate": _undeflated, "br": _unbrotlied,
}  # fmt: skip
