"""An input that was edited without a change of its size: what a run makes of it is what a fresh run
makes, whatever was there before.
"""

import json
import os
import time
from pathlib import Path

import pytest
from support import dataset, digests

from pipeline.commands.run_recipe import run_recipe
from pipeline.frame.run import Settings

WORDS = [f"word{at}" for at in range(40)]


def written(folder: Path, secret: str) -> Path:
    """A recipe over two files, of which one says something in its middle, far from its ends."""
    folder.mkdir(exist_ok=True)
    for name in ("one", "two"):
        lines = [{"text": f"{' '.join(WORDS)} line {at}.", "id": str(at)} for at in range(900)]
        if name == "one":
            lines[450]["text"] = f"This is {secret}. {' '.join(WORDS)}"
        text = "\n".join(map(json.dumps, lines))
        path = folder / f"{name}.jsonl"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        os.utime(path, ns=(time.time_ns() - 10**11,) * 2)  # long ago: no doubt about its time
    recipe = folder / "recipe.toml"
    recipe.write_text(
        'quality = { rules = [] }\n[[sources]]\nname = "s"\nformat = "jsonl"\n'
        'paths = ["*.jsonl"]\nlanguage = "en"\n'
    )
    return recipe


def run(recipe: Path, out: Path) -> dict[str, str]:
    run_recipe(str(recipe), str(out), (), Settings(until="exact", quiet=True))
    return digests(out)


def markers(out: Path) -> dict[str, int]:
    """When the marker of every unit of extract was written."""
    return {path.name: path.stat().st_mtime_ns for path in out.glob("extract-*/parts/*.json")}


@pytest.fixture
def edited(tmp_path: Path) -> tuple[Path, Path, dict[str, int]]:
    """A recipe, a run over what its files held before, and the times of its markers."""
    recipe, out = written(tmp_path / "in", "a secret"), tmp_path / "out"
    run(recipe, out)
    before = markers(out)
    written(tmp_path / "in", "no secret"[:8])
    os.utime(tmp_path / "in" / "one.jsonl")
    return recipe, out, before


def test_an_edited_file_is_made_again_as_a_fresh_run_makes_it(
    edited: tuple[Path, Path, dict[str, int]], tmp_path: Path
) -> None:
    recipe, out, _ = edited
    found = run(recipe, out)
    fresh = run(recipe, tmp_path / "fresh")
    assert {name: found[name] for name in fresh} == fresh
    texts = " ".join(dataset(out, "extract", "documents", ["text"])["text"].to_pylist())
    assert ("no secre" in texts, "a secret" in texts) == (True, False)


def test_units_of_other_files_are_left_as_they_are(
    edited: tuple[Path, Path, dict[str, int]],
) -> None:
    recipe, out, before = edited
    run(recipe, out)
    after = markers(out)
    assert set(after) == set(before)
    assert [name.split("~")[0] for name in after if after[name] != before[name]] == ["s.one.jsonl"]


def test_a_touch_makes_nothing_again(tmp_path: Path) -> None:
    recipe, out = written(tmp_path / "in", "a secret"), tmp_path / "out"
    run(recipe, out)
    before = markers(out)
    os.utime(tmp_path / "in" / "one.jsonl")
    run(recipe, out)
    assert markers(out) == before
