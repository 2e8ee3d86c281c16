"""A dataset of a run: refused in one sentence where the run has none."""

from pathlib import Path

import pytest

import gristmill
from pipeline.errors import UsageError


def run_of_nothing(folder: Path, until: str = "") -> Path:
    """The folder of a run whose only source is empty."""
    (folder / "lines.jsonl").touch()
    recipe = folder / "recipe.toml"
    recipe.write_text('[[sources]]\nname = "lines"\nformat = "jsonl"\npaths = ["lines.jsonl"]\n')
    gristmill.run(recipe, folder / "run", until=until)
    return folder / "run"


def test_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"'{tmp_path}' holds no run; give the folder"):
        gristmill.open_dataset(tmp_path)


def test_run_that_was_stopped_early_is_refused(tmp_path: Path) -> None:
    out = run_of_nothing(tmp_path, until="extract")
    with pytest.raises(UsageError, match="no finished tokenize job; run it to the end first"):
        gristmill.open_dataset(out)


def test_run_with_an_empty_mixture_is_refused(tmp_path: Path) -> None:
    out = run_of_nothing(tmp_path)
    with pytest.raises(UsageError, match="no dataset: its mixture is empty; see its status"):
        gristmill.open_dataset(out)
