"""Parquet tables of any types, damaged and odd ones: each row is one document or one drop."""

import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_archives import Read

from pipeline.errors import UsageError
from pipeline.ingest.sources import plan_units
from pipeline.recipe import ExtractConfig, Source

SOURCE = Source(name="t", format="parquet", paths=("a.parquet",))
BAD = {"noise": b"bad \xff", "cut": b"cut \xe2\x82", "overlong": b"\xc0\xaf"}


def packed(table: pa.Table, **how: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **how)
    return sink.getvalue()


def read(folder: Path, data: bytes | pa.Table, source: Source = SOURCE) -> Read:
    """What becomes of a table; in = kept + dropped, and no two rows have one id."""
    (folder / "a.parquet").write_bytes(data if isinstance(data, bytes) else packed(data))
    made = Read(source, folder)
    assert made.came_in == len(made.documents) + len(made.dropped)
    fresh = [row.id for row in made.dropped if row.reason != "duplicate_record"]
    ids = [*(document.id for document in made.documents), *fresh]
    assert len(set(ids)) == len(ids)
    return made


def refusal(folder: Path, data: bytes | pa.Table, source: Source = SOURCE) -> str:
    (folder / "a.parquet").write_bytes(data if isinstance(data, bytes) else packed(data))
    with pytest.raises(UsageError) as error:
        plan_units(source, ExtractConfig(), str(folder))
    return str(error.value)


def strings(*values: bytes) -> pa.Array:
    return pa.array(values, pa.binary()).view(pa.string())


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_text_that_is_no_utf8_is_a_broken_row(bad: bytes, tmp_path: Path) -> None:
    made = read(tmp_path, pa.table({"text": strings(b"one", bad, b"three")}))
    assert [document.text for document in made.documents] == ["one", "three"]
    assert [(row.reason, row.detail) for row in made.dropped] == [("broken_line", "2")]


def test_surrogates_of_a_text_are_replaced(tmp_path: Path) -> None:
    made = read(
        tmp_path, pa.table({"text": strings(b"lone \xed\xa0\x80", b"\xed\xa0\xbd\xed\xb8\x80")})
    )
    assert {document.text for document in made.documents} == {"lone \ufffd", "\U0001f600"}


@pytest.mark.parametrize("part", ["id", "url", "date"])
def test_bad_utf8_beside_a_text_costs_no_row(part: str, tmp_path: Path) -> None:
    made = read(tmp_path, pa.table({"text": ["one", "two"], part: strings(b"x\xff", b"y")}))
    assert [document.text for document in made.documents] == ["one", "two"]


@pytest.mark.parametrize(
    "kind",
    [
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.dictionary(pa.int8(), pa.binary()),
    ],
    ids=str,
)
def test_a_text_of_any_type_of_string_is_read(kind: pa.DataType, tmp_path: Path) -> None:
    values = [b"gr\xc3\xbcn", None, b"bad \xff", b" "]
    column = pa.array(values, pa.binary())
    if pa.types.is_dictionary(kind):
        column = column.dictionary_encode()
    elif kind in (pa.large_string(), pa.string_view()):
        bytes_like = pa.large_binary() if kind == pa.large_string() else pa.binary_view()
        column = pa.array(values, bytes_like).view(kind)
    else:
        column = column.cast(kind)
    made = read(tmp_path, pa.table({"text": column}))
    assert [document.text for document in made.documents] == ["grün"]
    assert [row.reason for row in made.dropped] == ["broken_line", "broken_line", "empty_text"]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1.5e9], pa.timestamp("s")), "2017-07-14T02:40:00"),
        (pa.array([1_500_000_000_999], pa.timestamp("ms", "UTC")), "2017-07-14T02:40:00Z"),
        (
            pa.array([1_500_000_000_000_000], pa.timestamp("us", "Asia/Tokyo")),
            "2017-07-14T02:40:00Z",
        ),
        (pa.array([1_500_000_000_123_456_789], pa.timestamp("ns")), "2017-07-14T02:40:00"),
        (pa.array([2**62], pa.timestamp("us")), ""),
        (pa.array([-(2**62)], pa.timestamp("ms")), ""),
        (pa.array([None], pa.timestamp("ns")), ""),
        (pa.array([date(1899, 5, 6)], pa.date32()), "1899-05-06"),
        (pa.array([2**31 - 1], pa.date32()), ""),
        (pa.array([date(1899, 5, 6)], pa.date64()), "1899-05-06"),
        (pa.array([2020], pa.int16()), "2020"),
        (pa.array([float("nan")]), ""),
        (pa.array(["Thu, 01 Jan 2020 00:00:00 GMT"]), "2020-01-01T00:00:00Z"),
        (pa.array([True]), ""),
        (pa.array([[2020]]), ""),
        (pa.array([1_000], pa.duration("ns")), ""),
        (pa.array([1_000], pa.time64("ns")), ""),
    ],
    ids=lambda value: str(getattr(value, "type", value)),
)
def test_a_date_of_any_type_becomes_iso_text(
    column: pa.Array, expected: str, tmp_path: Path
) -> None:
    (document,) = read(tmp_path, pa.table({"text": ["one"], "date": column})).documents
    assert document.date == expected


def test_a_date_that_older_writers_pack_in_96_bits_keeps_its_year(tmp_path: Path) -> None:
    far = pa.array([253_402_300_799_000_000], pa.timestamp("us"))  # the end of 9999
    data = packed(pa.table({"text": ["one"], "date": far}), use_deprecated_int96_timestamps=True)
    assert read(tmp_path, data).documents[0].date == "9999-12-31T23:59:59"


def test_ids_of_bare_bytes_stay_apart(tmp_path: Path) -> None:
    ids = pa.array([b"\xff\xfe", b"\xfe\xff"], pa.binary(2))
    made = read(tmp_path, pa.table({"text": ["same", "same"], "id": ids}))
    assert [document.record_id for document in made.documents] == ["fffe", "feff"]


def test_a_column_of_objects_is_passed_over_where_nobody_names_it(tmp_path: Path) -> None:
    made = read(tmp_path, pa.table({"text": ["one"], "url": [{"of": "x"}], "id": [[1, 2]]}))
    assert (made.documents[0].url, made.documents[0].record_id) == ("", "")


def rows_of(count: int) -> pa.Table:
    return pa.table({"text": [f"row {i} " + "x" * 200 for i in range(count)]})


def damaged_at(data: bytes, place: bytes) -> bytes:
    """A table whose page with `place` in it does not fit its checksum."""
    at = data.index(place)
    return data[:at] + b"#" + data[at + 1 :]


PAGES: dict[str, Any] = {
    "compression": "none",
    "use_dictionary": False,
    "write_statistics": False,
    "write_page_checksum": True,
    "data_page_size": 4_000,
    "write_batch_size": 10,
    "row_group_size": 100,
}


def test_rows_before_a_damaged_page_stay_and_other_groups_too(tmp_path: Path) -> None:
    data = damaged_at(packed(rows_of(300), **PAGES), b"row 150 ")
    made = read(tmp_path, data)
    kept = [int(document.text.split()[1]) for document in made.documents]
    (row,) = made.dropped
    assert row.reason == "damaged_archive"
    assert kept == [*range(100 + 100 - int(row.detail)), *range(200, 300)]
    assert 130 <= kept[-101] < 150


def test_every_damaged_row_group_is_one_row(tmp_path: Path) -> None:
    data = packed(rows_of(300), **PAGES)
    for place in (b"row 0 ", b"row 250 ", b"row 290 "):
        data = damaged_at(data, place)
    made = read(tmp_path, data)
    assert made.reasons == {"damaged_archive": 2}
    assert made.seen["damaged"] == 2


def test_rows_behind_damage_keep_their_numbers(tmp_path: Path) -> None:
    table = pa.table({"text": [*rows_of(120)["text"].to_pylist()[:119], None]})
    made = read(tmp_path, damaged_at(packed(table, **PAGES), b"row 5 "))
    assert [row.detail for row in made.dropped if row.reason == "broken_line"] == ["120"]


def test_rows_that_a_footer_promises_and_nobody_finds_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.ingest.texts.parquet_rows.promised", lambda *_: 25)
    made = read(tmp_path, rows_of(20))
    assert [(row.reason, row.detail) for row in made.dropped] == [("damaged_archive", "5")]
    assert len(made.documents) == 20


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd", "gzip"])
def test_a_damaged_page_of_any_packing_costs_its_group_alone(codec: str, tmp_path: Path) -> None:
    data = bytearray(packed(rows_of(200), compression=codec, row_group_size=100))
    data[10:60] = b"\xff" * 50
    made = read(tmp_path, bytes(data))
    assert made.reasons == {"damaged_archive": 1}
    assert [document.text[:7] for document in made.documents[-100:]][:1] == ["row 100"]


@pytest.mark.parametrize("left", [30, -300, -30, -1], ids=str)
def test_a_table_without_a_whole_footer_is_one_damaged_row(left: int, tmp_path: Path) -> None:
    data = packed(rows_of(50))[:left]
    made = read(tmp_path, data)
    assert [(row.reason, row.detail) for row in made.dropped] == [
        ("damaged_archive", str(len(data)))
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty: remove it"),
        (b"no table at all", "set the source's format"),
        (b"PARE" + bytes(40) + b"\x10\x00\x00\x00PARE", "is encrypted; decrypt it first"),
    ],
    ids=["empty", "noise", "encrypted"],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, words: str, tmp_path: Path) -> None:
    assert words in refusal(tmp_path, data)


def test_a_table_without_rows_gives_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, pa.table({"text": pa.array([], pa.string())})).came_in == 0


@pytest.mark.parametrize("part", ["text", "id", "date"])
def test_a_column_that_is_there_twice_is_refused(part: str, tmp_path: Path) -> None:
    arrays = [pa.array(["a"])] * 3
    table = pa.Table.from_arrays(arrays, ["text" if part != "text" else "x", part, part])
    assert f"has 2 columns `{part}`; rename all but one" in refusal(tmp_path, table)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array([1]), "int64"),
        (pa.array([["a"]]), "list<element: string>"),
        (pa.array([{"a": "b"}]), "struct<a: string>"),
        (pa.array([b"abc"], pa.binary(3)), "fixed_size_binary[3]"),
    ],
    ids=["number", "list", "struct", "fixed"],
)
def test_a_text_of_another_type_is_refused(column: pa.Array, kind: str, tmp_path: Path) -> None:
    found = refusal(tmp_path, pa.table({"text": column}))
    assert f"has {kind} in column `text`; write it as strings" in found


def test_texts_that_are_all_null_are_broken_rows(tmp_path: Path) -> None:
    made = read(tmp_path, pa.table({"text": pa.nulls(3)}))
    assert made.reasons == {"broken_line": 3}


COLUMNS = st.sampled_from(
    [pa.string(), pa.binary(), pa.int64(), pa.float64(), pa.timestamp("ns"), pa.date32()]
)
TEXTS = st.none() | st.binary(max_size=6) | st.text(max_size=6).map(str.encode)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    size = draw(st.integers(0, 12))
    many = st.lists(TEXTS, min_size=size, max_size=size)
    columns = {"text": pa.array(draw(many), pa.binary()).view(pa.string())}
    for part in draw(st.sets(st.sampled_from(["id", "url", "date"]))):
        kind = draw(COLUMNS)
        if kind in (pa.string(), pa.binary()):
            columns[part] = pa.array(draw(many), pa.binary()).view(kind)
        else:
            top = 2**31 - 1 if kind == pa.date32() else 2**53
            numbers = st.none() | st.integers(-top, top)
            drawn = draw(st.lists(numbers, min_size=size, max_size=size))
            columns[part] = pa.array(drawn, kind)
    return pa.table(columns)


@settings(deadline=None)
@given(tables(), st.integers(1, 5))
def test_each_row_of_any_table_is_one_document_or_one_drop(table: pa.Table, group: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipeline.ingest.texts.parquet_rows._ROWS", 3)
        made = read_once(packed(table, row_group_size=group))
    assert made.seen["line"] == table.num_rows == len(made.documents) + len(made.dropped)


@settings(deadline=None)
@given(st.data())
def test_damage_of_a_table_ends_in_rows_or_a_sentence(data: st.DataObject) -> None:
    broken = bytearray(DAMAGED)
    for _ in range(data.draw(st.integers(1, 3))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = read_once(bytes(broken))
    except UsageError:
        return
    assert made.came_in == len(made.documents) + len(made.dropped)


DAMAGED = packed(
    pa.table({"text": [f"row {i}" for i in range(40)], "id": list(range(40))}), row_group_size=10
)


def read_once(data: bytes) -> Read:
    with tempfile.TemporaryDirectory() as folder:
        return read(Path(folder), data)
