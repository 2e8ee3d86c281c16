"""Finished jobs held against the disk: what has changed is found, what is believed is not read."""

import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pytest
from blake3 import blake3
from support_inputs import LONG_AGO
from support_manifests import manifest_of
from support_parts import aged, flipped

import pipeline.frame.integrity.inspection as inspection
from pipeline import files
from pipeline.arrow import Made, documents_table, dropped_table
from pipeline.document import Checked, Document
from pipeline.errors import DamageError
from pipeline.frame import parts
from pipeline.frame.integrity.inspection import inspect, keep_stamps, kept_stamps, stamps_now
from pipeline.frame.integrity.mending import forget_files
from pipeline.frame.integrity.own_files import is_kept, keep
from pipeline.frame.integrity.written_files import holds_none
from pipeline.frame.manifests import Manifest, manifest_path, record_path

DOCUMENT = Document(id="0" * 32, url="https://one.example/", source="crawl", text="one")
FILES = [
    *(f"documents/{part}.000.parquet" for part in ("one", "two")),
    *(f"dropped/{part}.000.parquet" for part in ("one", "two")),
    *(f"tokens/{part}.000.arrow" for part in ("one", "two")),
    "parts/one.json",
    "parts/two.json",
    "models/all/model.bin",
]


@pytest.fixture
def job(tmp_path: Path) -> Path:
    return tmp_path / "extract-ffff"


@pytest.fixture
def finished(job: Path) -> Manifest:
    """A finished job of two parts and a model, written long ago."""
    tables = {"documents": documents_table([DOCUMENT]), "dropped": dropped_table([])}
    found = [
        parts.commit(str(job), Made(f"{name}.000", tables, 1, {"a": 1}, blobs={"tokens": b"1234"}))
        for name in ("one", "two")
    ]
    files.write_bytes_atomic(f"{job}/models/all/model.bin", b"a model")
    keep(str(job), "all", [f"{job}/models/all/model.bin"])
    aged(job)
    return manifest_of(str(job), "extract", found, has_own=True)


def kept(manifest: Manifest) -> pa.Table | None:
    return kept_stamps(inspection.stamps_path(manifest))


def damaged(manifest: Manifest) -> list[str]:
    found = inspect(manifest, holds_none).damaged
    return [path.removeprefix(f"{manifest.folder}/") for path in found]


def test_files_as_they_were_written_pass(finished: Manifest) -> None:
    found = inspect(finished, holds_none)
    assert (found.damaged, found.count, found.read) == ([], len(FILES), len(FILES))


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_gone_longer_shorter_or_changed_is_found(
    job: Path, finished: Manifest, file: str
) -> None:
    whole = (job / file).read_bytes()
    for data in (b"", whole + b"1", whole[:-1], flipped(whole)):
        (job / file).write_bytes(data)
        assert damaged(finished) == [file]
    (job / file).unlink()
    assert damaged(finished) == [file]


def test_files_that_were_left_alone_are_not_read(
    job: Path, finished: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_stamps(finished, stamps_now(finished, holds_none))
    known = kept(finished)
    monkeypatch.setattr(files, "is_whole", lambda file: "/own/" in file.path)
    assert inspect(finished, holds_none, known).read == 0


@pytest.mark.parametrize("file", FILES)
def test_a_byte_that_changed_with_the_time_is_found_by_the_time(
    job: Path, finished: Manifest, file: str
) -> None:
    keep_stamps(finished, stamps_now(finished, holds_none))
    (job / file).write_bytes(flipped((job / file).read_bytes()))
    os.utime(job / file, (LONG_AGO + 60, LONG_AGO + 60))
    found = inspect(finished, holds_none, kept(finished))
    assert found.read == 1
    assert [path.removeprefix(f"{job}/") for path in found.damaged] == [file]


def test_a_file_that_was_touched_is_read_once(job: Path, finished: Manifest) -> None:
    keep_stamps(finished, stamps_now(finished, holds_none))
    os.utime(job / FILES[0], (LONG_AGO + 60, LONG_AGO + 60))
    found = inspect(finished, holds_none, kept(finished))
    assert (found.damaged, found.read) == ([], 1)
    keep_stamps(finished, found.stamps)
    assert inspect(finished, holds_none, kept(finished)).read == 0


def test_a_young_stamp_is_no_proof(job: Path, finished: Manifest) -> None:
    os.utime(job / FILES[0])
    keep_stamps(finished, stamps_now(finished, holds_none))
    assert inspect(finished, holds_none, kept(finished)).read == 1


def test_stamps_are_of_all_files_and_no_byte_of_them_can_change_unseen(
    tmp_path: Path, finished: Manifest
) -> None:
    keep_stamps(finished, stamps_now(finished, holds_none))
    path = Path(inspection.stamps_path(finished))
    table = kept(finished)
    assert table is not None
    assert sorted(table["path"].to_pylist()) == sorted(FILES)
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(flipped(whole, at))
        with pytest.raises(DamageError, match="the next run writes it anew"):
            kept(finished)
    path.unlink()
    assert kept(finished) is None


def test_a_file_that_another_one_tells_is_held_too(job: Path, finished: Manifest) -> None:
    shard = job / "shards" / "a.arrow"
    files.write_bytes_atomic(str(shard), b"shard")
    told = Checked(str(shard), f"blake3:{blake3(b'shard').hexdigest()}")

    def holds(_: Manifest) -> Iterable[Checked]:
        return (told,)

    assert inspect(finished, holds).damaged == []
    shard.write_bytes(b"shArd")
    assert inspect(finished, holds).damaged == [str(shard)]


def test_a_record_of_own_files_that_changed_is_told(job: Path, finished: Manifest) -> None:
    record = Path(record_path(str(job), "all"))
    record.write_bytes(flipped(record.read_bytes()))
    with pytest.raises(DamageError, match=r"own/all\.json is not what was written there"):
        inspect(finished, holds_none)
    assert not is_kept(str(job), "all", f"{job}/models/all")


def test_own_files_are_kept_by_folder_and_by_name_as_long_as_they_are_whole(
    job: Path, finished: Manifest
) -> None:
    model = job / "models/all/model.bin"
    assert is_kept(str(job), "all", f"{job}/models/all")
    assert is_kept(str(job), "all", str(model))
    assert not is_kept(str(job), "all", f"{job}/models/al")
    assert not is_kept(str(job), "other", str(model))
    model.write_bytes(b"no model")
    assert not is_kept(str(job), "all", f"{job}/models/all")


@pytest.mark.parametrize("file", ["documents/one.000.parquet", "parts/one.json"])
def test_a_damaged_part_is_forgotten_with_its_unit_and_the_manifest(
    job: Path, finished: Manifest, file: str
) -> None:
    forget_files(str(job), [f"{job}/{file}"])
    assert not files.exists(manifest_path(str(job), "all"))
    left = [path.relative_to(job).as_posix() for path in job.glob("*/*") if "one" in path.name]
    assert left == []
    assert parts.finished(parts.markers(str(job))) == ["two"]


@pytest.mark.parametrize("file", ["models/all/model.bin", "own/all.json", "manifests/all.parquet"])
def test_another_damaged_file_is_forgotten_alone_with_the_manifest(
    job: Path, finished: Manifest, file: str
) -> None:
    forget_files(str(job), [f"{job}/{file}"])
    assert not files.exists(manifest_path(str(job), "all"))
    assert not (job / file).exists()
    assert sorted(parts.finished(parts.markers(str(job)))) == ["one", "two"]


def test_parts_that_nobody_has_read_since_have_no_stamp(finished: Manifest) -> None:
    keep_stamps(finished, stamps_now(finished, holds_none, before={"one"}))
    table = kept(finished)
    assert table is not None
    unread = set(FILES) - set(table["path"].to_pylist())
    assert unread == {file for file in FILES if "one.000" in file}


def test_a_job_that_lost_the_record_of_its_own_files_is_told(finished: Manifest) -> None:
    files.remove(record_path(finished.folder, "all"))
    with pytest.raises(DamageError, match=r"own/all\.json is not what was written there"):
        inspect(finished, holds_none)
