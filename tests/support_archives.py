"""Archives for the tests of ingest: records, files of every kind made of them, files read."""

import gzip
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import zstandard
from fastwarc.stream_io import Lz4Writer

from pipeline.document import Document, Dropped, Page
from pipeline.ingest.archive.codecs import Plain
from pipeline.ingest.archive.warc import Damage, Record, read_records
from pipeline.ingest.archive.window import Window
from pipeline.ingest.archives import recognised
from pipeline.ingest.sources import plan_units, read_unit
from pipeline.recipe import ExtractConfig, Source

WORDS = ("miller", "weighs", "barley", "while", "daughter", "counts", "sacks", "slow", "river")


def html(number: int, words: int = 60) -> bytes:
    """A page that no other number has."""
    text = " ".join(WORDS[(number * 7 + i * i) % len(WORDS)] for i in range(words))
    return f"<!DOCTYPE html><html><body><h1>Page {number}</h1><p>{text}</p></body></html>".encode()


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *(headers or ("Content-Type: text/html; charset=utf-8",))]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def warc(block: bytes, url: str, kind: str = "response", **headers: str) -> bytes:
    """One WARC record. Header names are written with underscores for hyphens."""
    fields = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": "2026-07-01T12:00:00Z",
        "WARC-Record-ID": f"<urn:test:{url}>",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "WARC/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items())
    return head.encode() + b"\r\n" + block + b"\r\n\r\n"


def pages(count: int, words: int = 60) -> list[bytes]:
    """Records of `count` pages of one site."""
    return [warc(http(html(i, words)), f"http://example.org/{i}") for i in range(count)]


def gzipped(records: Iterable[bytes]) -> bytes:
    """A gzip member a record."""
    return b"".join(gzip.compress(record, 6, mtime=0) for record in records)


def zstded(records: Iterable[bytes], dictionary: bytes = b"") -> bytes:
    """A zstd frame a record, after the dictionary's frame where there is one."""
    known = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    packer = zstandard.ZstdCompressor(dict_data=known, write_checksum=True)
    head = b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary
    return (head if dictionary else b"") + b"".join(packer.compress(r) for r in records)


def lz4ed(records: Iterable[bytes]) -> bytes:
    """An lz4 frame a record."""
    packed = io.BytesIO()
    for record in records:
        writer = Lz4Writer(packed)
        writer.write(record)
        writer.finish()
        writer.flush()
    return packed.getvalue()


def records_of(data: bytes, start: int = 0, stop: int | None = None) -> list[Record | Damage]:
    window = Window(io.BytesIO(data))
    return list(read_records(window, recognised(window) or Plain(), start, stop, 1 << 22))


def good(found: Sequence[Record | Damage]) -> list[Record]:
    return [record for record in found if isinstance(record, Record) and not record.lost]


def lost(found: Sequence[Record | Damage]) -> list[tuple[int, int]]:
    """(offset, bytes) of every damaged stretch."""
    return [(record.offset, record.lost) for record in found if record.lost]


class Read:
    """All batches of a source in one: what was seen, kept and dropped."""

    def __init__(self, source: Source, base: Path | str = "", **config: int) -> None:
        settings = ExtractConfig.model_validate(config)
        self.units = plan_units(source, settings, str(base))
        self.seen: Counter[str] = Counter()
        self.records: list[Page | Document] = []
        self.dropped: list[Dropped] = []
        for unit in self.units:
            for batch in read_unit(unit, source, settings):
                self.seen.update(dict(batch.seen))
                self.records += [r for r in batch.records if isinstance(r, Page | Document)]
                self.dropped += batch.dropped

    @property
    def came_in(self) -> int:
        return sum(
            n for kind, n in self.seen.items() if not kind.startswith(("apart:", "charset:"))
        )

    @property
    def pages(self) -> list[Page]:
        return [record for record in self.records if isinstance(record, Page)]

    @property
    def documents(self) -> list[Document]:
        return [record for record in self.records if isinstance(record, Document)]

    @property
    def reasons(self) -> dict[str, int]:
        return dict(Counter(row.reason for row in self.dropped))


def read_bytes(folder: Path, data: bytes, name: str = "a.warc.gz", **config: int) -> Read:
    """What becomes of an archive of these bytes."""
    (folder / name).write_bytes(data)
    return Read(Source(name="crawl", paths=(name,)), folder, **config)
