"""Responses taken apart: codings, status lines, types."""

import gzip
import time
import zlib
from contextlib import suppress
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from support_archives import gzipped, html, http, read_bytes, warc

from pipeline.ingest.codings import BadBody, decoded_body
from pipeline.ingest.http import parse_response
from pipeline.ingest.sniff import not_html, sniffed

BODY = html(1)
RAW_DEFLATE = zlib.compressobj(wbits=-15)
DEFLATED = RAW_DEFLATE.compress(BODY) + RAW_DEFLATE.flush()


def chunked(body: bytes, size: int = 100) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def decoded(block: bytes, limit: int = 1_000_000) -> bytes:
    response = parse_response(block)
    assert response is not None
    return decoded_body(response, limit)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, ()),
        (chunked(BODY), ("Transfer-Encoding: chunked",)),
        (BODY, ("Transfer-Encoding: chunked",)),
        (gzip.compress(BODY, mtime=0), ("Content-Encoding: gzip",)),
        (gzip.compress(BODY, mtime=0), ("Content-Encoding: x-gzip",)),
        (BODY, ("Content-Encoding: gzip",)),
        (zlib.compress(BODY), ("Content-Encoding: deflate",)),
        (DEFLATED, ("Content-Encoding: deflate",)),
        (brotli.compress(BODY), ("Content-Encoding: br",)),
        (BODY, ("Content-Encoding: br",)),
        (zstandard.compress(BODY), ("Content-Encoding: zstd",)),
        (
            chunked(gzip.compress(BODY, mtime=0)),
            ("Transfer-Encoding: chunked", "Content-Encoding: gzip"),
        ),
        (brotli.compress(gzip.compress(BODY, mtime=0)), ("Content-Encoding: gzip, br",)),
        (BODY, ("Content-Encoding: identity", "Content-Length: 7")),
        (BODY, ("Content-Length: 99999",)),
    ],
)
def test_body_in_any_coding_is_the_same(body: bytes, headers: tuple[str, ...]) -> None:
    assert decoded(http(body, *headers)) == BODY


@pytest.mark.parametrize(
    ("body", "header", "reason"),
    [
        (gzip.compress(BODY, mtime=0)[:-30], "gzip", "truncated_body"),
        (brotli.compress(BODY)[:-30], "br", "truncated_body"),
        (gzip.compress(BODY, mtime=0)[:-8] + b"\xff" * 8, "gzip", "bad_encoding"),
        (b"\x01\x99" * 45, "br", "bad_encoding"),
        (b"\x00\x01body", "exi", "bad_encoding"),
        (gzip.compress(b"\x00" * 2_000_000, mtime=0), "gzip", "too_large"),
        (brotli.compress(b"\x00" * 2_000_000), "br", "too_large"),
        (zstandard.compress(b"\x00" * 2_000_000), "zstd", "too_large"),
    ],
)
def test_body_that_cannot_be_decoded_says_why(body: bytes, header: str, reason: str) -> None:
    with pytest.raises(BadBody) as bad:
        decoded(http(body, f"Content-Encoding: {header}"))
    assert bad.value.reason == reason


UTF8_BOM = b"\xef\xbb\xbf"
ZSTD_SKIPPED = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"


@pytest.mark.parametrize("label", ["gzip", "br", "deflate", "zstd", "compress", "exi", "gzip, br"])
@pytest.mark.parametrize("body", [BODY, UTF8_BOM + BODY, b"only words", "<p>w".encode("utf-16")])
def test_coding_that_the_bytes_do_not_bear_out_is_undone_already(body: bytes, label: str) -> None:
    assert decoded(http(body, f"Content-Encoding: {label}")) == body


@pytest.mark.parametrize("label", ["", "identity", "br", "deflate", "gzip", "utf-8", "nonsense"])
@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(BODY, mtime=0),
        zstandard.compress(BODY),
        gzip.compress(gzip.compress(BODY, mtime=0), mtime=0),
        zstandard.compress(gzip.compress(BODY, mtime=0)),
        ZSTD_SKIPPED + zstandard.compress(BODY),
        zstandard.compress(BODY[:99]) + ZSTD_SKIPPED + zstandard.compress(BODY[99:]),
        gzip.compress(BODY[:99], mtime=0) + gzip.compress(BODY[99:], mtime=0),
    ],
)
def test_coding_that_the_bytes_show_is_undone_whatever_the_label(body: bytes, label: str) -> None:
    fields = (f"Content-Encoding: {label}",) if label else ()
    assert decoded(http(body, *fields)) == BODY


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (brotli.compress(gzip.compress(BODY, mtime=0)), ("Content-Encoding: br",)),
        (brotli.compress(BODY), ("Content-Encoding: br, identity",)),
        (gzip.compress(brotli.compress(BODY), mtime=0), ("Content-Encoding: br, gzip",)),
        (zlib.compress(BODY), ("Content-Encoding: gzip",)),
        (gzip.compress(BODY, mtime=0), ("Transfer-Encoding: gzip",)),
        (chunked(gzip.compress(BODY, mtime=0)), ("Transfer-Encoding: gzip, chunked",)),
        (gzip.compress(BODY, mtime=0), ("Content-Encoding: gzip", "Content-Encoding: gzip")),
        (brotli.compress(brotli.compress(BODY)), ("Content-Encoding: br", "Content-Encoding: br")),
        (gzip.compress(brotli.compress(BODY), mtime=0), ("Content-Encoding: br",)),
        (gzip.compress(brotli.compress(BODY), mtime=0), ("Content-Encoding: gzip, br",)),
        (gzip.compress(zlib.compress(BODY), mtime=0), ("Content-Encoding: gzip",)),
        (zlib.compress(BODY), ()),
        (zlib.compress(BODY), ("Content-Encoding: br",)),
        (brotli.compress(BODY) + b"\r\n", ("Content-Encoding: br",)),
    ],
)
def test_codings_upon_codings_are_undone(body: bytes, fields: tuple[str, ...]) -> None:
    assert decoded(http(body, *fields)) == BODY


@pytest.mark.parametrize("cut", [1, 4, 40])
@pytest.mark.parametrize(
    ("body", "label"),
    [
        (zstandard.compress(BODY), "zstd"),
        (zstandard.compress(b"<p>a page so small that no block was cut</p>"), "zstd"),
        (zstandard.compress(BODY), ""),
        (ZSTD_SKIPPED + zstandard.compress(BODY), "zstd"),
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), ""),
        (brotli.compress(BODY), "br"),
        (zstandard.compress(BODY) + ZSTD_SKIPPED, "zstd"),
        (zlib.compress(BODY)[:-4], "deflate"),  # the checksum is not missed
    ],
)
def test_body_cut_off_is_told(body: bytes, label: str, cut: int) -> None:
    fields = (f"Content-Encoding: {label}",) if label else ()
    with pytest.raises(BadBody) as bad:
        decoded(http(body[:-cut], "Content-Type: text/html", *fields))
    assert bad.value.reason == "truncated_body"


def test_many_small_members_cost_no_more_than_their_length() -> None:
    body = gzip.compress(b"a", mtime=0) * 100_000
    started = time.process_time()
    assert decoded(http(body, "Content-Encoding: gzip")) == b"a" * 100_000
    assert time.process_time() - started < 2


@pytest.mark.parametrize("label", ["foo", "gzip", "br"])
def test_legacy_text_without_markup_counts_as_undone(label: str) -> None:
    body = "Мельница стояла у реки. ".encode("koi8-r") * 5
    assert decoded(http(body, f"Content-Encoding: {label}")) == body


def test_empty_line_of_another_form_ends_the_header() -> None:
    response = parse_response(b"HTTP/1.1 200 OK\nA: b\n\r\nbody")
    assert response is not None
    assert (response.headers, response.body) == ({"a": "b"}, b"body")


def test_archive_that_was_asked_for_is_left_to_its_type() -> None:
    body = gzip.compress(BODY, mtime=0)[:-9]
    assert decoded(http(body, "Content-Type: application/gzip")) == body


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        (("X-Robots-Tag: index", "X-Robots-Tag: noai"), "x-robots-tag", "index, noai"),
        (("TDM-Reservation: 0", "tdm-reservation: 1"), "tdm-reservation", "0, 1"),
        (("Link: <a>; rel=b", "Other: x", "LINK: <c>"), "link", "<a>; rel=b, <c>"),
        (("Vary:", "Vary: a", "Vary: "), "vary", "a"),
        (("A: b", " c", "A: d", "\te"), "a", "b c, d e"),
    ],
)
def test_repeated_fields_are_one_list(fields: tuple[str, ...], name: str, value: str) -> None:
    response = parse_response(http(b"body", *fields))
    assert response is not None
    assert response.headers[name] == value


@pytest.mark.parametrize(
    ("fields", "content_type"),
    [
        (("text/html", "text/html; charset=koi8-r"), "text/html; charset=koi8-r"),
        (("text/html; charset=koi8-r", "text/html"), "text/html; charset=koi8-r"),
        (("text/plain", "text/html;charset=gbk"), "text/html;charset=gbk"),
        (("text/html; charset=gbk", "*/*"), "text/html; charset=gbk"),
        (("text/plain, text/html",), "text/html"),
        (("nonsense",), "nonsense"),
        (('text/html; title="a, b"',), 'text/html; title="a, b"'),
    ],
)
def test_of_repeated_types_the_last_that_is_one_counts(
    fields: tuple[str, ...], content_type: str
) -> None:
    response = parse_response(http(b"body", *(f"Content-Type: {field}" for field in fields)))
    assert response is not None
    assert response.content_type == content_type


def test_a_hundred_thousand_fields_of_one_name_cost_no_more_than_their_length() -> None:
    block = b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n c\r\n" * 100_000 + b"\r\nbody"
    started = time.process_time()
    response = parse_response(block)
    assert response is not None
    assert len(response.headers["a"]) == 5 * 100_000 - 2
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("HTTP/1.1 200 OK", 200),
        ("HTTP/1.0 200", 200),
        ("HTTP/2 200", 200),
        ("HTTP/1.1  404   Not here", 404),
        ("http/1.1 302 ", 302),
        ("ICY 200 OK", 200),
        ("HTTP/1.1 OK", 0),
        ("HTTP/1.1 2000 what", 0),
    ],
)
def test_status_of_odd_lines(line: str, status: int) -> None:
    response = parse_response(f"{line}\r\nServer: x\r\n\r\nbody".encode())
    assert response is not None
    assert (response.status, response.body) == (status, b"body")


def test_headers_with_bare_line_feeds_and_folds_are_read() -> None:
    response = parse_response(
        b"HTTP/1.1 200 OK\nContent-Type: text/html;\n charset=koi8-r\n\n<p>\r\n\r\n"
    )
    assert response is not None
    assert response.content_type == "text/html; charset=koi8-r"
    assert response.body == b"<p>\r\n\r\n"


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "chunked"]))
def test_any_body_in_any_coding_is_decoded_or_refused(body: bytes, coding: str) -> None:
    field = "Transfer-Encoding" if coding == "chunked" else "Content-Encoding"
    with suppress(BadBody):  # the one exception there may be
        assert isinstance(decoded(http(body, f"{field}: {coding}")), bytes)


@pytest.mark.parametrize(
    ("mime", "identified", "body", "kind"),
    [
        ("text/html", "", BODY, None),
        ("text/html", "", b"only words", None),
        ("application/xhtml+xml", "text/html", b'<?xml version="1.0"?><html></html>', None),
        ("", "", BODY, None),
        ("text/plain", "text/html", BODY, None),
        ("text/html", "text/plain", BODY, None),
        ("application/octet-stream", "", BODY, None),
        ("text/xml", "", b'<?xml version="1.0"?>\n<!-- x --><html><head></head></html>', None),
        ("text/plain", "", BODY, "text/plain"),
        ("text/html", "", b"%PDF-1.4 ...", "application/pdf"),
        ("text/html", "", b'<?xml version="1.0"?><rss version="2.0"></rss>', "application/rss+xml"),
        ("text/html", "image/png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("application/json", "", b'{"html": "<p>"}', "application/json"),
        ("", "", b"\x00\x01\x02", "unknown"),
        ("image/svg+xml", "", b"<svg></svg>", "image/svg+xml"),
    ],
)
def test_type_is_decided_by_header_crawler_and_body(
    mime: str, identified: str, body: bytes, kind: str | None
) -> None:
    assert not_html(mime, identified, body) == kind


def test_sniffing_sees_through_leading_space_and_comments() -> None:
    assert sniffed(b"\xef\xbb\xbf\r\n <!-- made by hand -->\n<HTML lang=en>") == "text/html"
    assert sniffed(b"") == ""


@pytest.mark.parametrize(
    ("block", "headers", "reason", "detail"),
    [
        (http(BODY, status="301 Moved"), {}, "http_status", "301"),
        (http(BODY, status="304 Not Modified"), {}, "http_status", "304"),
        (http(BODY, status="206 Partial Content"), {}, "http_status", "206"),
        (http(b"%PDF-1.4", "Content-Type: application/pdf"), {}, "not_html", "application/pdf"),
        (http(b" \r\n\t"), {}, "empty_body", ""),
        (b"", {}, "empty_body", ""),
        (b"\r\n", {}, "malformed_http", ""),
        (b"<html>no header</html>", {}, "malformed_http", ""),
        (http(BODY), {"WARC_Truncated": "length"}, "truncated_body", "length"),
        (http(BODY + b"x" * 6_000_000), {}, "too_large", str(len(BODY) + 6_000_000)),
    ],
)
def test_response_that_is_no_page_is_dropped_for_its_reason(
    block: bytes, headers: dict[str, str], reason: str, detail: str, tmp_path: Path
) -> None:
    read = read_bytes(tmp_path, gzipped([warc(block, "http://a.org/", **headers)]))
    assert [(row.reason, row.detail) for row in read.dropped] == [(reason, detail)]
    assert read.came_in == 1


def test_resource_record_of_html_is_a_page(tmp_path: Path) -> None:
    record = warc(BODY, "http://a.org/", "resource", Content_Type="text/html")
    (page,) = read_bytes(tmp_path, gzipped([record])).pages
    assert (page.html, page.status) == (BODY, 200)


def test_address_in_angle_brackets_is_taken_out_of_them(tmp_path: Path) -> None:
    (page,) = read_bytes(tmp_path, gzipped([warc(http(BODY), "<http://a.org/>")])).pages
    assert page.url == "http://a.org/"
