"""JSON lines and Parquet tables of text: books, code, what has been extracted elsewhere.

A record has `text`, and may have `id`, `url` and `date`; other fields are passed over. Domain,
language and licence are what the source declares.
"""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from blake3 import blake3

from pipeline.document import Document, Dropped, Unit, digest
from pipeline.errors import UsageError
from pipeline.ingest.archive.codecs import codec_of
from pipeline.ingest.archive.window import BadMember, Window
from pipeline.ingest.charset.mojibake import repaired
from pipeline.ingest.reasons import damage_row
from pipeline.ingest.remote.file_ends import Ends
from pipeline.ingest.remote.opening import size_of
from pipeline.ingest.unit_names import archive_name
from pipeline.recipe import Source
from pipeline.text import visible
from pipeline.urls import site

Item = tuple[str, Document | Dropped | None]

MAX_LINE = 1 << 24  # bytes; reading a line takes up to 27 times as much memory
_COLUMNS = ("text", "id", "url", "date")
_ROWS = 1_000  # of a Parquet table that are held at once


def look_at_table(path: str, file: Ends, step: int) -> tuple[int, int]:
    """The bytes of a Parquet file, which is not cut. Raises UsageError for what is none."""
    try:
        schema = pq.ParquetFile(file).schema_arrow
    except pa.ArrowInvalid:
        raise UsageError(
            f"{path} is no Parquet file; set the source's format to what it is"
        ) from None
    if "text" not in schema.names:
        raise UsageError(f"{path} has no column `text` but {', '.join(schema.names)}; rename one")
    kind = schema.field("text").type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise UsageError(f"{path} has {kind} in column `text`; write it as strings")
    return file.size, 0


def look_at_lines(path: str, file: Ends, step: int) -> tuple[int, int]:
    """The bytes of a file of JSON lines, which is not cut. Raises UsageError for what is none."""
    window = Window(file)
    try:
        head = next(codec_of(window).pieces(window, 0)).data.lstrip(b"\xef\xbb\xbf \t\r\n")
    except (BadMember, StopIteration):
        head = b"{"  # damage is for the reader to tell
    if head and head[:1] != b"{":
        raise UsageError(f"{path} does not hold JSON lines; set the source's format to what it is")
    return file.size, 0


def read_lines(file: Any, unit: Unit, source: Source) -> Iterator[Item]:
    """Every line of a JSONL file, and what becomes of it."""
    name = archive_name(unit.paths[0])
    for number, line in enumerate(_lines(Window(file), size_of(file)), 1):
        if isinstance(line, int):
            yield "damaged", damage_row(line, unit.bytes - line, name, source.name)
        elif line is None:
            yield "line", _dropped("too_large", number, name, source)
        elif line.strip():
            yield "line", _of_line(line, number, name, source)


def _lines(window: Window, size: int) -> Iterator[bytes | int | None]:
    """The lines of a file, None for one that is too long; at the end the offset of a bad member,
    if there is one.
    """
    codec, at, held = codec_of(window), 0, _Line()
    try:
        while at < size:
            for piece in codec.pieces(window, at):
                *ended, rest = piece.data.split(b"\n")
                for end in ended:
                    yield held.ended(end)
                held.add(rest)
                at = max(at, piece.end)
    except BadMember:
        yield at
        return
    if held.size:
        yield held.ended(b"")


class _Line:
    """The beginning of a line whose end has not come yet; of a long one its size alone."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, some: bytes) -> None:
        self.size += len(some)
        if self.size > MAX_LINE:
            self._parts.clear()
        elif some:
            self._parts.append(some)

    def ended(self, some: bytes) -> bytes | None:
        """The line that ends with `some`, None for one that is too long; the next one begins."""
        self.add(some)
        line = b"".join(self._parts) if self.size <= MAX_LINE else None
        self.size, self._parts = 0, []
        return line


def _of_line(line: bytes, number: int, name: str, source: Source) -> Document | Dropped:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
        return _dropped("broken_line", number, name, source)
    return _document(fields, number, name, source)


def read_table(file: Any, unit: Unit, source: Source) -> Iterator[Item]:
    """Every row of a Parquet file, and what becomes of it."""
    name, number = archive_name(unit.paths[0]), 0
    table = pq.ParquetFile(file)
    columns = [column for column in _COLUMNS if column in table.schema_arrow.names]
    # A group at a time: across groups a column would be read ahead of the others.
    for group in range(table.num_row_groups):
        for batch in table.iter_batches(_ROWS, [group], columns):
            for fields in batch.to_pylist():
                number += 1
                if isinstance(fields["text"], str):
                    yield "line", _document(fields, number, name, source)
                else:
                    yield "line", _dropped("broken_line", number, name, source)


def _document(fields: dict[str, Any], number: int, name: str, source: Source) -> Document | Dropped:
    given, url, date = (_word(fields.get(field)) for field in ("id", "url", "date"))
    text = visible(repaired(fields["text"])).strip()
    if not text:
        return _dropped("empty_text", number, name, source, url, given)
    return Document(
        id=digest(source.name, given or url, blake3(text.encode()).digest()),
        url=url,
        source=source.name,
        text=text,
        site=site(url) if url else "",
        date=date,
        record_id=given,
        warc_file=name,
        language=source.language,
        language_score=1.0 if source.language else 0.0,
        rights=source.licence,
        rights_source="source" if source.licence else "",
        domain=source.domain,
    )


def _word(value: Any) -> str:
    return "" if value is None else repaired(str(value)).strip()


def _dropped(
    reason: str, number: int, name: str, source: Source, url: str = "", given: str = ""
) -> Dropped:
    return Dropped(
        id=digest(name, str(number)),
        url=url,
        source=source.name,
        stage="ingest",
        reason=reason,
        detail=str(number),
        record_id=given,
        warc_file=name,
    )
