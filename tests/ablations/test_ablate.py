"""`gristmill ablate`: arms of one size, paired by document, and what is said of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mixed_dataset
import numpy as np
import pytest
from mixed_dataset import prose, run

from pipeline.commands.ablations.arms import Arm, arm_of, divided
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.tokenize.encode import Ids

SIZES = {("main", "books", 0): 60, ("main", "news", 0): 140}


def written(folder: Path, change: Callable[[str], str] = str) -> Path:
    """A dataset whose texts are changed."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixed_dataset, "prose", lambda name, number: change(prose(name, number)))
        mixed_dataset.write(folder, SIZES)
    return folder


@pytest.fixture(scope="module")
def arms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("arms")
    mixed_dataset.write_held_out(root / "held.jsonl")
    return {
        "plain": written(root / "plain"),
        "again": written(root / "again"),
        "shorter": written(root / "shorter", lambda text: text[: len(text) // 2]),
        "reversed": written(root / "reversed", lambda text: text[::-1]),
        "held": root / "held.jsonl",
    }


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    capsys.readouterr()
    run("ablate", *arguments, "--parts", "4", "--json")
    return json.loads(capsys.readouterr().out)


def test_the_same_documents_twice_have_no_difference(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, arms["plain"], arms["again"], "--held-out", arms["held"])
    (one,) = found["arms"]
    assert one["difference"]["mean"] == one["difference"]["low"] == one["difference"]["high"] == 0
    assert not one["sure"]
    assert "are the same to this model" in one["verdict"]


def test_a_worse_arm_is_told_with_its_interval_and_by_group(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, arms["plain"], arms["reversed"], "--held-out", arms["held"])
    (one,) = found["arms"]
    assert 0 < one["difference"]["low"] < one["difference"]["mean"] < one["difference"]["high"]
    assert one["sure"]
    assert one["bits"] - found["bits"] == pytest.approx(one["difference"]["mean"])
    assert one["verdict"].startswith(f"{arms['plain']} is better than {arms['reversed']}")
    assert set(one["by_group"]) == {"books", "forum", "news"}


@pytest.mark.parametrize("same", ["tokens", "bytes"])
def test_arms_get_as_much_as_the_smallest_has(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str], same: str
) -> None:
    names = (arms["plain"], arms["shorter"])
    whole = told(capsys, *names, "--held-out", arms["held"], "--same", same)
    alone = told(
        capsys, arms["shorter"], arms["shorter"], "--held-out", arms["held"], "--same", same
    )
    assert whole["size"] == alone["size"]
    less = told(capsys, *names, "--held-out", arms["held"], "--same", same, "--size", "4000")
    assert less["size"] == 4_000


def test_people_read_a_table_and_a_sentence(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    figure = tmp_path / "arms.svg"
    run("ablate", arms["plain"], arms["reversed"], "--held-out", arms["held"], "--figure", figure)
    said = capsys.readouterr()
    assert "is better than" in said.out
    assert "95 % interval" in said.err
    assert figure.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--same", "words"), "arms cannot have the same 'words'; set tokens or bytes"),
        (("--parts", "5000"), "has too few documents for 5000 parts; take fewer"),
    ],
)
def test_what_cannot_be_is_refused(
    arms: dict[str, Path], options: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        run("ablate", arms["plain"], arms["again"], "--held-out", arms["held"], *options)


def test_arms_that_cannot_be_compared_are_refused(arms: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="is compared with nothing; give two arms or more"):
        run("ablate", arms["plain"], "--held-out", arms["held"])
    with pytest.raises(UsageError, match="two recipes of one file name"):
        run("ablate", "a/x.toml", "b/x.toml", "--held-out", arms["held"], "--out", "o")


def test_a_recipe_needs_a_folder_to_be_run_into(arms: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="is a recipe, which is run first; give a folder by --out"):
        run("ablate", "one.toml", "two.toml", "--held-out", arms["held"])


def arm(name: str, lengths: list[int]) -> Arm:
    rows = [
        (digest(str(at)), np.full(length, at, np.uint16), length)
        for at, length in enumerate(lengths)
    ]
    return arm_of(name, rows, seed=1)


def size(documents: list[Ids]) -> int:
    return sum(map(len, documents))


def test_parts_are_of_one_size_and_hold_the_same_documents_in_every_arm() -> None:
    draws = np.random.default_rng(2)
    lengths = draws.integers(5, 200, 400).tolist()
    made = divided([arm("one", lengths), arm("two", [2 * n for n in lengths])], 8)
    assert {size(part) for parts in made.parts for part in parts} == {made.part_size}
    assert {size(whole) for whole in made.whole} == {made.size} == {sum(lengths)}
    assert made.part_size > 0.85 * sum(lengths) / 8
    for one, two in zip(*made.parts, strict=True):
        assert {int(ids[0]) for ids in two} <= {int(ids[0]) for ids in one}
