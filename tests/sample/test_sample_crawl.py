"""The archives of the sample: counts, form, damage, determinism."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from pipeline.document import Dropped, Page, Unit
from pipeline.errors import UsageError
from pipeline.ingest.sources import read_unit
from pipeline.recipe import ExtractConfig, Source
from pipeline.sample import write_sample

Rows = list[dict[str, Any]]
PAGES, SITES = 240, 40


def _archives(folder: Path) -> list[Path]:
    return sorted((folder / "crawl").glob("*.warc.gz"))


def _is_damaged(path: Path) -> bool:
    try:
        gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        return True
    return False


def _intact(folder: Path) -> list[Path]:
    return [path for path in _archives(folder) if not _is_damaged(path)]


def _records(path: Path) -> Iterator[tuple[str, str]]:
    """Type and id of every record."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            yield record.rec_type, record.rec_headers["WARC-Record-ID"]


def _bytes(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_sample_written_twice_has_the_same_bytes(small_sample: Path, tmp_path: Path) -> None:
    write_sample(str(tmp_path), PAGES, SITES)
    assert _bytes(tmp_path) == _bytes(small_sample)


def test_sample_has_as_many_captures_as_asked_for(crawl_truth: Rows) -> None:
    assert len(crawl_truth) == PAGES


def test_sample_has_as_many_sites_as_asked_for(crawl_truth: Rows) -> None:
    hosts = {urlsplit(row["url"]).hostname or "" for row in crawl_truth}
    assert len({".".join(host.split(".")[-2:]) for host in hosts}) == SITES
    assert all(host.endswith(".example") for host in hosts)


@pytest.mark.parametrize(("pages", "sites"), [(100, 24), (600, 10), (600, 200)])
def test_sample_too_small_for_its_cases_is_refused(tmp_path: Path, pages: int, sites: int) -> None:
    with pytest.raises(UsageError, match="ask for"):
        write_sample(str(tmp_path / "out"), pages, sites)
    assert not (tmp_path / "out").exists()


def test_archives_hold_request_response_and_metadata_of_each_capture(small_sample: Path) -> None:
    intact = _intact(small_sample)
    assert intact
    for path in intact:
        kinds = Counter(kind for kind, _ in _records(path))
        captures = kinds["response"] + kinds["revisit"]
        assert kinds["warcinfo"] == 1
        assert kinds["request"] == kinds["metadata"] == captures > 0


def test_archives_read_the_same_with_another_library(small_sample: Path) -> None:
    path = _intact(small_sample)[0]
    with path.open("rb") as file:
        found = [record.record_id for record in FastIterator(file, verify_digests=True)]
    assert found == [identity for _, identity in _records(path)]


def test_exactly_one_archive_is_damaged(small_sample: Path) -> None:
    assert [_is_damaged(path) for path in _archives(small_sample)].count(True) == 1


def test_truth_covers_every_capture_exactly_once(small_sample: Path, crawl_truth: Rows) -> None:
    known = Counter(row["record_id"] for row in crawl_truth)
    assert set(known.values()) == {1}
    records = [record for path in _intact(small_sample) for record in _records(path)]
    for kind, identity in records:
        assert (identity in known) == (kind in ("response", "revisit"))
    captures = Counter(identity for _, identity in records if identity in known)
    assert set(captures.values()) == {1}


def _read(path: Path) -> tuple[list[Page], list[Dropped]]:
    """What our reader makes of an archive: pages and drops."""
    source = Source(name="crawl", paths=(str(path),))
    unit = Unit(path.name, (str(path),), source="crawl")
    batches = list(read_unit(unit, source, ExtractConfig()))
    pages = [page for batch in batches for page in batch.records if isinstance(page, Page)]
    return pages, [row for batch in batches for row in batch.dropped]


def test_only_what_truth_calls_lost_is_lost_to_damage(
    small_sample: Path, crawl_truth: Rows
) -> None:
    expected = {row["record_id"] for row in crawl_truth if row["reason"] == "damaged_archive"}
    pages: set[str] = set()
    drops: list[Dropped] = []
    for path in _archives(small_sample):
        found, lost = _read(path)
        pages |= {page.record_id for page in found}
        drops += lost
    damage = [row for row in drops if row.reason == "damaged_archive"]
    assert len(expected) == 1
    # The broken member, whose header is sound, and the garbage between two others.
    assert sorted(row.record_id for row in damage) == ["", *expected]
    whole = {row["record_id"] for row in crawl_truth if row["stage"] != "ingest"}
    assert whole == pages


def test_reader_drops_what_truth_says_for_the_reason_it_says(
    small_sample: Path, crawl_truth: Rows
) -> None:
    reasons = {row["record_id"]: row["reason"] for row in crawl_truth}
    drops = [row for path in _intact(small_sample) for row in _read(path)[1]]
    for row in drops:
        assert (row.url, row.reason) == (row.url, reasons[row.record_id])
    assert len({row.reason for row in drops}) >= 5


def test_reader_decodes_every_page_from_the_charset_of_truth(
    small_sample: Path, crawl_truth: Rows
) -> None:
    charsets = {row["record_id"]: row["charset"] for row in crawl_truth}
    pages = [page for path in _archives(small_sample) for page in _read(path)[0]]
    for page in pages:
        assert (page.url, page.charset) == (page.url, charsets[page.record_id])
    assert {page.charset for page in pages} == set(charsets.values())
