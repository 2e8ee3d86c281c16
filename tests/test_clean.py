"""What `gristmill clean` shows and removes: what the last run does not name, and no more."""

from pathlib import Path

import pytest
from support_manifests import manifest_of

from pipeline import files
from pipeline.arrow import Made, documents_table, dropped_table
from pipeline.commands.clean_run import clean_run
from pipeline.document import Document
from pipeline.errors import CheckError
from pipeline.frame import parts

OLD, NEW = "0" * 16, "1" * 16
DOCUMENT = Document(id="0" * 32, url="https://one.example/", source="crawl", text="one")


def artefact(out: Path, job: str, mark: str) -> str:
    """A finished job's folder of one part; gives its name."""
    tables = {"documents": documents_table([DOCUMENT]), "dropped": dropped_table([])}
    folder = f"{job}-{mark}"
    made = Made("one.000", tables, kept=1, seen={"text/html": 1})
    part = parts.commit(f"{out}/{folder}", made)
    manifest_of(f"{out}/{folder}", job, [part])
    return folder


def ran(out: Path, *finished: str, reached: str = "") -> None:
    """The record of a run that has finished some folders and was stopped in the one `reached`."""
    jobs = {name.partition("-")[0]: {"folder": name, "manifest": "all"} for name in finished}
    jobs |= {reached.partition("-")[0]: {"folder": reached}} if reached else {}
    files.write_sealed(f"{out}/run.json", {"recipe": {}, "jobs": jobs})


def folders(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if path.is_dir())


def test_folders_that_the_last_run_does_not_name_are_removed_where_asked(tmp_path: Path) -> None:
    old, new = artefact(tmp_path, "extract", OLD), artefact(tmp_path, "extract", NEW)
    ran(tmp_path, new)
    clean_run(str(tmp_path), remove=False)
    assert folders(tmp_path) == [old, new]
    clean_run(str(tmp_path), remove=True)
    assert folders(tmp_path) == [new]


def test_what_a_killed_run_was_writing_is_removed_where_asked(tmp_path: Path) -> None:
    ran(tmp_path, artefact(tmp_path, "extract", NEW))
    half = tmp_path / ".tmp-0123456789ab-run.json"
    half.write_text("{")
    clean_run(str(tmp_path), remove=False)
    assert half.exists()
    clean_run(str(tmp_path), remove=True)
    assert not half.exists()


@pytest.mark.parametrize("start", ["", "./", "file://{}/"])
def test_a_folder_is_the_same_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], start: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran(tmp_path / "run", artefact(tmp_path / "run", "extract", NEW))
    files.remove_folder(f"{tmp_path}/run/extract-{NEW}/work")
    before = {*(tmp_path / "run").rglob("*.*")}
    clean_run(f"{start.format(tmp_path)}run", remove=True)
    assert "nothing to clean" in capsys.readouterr().err
    assert {*(tmp_path / "run").rglob("*.*")} - {tmp_path / "run" / ".lock"} == before


def test_a_folder_that_lacks_what_its_manifest_names_is_left(tmp_path: Path) -> None:
    new = artefact(tmp_path, "extract", NEW)
    ran(tmp_path, new)
    files.remove(f"{tmp_path}/{new}/documents/one.000.parquet")
    with pytest.raises(CheckError, match="lacks files that its manifest names"):
        clean_run(str(tmp_path), remove=True)
    assert (tmp_path / new / "parts" / "one.json").exists()


def test_a_stopped_run_keeps_what_it_has_not_come_to(tmp_path: Path) -> None:
    old, new = artefact(tmp_path, "extract", OLD), artefact(tmp_path, "extract", NEW)
    behind = artefact(tmp_path, "tokenize", OLD)
    ran(tmp_path, reached=new)
    clean_run(str(tmp_path), remove=True)
    assert folders(tmp_path) == [new, behind]
    assert not (tmp_path / old).exists()


def test_what_lies_in_a_named_folder_and_is_of_no_part_is_removed(tmp_path: Path) -> None:
    new = artefact(tmp_path, "extract", NEW)
    before = sorted((tmp_path / new).rglob("*.*"))
    (tmp_path / new / "documents" / "gone.000.parquet").write_bytes(b"old")
    ran(tmp_path, new)
    clean_run(str(tmp_path), remove=True)
    assert [path for path in sorted((tmp_path / new).rglob("*.*")) if "work" not in path.parts] == [
        path for path in before if "work" not in path.parts
    ]


def test_nothing_but_artefacts_is_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(tmp_path, artefact(tmp_path, "extract", NEW))
    files.remove_folder(f"{tmp_path}/extract-{NEW}/work")
    (tmp_path / "notes-0000000000000000").mkdir()
    clean_run(str(tmp_path), remove=True)
    assert "nothing to clean" in capsys.readouterr().err
    assert folders(tmp_path) == [f"extract-{NEW}", "notes-0000000000000000"]
