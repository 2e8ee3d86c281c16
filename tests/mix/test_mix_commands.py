"""Mixtures on their own, by commands over a dataset: shown, drawn, judged, fitted."""

import json
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import mixed_dataset
import numpy as np
import pytest
from mixed_dataset import run

from pipeline.errors import UsageError
from pipeline.loader.plan import MixPlan
from pipeline.mix.experiment.run_tables import read_metrics, read_ratios, write_metrics
from pipeline.recipe_types import AnnealingConfig, MixConfig

RUNS, SHORT = 14, 32


@pytest.fixture(scope="module")
def swarm(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swarm")
    run("mix", "swarm", dataset, "--out", folder, "--runs", str(RUNS))
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    """What a command tells programs."""
    capsys.readouterr()
    run(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_a_plan_is_shown_as_a_table_of_components(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("mix", "plan", dataset)
    shown = capsys.readouterr().err
    assert all(name in shown for name in ("books", "forum", "news", "dry at"))
    assert "phase anneal: all of it, once, 1 groups" in shown
    assert "main-books-0" not in shown


def test_a_plan_is_shown_as_a_table_of_groups(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("mix", "plan", dataset, "--groups")
    assert "main-books-1" in capsys.readouterr().err


def test_a_plan_is_told_to_programs(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = json.loads((dataset / "plan.json").read_text())
    value = told(capsys, "mix", "plan", dataset)
    assert value["phases"] == plan["phases"]
    assert {row["name"]: row["seen"] for row in value["components"]} == {
        name: row["seen"] for name, row in plan["components"].items()
    }
    assert {row["name"] for row in value["groups"]} == set(plan["groups"])
    assert value["use"]["tokens"] == sum(row["tokens"] for row in plan["groups"].values())


def test_a_figure_is_valid_and_the_same_each_time_and_names_are_escaped(tmp_path: Path) -> None:
    strange = r"a<b$c&$x_1"
    mixed_dataset.write(tmp_path, {("main", "books", 0): 9, ("main", strange, 0): 9})
    paths = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for path in paths:
        run("mix", "plan", tmp_path, "--figure", path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    texts = ["".join(found.itertext()) for found in ET.fromstring(first).iter()]
    assert strange in texts
    assert "books" in texts


def test_a_figure_that_is_no_svg_is_refused(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is no \.svg"):
        run("mix", "plan", dataset, "--figure", tmp_path / "figure.png")


@pytest.mark.parametrize("command", [("plan",), ("swarm", "--out", "swarm")], ids="-".join)
def test_a_folder_without_a_run_is_refused(command: tuple[str, ...], tmp_path: Path) -> None:
    name, *options = command
    with pytest.raises(UsageError, match="holds no run"):
        run("mix", name, tmp_path, *options)


def realised(dataset: Path, swarm: Path) -> list[tuple[float, int]]:
    """How many samples components are away from their shares, at most, and of how many groups."""
    table = read_ratios(str(swarm / "ratios.csv"))
    groups = json.loads((dataset / "plan.json").read_text())["groups"]
    found = []
    for name, shares in zip(table.runs, table.values, strict=True):
        path = swarm / "plans" / f"{name}.json"
        plan = MixPlan.from_plan(str(dataset), str(path), SHORT)
        counts = dict.fromkeys(table.columns, 0)
        for group, count in zip(plan.groups, plan.counts.tolist(), strict=True):
            counts[groups[group]["domain"]] += count
        away = np.abs(np.array(list(counts.values())) - plan.samples * shares)
        found.append((float(away.max()), len(plan.groups)))
    return found


def test_loaders_read_the_shares_that_a_swarm_tells(dataset: Path, swarm: Path) -> None:
    away = realised(dataset, swarm)
    assert len(away) == RUNS
    assert all(most < groups for most, groups in away)


def test_a_swarm_is_the_same_each_time_and_another_by_another_seed(
    dataset: Path, swarm: Path, tmp_path: Path
) -> None:
    for seed in ("0", "1"):
        out = tmp_path / seed
        run("mix", "swarm", dataset, "--out", out, "--runs", str(RUNS), "--seed", seed)
    first = (swarm / "ratios.csv").read_bytes()
    assert first == (tmp_path / "0" / "ratios.csv").read_bytes()
    assert first != (tmp_path / "1" / "ratios.csv").read_bytes()


def test_a_swarm_reads_no_reserved_group(dataset: Path, swarm: Path) -> None:
    for path in (swarm / "plans").iterdir():
        (phase,) = json.loads(path.read_text())["phases"]
        assert all(name.startswith("main-") for name in phase["weights"])


SCARCE = {
    **{("main", "books", bucket): 12 for bucket in (0, 1)},
    ("main", "forum", 0): 100,
    ("main", "news", 0): 200,
}


@pytest.mark.parametrize(
    ("mix", "reserved", "copies"),
    [
        (MixConfig(annealing=False), 0, "8"),
        (MixConfig(annealing=False, tokens=130_000), 0, "4"),
        (MixConfig(annealing=AnnealingConfig(replay=0), weights={"books": 0.02}), 20, "4"),
    ],
    ids=["more copies", "rising curve", "reserved before"],
)
def test_shares_of_a_swarm_near_its_caps_are_those_that_loaders_read(
    mix: MixConfig, reserved: int, copies: str, tmp_path: Path
) -> None:
    more = {("anneal", "books", 0): reserved} if reserved else {}
    mixed_dataset.write(tmp_path, SCARCE | more, mix)
    out = tmp_path / "swarm"
    run("mix", "swarm", tmp_path, "--out", out, "--runs", "40", "--max-copies", copies)
    assert all(most < groups for most, groups in realised(tmp_path, out))


def test_a_swarm_is_scored_beside_its_ratios_by_text_and_group(
    dataset: Path, swarm: Path, held: Path
) -> None:
    run("mix", "score", dataset, swarm, "--held-out", held)
    metrics = read_metrics(str(swarm / "metrics.csv"))
    ratios = read_ratios(str(swarm / "ratios.csv"))
    assert metrics.runs == ratios.runs
    names = ("books", "forum", "news")
    assert metrics.columns == ("bits_per_byte", *(f"bits_per_byte:{name}" for name in names))
    for at, name in enumerate(names, 1):
        rank = np.corrcoef(ratios.values[:, ratios.columns.index(name)], metrics.values[:, at])
        assert rank[0, 1] < -0.4  # more of a component, fewer bits


def test_a_law_of_a_swarm_gives_weights_that_recipes_read(
    dataset: Path, swarm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ratios = read_ratios(str(swarm / "ratios.csv"))
    news, forum = (ratios.columns.index(name) for name in ("news", "forum"))
    made = {
        name: {"loss": 3.0 - row[news] - 0.7 * row[forum] + 0.001 * at, "noise": float(at % 3)}
        for at, (name, row) in enumerate(zip(ratios.runs, ratios.values, strict=True))
    }
    metrics, out = tmp_path / "metrics.csv", tmp_path / "section.toml"
    write_metrics(str(metrics), made)
    tables = (swarm / "ratios.csv", metrics)
    options = ("--dataset", dataset, "--out", out, "--draws", "20")
    value = told(capsys, "mix", "fit", *tables, *options)
    assert set(value["metrics"]) == {"loss"}
    assert sum(value["weights"].values()) == pytest.approx(1)
    section = tomllib.loads(out.read_text())["mix"]
    assert MixConfig.model_validate(section).weights == pytest.approx(value["weights"], abs=1e-5)


def test_a_metric_that_the_table_lacks_is_refused(
    dataset: Path, swarm: Path, tmp_path: Path
) -> None:
    metrics = tmp_path / "metrics.csv"
    runs = read_ratios(str(swarm / "ratios.csv")).runs
    write_metrics(str(metrics), {name: {"loss": 1.0} for name in runs})
    tables = (swarm / "ratios.csv", metrics)
    with pytest.raises(UsageError, match="has no metric 'los'; it has loss"):
        run("mix", "fit", *tables, "--dataset", dataset, "--metric", "los")
