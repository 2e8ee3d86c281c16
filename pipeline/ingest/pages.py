"""What becomes of a record of an archive: a `Page`, a `Document` or a drop with its reason."""

from collections.abc import Mapping
from dataclasses import replace

from blake3 import blake3

from pipeline.document import KEPT_HEADERS, Document, Dropped, Page, digest
from pipeline.ingest.archive.warc import Record
from pipeline.ingest.charset.binary_bodies import is_binary
from pipeline.ingest.charset.decoding import decode
from pipeline.ingest.codings import BadBody, decoded_body
from pipeline.ingest.http import mime_of, parse_response
from pipeline.ingest.policies import policy_kind
from pipeline.ingest.reasons import Reason, damage_row
from pipeline.ingest.sniff import not_html, sniffed
from pipeline.ingest.xhtml import TYPE, as_html
from pipeline.text import encodable, visible
from pipeline.urls import canonical_url, site

COUNTED_IN = ("response", "resource", "revisit", "conversion")


class Drop(Exception):
    """A record that becomes nothing. Never leaves this folder."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.detail = detail


def target(record: Record) -> str:
    """The address of a record; some writers put it in angle brackets."""
    url = record.headers.get("warc-target-uri", "").strip()
    return url[1:-1].strip() if url.startswith("<") and url.endswith(">") else url


def lost_record(record: Record, archive: str, source: str) -> Dropped:
    """The drop row of a record that is not whole."""
    row = damage_row(record.offset, record.lost, archive, source)
    return replace(row, url=encodable(target(record)), record_id=encodable(record_id(record)))


def outcome(record: Record, archive: str, source: str, limit: int) -> Page | Document | Dropped:
    """What becomes of a whole response, resource, revisit or conversion record."""
    url = target(record)
    try:
        if record.kind == "revisit":
            raise Drop("revisit", record.headers.get("warc-refers-to", ""))
        if record.kind == "conversion":
            return _document(record, url, archive, source, limit)
        return _page(record, url, archive, source, limit)
    except (Drop, BadBody) as drop:
        return Dropped(
            id=_identity(source, url, record, record.block),
            url=encodable(url),
            source=source,
            stage="ingest",
            reason=drop.reason,
            detail=drop.detail,
            record_id=record_id(record),
            warc_file=archive,
            warc_offset=record.offset,
        )


def record_id(record: Record) -> str:
    return record.headers.get("warc-record-id", "")


def _identity(source: str, url: str, record: Record, body: bytes | memoryview) -> str:
    date = record.headers.get("warc-date", "")
    return digest(source, canonical_url(url), date, blake3(body).digest())


def _page(record: Record, url: str, archive: str, source: str, limit: int) -> Page:
    if not url.lower().startswith(("http:", "https:")):
        raise Drop("not_web", url.partition(":")[0][:32])
    headers, status, body = _content(record, limit)
    content_type = headers.get("content-type", "")
    if not body[:64].strip() and not body.strip():
        raise Drop("empty_body")
    identified = mime_of(record.headers.get("warc-identified-payload-type", ""))
    other = not_html(mime_of(content_type), identified, body)
    if other is None and policy_kind(url) and sniffed(body) != "text/html":
        other = "text/plain"  # a robots.txt that its server calls a page
    if other is not None:
        raise Drop("not_html", other)
    text = decode(body, content_type)
    if is_binary(body, text):
        raise Drop("binary_body", mime_of(content_type))
    return Page(
        id=_identity(source, url, record, body),
        url=encodable(url),
        source=source,
        html=as_html(text.text).encode() if mime_of(content_type) == TYPE else text.encoded(),
        date=record.headers.get("warc-date", ""),
        record_id=record_id(record),
        warc_file=archive,
        warc_offset=record.offset,
        warc_length=record.length,
        status=status,
        content_type=content_type,
        headers=_kept(headers),
        charset=text.charset,
        charset_source=text.how,
    )


def _kept(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What the headers say of rights; most say nothing."""
    if headers.keys().isdisjoint(KEPT_HEADERS):
        return ()
    return tuple((name, headers[name]) for name in KEPT_HEADERS if name in headers)


def _content(record: Record, limit: int) -> tuple[Mapping[str, str], int, bytes]:
    """HTTP headers, status and body. A resource is its own body, and has a type but no headers."""
    if record.kind == "resource":
        content_type = record.headers.get("content-type", "")
        return {"content-type": content_type}, 200, bytes(_whole(record, limit).block)
    response = parse_response(record.block)
    if response is None:
        raise Drop("malformed_http" if record.block else "empty_body")
    if response.status != 200:
        if response.status == 0:
            raise Drop("malformed_http")
        raise Drop("http_status", str(response.status))
    _whole(record, 0)
    return response.headers, response.status, decoded_body(response, limit)


def _whole(record: Record, limit: int) -> Record:
    """`record` if its block is all there and, where a limit is given, below it."""
    if record.size > len(record.block) or (limit and record.size > limit):
        raise Drop("too_large", str(record.size))
    if record.headers.get("warc-truncated"):
        raise Drop("truncated_body", record.headers["warc-truncated"])
    return record


def _document(record: Record, url: str, archive: str, source: str, limit: int) -> Document:
    text = str(_whole(record, limit).block, "utf-8", "replace").replace("\x00", "\ufffd")
    text = visible(text).strip()
    if not text:
        raise Drop("empty_text")
    return Document(
        id=_identity(source, url, record, record.block),
        url=encodable(url),
        source=source,
        text=text,
        site=site(url),
        date=record.headers.get("warc-date", ""),
        record_id=record_id(record),
        warc_file=archive,
        warc_offset=record.offset,
        warc_length=record.length,
        charset="utf-8",
        charset_source="default",
    )
