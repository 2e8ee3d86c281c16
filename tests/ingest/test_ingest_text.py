"""JSON lines and Parquet tables of text become documents with what their source declares."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from support_archives import Read

from pipeline.errors import UsageError
from pipeline.ingest.sources import plan_units
from pipeline.ingest.texts import json_lines
from pipeline.recipe import ExtractConfig, Source

ROWS: list[dict[str, Any]] = [
    {"text": "It was a dark mill.", "id": "book-1", "url": "http://books.example.org/1"},
    {"text": "Grain and stone.", "date": "1899-01-01", "author": "passed over"},
    {"text": "Grain and stone.", "id": 7},
]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def read(folder: Path, data: bytes, name: str = "a.jsonl") -> Read:
    (folder / name).write_bytes(data)
    source = Source(
        name="books",
        format="jsonl",
        paths=(name,),
        domain="books",
        licence="CC0-1.0",
        language="en",
    )
    return Read(source, folder)


@pytest.mark.parametrize(
    "data",
    [
        LINES,
        gzip.compress(LINES, mtime=0),
        gzip.compress(LINES[:50], mtime=0) + gzip.compress(LINES[50:], mtime=0),
        zstandard.compress(LINES),
        LINES.rstrip(b"\n"),
        b"\xef\xbb\xbf" + LINES.replace(b"\n", b"\r\n\r\n"),
    ],
    ids=["plain", "gzip", "members", "zstd", "unended", "windows"],
)
def test_jsonl_in_any_packing_becomes_documents(data: bytes, tmp_path: Path) -> None:
    made = read(tmp_path, data)
    assert [d.text for d in made.documents] == [row["text"] for row in ROWS]
    assert made.seen == {"line": 3}
    first = made.documents[0]
    assert (first.site, first.record_id, first.warc_file) == ("example.org", "book-1", "a.jsonl")
    assert (first.domain, first.rights, first.language) == ("books", "CC0-1.0", "en")


def test_ids_come_from_given_id_and_text(tmp_path: Path) -> None:
    made = read(tmp_path, LINES + LINES)
    assert len({document.id for document in made.documents}) == 3
    assert made.reasons == {"duplicate_record": 3}


def test_broken_lines_are_rows_with_their_numbers(tmp_path: Path) -> None:
    bad = [b'{"text": "cut', b"[1, 2]", b'{"title": "no text"}', b'{"text": 5}', b'{"text": " "}']
    data = LINES + b"\n".join([*bad, b"\xff\xfe\x00", b"[" * 100_000, b""]) + LINES[:60]
    made = read(tmp_path, data)
    assert [(row.reason, row.detail) for row in made.dropped] == [
        ("broken_line", "4"),
        ("broken_line", "5"),
        ("broken_line", "6"),
        ("broken_line", "7"),
        ("empty_text", "8"),
        ("broken_line", "9"),
        ("broken_line", "10"),
        ("broken_line", "11"),
    ]
    assert made.came_in == len(made.documents) + len(made.dropped)


def test_text_with_lone_surrogates_and_nuls_can_be_written(tmp_path: Path) -> None:
    made = read(tmp_path, b'{"text": "a\\ud800b\\u0000c \\ud83d\\ude00"}\n')
    assert made.documents[0].text == "a\ufffdb\ufffdc \U0001f600"


@pytest.mark.parametrize("url", ["N/A", "#", "http://localhost/a", "README.md"])
def test_what_is_no_address_is_of_no_site(url: str, tmp_path: Path) -> None:
    (document,) = read(tmp_path, json.dumps({"text": "Grain.", "url": url}).encode()).documents
    assert (document.url, document.site) == (url, "")


def test_an_address_without_a_scheme_is_of_its_site(tmp_path: Path) -> None:
    line = json.dumps({"text": "Grain.", "url": "www.mill.co.uk/a"}).encode()
    assert read(tmp_path, line).documents[0].site == "mill.co.uk"


def test_drops_of_rows_and_of_damage_have_ids_of_their_own(tmp_path: Path) -> None:
    lines = b"\n" * 3 + b"broken\n" * 400
    packed = gzip.compress(b'{"text": "one"}\n' + lines, mtime=0)
    made = read(tmp_path, packed + packed[:-9])
    assert made.reasons["damaged_archive"] == 1
    assert len({row.id for row in made.dropped}) == len(made.dropped)


def test_damaged_gzip_jsonl_is_told_with_its_bytes(tmp_path: Path) -> None:
    packed = gzip.compress(LINES * 500, mtime=0)
    made = read(tmp_path, packed[:-40])
    assert made.reasons["damaged_archive"] == 1
    assert made.dropped[-1].detail == str(len(packed) - 40)
    assert len(made.documents) == 3


def test_parquet_rows_become_documents(tmp_path: Path) -> None:
    table = pa.table(
        {"text": ["one", None, " ", "four"], "id": [1, 2, 3, 4], "extra": [0.1, 0.2, 0.3, 0.4]}
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    made = Read(Source(name="t", format="parquet", paths=("a.parquet",)), tmp_path)
    assert [(d.text, d.record_id) for d in made.documents] == [("one", "1"), ("four", "4")]
    assert [(r.reason, r.detail) for r in made.dropped] == [
        ("broken_line", "2"),
        ("empty_text", "3"),
    ]
    assert made.seen == {"line": 4}


def test_parquet_without_text_column_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"content": ["x"]}), tmp_path / "a.parquet")
    source = Source(name="t", format="parquet", paths=("a.parquet",))
    with pytest.raises(UsageError, match="no column `text` but content"):
        plan_units(source, ExtractConfig(), str(tmp_path))


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_that_is_too_long_is_one_row(
    packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "MAX_LINE", 1_000)
    fits = json.dumps({"text": "x" * 980})
    lines = [fits, "y" * 5_000, json.dumps({"text": "short"}), "z" * 1_001]
    data = "\n".join(lines).encode()
    name = "a.jsonl.gz" if packed else "a.jsonl"
    (tmp_path / name).write_bytes(gzip.compress(data) if packed else data)
    read = Read(Source(name="s", format="jsonl", paths=(name,)), tmp_path)
    assert [len(document.text) for document in read.documents] == [980, 5]
    assert [(row.reason, row.detail) for row in read.dropped] == [
        ("too_large", "2"),
        ("too_large", "4"),
    ]


@given(st.lists(st.binary(max_size=9)), st.integers(1, 12))
def test_lines_do_not_depend_on_how_a_file_comes_in_pieces(parts: list[bytes], most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(json_lines, "MAX_LINE", most)
        held, found = json_lines.Line(), []
        for part in parts:
            *ended, rest = part.split(b"\n")
            found += [held.ended(end) for end in ended]
            held.add(rest)
        found.append(held.ended(b""))
    expected = b"".join(parts).split(b"\n")
    assert found == [line if len(line) <= most else None for line in expected]
