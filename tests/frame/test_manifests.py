"""Manifests: counted again from the files, the same anywhere, and honest about unfinished jobs."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import files
from pipeline.arrow import Made, documents_table, dropped_table
from pipeline.document import Document, drop
from pipeline.errors import CheckError, UsageError
from pipeline.frame import parts
from pipeline.frame.manifests import (
    Manifest,
    check_files,
    check_part,
    counted_apart,
    job_states,
    manifest_path,
    read_manifest,
    read_run,
    write_manifest,
)
from pipeline.frame.parts import Part

DOCUMENT = Document(id="0" * 32, url="https://one.example/", source="crawl", text="one")


def commit(folder: Path, came_in: int = 2, part: str = "one.000") -> Part:
    tables = {
        "documents": documents_table([DOCUMENT]),
        "dropped": dropped_table([drop(DOCUMENT, "screen", "opt_out")]),
    }
    seen = {"text/html": came_in, "apart:robots": 3}
    return parts.commit(
        str(folder), Made(part, tables, kept=1, seen=seen, blobs={"tokens": b"1234"})
    )


def manifest(folder: Path, part: Part) -> Manifest:
    return Manifest(
        format=1,
        job="extract",
        fingerprint="f" * 16,
        folder=str(folder),
        inputs={},
        recipe={"screen": {"languages": ["en"]}},
        parts=[part],
        came_in=2,
        kept=1,
        dropped={"screen:opt_out": 1},
        apart={"apart:robots": 3},
        extra={"notes": ["one"]},
    )


def test_part_that_adds_up_passes(tmp_path: Path) -> None:
    check_part("extract", str(tmp_path), commit(tmp_path))


@pytest.mark.parametrize("came_in", [1, 3])
def test_part_that_does_not_add_up_is_refused(tmp_path: Path, came_in: int) -> None:
    part = commit(tmp_path, came_in)
    with pytest.raises(CheckError, match=rf"in {came_in}, kept 1, dropped 1"):
        check_part("extract", str(tmp_path), part)


def test_part_that_has_lost_rows_is_refused(tmp_path: Path) -> None:
    part = commit(tmp_path)
    files.write_table(f"{tmp_path}/documents/one.000.parquet", documents_table([]))
    with pytest.raises(CheckError, match=r"documents of part one\.000 has 0 rows where 1 were"):
        check_part("extract", str(tmp_path), part)


@pytest.mark.parametrize("dataset", ["documents", "dropped"])
def test_part_whose_table_is_gone_is_refused(tmp_path: Path, dataset: str) -> None:
    part = commit(tmp_path)
    files.remove(f"{tmp_path}/{dataset}/one.000.parquet")
    with pytest.raises(CheckError, match=rf"{dataset} of part one\.000 has 0 rows where 1"):
        check_part("extract", str(tmp_path), part)


def test_part_whose_table_is_cut_short_is_refused(tmp_path: Path) -> None:
    part = commit(tmp_path)
    table = tmp_path / "documents" / "one.000.parquet"
    table.write_bytes(table.read_bytes()[:-20])
    with pytest.raises(CheckError, match=r"documents of part one\.000"):
        check_part("extract", str(tmp_path), part)


def test_part_whose_blob_is_cut_short_is_refused(tmp_path: Path) -> None:
    part = commit(tmp_path)
    (tmp_path / "tokens" / "one.000.arrow").write_bytes(b"12")
    with pytest.raises(CheckError, match=r"tokens of part one\.000 has 2 bytes where 4 were"):
        check_part("extract", str(tmp_path), part)


FILES = [
    f"{dataset}/{part}.000.{ending}"
    for part in ("one", "two")
    for dataset, ending in (("documents", "parquet"), ("dropped", "parquet"), ("tokens", "arrow"))
]


@pytest.fixture
def finished(tmp_path: Path) -> Manifest:
    """A job of two parts, whose files are all of FILES."""
    parts = [commit(tmp_path, part=part) for part in ("one.000", "two.000")]
    paths = [path for path in tmp_path.glob("*/*") if path.parent.name != "parts"]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in paths) == sorted(FILES)
    return replace(manifest(tmp_path, parts[0]), parts=parts)


def refused(folder: Path, file: str) -> str:
    """The sentence that names a file, as a pattern."""
    path, out = f"{folder}/{file}", repr(str(folder))
    return f"^{re.escape(f'{path} is not what extract has written; delete {out} and run again')}$"


def test_files_as_they_were_written_pass(finished: Manifest) -> None:
    check_files(finished)


@pytest.mark.parametrize("file", FILES)
def test_file_that_is_gone_is_refused(tmp_path: Path, finished: Manifest, file: str) -> None:
    files.remove(f"{tmp_path}/{file}")
    with pytest.raises(CheckError, match=refused(tmp_path, file)):
        check_files(finished)


@pytest.mark.parametrize("file", FILES)
def test_file_that_is_longer_is_refused(tmp_path: Path, finished: Manifest, file: str) -> None:
    with (tmp_path / file).open("ab") as end:
        end.write(b"1")
    with pytest.raises(CheckError, match=refused(tmp_path, file)):
        check_files(finished)


@pytest.mark.parametrize("file", FILES)
def test_file_that_is_cut_short_is_refused(tmp_path: Path, finished: Manifest, file: str) -> None:
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[:-1])
    with pytest.raises(CheckError, match=refused(tmp_path, file)):
        check_files(finished)


def test_manifest_is_read_back_as_it_was(tmp_path: Path) -> None:
    told = manifest(tmp_path, commit(tmp_path))
    write_manifest(told, manifest_path(str(tmp_path), "all"))
    assert read_manifest(str(tmp_path), "all") == told


def test_manifest_of_an_equal_job_elsewhere_has_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder = tmp_path / name
        write_manifest(manifest(folder, commit(folder)), manifest_path(str(folder), "all"))
    one, other = (tmp_path / name / "manifests" / "all.json" for name in ("a", "b"))
    assert one.read_bytes() == other.read_bytes()


def test_identity_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    told = manifest(tmp_path, commit(tmp_path))
    assert replace(told, folder="elsewhere").identity == told.identity


def test_identity_depends_on_checksums(tmp_path: Path) -> None:
    part = commit(tmp_path)
    other = replace(part, checksums={**part.checksums, "documents": "0" * 32})
    assert manifest(tmp_path, other).identity != manifest(tmp_path, part).identity


def test_identity_depends_on_what_is_extra(tmp_path: Path) -> None:
    told = manifest(tmp_path, commit(tmp_path))
    assert replace(told, extra={}).identity != told.identity


def test_paths_are_those_of_the_parts_in_order(tmp_path: Path) -> None:
    told = manifest(tmp_path, commit(tmp_path))
    assert told.paths("documents") == [f"{tmp_path}/documents/one.000.parquet"]


def test_counts_apart_are_added_over_parts(tmp_path: Path) -> None:
    part = commit(tmp_path)
    assert counted_apart([part, part]) == {"apart:robots": 6}


def test_folder_without_a_run_is_named() -> None:
    with pytest.raises(UsageError, match="'gone' holds no run; give the folder"):
        read_run("gone")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A run with one finished job, one that was broken off, and none of the others."""
    done, broken = tmp_path / "extract-ffff", tmp_path / "exact-eeee"
    write_manifest(manifest(done, commit(done)), manifest_path(str(done), "all"))
    commit(broken)
    jobs = {
        "extract": {"folder": "extract-ffff", "manifest": "all"},
        "exact": {"folder": "exact-eeee"},
    }
    files.write_json(f"{tmp_path}/run.json", {"jobs": jobs})
    return tmp_path


@pytest.mark.parametrize(
    ("job", "state", "mark"),
    [("extract", "complete", "ffff"), ("exact", "partial", "eeee"), ("near", "missing", "")],
)
def test_state_of_a_job_is_that_of_its_folder(out: Path, job: str, state: str, mark: str) -> None:
    found = job_states(str(out), (job,))[0]
    assert (found.state, found.fingerprint) == (state, mark)


def test_partial_job_counts_its_committed_parts(out: Path) -> None:
    commit(out / "exact-eeee", part="two.000")
    found = job_states(str(out), ("exact",))[0]
    assert (found.came_in, found.kept, found.dropped) == (4, 2, {"screen:opt_out": 2})


def test_complete_job_counts_its_manifest_alone(out: Path) -> None:
    commit(out / "extract-ffff", part="stray.000")
    found = job_states(str(out), ("extract",))[0]
    assert (found.came_in, found.kept) == (2, 1)


def test_job_whose_manifest_is_gone_is_partial(out: Path) -> None:
    files.remove(f"{out}/extract-ffff/manifests/all.json")
    assert job_states(str(out), ("extract",))[0].state == "partial"
