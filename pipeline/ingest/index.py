"""Common Crawl's columnar index: which captures a source wants, and only their byte ranges fetched.

The index is Parquet with a row a capture: url, fetch_status, content_languages, warc_filename,
warc_record_offset, warc_record_length (and more). A unit is some rows of one file.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from blake3 import blake3

from pipeline.document import Unit
from pipeline.errors import UsageError
from pipeline.ingest.archive.window import Window
from pipeline.ingest.archives import Item, read_window
from pipeline.ingest.reasons import damage_row
from pipeline.ingest.remote.file_ends import Ends
from pipeline.ingest.remote.opening import Ranges
from pipeline.ingest.unit_names import archive_name
from pipeline.keys.key_hashes import hashes_of, holds, load_hashes
from pipeline.keys.page_keys import page_key
from pipeline.recipe import ExtractConfig, Source
from pipeline.urls import site

ROWS = 20_000  # captures of the index that one unit looks at
AHEAD = 64  # captures that are held at once
THREADS = 16  # requests under way at once: they wait for the network, not for a core
Place = tuple[str | None, int | None, int | None]  # as it stands in the index, or does not
_PLACE = ("warc_filename", "warc_record_offset", "warc_record_length")
_COLUMNS = ("url", "fetch_status", "content_languages", *_PLACE)
# ISO 639-3, which the index speaks, of languages that recipes name by ISO 639-1.
_ISO_639_3 = {
    "ar": "ara", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu",
    "el": "ell", "en": "eng", "es": "spa", "et": "est", "fa": "fas", "fi": "fin", "fr": "fra",
    "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "id": "ind", "it": "ita", "ja": "jpn",
    "ko": "kor", "lt": "lit", "lv": "lav", "ms": "msa", "nl": "nld", "no": "nor", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe",
    "ta": "tam", "te": "tel", "th": "tha", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie",
    "zh": "zho",
}  # fmt: skip


def look_at_index(path: str, file: Ends, step: int) -> tuple[int, int]:
    """Rows of an index file, and of a unit. Raises UsageError for what is no such index."""
    return _checked(path, file).metadata.num_rows, ROWS


def _checked(path: str, file: Any) -> pq.ParquetFile:
    try:
        table = pq.ParquetFile(file)
    except pa.ArrowInvalid:
        raise UsageError(f"{path} is no Parquet file; give files of a columnar index") from None
    missing = [name for name in _NEEDED if name not in table.schema_arrow.names]
    if missing:
        raise UsageError(f"{path} has no column `{missing[0]}`; give files of a columnar index")
    for name, fits in _NEEDED.items():
        kind = table.schema_arrow.field(name).type
        if not fits(kind):
            raise UsageError(
                f"{path} has {kind} in column `{name}`; give files of a columnar index"
            )
    return table


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


_NEEDED = {
    "url": _is_text,
    "warc_filename": _is_text,
    "warc_record_offset": pa.types.is_integer,
    "warc_record_length": pa.types.is_integer,
}


class IndexRows:
    """The rows of a unit of an index."""

    def __init__(self, file: Any, unit: Unit) -> None:
        self.table = _rows(_checked(unit.paths[0], file), unit)

    def digest(self) -> str:
        """32 hex digits of what the rows hold, however they are packed."""
        packed = pa.BufferOutputStream()
        table = self.table.replace_schema_metadata().combine_chunks()
        with pa.ipc.new_stream(packed, table.schema) as stream:
            stream.write_table(table)
        return blake3(packed.getvalue()).hexdigest(length=16)


def read_index(rows: IndexRows, source: Source, config: ExtractConfig) -> Iterator[Item]:
    """The captures that the source wants of a unit's rows, and what becomes of each."""
    wanted = _wanted(rows.table, source)
    for _ in range(len(rows.table) - len(wanted)):
        yield "apart:index_row", None
    places = list(zip(*(wanted.column(name).to_pylist() for name in _PLACE), strict=True))
    reached = Ranges(source.base, THREADS, source.private_redirects)
    with reached as ranges, ThreadPoolExecutor(THREADS) as pool:
        for first in range(0, len(places), AHEAD):
            some = places[first : first + AHEAD]
            for place, data in zip(some, pool.map(partial(_fetched, ranges), some), strict=True):
                yield from _capture(data, place, source, config)


def _fetched(ranges: Ranges, place: Place) -> bytes | None:
    name, offset, length = place
    if not name or offset is None or offset < 0 or not length or length < 0:
        return None
    return ranges.fetch(name, offset, length)


def _capture(
    data: bytes | None, place: Place, source: Source, config: ExtractConfig
) -> Iterator[Item]:
    """What becomes of the bytes that the index names; None: they are not there."""
    path, offset, length = place[0] or "", place[1] or 0, place[2] or 0
    name, met = archive_name(path), False
    if data is not None:
        for item in read_window(Window(BytesIO(data)), name, source, config, shift=offset):
            met = True
            yield item
    if not met:
        row = damage_row(offset, length, name, source.name)
        yield "damaged", row if data is not None else replace(row, reason="missing_record")


def _rows(table: pq.ParquetFile, unit: Unit) -> pa.Table:
    """The rows of a unit, from the row groups that hold them."""
    columns = [name for name in _COLUMNS if name in table.schema_arrow.names]
    stop, first, parts = table.metadata.num_rows if unit.stop is None else unit.stop, 0, []
    for group in range(table.metadata.num_row_groups):
        count = table.metadata.row_group(group).num_rows
        low, high = max(unit.start - first, 0), min(stop - first, count)
        if low < high:
            parts.append(table.read_row_group(group, columns=columns).slice(low, high - low))
        first += count
    return pa.concat_tables(parts) if parts else table.schema_arrow.empty_table().select(columns)


def _wanted(rows: pa.Table, source: Source) -> pa.Table:
    """The rows of pages that were fetched, in the source's language, cited and on its sites."""
    if "fetch_status" in rows.column_names:
        rows = rows.filter(pc.equal(pc.cast(rows.column("fetch_status"), pa.int64()), 200))
    if source.language and "content_languages" in rows.column_names:
        code = _ISO_639_3.get(source.language, source.language)
        rows = rows.filter(pc.match_substring(rows.column("content_languages"), code))
    if source.cited:
        keys = [page_key(url) for url in rows.column("url").to_pylist()]
        rows = rows.filter(pa.array(holds(load_hashes(source.cited), hashes_of(keys))))
    if source.sites:
        kept = [site(url) in source.sites for url in rows.column("url").to_pylist()]
        rows = rows.filter(pa.array(kept, pa.bool_()))
    return rows
