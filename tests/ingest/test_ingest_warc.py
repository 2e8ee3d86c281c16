"""Every form an archive can have is read to the same records."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from support_archives import (
    Read,
    good,
    gzipped,
    html,
    http,
    lost,
    lz4ed,
    pages,
    read_bytes,
    records_of,
    warc,
    zstded,
)

from pipeline.recipe import Source

RECORDS = pages(12)
PLAIN = b"".join(RECORDS)
DICTIONARY = PLAIN[:2_000]
ARC_HEAD = (
    b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 76\n1 0 InternetArchive\n"
    b"URL IP-address Archive-date Content-type Archive-length\n\n"
)


def arc(url: str, block: bytes, fields: str = "192.0.2.1 20080430204825 text/html") -> bytes:
    return f"{url} {fields} {len(block)}\n".encode() + block + b"\n"


@pytest.mark.parametrize(
    "data",
    [
        gzipped(RECORDS),
        gzip.compress(PLAIN, mtime=0),
        gzipped(PLAIN[i : i + 1_000] for i in range(0, len(PLAIN), 1_000)),
        zstded(RECORDS),
        zstded([PLAIN]),
        zstded(RECORDS, DICTIONARY),
        lz4ed(RECORDS),
        PLAIN,
        b"\r\n\r\n" + PLAIN,
    ],
    ids=["gzip", "whole", "blocked", "zstd", "zstd_whole", "dictionary", "lz4", "plain", "blank"],
)
def test_records_in_any_packing_are_the_same(data: bytes) -> None:
    found = records_of(data)
    assert lost(found) == []
    assert [r.block for r in good(found)] == [r.partition(b"\r\n\r\n")[2][:-4] for r in RECORDS]


@pytest.mark.parametrize("pack", [gzipped, zstded, lz4ed])
def test_offset_and_length_fetch_exactly_that_record(pack: object) -> None:
    data: bytes = pack(RECORDS)  # type: ignore[operator]
    found = good(records_of(data))
    assert len(found) == 12
    for record in found:
        alone = records_of(data[record.offset : record.offset + record.length])
        assert [r.block for r in good(alone)] == [record.block]


def test_plain_offset_and_length_fetch_exactly_that_record() -> None:
    found = good(records_of(PLAIN))
    assert len(found) == 12
    for record in found:
        alone = records_of(PLAIN[record.offset : record.offset + record.length])
        assert [r.block for r in good(alone)] == [record.block]


@pytest.mark.parametrize("line_end", ["\n", "\r\r\n"])
def test_headers_with_odd_line_ends_are_read(line_end: str) -> None:
    lines = [
        "WARC/1.0",
        "WARC-Type: response",
        "WARC-Target-URI: http://a.org/",
        "Content-Length: 4",
    ]
    record = line_end.join([*lines, "", ""]).encode() + b"body" + b"\n\n"
    found = good(records_of(record * 3))
    assert [r.block for r in found] == [b"body"] * 3
    assert found[0].headers["warc-target-uri"] == "http://a.org/"


def test_headers_folded_or_in_any_case_are_read() -> None:
    record = (
        b"WARC/1.0\r\nwarc-TYPE: Response\r\nWARC-Target-URI:\r\n http://a.org/x\r\n"
        b"CONTENT-length:  2\r\nWARC-Date\r\n\r\nab\r\n\r\n"
    )
    (found,) = good(records_of(record))
    assert (found.kind, found.headers["warc-target-uri"]) == ("response", "http://a.org/x")


def test_arc_of_both_versions_becomes_pages(tmp_path: Path) -> None:
    data = (
        ARC_HEAD
        + arc("http://a.org/one", http(html(1)))
        + arc(
            "http://a.org/two words",
            http(html(2)),
            "192.0.2.1 20080430204825 text/html 200 - - 0 a.arc",
        )
        + arc(
            "dns:a.org",
            b"20080430204825\na.org. 1 IN A 192.0.2.1\n",
            "192.0.2.1 20080430204825 text/dns",
        )
    )
    read = read_bytes(tmp_path, data, "a.arc")
    assert [page.url for page in read.pages] == ["http://a.org/one", "http://a.org/two words"]
    assert read.pages[0].date == "2008-04-30T20:48:25Z"
    assert read.reasons == {"not_web": 1}
    assert read.seen["apart:warcinfo"] == 1


def test_wacz_gives_the_records_of_its_archives(tmp_path: Path) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("datapackage.json", "{}")
        pack.writestr("archive/one.warc.gz", gzipped(RECORDS[:5]), zipfile.ZIP_STORED)
        pack.writestr("archive/two.warc", b"".join(RECORDS[5:]))
    read = read_bytes(tmp_path, packed.getvalue(), "a.wacz")
    assert len(read.pages) == 12
    assert {page.warc_file for page in read.pages} == {
        "a.wacz!archive/one.warc.gz",
        "a.wacz!archive/two.warc",
    }


def test_wacz_cut_off_inside_reports_what_is_missing(tmp_path: Path) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("archive/one.warc.gz", gzipped(RECORDS)[:-200])
    read = read_bytes(tmp_path, packed.getvalue(), "a.wacz")
    assert len(read.pages) == 11
    assert read.reasons == {"damaged_archive": 1}


def test_wet_conversions_become_documents(tmp_path: Path) -> None:
    records = [
        warc("Vær så god\n".encode(), "http://a.no/", "conversion", Content_Type="text/plain"),
        warc(b"  \n", "http://b.no/", "conversion", Content_Type="text/plain"),
    ]
    (tmp_path / "a.wet.gz").write_bytes(gzipped(records))
    read = Read(Source(name="wet", format="wet", paths=("a.wet.gz",)), tmp_path)
    assert [(d.text, d.site) for d in read.documents] == [("Vær så god", "a.no")]
    assert read.reasons == {"empty_text": 1}
    assert read.seen["conversion"] == read.came_in == 2


def test_record_types_are_counted_in_or_apart(tmp_path: Path) -> None:
    kinds = ["warcinfo", "request", "response", "metadata", "revisit", "resource", "continuation"]
    records = [warc(http(html(i)), f"http://a.org/{i}", kind) for i, kind in enumerate(kinds)]
    read = read_bytes(tmp_path, gzipped(records))
    assert {k: n for k, n in read.seen.items() if k.startswith("apart:")} == {
        "apart:warcinfo": 1,
        "apart:request": 1,
        "apart:metadata": 1,
        "apart:continuation": 1,
    }
    assert read.came_in == len(read.records) + len(read.dropped) == 3


def test_duplicate_capture_in_one_unit_is_dropped(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, gzipped(RECORDS + RECORDS[:2]))
    assert read.reasons == {"duplicate_record": 2}
    assert len({page.id for page in read.pages}) == 12


def test_id_is_the_same_in_every_packing_and_changes_with_the_body(tmp_path: Path) -> None:
    packed = read_bytes(tmp_path, gzipped(RECORDS)).pages
    plain = read_bytes(tmp_path, PLAIN, "a.warc").pages
    assert [page.id for page in packed] == [page.id for page in plain]
    assert len({page.id for page in packed}) == 12


def test_drop_rows_say_which_record(tmp_path: Path) -> None:
    records = [RECORDS[0], warc(http(b"gone", status="404 Not Found"), "http://example.org/gone")]
    read = read_bytes(tmp_path, gzipped(records))
    (row,) = read.dropped
    assert (row.reason, row.detail, row.url) == ("http_status", "404", "http://example.org/gone")
    assert row.record_id == "<urn:test:http://example.org/gone>"
    assert (row.warc_file, row.warc_offset) == ("a.warc.gz", len(gzipped(RECORDS[:1])))


def test_large_body_is_cut_and_dropped_without_being_held(tmp_path: Path) -> None:
    big = warc(http(b"<html>" + b"x" * 6_000_000), "http://a.org/big")
    read = read_bytes(tmp_path, gzipped([big, *RECORDS]), max_html_bytes=10_000)
    assert read.reasons == {"too_large": 1}
    assert len(read.pages) == 12


def test_batches_are_bounded_and_the_last_one_says_so(tmp_path: Path) -> None:
    from pipeline.ingest.sources import BATCH_RECORDS, plan_units, read_unit
    from pipeline.recipe import ExtractConfig

    (tmp_path / "a.warc.gz").write_bytes(gzipped(pages(BATCH_RECORDS + 5, words=2)))
    source, config = Source(name="crawl", paths=("a.warc.gz",)), ExtractConfig()
    (unit,) = plan_units(source, config, str(tmp_path))
    batches = list(read_unit(unit, source, config))
    assert [len(batch.records) for batch in batches] == [BATCH_RECORDS, 5]
    assert [(batch.index, batch.last) for batch in batches] == [(0, False), (1, True)]
