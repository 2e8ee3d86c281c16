"""Two mixtures of a dataset, compared by texts that it does not hold."""

import json
from pathlib import Path
from typing import Any

import mixed_dataset
import pytest
from mixed_dataset import SIZES, run

from pipeline.errors import UsageError
from pipeline.recipe_types import MixConfig


def compared(
    capsys: pytest.CaptureFixture[str], dataset: Path, held: Path, *options: str | Path
) -> Any:
    """What the comparison tells programs."""
    capsys.readouterr()
    run("mix", "compare", dataset, *options, "--held-out", held, "--runs", "4", "--json")
    return json.loads(capsys.readouterr().out)


def test_a_mixture_is_not_told_apart_from_itself(
    dataset: Path, held: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compared(capsys, dataset, held, "natural", "natural")
    assert found["low"] <= 0 <= found["high"]
    assert found["mean"] == 0


@pytest.mark.parametrize("first", [True, False])
def test_a_mixture_that_is_clearly_better_is_found_so(
    first: bool, dataset: Path, held: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "narrow.toml"
    recipe.write_text("[mix]\nweights = { news = 1.0 }\n")
    pair = ("natural", recipe) if first else (recipe, "natural")
    run("mix", "compare", dataset, *pair, "--held-out", held, "--runs", "4")
    assert capsys.readouterr().out.startswith("natural is better: ")
    found = compared(capsys, dataset, held, *pair)
    assert (found["high"] < 0) if first else (found["low"] > 0)


def test_texts_that_the_dataset_holds_are_left_out(
    dataset: Path, held: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = [{"text": mixed_dataset.prose("news", at), "domain": "news"} for at in range(5)]
    path = tmp_path / "both.jsonl"
    path.write_text("\n".join([held.read_text(), *map(json.dumps, known)]))
    both = compared(capsys, dataset, path, "natural", "natural")
    assert both == compared(capsys, dataset, held, "natural", "natural")
    run("mix", "compare", dataset, "natural", "natural", "--held-out", path, "--runs", "2")
    assert "5 texts are left out, as the dataset holds them" in capsys.readouterr().err


def test_held_out_texts_that_are_all_held_are_refused(dataset: Path, tmp_path: Path) -> None:
    path = tmp_path / "known.jsonl"
    path.write_text(json.dumps({"text": mixed_dataset.prose("news", 3)}))
    with pytest.raises(UsageError, match="the dataset holds all texts of"):
        run("mix", "compare", dataset, "natural", "natural", "--held-out", path)


@pytest.mark.parametrize("line", ["no JSON", "[1]", '"text"', '{"words": "a"}', '{"text": "a'])
def test_held_out_lines_that_are_no_objects_with_a_text_are_refused_by_number(
    line: str, dataset: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f'{{"text": "a"}}\n\n{line}\n')
    with pytest.raises(
        UsageError, match=r"bad\.jsonl line 3 is no JSON object with a text under `text`"
    ):
        run("mix", "compare", dataset, "natural", "natural", "--held-out", path)


def test_a_recipe_that_mixes_by_something_else_is_refused(
    dataset: Path, held: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "other.toml"
    recipe.write_text('[mix]\nby = "source"\n')
    with pytest.raises(UsageError, match="mixes by source and the dataset by domain"):
        run("mix", "compare", dataset, recipe, "natural", "--held-out", held)


def test_the_natural_mixture_of_sources_is_that_of_sources(
    held: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mixed_dataset.write(tmp_path, SIZES, MixConfig(by="source", annealing=False))
    assert compared(capsys, tmp_path, held, "natural", "natural")["mean"] == 0


def test_a_comparison_of_more_tokens_than_copies_have_is_refused(dataset: Path, held: Path) -> None:
    there = json.loads((dataset / "plan.json").read_text())["groups"].values()
    beyond = 12 * sum(row["tokens"] for row in there)
    with pytest.raises(UsageError, match="more than 4 copies; ask for fewer tokens"):
        run("mix", "compare", dataset, "natural", "natural", "--held-out", held, "--tokens", beyond)
