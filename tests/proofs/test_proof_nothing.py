"""Nothing to keep is no error: all seven jobs run, add up, and say that the mixture is empty."""

import json
from pathlib import Path

import pytest
from support import digests, funnel, gristmill

from pipeline.errors import UsageError
from pipeline.files import locked

LINES = {
    "an_empty_source": [],
    "all_in_another_language": [{"text": "Die Mühle stand zweihundert Jahre am Fluss. " * 9}],
    "all_too_short": [{"text": "Too short to say anything at all."}],
}


@pytest.mark.parametrize("case", LINES)
def test_a_corpus_that_keeps_nothing_runs_to_the_end(case: str, tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, LINES[case])))
    (tmp_path / "recipe.toml").write_text(
        '[[sources]]\nname = "lines"\nformat = "jsonl"\npaths = ["lines.jsonl"]\n'
    )
    told = gristmill("run", tmp_path / "recipe.toml", "--out", tmp_path / "run").stderr
    assert "the mixture is empty" in told
    jobs = funnel(tmp_path / "run")
    assert {counts["state"] for counts in jobs.values()} == {"complete"}
    assert jobs["extract"]["in"] == len(LINES[case])
    assert jobs["tokenize"]["kept"] == 0


def test_a_changed_file_of_the_same_size_is_read_again(tmp_path: Path) -> None:
    def run(word: str) -> int:
        text = f"The {word} mill ground the grain of the whole valley for its people. " * 30
        (tmp_path / "lines.jsonl").write_text(json.dumps({"text": text}))
        gristmill("run", recipe, "--out", tmp_path / "run", "--until", "extract")
        return len(list((tmp_path / "run").glob("extract-*/documents/*")))

    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[[sources]]\nname = "lines"\nformat = "jsonl"\npaths = ["lines.jsonl"]\n')
    assert run("water") == 1
    assert run("water") == 1
    assert run("motor") == 2


def test_a_second_run_into_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    lock = str(tmp_path / ".lock")
    with locked(lock, "free"), pytest.raises(UsageError, match="in use"), locked(lock, "in use"):
        raise AssertionError("the lock was given twice")
    with locked(lock, "in use"):
        pass


def test_a_file_of_a_finished_job_that_is_gone_is_named_and_made_again(tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_text(json.dumps({"text": "The mill is by the river. " * 40}))
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[[sources]]\nname = "lines"\nformat = "jsonl"\npaths = ["lines.jsonl"]\n')
    arguments = ("run", recipe, "--out", tmp_path / "run", "--until", "extract")
    gristmill(*arguments)
    (gone,) = (tmp_path / "run").glob("extract-*/documents/*")
    before = digests(tmp_path / "run")
    gone.unlink()
    told = gristmill(*arguments).stderr
    assert f"{gone.name} is not what was written there and is made again" in told.replace("\n", "")
    assert digests(tmp_path / "run") == before
