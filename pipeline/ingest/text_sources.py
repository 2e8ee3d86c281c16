"""JSON lines and Parquet tables of text: books, code, what has been extracted elsewhere.

A record has a text, and may have an id, a URL and a date, in fields of these names or of those
that the source gives; other fields are passed over. Domain, language and licence are what the
source declares.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from blake3 import blake3

from pipeline.document import Document, Dropped, Unit, digest
from pipeline.errors import UsageError
from pipeline.ingest.archive.window import Window
from pipeline.ingest.charset.mojibake import repaired
from pipeline.ingest.reasons import damage_row
from pipeline.ingest.remote.file_ends import Ends
from pipeline.ingest.remote.opening import size_of
from pipeline.ingest.texts import parquet_rows
from pipeline.ingest.texts.dates import iso_date
from pipeline.ingest.texts.field_names import field_of, names, places
from pipeline.ingest.texts.json_lines import check_head, fields_of, lines
from pipeline.ingest.unit_names import archive_name
from pipeline.recipe import Source
from pipeline.recipe_types import Part
from pipeline.text import visible
from pipeline.urls import is_address, site

Item = tuple[str, Document | Dropped | None]


def look_at_table(fields: Mapping[Part, str], path: str, file: Ends, step: int) -> tuple[int, int]:
    """The bytes of a Parquet file, which is not cut. Raises UsageError for what is none, and for
    one without a column that `fields` needs.

    What only begins like one is damaged: the reader tells it.
    """
    try:
        places(path, parquet_rows.opened(file).schema_arrow, fields)
    except parquet_rows.BadTable:
        file.seek(0)
        start = file.read(len(parquet_rows.MAGIC))
        if start == parquet_rows.ENCRYPTED:
            raise UsageError(f"{path} is encrypted; decrypt it first") from None
        if start != parquet_rows.MAGIC or file.size < parquet_rows.LEAST:
            remedy = "set the source's format to what it is" if start else "it is empty: remove it"
            raise UsageError(f"{path} is no Parquet file; {remedy}") from None
    return file.size, 0


def look_at_lines(fields: Mapping[Part, str], path: str, file: Ends, step: int) -> tuple[int, int]:
    """The bytes of a file of JSON lines, which is not cut. Raises UsageError for what is none, and
    for one whose first lines lack a field that `fields` needs.
    """
    check_head(path, file, fields)
    return file.size, 0


def read_lines(file: Any, unit: Unit, source: Source) -> Iterator[Item]:
    """Every line of a JSONL file, and what becomes of it."""
    name, parts = archive_name(unit.paths[0]), names(source.fields)
    for number, line in enumerate(lines(Window(file), size_of(file)), 1):
        if isinstance(line, int):
            yield "damaged", damage_row(line, unit.bytes - line, name, source.name)
        elif line is None:
            yield "line", _dropped("too_large", number, name, source)
        elif line.strip():
            yield "line", _of_fields(_read(line, parts), number, name, source)


def _read(line: bytes, parts: Mapping[str, str]) -> Mapping[str, Any]:
    """What is read of a line; nothing of one that holds no record."""
    record = fields_of(line)
    if record is None:
        return {}
    return {part: field_of(record, name)[1] for part, name in parts.items()}


def read_table(file: Any, unit: Unit, source: Source) -> Iterator[Item]:
    """Every row of a Parquet file, and what becomes of it."""
    name, number = archive_name(unit.paths[0]), 0
    try:
        table = parquet_rows.opened(file)
    except parquet_rows.BadTable:
        yield "damaged", damage_row(0, unit.bytes, name, source.name)
        return
    found = places(unit.paths[0], table.schema_arrow, source.fields)
    for group in range(table.num_row_groups):
        first, count = number, parquet_rows.promised(table, group)
        try:
            for fields in parquet_rows.rows(table, group, found):
                number += 1
                yield "line", _of_fields(fields, number, name, source)
            is_whole = number - first >= count
        except parquet_rows.BadTable:
            is_whole = False
        if not is_whole:
            yield "damaged", _damaged_group(group, first + count - number, name, source)
        number = max(number, first + count)


def _damaged_group(group: int, lost: int, name: str, source: Source) -> Dropped:
    """The drop row of a row group that cannot be read to its end."""
    row = damage_row(-1, max(0, lost), name, source.name)
    return replace(row, id=digest(name, "row group", str(group)))


def _of_fields(
    fields: Mapping[str, Any], number: int, name: str, source: Source
) -> Document | Dropped:
    if not isinstance(fields.get("text"), str):
        return _dropped("broken_line", number, name, source)
    return _document({**fields, "date": iso_date(fields.get("date"))}, number, name, source)


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
        site=site(url) if is_address(url) else "",
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
    """A value as text, "" for what is none: null, NaN, objects and lists."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return repaired(str(value)).strip()


def _dropped(
    reason: str, number: int, name: str, source: Source, url: str = "", given: str = ""
) -> Dropped:
    return Dropped(
        id=digest(name, "row", str(number)),
        url=url,
        source=source.name,
        stage="ingest",
        reason=reason,
        detail=str(number),
        record_id=given,
        warc_file=name,
    )
