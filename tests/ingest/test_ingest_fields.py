"""Rows whose text, id, URL and date have names of their own, and files that lack them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from support_archives import Read
from support_inputs import plan, write_input

from pipeline.errors import UsageError
from pipeline.ingest.sources import plan_units
from pipeline.ingest.texts import json_lines
from pipeline.jobs.extract import archive_units
from pipeline.recipe import ExtractConfig, Recipe, Source

NAMED = {"text": "content", "id": "meta.key", "url": "meta.at.url", "date": "made.on"}
ROWS: list[dict[str, Any]] = [
    {
        "content": "Grain and stone.",
        "meta": {"key": "k1", "at": {"url": "http://mill.example/1"}},
        "made.on": "1899",
        "made": {"on": "a name with a dot comes first"},
        "text": "passed over",
    },
    {"content": "Water.", "meta": {"key": "k2", "at": None}, "made.on": None, "made": None},
    {"content": "Wheel.", "meta": None, "made.on": "1900", "made": None},
]


def source(format: str, fields: dict[str, str] | None = None, **others: Any) -> Source:
    return Source.model_validate(
        {"name": "s", "format": format, "paths": [f"a.{format}"], "fields": fields or {}, **others}
    )


def write(folder: Path, format: str, rows: list[dict[str, Any]]) -> None:
    if format == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), folder / "a.parquet")
    else:
        (folder / "a.jsonl").write_bytes(lines(*rows))


def lines(*rows: dict[str, Any] | bytes) -> bytes:
    return b"".join(
        (row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows
    )


def read(folder: Path, data: bytes, fields: dict[str, str] | None = None) -> Read:
    (folder / "a.jsonl").write_bytes(data)
    made = Read(source("jsonl", fields), folder)
    assert made.came_in == len(made.documents) + len(made.dropped)
    return made


def refusal(folder: Path, read: Source) -> str:
    with pytest.raises(UsageError) as error:
        plan_units(read, ExtractConfig(), str(folder))
    return str(error.value)


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_fields_name_what_is_read_into_objects_too(format: str, tmp_path: Path) -> None:
    write(tmp_path, format, ROWS)
    made = Read(source(format, NAMED), tmp_path).documents
    assert [(d.text, d.record_id, d.url, d.date) for d in made] == [
        ("Grain and stone.", "k1", "http://mill.example/1", "1899"),
        ("Water.", "k2", "", ""),
        ("Wheel.", "", "", "1900"),
    ]


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_a_file_without_the_text_is_refused_with_the_fields_it_has(
    format: str, tmp_path: Path
) -> None:
    write(tmp_path, format, [{"key": "k", "content": "Grain and stone."}] * 3)
    found = refusal(tmp_path, source(format))
    assert "`text` but key, content; name the one with the text, as in fields = { text =" in found


def test_the_longest_string_is_taken_for_the_text_in_the_remedy(tmp_path: Path) -> None:
    write(tmp_path, "jsonl", [{"key": "k", "content": "Grain and stone."}])
    assert 'fields = { text = "content" }' in refusal(tmp_path, source("jsonl"))


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
@pytest.mark.parametrize("part", ["id", "url", "date"])
def test_a_field_that_is_named_and_not_there_is_refused(
    part: str, format: str, tmp_path: Path
) -> None:
    write(tmp_path, format, [{"text": "Grain.", "key": "k"}])
    found = refusal(tmp_path, source(format, {part: "meta.gone"}))
    assert "no " in found
    assert f"`meta.gone` but text, key; name another in `fields`, or take `{part}` out" in found


def test_fields_that_nobody_has_named_may_be_missing(tmp_path: Path) -> None:
    assert len(read(tmp_path, lines({"text": "Grain."})).documents) == 1


@pytest.mark.parametrize("value", [5, ["Grain."], {"of": "x"}, True], ids=str)
def test_a_text_that_is_never_a_string_is_refused(value: object, tmp_path: Path) -> None:
    write(tmp_path, "jsonl", [{"text": value}] * 2)
    assert "in field `text`; write it as strings" in refusal(tmp_path, source("jsonl"))


def test_rows_without_text_are_drops_where_one_has_it(tmp_path: Path) -> None:
    made = read(tmp_path, lines({"body": 1}, {"text": "Grain."}, {"text": None}, {"id": 2}))
    assert [(row.reason, row.detail) for row in made.dropped] == [
        ("broken_line", "1"),
        ("broken_line", "3"),
        ("broken_line", "4"),
    ]


def test_a_file_whose_texts_are_all_null_is_all_drops(tmp_path: Path) -> None:
    assert read(tmp_path, lines({"text": None}, {"text": None})).reasons == {"broken_line": 2}


@pytest.mark.parametrize(
    "pack",
    [bytes, lambda data: gzip.compress(data, mtime=0), zstandard.compress],
    ids=["plain", "gzip", "zstd"],
)
def test_rows_are_looked_at_far_into_a_file_before_it_is_refused(
    pack: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "HEADS", (50, 100_000))
    rows = lines(*[{"body": f"Sack {i}."} for i in range(900)])
    (tmp_path / "a.jsonl").write_bytes(pack(rows))
    assert "but body" in refusal(tmp_path, source("jsonl"))
    assert len(read(tmp_path, pack(rows + lines({"text": "Grain."}))).documents) == 1


def test_a_record_longer_than_what_is_looked_at_refuses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "HEADS", (20, 40))
    made = read(tmp_path, lines({"body": "x" * 100}, {"text": "Grain."}))
    assert (len(made.documents), made.reasons) == (1, {"broken_line": 1})


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"{cut", gzip.compress(b"", mtime=0)[:-3]],
    ids=["empty", "blank", "cut", "cut gzip"],
)
def test_a_file_without_records_is_for_the_reader_to_tell(data: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, data).documents == []


def test_bad_utf8_in_a_line_costs_that_line_alone(tmp_path: Path) -> None:
    bad = [b'{"text": "bad \xff"}', b'{"text": "x", "id": "\xe2\x82"}', b'\xc0{"text": "x"}']
    made = read(tmp_path, lines({"text": "one"}, *bad, {"text": "two"}))
    assert [document.text for document in made.documents] == ["one", "two"]
    assert made.reasons == {"broken_line": 3}


def test_a_byte_order_mark_within_a_file_costs_no_line(tmp_path: Path) -> None:
    made = read(tmp_path, lines(b'\xef\xbb\xbf{"text": "one"}\r', b'\xef\xbb\xbf{"text": "two"}\r'))
    assert [document.text for document in made.documents] == ["one", "two"]


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf16_is_refused(charset: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes('{"text": "one"}\n'.encode(charset))
    assert "is in UTF-16; write it in UTF-8" in refusal(tmp_path, source("jsonl"))


def test_of_equal_names_in_a_line_the_last_counts(tmp_path: Path) -> None:
    made = read(tmp_path, b'{"text": "one", "text": "two"}\n{"text": "one", "text": null}\n')
    assert [document.text for document in made.documents] == ["two"]
    assert made.reasons == {"broken_line": 1}


@pytest.mark.parametrize("value", [b"NaN", b"-Infinity", b"1e999", b"null", b"{}", b"[1]"])
def test_what_is_no_value_is_no_id_no_url_and_no_date(value: bytes, tmp_path: Path) -> None:
    line = b'{"text": "one", "id": %s, "url": %s, "date": %s}\n' % (value, value, value)
    (document,) = read(tmp_path, line).documents
    assert (document.record_id, document.url, document.date) == ("", "", "")


@pytest.mark.parametrize("format", ["warc", "wet", "index", "wikipedia"])
def test_fields_of_another_format_are_refused(format: str) -> None:
    with pytest.raises(ValueError, match=f"of jsonl and parquet, not {format}; take them out"):
        source(format, {"text": "content"})


@pytest.mark.parametrize(
    "wrong", [{"body": "content"}, {"text": 5}, {"text": ["a"]}, {"text": ""}], ids=str
)
def test_other_names_and_kinds_of_fields_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="fields"):
        source("jsonl", wrong)


def unit_name(fields: dict[str, str], folder: Path) -> str:
    read = source("jsonl", fields, paths=[str(folder / "a.jsonl")])
    (unit,) = archive_units(Recipe(sources=(read,)))
    return unit.name


def test_other_fields_make_another_unit(tmp_path: Path) -> None:
    write(tmp_path, "jsonl", [{"text": "one", "content": "two", "id": "three"}])
    given = [{}, {"text": "content"}, {"id": "content"}, {"text": "content", "id": "text"}]
    assert len({unit_name(fields, tmp_path) for fields in given}) == 4


def test_a_kept_plan_says_nothing_of_other_fields(tmp_path: Path) -> None:
    path = write_input(tmp_path, "lines")
    assert plan(source("jsonl", paths=[str(path)]), tmp_path)
    with pytest.raises(UsageError, match="no field `content` but text, id"):
        plan(source("jsonl", {"text": "content"}, paths=[str(path)]), tmp_path)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
NESTED = VALUES | st.lists(VALUES, max_size=2) | st.dictionaries(st.text(max_size=2), VALUES)
RECORDS = st.dictionaries(st.sampled_from(["text", "id", "url", "date", "meta"]), NESTED)


@settings(deadline=None)
@given(st.lists(RECORDS.map(lambda row: json.dumps(row).encode()) | st.binary(max_size=9)))
def test_each_line_of_any_file_is_one_document_or_one_drop(
    tmp_path_factory: pytest.TempPathFactory, rows: list[bytes]
) -> None:
    rows = [b'{"text": "first"}', *(row.replace(b"\n", b" ") for row in rows)]
    made = read(tmp_path_factory.mktemp("lines"), lines(*rows))
    assert made.came_in == sum(1 for row in rows if row.strip())
