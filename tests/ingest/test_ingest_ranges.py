"""Byte ranges of an archive give what the undivided archive gives."""

import gzip
from pathlib import Path

import pytest
from support_archives import Read, good, gzipped, html, http, lost, pages, records_of, warc, zstded

from pipeline.document import Page, Unit
from pipeline.ingest import archives
from pipeline.ingest.archives import read_archive
from pipeline.recipe import ExtractConfig, Source

RECORDS = pages(60, words=200)
COUNTS = [1, 2, 7, 31]


def whole(data: bytes) -> list[object]:
    """The records of an archive, which has as many as there are."""
    found = records_of(data)
    assert len(good(found)) == len(RECORDS)
    return list(found)


def in_ranges(data: bytes, count: int) -> list[object]:
    edges = [len(data) * i // count for i in range(count)]
    return [
        record
        for start, stop in zip(edges, [*edges[1:], None], strict=True)
        for record in records_of(data, start, stop)
    ]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("pack", [gzipped, zstded])
def test_ranges_of_a_member_per_record_archive_equal_the_whole(pack: object, count: int) -> None:
    data: bytes = pack(RECORDS)  # type: ignore[operator]
    assert in_ranges(data, count) == whole(data)


@pytest.mark.parametrize("count", COUNTS)
def test_ranges_of_whole_file_gzip_equal_the_whole(count: int) -> None:
    data = gzip.compress(b"".join(RECORDS), mtime=0)
    assert in_ranges(data, count) == whole(data)


@pytest.mark.parametrize("count", COUNTS)
def test_ranges_of_blocked_gzip_equal_the_whole(count: int) -> None:
    plain = b"".join(RECORDS)
    data = gzipped(plain[i : i + 700] for i in range(0, len(plain), 700))
    assert in_ranges(data, count) == whole(data)


@pytest.mark.parametrize("count", COUNTS)
def test_ranges_of_a_damaged_archive_equal_the_whole(count: int) -> None:
    data = gzipped(RECORDS)
    third, half = len(data) // 3, len(data) // 2
    bad = data[:third] + b"\x00" * 40 + data[third + 40 : half] + b"\x1f\x8b\x08 no" + data[half:]
    found = in_ranges(bad, count)
    assert found == records_of(bad)
    assert len(lost(records_of(bad))) >= 2


def test_range_that_starts_in_an_archive_inside_a_record_is_not_taken_in() -> None:
    # A crawled WARC stands in its record as it is: its members look like the archive's own.
    inner = gzipped(pages(400, words=9))
    body = b"".join(
        gzip.compress(bytes(inner[i : i + 200]), 0, mtime=0) for i in range(0, 4_000, 200)
    )
    record = warc(http(inner + body, "Content-Type: application/gzip"), "http://a.org/a.warc.gz")
    data = gzipped(RECORDS[:5]) + gzip.compress(record, 0, mtime=0) + gzipped(RECORDS[5:])
    for count in (*COUNTS, 97):
        assert in_ranges(data, count) == records_of(data)
    assert len(good(records_of(data))) == 61


def test_large_archive_is_planned_in_ranges_and_read_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = [warc(http(html(i, 4_000)), f"http://example.org/{i}") for i in range(500)]
    data = b"".join(gzip.compress(record, 0, mtime=0) for record in noise)
    (tmp_path / "a.warc.gz").write_bytes(data)
    source = Source(name="crawl", paths=("a.warc.gz",))
    split = Read(source, tmp_path, range_megabytes=2)
    monkeypatch.setattr(archives, "_RANGES", 1)
    whole = Read(source, tmp_path, range_megabytes=1_000)
    assert len(whole.units) == 1
    assert len(split.units) == -(-len(data) // 2_000_000) > 4
    assert sum(unit.bytes for unit in split.units) == len(data)
    assert len(whole.records) == 500
    assert split.records == whole.records
    assert split.seen == whole.seen


@pytest.mark.parametrize(
    ("size", "ranges"), [(2 << 20, 1), ((2 << 20) + 1, 1), (5 << 20, 2), (8 << 20, 4),
                         ((8 << 20) + 1, 4), ((8 << 20) + 3, 4), (384_000_000, 12)]
)  # fmt: skip
def test_small_archive_has_few_ranges_none_of_them_a_rest(
    size: int, ranges: int, tmp_path: Path
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(warc(http(html(0, 100)), "http://example.org/"), 0, mtime=0))
    with path.open("r+b") as file:
        file.truncate(size)  # zeros behind, of a sparse file
    units = Read(Source(name="crawl", paths=(path.name,)), tmp_path).units
    assert len(units) == ranges
    assert min(unit.bytes for unit in units) > size // ranges // 4


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ranges_of_200_megabytes_equal_the_whole(data: Path, tmp_path: Path) -> None:
    crawl = b"".join(path.read_bytes() for path in sorted(data.glob("crawl/*.warc.gz")))
    path = tmp_path / "big.warc.gz"
    with path.open("wb") as file:
        for _ in range(8):
            file.write(crawl)
    size = path.stat().st_size
    assert size > 200_000_000
    expected = _pages(path, [(0, None)])
    assert len(expected) > 3_000
    for count in COUNTS[1:]:
        edges: list[int | None] = [size * i // count for i in range(count)]
        ranges = [(start or 0, stop) for start, stop in zip(edges, [*edges[1:], None], strict=True)]
        assert _pages(path, ranges) == expected


def _pages(path: Path, ranges: list[tuple[int, int | None]]) -> list[tuple[str, int, int]]:
    source, config = Source(name="crawl", paths=(str(path),)), ExtractConfig()
    with path.open("rb") as file:
        return [
            (item.id, item.warc_offset, item.warc_length)
            for start, stop in ranges
            for _, item in read_archive(
                file, Unit("u", (str(path),), 0, start, stop), source, config
            )
            if isinstance(item, Page)
        ]
