"""Texts of a real crawl for tests: extracted as the default recipe does."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import trafilatura
from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")


@dataclass(frozen=True)
class CrawlText:
    """A page of the crawl as text, with what its manifest says."""

    record_id: str
    url: str
    date: str
    digest: str
    language: str
    title: str
    text: str


def manifest(data: Path) -> dict[str, dict[str, str]]:
    with gzip.open(data / "crawl" / "manifest.jsonl.gz", "rt", encoding="utf-8") as file:
        return {row["record_id"]: row for row in map(json.loads, file)}


def crawl_texts(data: Path, languages: tuple[str, ...] = ()) -> Iterator[CrawlText]:
    """The pages with a text, in the order of the archives."""
    rows = manifest(data)
    for archive in sorted((data / "crawl").glob("*.warc.gz")):
        with archive.open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response):
                row = rows[record.headers["WARC-Record-ID"]]
                language = row.get("lang_path") or ""
                if languages and language not in languages:
                    continue
                if "html" not in (record.http_content_type or ""):
                    continue
                html = _decoded(record.reader.read())
                text = _text(html)
                if text:
                    yield CrawlText(
                        record_id=row["record_id"],
                        url=row["url"],
                        date=record.headers["WARC-Date"],
                        digest=row["sha1"],
                        language=language,
                        title=_title(html),
                        text=text,
                    )


def _decoded(body: bytes) -> str:
    return bytes_to_str(body, detect_encoding(body) or "utf-8")


def _text(html: str) -> str:
    return trafilatura.extract(html, favor_recall=True, fast=True, include_comments=False) or ""


def _title(html: str) -> str:
    found = _TITLE.search(html)
    return " ".join(unescape(found.group(1)).split()) if found else ""


def english_texts(data: Path, count: int) -> list[str]:
    """`count` English texts of 100 words and more."""
    found: list[str] = []
    for page in crawl_texts(data, ("en",)):
        if len(page.text.split()) >= 100:
            found.append(page.text)
        if len(found) == count:
            break
    return found
