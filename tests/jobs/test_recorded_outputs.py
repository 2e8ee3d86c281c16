"""A job whose rules have changed under the same version is told from one with other input."""

import gzip
import shutil
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jobs import record_outputs
from jobs.record_outputs import (
    RECORD,
    Output,
    complaint,
    is_forgotten,
    other_versions,
    outputs,
    read_record,
    run_input,
    stored,
    write_input,
    write_record,
)

from pipeline.errors import UsageError
from pipeline.jobs import JOBS
from pipeline.tokenize import token_files

NAMES = [job.name for job in JOBS]
OUTPUT = Output(version=3, came_in="input", wrote="output")
FORGOTTEN = replace(OUTPUT, wrote="other output")
RAISED = replace(FORGOTTEN, version=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


@pytest.fixture(scope="module")
def came_in(folder: Path) -> str:
    return write_input(folder / "input")


@pytest.fixture(scope="module")
def found(folder: Path, came_in: str) -> dict[str, Output]:
    """What the jobs make of the input, all of them run in this process."""
    return outputs(came_in, run_input(folder / "input", folder / "run"))


@pytest.fixture(scope="module")
def recorded() -> dict[str, Output]:
    if others := other_versions():
        pytest.skip(f"the record holds under constraints.txt alone: {'; '.join(others)}")
    return read_record(RECORD)


@pytest.mark.parametrize("job", NAMES)
def test_a_job_writes_what_is_recorded(
    job: str, recorded: dict[str, Output], found: dict[str, Output]
) -> None:
    said = complaint(job, recorded.get(job), found[job])
    if said:
        pytest.fail(said, pytrace=False)


def test_a_planted_change_of_a_rule_is_caught(
    folder: Path,
    came_in: str,
    found: dict[str, Output],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "run"
    shutil.copytree(folder / "run", out)
    for path in out.glob("tokenize-*"):
        shutil.rmtree(path)
    monkeypatch.setattr(token_files, "order_key", lambda seed, id: int(id[:16], 16))
    changed = outputs(came_in, run_input(folder / "input", out))
    said = {job: complaint(job, found[job], changed[job]) for job in NAMES}
    assert [job for job in NAMES if said[job]] == ["tokenize"]
    assert "Raise `version` in pipeline/jobs/tokenize.py" in str(said["tokenize"])


def test_nothing_is_said_where_nothing_has_changed() -> None:
    assert complaint("near", OUTPUT, OUTPUT) is None


def test_a_forgotten_version_is_to_be_raised() -> None:
    said = complaint("near", OUTPUT, FORGOTTEN)
    assert said
    assert "Raise `version` in pipeline/jobs/near.py, add a line to CHANGELOG.md" in said
    assert said.endswith("record anew: .venv/bin/python tests/jobs/record_outputs.py")


def test_a_lowered_version_is_no_raised_one() -> None:
    assert is_forgotten(OUTPUT, replace(FORGOTTEN, version=2))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(RAISED, id="raised version"),
        pytest.param(replace(OUTPUT, version=4), id="raised version, same output"),
        pytest.param(replace(FORGOTTEN, came_in="other input"), id="other input"),
        pytest.param(replace(OUTPUT, came_in="other input"), id="other input, same output"),
    ],
)
def test_what_is_no_forgotten_version_is_just_to_be_recorded_anew(other: Output) -> None:
    said = complaint("near", OUTPUT, other)
    assert said
    assert "record anew: .venv/bin/python tests/jobs/record_outputs.py" in said
    assert "Raise" not in said


def test_a_job_without_a_record_is_to_be_recorded() -> None:
    assert "record anew" in str(complaint("near", None, OUTPUT))


def test_a_raised_version_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "outputs.json"
    write_record(path, {"near": OUTPUT})
    write_record(path, {"near": RAISED})
    assert read_record(path) == {"near": RAISED}


def test_a_forgotten_version_is_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / "outputs.json"
    write_record(path, {"near": OUTPUT})
    with pytest.raises(UsageError, match=r"raise `version` in pipeline/jobs/near\.py first"):
        write_record(path, {"near": FORGOTTEN})
    assert read_record(path) == {"near": OUTPUT}


def test_the_command_ends_with_a_sentence_and_exit_code_2_where_it_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_record(tmp_path / "outputs.json", {"near": OUTPUT})
    monkeypatch.setattr(record_outputs, "RECORD", tmp_path / "outputs.json")
    monkeypatch.setattr(record_outputs, "found_outputs", lambda: {"near": FORGOTTEN})
    with pytest.raises(SystemExit) as stop:
        record_outputs.main()
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("nothing is recorded: near writes something else")


def test_a_library_of_another_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_outputs, "version", lambda name: "0.0")
    said = [line for line in other_versions() if line.startswith("lxml-html-clean ")]
    assert len(said) == 1
    assert said[0].startswith("lxml-html-clean is 0.0, not ")


def test_the_input_is_the_same_however_zlib_compresses(
    came_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compress, compressor = zlib.compress, zlib.compressobj

    def other(data: bytes, level: int = 9, **rest: Any) -> bytes:
        return compress(data, 1, **rest)

    monkeypatch.setattr(zlib, "compress", other)
    monkeypatch.setattr(zlib, "compressobj", lambda level, *rest: compressor(1, *rest))
    assert write_input(tmp_path) == came_in


@pytest.mark.parametrize("size", [0, 1, 0xFFFF, 0x10000, 200_000])
def test_a_stored_member_holds_its_text(size: int) -> None:
    text = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert gzip.decompress(stored(text)) == text
