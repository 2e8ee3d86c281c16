"""Texts of the development crawl: extracted as the default recipe does, with language and kind."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trafilatura
from resiliparse.parse.encoding import bytes_to_str, detect_encoding
from warcio.archiveiterator import ArchiveIterator

from pipeline.document import Document, digest
from pipeline.extract.others import extract_with
from pipeline.language import detect_language
from pipeline.recipe import ExtractConfig


@dataclass(frozen=True)
class CrawlText:
    """One page of the crawl."""

    document: Document  # as the default extractor leaves it
    markdown: str  # the same page with its code in fences, where it holds code or formulas
    kind: str  # what the crawl's manifest calls it: docs, web:article, ...


def crawl_texts(data: Path) -> Iterator[CrawlText]:
    """Every page that has a text, in the order of the archives."""
    with gzip.open(data / "crawl" / "manifest.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    kinds = {row["record_id"].strip("<>"): row["kind"] for row in rows}
    for path in sorted((data / "crawl").glob("*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response":
                    yield from _page(record, kinds)


def _page(record: Any, kinds: dict[str, str]) -> Iterator[CrawlText]:
    body = record.content_stream().read()
    html = bytes_to_str(body, detect_encoding(body) or "utf-8") if len(body) <= 2_000_000 else ""
    found = extract_with(ExtractConfig(), html)
    if isinstance(found, str):
        return
    text = found.text
    url = record.rec_headers.get_header("WARC-Target-URI")
    language, score = detect_language(text)
    document = Document(
        id=digest(url, text),
        url=url,
        source="crawl",
        text=text,
        language=language,
        language_score=score,
        has_code=found.has_code,
        has_math=found.has_math,
    )
    structured = document.has_code or document.has_math
    kind = kinds[record.rec_headers.get_header("WARC-Record-ID").strip("<>")]
    yield CrawlText(document, _markdown(html) if structured else "", kind)


def _markdown(html: str) -> str:
    options = {"include_formatting": True, "output_format": "markdown"}
    return trafilatura.extract(html, fast=True, favor_recall=True, **options) or ""
