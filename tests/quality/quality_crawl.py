"""Texts of the development data: extracted as a recipe does, with language, kind and site."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from classifiers import EXTRACTOR
from pipeline.document import Document, Page
from pipeline.extract.document_of_page import Extract, extract_page, text_extractor
from pipeline.ingest.charset.decoding import decode
from pipeline.language.detection import detect_language
from pipeline.recipe import ExtractConfig

# Web pages of other sites than the crawl's: most are articles, in English, German and Chinese.
LABELLED = ("wcxb", "aeb", "trafilatura", "readability", "chinese-web", "goose3")


@dataclass(frozen=True)
class CrawlText:
    """One page of the data."""

    document: Document  # as the extractor leaves it, code in fences
    kind: str  # what the crawl's manifest calls it: docs, web:article, ...; a labelled set's name


def crawl_texts(data: Path, config: ExtractConfig | None = None) -> Iterator[CrawlText]:
    """Every page of the crawl that has a text, in the order of the archives."""
    with gzip.open(data / "crawl" / "manifest.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    kinds = {row["record_id"].strip("<>"): row["kind"] for row in rows}
    for path in sorted((data / "crawl").glob("*.warc.gz")):
        for document in _documents(path, config or ExtractConfig()):
            yield CrawlText(document, kinds[document.record_id])


def labelled_texts(data: Path, config: ExtractConfig | None = None) -> Iterator[CrawlText]:
    """Every page of LABELLED that has a text, set by set."""
    for name in LABELLED:
        path = data / "html-extraction" / name / f"{name}-dev.warc.gz"
        for document in _documents(path, config or ExtractConfig()):
            yield CrawlText(document, name)


def _documents(path: Path, config: ExtractConfig) -> Iterator[Document]:
    extract = text_extractor(config, EXTRACTOR)
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                yield from _document(record, extract, config)


def _document(record: Any, extract: Extract, config: ExtractConfig) -> Iterator[Document]:
    body = record.content_stream().read()
    if len(body) > config.max_html_bytes:
        return
    header = record.http_headers.get_header("Content-Type", "")
    url = record.rec_headers.get_header("WARC-Target-URI")
    number = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
    page = Page(number, url, "crawl", decode(body, header).encoded(), record_id=number)
    found = extract_page(page, extract, config)
    if isinstance(found, Document):
        language, score = detect_language(found.text)
        yield replace(found, language=language, language_score=score)
