"""Manifests: a head and a table of parts, the same anywhere, honest about unfinished jobs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support_manifests import manifest_of

from pipeline import files
from pipeline.arrow import Made, documents_table, dropped_table
from pipeline.document import Document, drop
from pipeline.errors import DamageError, UsageError
from pipeline.frame import parts
from pipeline.frame.job_states import job_states, read_run
from pipeline.frame.manifests import FORMAT, Manifest, read_manifest
from pipeline.frame.part_tables import table_parts
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


def manifest(folder: Path, *found: Part, **extra: Any) -> Manifest:
    """The written manifest of a job with these parts."""
    recipe = {"screen": {"languages": ["en"]}}
    return manifest_of(str(folder), "extract", found, recipe=recipe, extra=extra)


@pytest.fixture
def finished(tmp_path: Path) -> Manifest:
    """A job of two parts."""
    found = [commit(tmp_path, part=part) for part in ("one.000", "two.000")]
    return manifest(tmp_path, *found)


def test_manifest_is_read_back_as_it_was(tmp_path: Path) -> None:
    part = commit(tmp_path)
    told = manifest(tmp_path, part, notes=["one"])
    again = read_manifest(str(tmp_path), "all")
    assert again == told
    assert list(table_parts(again.table)) == [part]


def test_manifest_adds_up_its_parts(finished: Manifest) -> None:
    assert (finished.parts, finished.came_in, finished.kept) == (2, 4, 2)
    assert finished.dropped == {"screen:opt_out": 2}
    assert finished.apart == {"apart:robots": 6}


def test_manifest_of_an_equal_job_elsewhere_has_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        manifest(tmp_path / name, commit(tmp_path / name))
    for file in ("all.json", "all.parquet"):
        one, other = (tmp_path / name / "manifests" / file for name in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()


def test_identity_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    told = [manifest(tmp_path / name, commit(tmp_path / name)) for name in ("a", "b")]
    assert told[0].folder != told[1].folder
    assert told[0].identity == told[1].identity


@pytest.mark.parametrize("dataset", ["documents", "tokens"])
def test_identity_depends_on_checksums(tmp_path: Path, dataset: str) -> None:
    part = commit(tmp_path)
    other = replace(part, checksums={**part.checksums, dataset: "0" * 32})
    assert manifest(tmp_path, other).identity != manifest(tmp_path, part).identity


def test_identity_depends_on_the_names_of_parts(tmp_path: Path) -> None:
    part = commit(tmp_path)
    other = replace(part, name="two.000")
    assert manifest(tmp_path, other).identity != manifest(tmp_path, part).identity


def test_identity_depends_on_what_is_extra(tmp_path: Path) -> None:
    part = commit(tmp_path)
    assert manifest(tmp_path, part, a=1).identity != manifest(tmp_path, part).identity


def test_datasets_are_tables_and_blobs(finished: Manifest) -> None:
    assert finished.datasets == ["documents", "dropped", "tokens"]
    assert finished.tables == ["documents", "dropped"]


def test_paths_are_those_of_the_parts_in_order(tmp_path: Path, finished: Manifest) -> None:
    assert finished.paths("documents") == [
        f"{tmp_path}/documents/{part}.000.parquet" for part in ("one", "two")
    ]


def test_paths_leave_out_files_without_rows(tmp_path: Path) -> None:
    tables = {"documents": documents_table([])}
    empty = parts.commit(str(tmp_path), Made("empty.000", tables, kept=0))
    told = manifest(tmp_path, empty, commit(tmp_path))
    assert told.paths("documents") == [f"{tmp_path}/documents/one.000.parquet"]


def test_manifest_of_another_format_is_refused_with_the_remedy(tmp_path: Path) -> None:
    old = {"format": 1, "job": "extract", "parts": [{"name": "one.000"}], "came_in": 1}
    files.write_json(f"{tmp_path}/manifests/all.json", old)
    with pytest.raises(UsageError) as told:
        read_manifest(str(tmp_path), "all")
    assert str(told.value) == (
        f"{str(tmp_path)!r} is of format 1, not {FORMAT}; run its recipe again, which makes a "
        "folder beside it, or read it with the version that wrote it"
    )


def test_folder_without_a_run_is_named() -> None:
    with pytest.raises(UsageError, match="'gone' holds no run; give the folder"):
        read_run("gone")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A run with one finished job, one that was broken off, and none of the others."""
    done, broken = tmp_path / "extract-ffff", tmp_path / "exact-eeee"
    manifest(done, commit(done))
    commit(broken)
    jobs = {
        "extract": {"folder": "extract-ffff", "manifest": "all"},
        "exact": {"folder": "exact-eeee"},
    }
    files.write_sealed(f"{tmp_path}/run.json", {"jobs": jobs})
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


@pytest.mark.parametrize("data", [None, b"PAR1"])
def test_table_of_parts_that_is_gone_or_damaged_is_told(
    tmp_path: Path, finished: Manifest, data: bytes | None
) -> None:
    table = tmp_path / "manifests" / "all.parquet"
    table.unlink()
    if data:
        table.write_bytes(data)
    with pytest.raises(DamageError, match=r"all\.parquet is not what was written there"):
        assert read_manifest(str(tmp_path), "all").table


@pytest.mark.parametrize("file", ["run.json", "manifests/all.json"])
def test_json_that_is_cut_short_is_told(tmp_path: Path, file: str) -> None:
    files.write_bytes_atomic(f"{tmp_path}/{file}", b'{"format": ')
    with pytest.raises(DamageError, match=f"{file} is not what was written there"):
        read_run(str(tmp_path)) if file == "run.json" else read_manifest(str(tmp_path), "all")


def test_no_byte_of_a_manifest_can_change_unseen(tmp_path: Path, finished: Manifest) -> None:
    head = tmp_path / "manifests" / "all.json"
    whole = head.read_bytes()
    for at in range(len(whole)):
        head.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(DamageError, match=r"all\.json is not what was written there"):
            read_manifest(str(tmp_path), "all")
