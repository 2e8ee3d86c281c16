"""Files: whole or not at all, and equal tables are equal bytes."""

import errno
import os
import stat
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import files
from pipeline.errors import UsageError

KIND_OF_END = st.sampled_from([KeyboardInterrupt, OSError, ValueError])


@pytest.fixture(params=["local", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path) if request.param == "local" else f"memory://{uuid4().hex}"


def test_written_bytes_are_read_back(folder: str) -> None:
    files.write_bytes_atomic(f"{folder}/below/one.bin", b"\x00\xff")
    assert files.read_bytes(f"{folder}/below/one.bin") == b"\x00\xff"


def test_written_file_takes_the_place_of_an_old_one(folder: str) -> None:
    files.write_bytes_atomic(f"{folder}/one.bin", b"old and long")
    files.write_bytes_atomic(f"{folder}/one.bin", b"new")
    assert files.read_bytes(f"{folder}/one.bin") == b"new"


def write_half(path: str) -> None:
    with files.atomic(path) as file:
        file.write(b"half")
        raise RuntimeError


def test_failed_write_leaves_no_file(folder: str) -> None:
    with pytest.raises(RuntimeError):
        write_half(f"{folder}/one.bin")
    assert files.names(folder) == []


@settings(max_examples=50)
@given(
    chunks=st.lists(st.binary(max_size=50), max_size=5),
    fails_at=st.integers(0, 8),
    error=KIND_OF_END,
)
def test_a_reader_meets_the_old_or_the_new_file_and_never_half(
    tmp_path_factory: pytest.TempPathFactory,
    chunks: list[bytes],
    fails_at: int,
    error: type[BaseException],
) -> None:
    folder = tmp_path_factory.mktemp("atomic")
    target = folder / "one.bin"
    target.write_bytes(b"the old one")
    try:
        with files.atomic(str(target)) as file:
            for at, chunk in enumerate(chunks):
                if at == fails_at:
                    raise error
                file.write(chunk)
                assert target.read_bytes() == b"the old one"
    except error:
        assert target.read_bytes() == b"the old one"
    else:
        assert target.read_bytes() == b"".join(chunks)
    assert [path.name for path in folder.iterdir()] == ["one.bin"]


def test_temporary_files_are_neither_named_nor_found(tmp_path: Path) -> None:
    (tmp_path / ".tmp-0-one.bin").write_bytes(b"half")
    (tmp_path / "two.bin").write_bytes(b"whole")
    assert files.names(str(tmp_path)) == ["two.bin"]
    assert files.find(str(tmp_path)) == [f"{tmp_path}/two.bin"]


def test_files_are_found_below_a_folder_with_a_temporary_name(tmp_path: Path) -> None:
    folder = tmp_path / ".tmp-out"
    files.write_bytes_atomic(f"{folder}/below/one.bin", b"1")
    assert files.find(str(folder)) == [f"{folder}/below/one.bin"]


def test_sweep_removes_temporary_files_only(tmp_path: Path) -> None:
    for name in ("one.bin", "below/.tmp-0-two.bin", ".tmp-three"):
        files.write_bytes_atomic(f"{tmp_path}/{name}", b"1")
    files.sweep(str(tmp_path))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["one.bin"]


def test_names_are_sorted(folder: str) -> None:
    for name in ("b", "a", "c"):
        files.write_bytes_atomic(f"{folder}/{name}", b"")
    assert files.names(folder) == ["a", "b", "c"]


def test_names_are_those_of_folders_too(folder: str) -> None:
    files.write_bytes_atomic(f"{folder}/below/one.bin", b"1")
    files.write_bytes_atomic(f"{folder}/two.bin", b"2")
    assert files.names(folder) == ["below", "two.bin"]


def test_sizes_are_those_of_the_files_directly_in_a_folder(folder: str) -> None:
    for name, data in (
        ("one.bin", b"1"),
        ("none", b""),
        ("below/two.bin", b"22"),
        (".tmp-3", b"3"),
    ):
        files.write_bytes_atomic(f"{folder}/{name}", data)
    assert files.sizes(folder) == {"none": 0, "one.bin": 1}
    assert files.sizes(f"{folder}/one.bin") == {}


def test_names_and_files_of_no_folder_are_none(folder: str) -> None:
    assert files.names(f"{folder}/gone") == []
    assert files.sizes(f"{folder}/gone") == {}
    assert files.find(f"{folder}/gone") == []


def test_removing_a_folder_that_is_gone_is_no_error(folder: str) -> None:
    files.remove_folder(f"{folder}/gone")
    assert not files.exists(f"{folder}/gone")


def test_removed_folder_is_gone_with_all_in_it(folder: str) -> None:
    files.write_bytes_atomic(f"{folder}/a/b/one.bin", b"1")
    files.remove_folder(f"{folder}/a")
    assert files.find(folder) == []


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("a", "b"), "a/b"),
        (("a/", "b", "c"), "a/b/c"),
        (("/", "b"), "/b"),
        (("s3://bucket/", "b"), "s3://bucket/b"),
    ],
)
def test_joined_paths(parts: tuple[str, ...], expected: str) -> None:
    assert files.join(*parts) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a/b", True), ("/a", True), ("file:///a", True), ("s3://a", False), ("memory://a", False)],
)
def test_local_paths_are_known(path: str, *, expected: bool) -> None:
    assert files.is_local(path) == expected


def test_absolute_paths_mean_the_same_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert files.absolute("a/b") == f"{tmp_path}/a/b"
    for path in ("/a", "s3://a/b", "file:///a"):
        assert files.absolute(path) == path


def test_json_has_sorted_keys_and_one_newline_at_its_end(folder: str) -> None:
    files.write_json(f"{folder}/one.json", {"b": "é", "a": 1})
    assert files.read_bytes(f"{folder}/one.json") == '{\n  "a": 1,\n  "b": "é"\n}\n'.encode()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 200), max_size=5))
def test_equal_tables_are_equal_bytes_however_they_are_chunked(
    tmp_path_factory: pytest.TempPathFactory, edges: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    table = pa.table({"number": range(200), "text": [str(n % 7) for n in range(200)]})
    cuts = [0, *sorted(edges), 200]
    pairs = pairwise(cuts)
    chunked = pa.concat_tables([table.slice(a, b - a) for a, b in pairs])
    files.write_table(f"{folder}/one", table)
    files.write_table(f"{folder}/two", chunked)
    assert files.read_bytes(f"{folder}/one") == files.read_bytes(f"{folder}/two")


def test_table_is_read_back_by_columns(folder: str) -> None:
    files.write_table(f"{folder}/one", pa.table({"a": [1, 2], "b": ["x", "y"]}))
    assert files.read_table(f"{folder}/one", ["b"]).to_pydict() == {"b": ["x", "y"]}


def test_files_are_found_below_the_folder_as_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files.write_bytes_atomic(f"{tmp_path}/one/two/three", b"1")
    for folder in ("one", "./one", "one/", str(tmp_path / "one"), f"file://{tmp_path}/one"):
        assert files.find(folder) == [f"{folder.rstrip('/')}/two/three"]


@pytest.mark.parametrize(("length", "end"), [(2, b"45"), (5, b"12345"), (99, b"12345")])
def test_end_of_a_file_is_read_alone(folder: str, length: int, end: bytes) -> None:
    files.write_bytes_atomic(f"{folder}/one", b"12345")
    assert files.read_end(f"{folder}/one", length) == end


def test_sizes_below_a_folder_are_those_of_its_files(folder: str) -> None:
    for name, data in (("one", b"1"), ("below/two", b"22")):
        files.write_bytes_atomic(f"{folder}/{name}", data)
    assert sorted(files.sizes_below(folder).values()) == [1, 2]
    assert sorted(files.sizes_below(folder)) == files.find(folder)


def test_folders_are_told_from_files(folder: str) -> None:
    for name in ("one", "below/two", "under/three"):
        files.write_bytes_atomic(f"{folder}/{name}", b"1")
    assert files.folders(folder) == ["below", "under"]
    assert files.folders(f"{folder}/gone") == []


def test_file_without_rows_has_its_columns_and_no_row_group(folder: str) -> None:
    empty = pa.table({"a": pa.array([], pa.string())})
    files.write_table(f"{folder}/one", empty)
    assert files.read_table(f"{folder}/one").equals(empty)
    with files.open_read(f"{folder}/one") as file:
        assert pq.ParquetFile(file).num_row_groups == 0


def test_checksum_of_literal_bytes_never_changes(folder: str) -> None:
    files.write_bytes_atomic(f"{folder}/one", b"gristmill")
    assert files.checksum(f"{folder}/one") == "60b886e3437de9315f45ef1ea77d7ad0"


def test_size_is_that_of_the_bytes(folder: str) -> None:
    files.write_bytes_atomic(f"{folder}/one", b"12345")
    assert files.size(f"{folder}/one") == 5


@pytest.mark.parametrize(("start", "stop"), [(0, 5), (1, 3), (3, 9), (5, 9), (9, 12), (2, 2)])
def test_range_is_a_slice_of_the_bytes(folder: str, start: int, stop: int) -> None:
    files.write_bytes_atomic(f"{folder}/one", b"12345")
    assert files.read_range(f"{folder}/one", start, stop) == b"12345"[start:stop]


def test_output_folder_of_an_unknown_kind_of_store_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'nowhere://out' cannot be written \(Protocol not known"):
        files.prepare_folder("nowhere://out")


def test_a_write_that_fails_names_the_file_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as told:
        files.write_bytes_atomic(f"{tmp_path}/a", b"data", durable=True)
    assert told.value.filename == f"{tmp_path}/a"
    assert list(tmp_path.iterdir()) == []


def test_what_is_durable_is_synced_before_it_has_its_name_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[bool, bool]] = []

    def sync(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        synced.append((is_folder, (tmp_path / "a").exists()))

    monkeypatch.setattr(os, "fsync", sync)
    files.write_bytes_atomic(f"{tmp_path}/a", b"data")
    assert synced == []
    files.remove(f"{tmp_path}/a")
    files.write_bytes_atomic(f"{tmp_path}/a", b"data", durable=True)
    (file, named), *folders = synced
    assert (file, named) == (False, False)
    assert len(folders) > 1
    assert set(folders) == {(True, True)}


def test_rows_of_a_value_are_found_by_its_column(tmp_path: Path) -> None:
    path = str(tmp_path / "a.parquet")
    count = 3 * files.ROW_GROUP
    ids = [f"{number:06}" for number in range(count)]
    files.write_table(path, pa.table({"nested": [{"x": 1}] * count, "id": ids, "text": ids}))
    found = files.read_rows(path, "id", ids[5000], hidden=("text",))
    assert found is not None
    assert found.to_pylist() == [{"nested": {"x": 1}, "id": ids[5000]}]


@pytest.mark.parametrize(("ids", "rows"), [([], 0), ([None, "b"], 0), ([None, "a", "a"], 2)])
def test_rows_of_a_value_may_be_none(tmp_path: Path, ids: list[str | None], rows: int) -> None:
    path = str(tmp_path / "a.parquet")
    files.write_table(path, pa.table({"id": pa.array(ids, pa.string())}))
    found = files.read_rows(path, "id", "a")
    assert found is not None
    assert found.num_rows == rows
    assert files.read_rows(path, "url", "a") is None


def test_columns_come_in_the_order_asked_for(tmp_path: Path) -> None:
    path = str(tmp_path / "a.parquet")
    files.write_table(path, pa.table({"a": [1], "b": [2]}))
    assert files.read_table(path, ["b", "a"]).column_names == ["b", "a"]


def test_a_file_without_room_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "a")
    with pytest.raises(OSError, match="No space") as told, files.atomic(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert told.value.filename == path


def test_a_table_of_another_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    files.write_table(f"{tmp_path}/a.parquet", pa.table({"id": ["one"]}))
    with pytest.raises(UsageError, match=r"a.parquet has no column 'least_shingles'"):
        files.read_table(f"{tmp_path}/a.parquet", ["id", "least_shingles"])
