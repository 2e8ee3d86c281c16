"""A small run through the public face: what is said of it, its dataset, and its tokens."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.dataset as pads
import pytest
from support import digests
from tokenizers import Tokenizer
from training_texts import texts

import gristmill
from pipeline.cli import app
from pipeline.errors import UsageError
from pipeline.jobs import JOBS
from pipeline.loader.dataset import Dataset
from pipeline.sample import write_sample

WEIGHTS = {"books": 0.2, "code": 0.3, "other": 0.5}
TOKENS = 60_000
OVERRIDES = [f"mix.tokens={TOKENS}", *(f"mix.weights.{name}={w}" for name, w in WEIGHTS.items())]


def run(folder: Path) -> dict[str, Any]:
    return gristmill.run(folder / "recipe.toml", folder / "run", overrides=OVERRIDES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded sample and its run, with weights and a budget of tokens."""
    folder = tmp_path_factory.mktemp("public")
    write_sample(str(folder), 200, 40)
    run(folder)
    return folder


@pytest.fixture(scope="module")
def out(folder: Path) -> Path:
    return folder / "run"


@pytest.fixture(scope="module")
def dataset(out: Path) -> Dataset:
    return gristmill.open_dataset(out)


@pytest.fixture(scope="module")
def plan(dataset: Dataset) -> gristmill.MixPlan:
    return dataset.plan(seq_len=32)


def command(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    """What a command tells programs."""
    app([*map(str, arguments), "--json"], standalone_mode=False)
    return json.loads(capsys.readouterr().out)


def test_rights_are_counted_with_where_they_were_found(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = command(capsys, "rights", out)
    found = {(row["signal"], row["where"]) for row in rows}
    assert {("robots_opt_out", "robots.txt"), ("noai", "meta")} <= found
    assert all(row["kept"] + row["dropped"] > 0 for row in rows)
    assert sum(row["dropped"] for row in rows if row["signal"] == "noai") > 0


def test_status_is_that_of_the_command(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = gristmill.status(out)
    assert status == command(capsys, "status", out)
    assert [job["state"] for job in status["jobs"].values()] == ["complete"] * len(JOBS)


def test_way_of_a_document_is_that_of_the_command(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = map(json.loads, (folder / "truth.jsonl").read_text().splitlines())
    url = next(row["url"] for row in truth if row["fate"] == "kept" and row["redactions"])
    ways = gristmill.explain(out, url)
    (document,) = ways
    assert gristmill.explain(out, document) == ways
    assert json.loads(json.dumps(ways)) == command(capsys, "explain", out, url)
    assert {step["job"] for step in ways[document]} > {"extract", "curate"}


def texts_of(out: Path, job: str, dataset: str) -> dict[str, str]:
    (folder,) = out.glob(f"{job}-*/{dataset}")
    table = pads.dataset(folder).to_table(["id", "text"])
    return dict(zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True))


def test_every_line_that_was_cut_is_told_with_its_rule(out: Path) -> None:
    before, after = texts_of(out, "extract", "documents"), texts_of(out, "curate", "curated")
    shorter = [name for name, text in after.items() if len(text) < len(before[name])]
    rules: set[str] = set()
    for name in shorter:
        steps = [step for step in gristmill.explain(out, name)[name] if step["dataset"] == "cuts"]
        told = "\n".join(step["row"]["text"] for step in steps)
        rules.update(step["row"]["rule"] for step in steps)
        left = set(after[name].split("\n"))
        gone = [line for line in before[name].split("\n") if line not in left]
        assert all(line.lstrip("#>-* \t") in told for line in gone)
    assert "site_line" in rules


def test_second_run_changes_no_file(folder: Path, out: Path) -> None:
    before = digests(out)
    assert list(run(folder)) == [job.name for job in JOBS]
    assert digests(out) == before


def test_log_of_the_program_is_left_as_it_was(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    run(folder)
    with pytest.raises(UsageError, match="in no job"):
        gristmill.explain(folder / "run", "https://nowhere.example/")
    assert logging.getLogger().level == logging.INFO


def test_dataset_is_found_from_the_run_alone(out: Path, dataset: Dataset) -> None:
    (manifest,) = out.glob("tokenize-*/shards/*/manifest.json")
    assert Path(dataset.folder) == manifest.parent
    assert dataset.manifest.json == manifest.read_bytes()


def test_plan_is_that_of_the_mixture(dataset: Dataset, plan: gristmill.MixPlan) -> None:
    told = json.loads(Path(dataset.folder, "plan.json").read_text())
    assert [phase.as_json() for phase in plan.phases] == told["phases"]
    assert plan.seed == told["seed"]
    assert plan.samples == TOKENS // 32
    assert dataset.plan(seq_len=32, seed=told["seed"] + 1).digest != plan.digest


def test_readme_reads_the_tokens_as_it_says(out: Path) -> None:
    readme = Path(__file__).parents[1] / "README.md"
    found = re.search(r"## Reading the tokens\n\n```python\n(.+?)```", readme.read_text(), re.S)
    assert found
    snippet = found[1]
    for said, here in (('"run"', repr(str(out))), ("2048", "64"), ("512", "16")):
        assert snippet.count(said) == 1
        snippet = snippet.replace(said, here)
    names: dict[str, Any] = {"rank": 0, "world": 1}
    exec(compile(snippet, "README.md", "exec"), names)
    assert names["batch"].tokens.shape == (16, 64)
    assert names["state"]["step"] == TOKENS // 64 // 16


READ = """
import sys
import gristmill

dataset = gristmill.open_dataset("run")
batch = next(gristmill.TokenLoader(dataset.plan(64), global_batch=2))
assert gristmill.load_tokenizer(dataset.folder).decode(batch.tokens[0])
print("apache_beam" in sys.modules)
"""


def test_reading_the_tokens_does_not_import_beam(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


RUN = """
import sys
import gristmill

gristmill.run("recipe.toml", "run", quiet=True, workers=2)
print("apache_beam" in sys.modules)
"""


def test_a_run_of_little_does_not_import_beam(tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_text(json.dumps({"text": "The mill is by the river. " * 40}))
    (tmp_path / "recipe.toml").write_text(
        '[[sources]]\nname = "lines"\nformat = "jsonl"\npaths = ["lines.jsonl"]\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_loader_delivers_the_shares_of_the_plan(plan: gristmill.MixPlan) -> None:
    loader = gristmill.TokenLoader(plan, global_batch=1, drop_last=False)
    seen = np.concatenate([batch.groups for batch in loader])
    shares = np.bincount(seen, minlength=len(plan.groups)) / len(seen)
    wanted = [plan.phases[0].weights[group] for group in plan.groups]
    np.testing.assert_allclose(shares, wanted, atol=2 / len(seen))


def test_ranks_with_a_partial_last_batch_deliver_every_sample_once(
    plan: gristmill.MixPlan,
) -> None:
    world = 5
    size = next(size for size in range(40, 60) if world <= plan.samples % size)
    ranks = [
        gristmill.TokenLoader(plan, size, rank, world, drop_last=False) for rank in range(world)
    ]
    seen = [sample for rank in ranks for batch in rank for sample in batch.samples.tolist()]
    assert sorted(seen) == list(range(plan.samples))


def test_state_that_lacks_a_key_is_refused(plan: gristmill.MixPlan) -> None:
    loader = gristmill.TokenLoader(plan, global_batch=4)
    state = loader.state_dict()
    for key in state:
        lacking = {name: value for name, value in state.items() if name != key}
        with pytest.raises(UsageError, match="the loader's state"):
            loader.load_state_dict(lacking)


@pytest.mark.parametrize("spaces", [0, 60_000])
def test_trained_tokenizer_gives_the_ids_of_tokenizers(dataset: Dataset, spaces: int) -> None:
    encoder = gristmill.load_tokenizer(Path(dataset.folder))
    other = Tokenizer.from_file(f"{dataset.folder}/tokenizer.json")
    for before, after in zip(texts(4), texts(4, start=100), strict=True):
        text = before + " " * spaces + after
        ids = encoder.encode(text)
        assert ids.tolist() == other.encode(text, add_special_tokens=False).ids
        assert encoder.decode(ids) == text
