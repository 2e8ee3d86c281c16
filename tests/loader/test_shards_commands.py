"""`gristmill shards`: what a dataset holds, decoded, and what packing wastes."""

import json
from pathlib import Path
from typing import Any

import mixed_dataset
import pytest
from mixed_dataset import prose

from pipeline.commands.show import show_shards
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.loader.dataset import Dataset

SIZES = {("main", "books", 0): 12, ("main", "news", 0): 30}
BOOKS, NEWS = "main-books-0", "main-news-0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shown")
    mixed_dataset.write(folder, SIZES)
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    capsys.readouterr()
    mixed_dataset.run("shards", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_documents_of_all_groups_are_shown_as_they_were_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {
        digest(name, str(at)): prose(component, at)
        for (name, component, count) in ((BOOKS, "books", 12), (NEWS, "news", 30))
        for at in range(count)
    }
    shown = told(capsys, "show", folder, "--documents", "40")["documents"]
    assert len({one["id"] for one in shown}) == 40
    assert [one["group"] for one in shown[:4]] == [BOOKS, NEWS, BOOKS, NEWS]
    for one in shown:
        assert one["text"] == texts[one["id"]]
        assert one["shard"].startswith("main/")


def test_a_group_and_a_document_can_be_chosen(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = told(capsys, "show", folder, "--group", NEWS)["documents"]
    assert [one["group"] for one in shown] == [NEWS] * 3
    (one,) = told(capsys, "show", folder, "--id", shown[2]["id"])["documents"]
    assert one == shown[2]


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--group", "main-new-0"), "no group 'main-new-0'; the dataset has main-books-0"),
        (("--id", "0" * 32), "no document '0+' is in the dataset"),
        (("--id", "../x"), "no document '../x' is in the dataset"),
    ],
)
def test_what_is_not_there_is_refused(folder: Path, option: tuple[str, str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        mixed_dataset.run("shards", "show", folder, *option)


def test_people_see_groups_and_beginnings(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_shards, "SHOWN", 20)
    mixed_dataset.run("shards", "show", folder, "--documents", "1")
    table, _, last = capsys.readouterr().err.rstrip().rpartition("\n")
    assert NEWS in table
    assert last.endswith(" ...")
    assert len(last) <= 24


def test_packing_states_its_waste_beside_that_of_windows(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = told(capsys, "pack", folder, "--seq-len", "512", "--packings", tmp_path)
    assert found["identity"] == Dataset(str(folder)).identity
    fitted, concat = found["bestfit"], found["concat"]
    assert fitted["cut"] == fitted["longer"] == concat["longer"] < concat["cut"]
    assert fitted["samples"] * 512 == fitted["tokens"] + fitted["padding"]
    plan = Dataset(str(folder)).plan(512, packing="bestfit", packings=tmp_path)
    assert plan.sizes.sum() == fitted["samples"]
    mixed_dataset.run("shards", "pack", folder, "--seq-len", "512", "--packings", tmp_path)
    assert "bestfit" in capsys.readouterr().err
