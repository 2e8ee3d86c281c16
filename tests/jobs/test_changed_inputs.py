"""An input that changes while it is read poisons nothing: once it is put back, a run gives the
bytes of one that nobody has disturbed.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import digests, leftovers

from pipeline.commands.run_recipe import run_recipe
from pipeline.errors import CheckError
from pipeline.frame.run import Settings
from pipeline.ingest import sources

WORDS = " ".join(f"word{at}" for at in range(20))
LINES = 4_100  # of a file that leaves two parts before its last one


def written(folder: Path) -> Path:
    """A recipe over two files."""
    for name in ("one", "two"):
        lines = ({"text": f"{WORDS} {name} line {at}.", "id": str(at)} for at in range(LINES))
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
        put_back(folder / f"{name}.jsonl")
    recipe = folder / "recipe.toml"
    recipe.write_text(
        'quality = { rules = [] }\n[[sources]]\nname = "s"\nformat = "jsonl"\n'
        'paths = ["*.jsonl"]\nlanguage = "en"\n'
    )
    return recipe


def put_back(path: Path) -> None:
    os.utime(path, ns=(time.time_ns() - 10**11,) * 2)  # long ago: no doubt about its time


def run(recipe: Path, out: Path) -> dict[str, str]:
    run_recipe(str(recipe), str(out), (), Settings(until="exact", quiet=True, durable=False))
    return digests(out)


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(path.read_bytes())


def replaced(path: Path) -> None:
    other = path.with_suffix(".other")
    other.write_text(json.dumps({"text": WORDS}) + "\n")
    other.replace(path)


def edited(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"#")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


class Disturbed:
    """A run over two files, of which the second changes when so many lines have been read."""

    def __init__(self, folder: Path, change: Callable[[Path], None], line: int) -> None:
        (folder / "in").mkdir()
        self.recipe, self.out = written(folder / "in"), folder / "out"
        self.path = folder / "in" / "two.jsonl"
        self._whole, self._change, self._line = self.path.read_bytes(), change, line
        self._items = sources._items

    def run(self) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(sources, "_items", self._changing)
            run(self.recipe, self.out)

    def _changing(self, *arguments: Any) -> Iterator[Any]:
        for item in self._items(*arguments):
            self._line -= 1
            if not self._line:
                self._change(self.path)
            yield item

    def run_again(self) -> dict[str, str]:
        """What a run makes once the file has been put back."""
        self.path.write_bytes(self._whole)
        put_back(self.path)
        return run(self.recipe, self.out)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "in").mkdir()
    return run(written(folder / "in"), folder / "out")


@pytest.mark.parametrize(
    ("change", "line"),
    [(cut, 1), (grown, 1), (replaced, 2_500), (edited, 2 * LINES), (emptied, 2 * LINES)],
)
def test_a_run_over_a_file_that_changes_ends_in_a_sentence_and_the_next_one_well(
    change: Callable[[Path], None], line: int, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    disturbed = Disturbed(tmp_path, change, line)
    with pytest.raises(CheckError, match=r"two\.jsonl has changed since it was planned"):
        disturbed.run()
    assert disturbed.run_again() == undisturbed
    assert leftovers(disturbed.out) == []


def test_what_was_read_after_an_edit_is_made_again_once_that_is_undone(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    disturbed = Disturbed(tmp_path, edited, 1)
    disturbed.run()
    assert digests(disturbed.out) != undisturbed
    found = disturbed.run_again()
    assert {name: found[name] for name in undisturbed} == undisturbed
