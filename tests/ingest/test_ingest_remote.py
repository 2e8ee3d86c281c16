"""Archives over http with faults, Common Crawl by name and by index, and s3: the same documents."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support_archives import Read, good, gzipped, html, http, pages, records_of, warc
from support_server import Fault, Server, serving
from support_stores import bucket

from pipeline.errors import CheckError, UsageError
from pipeline.ingest.remote import block_reads
from pipeline.ingest.sources import plan_units
from pipeline.keys.key_hashes import hashes_of
from pipeline.keys.page_keys import page_key
from pipeline.recipe import ExtractConfig, Source

BIG = [warc(http(html(i, 3_000)), f"http://example.org/{i}") for i in range(80)]
DATA = b"".join(gzip.compress(record, 0, mtime=0) for record in BIG)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small blocks make many requests of a small file; short waits make a quick test."""
    monkeypatch.setattr(block_reads, "BLOCK", 50_000)
    monkeypatch.setattr(block_reads, "WAIT", lambda _: 0.001)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.warc.gz").write_bytes(DATA)
    return tmp_path


def over_http(server: Server, **config: int) -> Read:
    return Read(Source(name="crawl", paths=(f"{server.url}/a.warc.gz",)), "", **config)


@pytest.mark.parametrize("fault", ["none", "resets", "unavailable", "no_range", "short_bodies"])
def test_documents_over_http_with_faults_equal_local_ones(fault: Fault, folder: Path) -> None:
    expected = Read(Source(name="crawl", paths=("a.warc.gz",)), folder)
    with serving(folder, fault) as server:
        found = over_http(server)
    assert len(expected.records) == 80
    assert found.records == expected.records
    assert found.seen == expected.seen
    assert server.requests > (2 if fault == "no_range" else 20)


@pytest.mark.parametrize("fault", ["none", "resets", "no_range"])
def test_ranges_over_http_equal_the_whole(fault: Fault, folder: Path) -> None:
    expected = Read(Source(name="crawl", paths=("a.warc.gz",)), folder)
    with serving(folder, fault) as server:
        found = over_http(server, range_megabytes=1)
    assert len(found.units) == (1 if fault == "no_range" else -(-len(DATA) // 1_000_000))
    assert len(expected.records) == 80
    assert found.records == expected.records


@pytest.mark.parametrize("fault", ["broken", "wrong_total"])
def test_fault_that_stays_stops_with_a_sentence(fault: Fault, folder: Path) -> None:
    with serving(folder, fault) as server, pytest.raises(CheckError, match="run again to go on"):
        over_http(server)


def test_missing_file_on_a_server_is_refused_by_name(folder: Path) -> None:
    with serving(folder) as server, pytest.raises(UsageError, match=r"b\.warc\.gz does not exist"):
        Read(Source(name="crawl", paths=(f"{server.url}/b.warc.gz",)))


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """A server's folder as Common Crawl lays it out, with two archives and an index."""
    head = tmp_path / "crawl-data/CC-MAIN-2026-30"
    head.mkdir(parents=True)
    names = [f"crawl-data/CC-MAIN-2026-30/segments/1/warc/CC-{i}.warc.gz" for i in range(2)]
    rows = []
    for i, name in enumerate(names):
        records = [
            warc(http(html(i * 10 + j)), f"http://{'ab'[j % 2]}.org/{i}/{j}") for j in range(6)
        ]
        data = gzipped(records)
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
        rows += [
            {
                "url": record.headers["warc-target-uri"],
                "fetch_status": 200 if j != 5 else 404,
                "content_languages": ("eng", "deu,eng", None)[j % 3],
                "warc_filename": name,
                "warc_record_offset": record.offset,
                "warc_record_length": record.length,
            }
            for j, record in enumerate(good(records_of(data)))
        ]
    (head / "warc.paths.gz").write_bytes(gzip.compress("\n".join(names).encode()))
    table = "cc-index/table/cc-main/warc/crawl=CC-MAIN-2026-30/subset={}/part-0.gz.parquet"
    (tmp_path / table.format("warc")).parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / table.format("warc"), row_group_size=5)
    tables = "\n".join(table.format(subset) for subset in ("robotstxt", "warc"))
    (head / "cc-index-table.paths.gz").write_bytes(gzip.compress(tables.encode()))
    return tmp_path


def test_crawl_by_name_reads_the_slice_of_its_path_list(crawl: Path) -> None:
    with serving(crawl) as server:
        source = Source(name="cc", crawl="CC-MAIN-2026-30", files="1:", base=server.url)
        read = Read(source)
    assert [unit.name[:13] for unit in read.units] == ["CC-1.warc.gz~"]
    assert len(read.pages) == 6


def test_list_of_crawl_paths_starts_from_the_base_address(crawl: Path) -> None:
    with serving(crawl) as server:
        paths = (f"@{crawl}/crawl-data/CC-MAIN-2026-30/warc.paths.gz",)
        assert len(Read(Source(name="cc", paths=paths, base=server.url)).pages) == 12


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"crawl": "CC-MAIN-1999-01"}, "does not exist"),
        ({"files": "7:9"}, "takes none of the 2 files"),
        ({"files": "first ten"}, "is no slice"),
        ({"format": "jsonl"}, "a crawl has no jsonl files"),
    ],
)
def test_crawl_that_cannot_be_resolved_is_refused(
    settings: dict[str, str], words: str, crawl: Path
) -> None:
    with serving(crawl) as server:
        fields = {"name": "cc", "crawl": "CC-MAIN-2026-30", "base": server.url} | settings
        source = Source.model_validate(fields)
        with pytest.raises(UsageError, match=words):
            plan_units(source, ExtractConfig(), "")


def read_index(server: Server, **settings: object) -> Read:
    fields = {"name": "cc", "format": "index", "crawl": "CC-MAIN-2026-30", "base": server.url}
    return Read(Source.model_validate(fields | settings))


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        ({}, 10),
        ({"language": "en"}, 8),
        ({"language": "de"}, 4),
        ({"sites": ("b.org",)}, 4),
        ({"language": "fr"}, 0),
    ],
)
def test_index_fetches_only_the_captures_that_the_source_wants(
    settings: dict[str, object], count: int, crawl: Path
) -> None:
    with serving(crawl) as server:
        read = read_index(server, **settings)
    assert len(read.pages) == count
    assert read.seen["apart:index_row"] == 12 - count
    asked = sum(n for path, n in server.asked.items() if path.endswith(".warc.gz"))
    assert asked == count


def test_index_fetches_only_cited_pages_where_their_keys_are_given(
    crawl: Path, tmp_path: Path
) -> None:
    keys = tmp_path / "cited.npy"
    with serving(crawl) as server:
        url = read_index(server).pages[0].url
        np.save(keys, hashes_of([page_key(f"https://web.archive.org/web/2020/{url}")]))
        read = read_index(server, cited=str(keys))
    assert {page.url for page in read.pages} == {url}


@pytest.mark.parametrize("fault", ["none", "resets", "no_range", "short_bodies"])
def test_index_gives_the_pages_of_the_archives_whatever_the_faults(
    fault: Fault, crawl: Path
) -> None:
    with serving(crawl) as server:
        whole = Read(Source(name="cc", crawl="CC-MAIN-2026-30", base=server.url))
    with serving(crawl, fault) as server:
        read = read_index(server)
    by_id = {page.id: page for page in whole.pages}
    assert len(read.pages) == 10
    assert [by_id[page.id] for page in read.pages] == read.pages


def test_index_row_without_its_bytes_is_a_named_drop(crawl: Path) -> None:
    (archive,) = crawl.rglob("CC-1.warc.gz")
    archive.write_bytes(archive.read_bytes()[:300])
    (first,) = crawl.rglob("CC-0.warc.gz")
    first.unlink()
    with serving(crawl) as server:
        read = read_index(server)
    assert read.reasons == {"missing_record": 8, "damaged_archive": 1}
    assert read.came_in == len(read.pages) + len(read.dropped) == 10


def test_archives_in_s3_give_the_same_documents(
    store: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bucket(store, monkeypatch)
    client.put_object(Bucket="crawl", Key="in/a.warc.gz", Body=DATA)
    client.put_object(Bucket="crawl", Key="in/b.warc.gz", Body=gzipped(pages(3)))
    expected = Read(Source(name="crawl", paths=("a.warc.gz",)), folder)
    found = Read(Source(name="crawl", paths=("s3://crawl/in/*.warc.gz",)), range_megabytes=1)
    assert {unit.paths[0] for unit in found.units} == {
        "s3://crawl/in/a.warc.gz",
        "s3://crawl/in/b.warc.gz",
    }
    of_a = [page for page in found.pages if page.warc_file == "a.warc.gz"]
    assert of_a == expected.records
    assert len(found.pages) == len(found.records) == 83
    with pytest.raises(UsageError, match=r"s3://crawl/in/c\.warc\.gz does not exist"):
        Read(Source(name="crawl", paths=("s3://crawl/in/c.warc.gz",)))
