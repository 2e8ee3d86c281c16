"""Files in S3: how often it is asked, and what others see of a file before it is whole."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from fsspec.core import url_to_fs
from support_store import Store

from pipeline import files
from pipeline.errors import UsageError
from pipeline.files import reads
from pipeline.files.buckets import DELETED

TABLE = pa.table({"number": range(10_000), "text": [str(n) for n in range(10_000)]})
PART = 5 << 20  # bytes, the least that s3 takes as a part


@pytest.fixture
def folder(store: Store) -> str:
    """A folder in s3 with three files, one of them a table."""
    files.write_bytes_atomic(f"{store.folder}/one", b"12345")
    files.write_bytes_atomic(f"{store.folder}/below/two", b"22")
    files.write_table(f"{store.folder}/table", TABLE)
    return store.folder


def other(path: str) -> Any:
    """A client of the store that knows nothing of what this process has read."""
    return url_to_fs(path, skip_instance_cache=True)[0]


def write_slowly(path: str) -> None:
    with files.atomic(path) as file:
        file.write(b"1")


@pytest.mark.parametrize(
    ("ask", "requests"),
    [
        (lambda folder: files.write_bytes_atomic(f"{folder}/new", b"1"), {("PUT", "new"): 1}),
        (lambda folder: files.write_json(f"{folder}/new", [1]), {("PUT", "new"): 1}),
        (lambda folder: files.write_table(f"{folder}/new", TABLE), {("PUT", "new"): 1}),
        (lambda folder: write_slowly(f"{folder}/new"), {("PUT", "new"): 1}),
        (lambda folder: files.read_bytes(f"{folder}/one"), {("GET", "one"): 1}),
        (lambda folder: files.read_range(f"{folder}/one", 1, 3), {("GET", "one"): 1}),
        (lambda folder: files.read_range(f"{folder}/one", 5, 6), {("GET", "one"): 1}),
        (lambda folder: files.read_table(f"{folder}/table"), {("GET", "table"): 1}),
        (lambda folder: files.read_table(f"{folder}/table", ["text"]), {("GET", "table"): 1}),
        (lambda folder: files.read_end(f"{folder}/one", 2), {("GET", "one"): 1}),
        (lambda folder: files.checksum(f"{folder}/table"), {("GET", "table"): 1}),
        (lambda folder: files.size(f"{folder}/one"), {("HEAD", "one"): 1}),
        (lambda folder: files.exists(f"{folder}/one"), {("LIST", "one"): 1}),
        (lambda folder: files.exists(f"{folder}/gone"), {("LIST", "gone"): 1}),
        (lambda folder: files.is_folder(f"{folder}/below"), {("LIST", "below/"): 1}),
        (lambda folder: files.make_folder(f"{folder}/new"), {}),
        (lambda folder: files.names(folder), {("LIST", ""): 1}),
        (lambda folder: files.sizes(folder), {("LIST", ""): 1}),
        (lambda folder: files.sizes(f"{folder}/gone"), {("LIST", "gone/"): 1}),
        (lambda folder: files.find(folder), {("LIST", ""): 1}),
        (lambda folder: files.sizes_below(folder), {("LIST", ""): 1}),
        (lambda folder: files.remove(f"{folder}/one"), {("DELETE", "one"): 1}),
    ],
)
def test_a_store_is_asked_once(
    ask: Callable[[str], object], requests: dict[tuple[str, str], int], folder: str, store: Store
) -> None:
    with store.counting() as asked:
        ask(folder)
    assert asked == Counter({(how, f"folder/{name}"): n for (how, name), n in requests.items()})


def test_what_is_read_is_what_was_written(folder: str) -> None:
    assert files.read_bytes(f"{folder}/one") == b"12345"
    assert files.read_range(f"{folder}/one", 3, 9) == b"45"
    assert files.read_range(f"{folder}/one", 5, 9) == b""
    assert files.read_table(f"{folder}/table") == TABLE
    assert files.read_table(f"{folder}/table", ["text"]) == TABLE.select(["text"])
    assert [files.read_end(f"{folder}/one", size) for size in (2, 9)] == [b"45", b"12345"]
    assert files.size(f"{folder}/one") == 5


def test_what_is_there_is_found(folder: str, store: Store) -> None:
    assert files.names(folder) == ["below", "one", "table"]
    assert files.sizes(f"{folder}/below") == {"two": 2}
    assert files.find(folder) == [f"{folder}/{name}" for name in ("below/two", "one", "table")]
    there = [
        path for path in ("one", "on", "below", "belo", "") if files.exists(f"{folder}/{path}")
    ]
    assert there == ["one", "below", ""]
    assert [files.is_folder(f"{folder}/{path}") for path in ("one", "below")] == [False, True]
    assert files.is_folder(f"s3://{store.bucket}")


def test_names_with_signs_are_kept(store: Store) -> None:
    name = "a b+c%20~&é.json"
    files.write_bytes_atomic(f"{store.folder}/{name}", b"1")
    assert files.names(store.folder) == [name]
    assert files.find(store.folder) == [f"{store.folder}/{name}"]
    assert files.exists(f"{store.folder}/{name}")


def test_a_listing_goes_over_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcde":
        files.write_bytes_atomic(f"{store.folder}/{name}", b"1")
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    with store.counting() as asked:
        assert files.sizes(store.folder) == dict.fromkeys("abcde", 1)
    assert asked == {("LIST", "folder/"): 3}
    assert len(files.find(store.folder)) == 5


def test_what_another_process_writes_is_seen_at_once(folder: str) -> None:
    before = files.names(folder), files.find(folder), files.exists(f"{folder}/late")
    assert before[2] is False
    other(folder).pipe_file(f"{folder}/late", b"123")
    assert files.names(folder) == [*before[0][:1], "late", *before[0][1:]]
    assert set(files.find(folder)) - set(before[1]) == {f"{folder}/late"}
    assert files.exists(f"{folder}/late")
    assert (files.size(f"{folder}/late"), files.sizes(folder)["late"]) == (3, 3)
    other(folder).rm_file(f"{folder}/late")
    assert files.names(folder) == before[0]
    assert not files.exists(f"{folder}/late")


def test_nothing_is_seen_of_a_file_before_it_is_whole(store: Store) -> None:
    with store.counting() as asked, files.atomic(f"{store.folder}/one") as file:
        file.write(b"half")
        assert other(store.folder).find(store.folder) == []
        file.write(b" and whole")
    assert other(store.folder).cat_file(f"{store.folder}/one") == b"half and whole"
    assert asked["PUT", "folder/one"] == 1


def test_a_write_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with files.atomic(f"{store.folder}/one") as file:
            file.write(b"half")
            raise RuntimeError

    with store.counting() as asked, pytest.raises(RuntimeError):
        fail()
    assert asked == {}
    assert files.find(store.folder) == []


def test_a_large_write_that_fails_leaves_the_old_file_and_no_upload(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    files.write_bytes_atomic(f"{store.folder}/one", b"old")
    store.fail("PUT", "folder/one")
    with pytest.raises(OSError, match="Service Unavailable"):
        files.write_bytes_atomic(f"{store.folder}/one", bytes(101 << 20))
    assert files.read_bytes(f"{store.folder}/one") == b"old"
    assert other(store.folder).list_multipart_uploads(store.bucket) == []


def test_sweeping_ends_the_uploads_below_a_folder_and_no_others(store: Store) -> None:
    fs = other(store.folder)
    for key in ("folder/a", "folder/below/b", "folder-2/c"):
        upload = fs.call_s3("create_multipart_upload", Bucket=store.bucket, Key=key)
        fs.call_s3(
            "upload_part",
            Bucket=store.bucket,
            Key=key,
            UploadId=upload["UploadId"],
            PartNumber=1,
            Body=bytes(PART),
        )
    files.sweep(store.folder)
    assert [row["Key"] for row in fs.list_multipart_uploads(store.bucket)] == ["folder-2/c"]
    assert files.find(f"s3://{store.bucket}") == []


def test_removed_folder_is_gone_with_all_in_it(folder: str, store: Store) -> None:
    files.write_bytes_atomic(f"s3://{store.bucket}/folder-2/one", b"1")
    with store.counting() as asked:
        files.remove_folder(folder)
        files.remove_folder(f"{folder}/gone")
    assert asked.total() == 3
    assert files.find(f"s3://{store.bucket}") == [f"s3://{store.bucket}/folder-2/one"]
    assert DELETED == 1_000


def test_checksum_does_not_depend_on_pieces(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = files.checksum(f"{folder}/one")
    for piece in (1, 2, 5, 6):
        monkeypatch.setattr(reads, "PIECE", piece)
        assert files.checksum(f"{folder}/one") == whole


def test_output_folder_is_tried_out(store: Store) -> None:
    files.prepare_folder(store.folder)
    assert files.find(store.folder) == []


def test_bucket_that_is_not_there_is_refused_in_a_sentence(store: Store) -> None:
    with pytest.raises(UsageError, match=r"^output 's3://no-such-bucket/x' cannot be written"):
        files.prepare_folder("s3://no-such-bucket/x")
    assert not files.exists("s3://no-such-bucket/x")
    assert not files.is_folder("s3://no-such-bucket")
    assert files.find("s3://no-such-bucket/x") == files.names("s3://no-such-bucket/x") == []
    files.sweep("s3://no-such-bucket/x")
    files.remove_folder("s3://no-such-bucket/x")


def test_store_without_credentials_is_refused_in_a_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UsageError, match=r"cannot be written .*credentials"):
        files.prepare_folder(store.folder)


def test_missing_object_is_a_missing_file(store: Store) -> None:
    for read in (files.read_bytes, files.size, files.read_table, files.checksum):
        with pytest.raises(FileNotFoundError):
            read(f"{store.folder}/gone")
