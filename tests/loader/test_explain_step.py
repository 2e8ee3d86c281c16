"""`gristmill explain RUN --step N` names what a step of training reads."""

import json
from pathlib import Path

import mixed_dataset
import pytest
from mixed_dataset import run

from pipeline.errors import UsageError
from pipeline.loader.dataset import Dataset
from pipeline.loader.token_loader import TokenLoader


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained")
    mixed_dataset.write(folder, {("main", "books", 0): 30, ("main", "news", 0): 60})
    return folder


@pytest.mark.parametrize("packing", ["concat", "bestfit"])
def test_the_documents_of_a_step_are_those_of_its_batch(
    folder: Path, capsys: pytest.CaptureFixture[str], packing: str
) -> None:
    options = ("--step", "5", "--seq-len", "64", "--batch", "8", "--packing", packing)
    run("explain", folder, *options, "--json")
    told = json.loads(capsys.readouterr().out)["documents"]
    plan = Dataset(str(folder)).plan(64, packing=packing)  # type: ignore[arg-type]
    seen = TokenLoader(plan, 8).explain(5)
    assert [row["document"] for row in told] == [one.stretch.document for one in seen]
    assert sorted({row["sample"] for row in told}) == TokenLoader(plan, 8).batch(5).samples.tolist()
    run("explain", folder, *options)
    assert len(capsys.readouterr().out.splitlines()) == len(seen) > 8


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("a" * 32, "--step", "1"), "--step names documents itself; leave out"),
        (("--step", "100000"), "batch 100000 lies past the plan's"),
        (("--step", "1", "--packing", "best"), "packing 'best' is not known"),
    ],
)
def test_what_cannot_be_is_refused(folder: Path, options: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        run("explain", folder, *options)
