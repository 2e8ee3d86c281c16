"""Pages with gold text, as the extractor's training and evaluation read them."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.document import unit_hash
from pipeline.errors import UsageError
from pipeline.ingest.charset.decoding import decode
from pipeline.urls import site

FULL_TEXT = ("aeb", "chinese-web", "readability", "wcxb")  # collections with whole gold texts
BY_CHARACTER = frozenset({"chinese-web"})
FOLDS = 5


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page and what is known of its right text."""

    collection: str
    record_id: str
    url: str
    body: bytes
    content_type: str
    gold: dict[str, Any]

    @property
    def html(self) -> str:
        return decode(self.body, self.content_type).text

    @property
    def gold_text(self) -> str:
        return str(self.gold.get("gold_text", ""))

    @property
    def page_type(self) -> str:
        return str(self.gold.get("page_type", ""))

    @property
    def fold(self) -> int:
        """Pages of one site share a fold; a page without a known address is a site of its own."""
        known = self.gold.get("url_source") != "placeholder"
        return int(unit_hash(1729, site(self.url) if known else self.record_id) * FOLDS)


def read_gold(folder: Path, collection: str) -> list[GoldPage]:
    """The pages of `<folder>/<collection>/*.warc.gz` that `*.gold.jsonl.gz` beside them names."""
    place = folder / collection
    archives = sorted(place.glob("*.warc.gz"))
    if not archives:
        raise UsageError(f"no WARC in {place}; give a folder with one folder per collection")
    gold: dict[str, dict[str, Any]] = {}
    for path in sorted(place.glob("*.gold.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            gold |= {row["record_id"]: row for row in map(json.loads, lines)}
    return [
        GoldPage(collection, record_id, url, body, content_type, gold[record_id])
        for archive in archives
        for record_id, url, content_type, body in read_responses(archive)
        if record_id in gold
    ]


def read_unlabelled(folder: Path) -> list[GoldPage]:
    """The HTML pages of `<folder>/*.warc.gz`, without gold."""
    archives = sorted(folder.glob("*.warc.gz"))
    if not archives:
        raise UsageError(f"no WARC in {folder}; give a folder of crawled pages")
    return [
        GoldPage("crawl", record_id, url, body, content_type, {})
        for archive in archives
        for record_id, url, content_type, body in read_responses(archive)
        if "html" in content_type
    ]


def read_responses(path: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """(record id, URL, content type, body) of each response in a WARC."""
    with path.open("rb") as stream:
        for record in ArchiveIterator(
            stream, record_types=WarcRecordType.response, parse_http=True
        ):
            body = record.reader.read()
            headers = record.http_headers
            content_type = (headers.get("Content-Type") or "") if headers else ""
            yield (
                record.headers["WARC-Record-ID"],
                record.headers["WARC-Target-URI"],
                content_type,
                body,
            )
