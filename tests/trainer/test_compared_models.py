"""The second tier of `gristmill ablate`: models of parts of arms, trained by the trainer."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import mixed_dataset
import numpy as np
import pytest
from mixed_dataset import prose, run

from pipeline.commands.ablations import transformer_judge
from pipeline.commands.ablations.transformer_judge import SHAPES
from pipeline.errors import UsageError

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.trainer, pytest.mark.timeout(900)]

SMALL = replace(SHAPES[2], seq_len=32, batch=4, steps=40, width=32, layers=1, heads=2, texts=30)
ONE_CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def arms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Datasets whose texts are as they are, and with their words in any order."""
    root = tmp_path_factory.mktemp("arms")
    mixed_dataset.write_held_out(root / "held.jsonl")

    def mixed(text: str) -> str:
        return " ".join(np.random.default_rng(1).permutation(list(text)))

    changes: dict[str, Callable[[str], str]] = {"plain": str, "spelled": mixed}
    with pytest.MonkeyPatch.context() as patch:
        for name, change in changes.items():
            (root / name).mkdir()
            patch.setattr(mixed_dataset, "prose", lambda of, n, c=change: c(prose(of, n)))
            mixed_dataset.write(root / name, {("main", "books", 0): 60, ("main", "news", 0): 100})
    return {name: root / name for name in ("plain", "spelled", "held.jsonl")}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SHAPES, 2, SMALL)


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    capsys.readouterr()
    run("ablate", *arguments, "--parts", "4", "--json")
    return json.loads(capsys.readouterr().out)


def test_models_tell_texts_from_spelled_ones_and_what_is_done_is_kept(
    arms: dict[str, Path],
    small: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain, spelled, held = arms["plain"], arms["spelled"], arms["held.jsonl"]
    asked = (plain, spelled, "--held-out", held, "--tier", "2", "--out", tmp_path)
    first = told(capsys, *asked)
    (one,) = first["arms"]
    assert one["sure"]
    assert one["difference"]["mean"] > 0
    assert one["difference"]["runs"] == [4, 4]
    assert first["tier"] == 2
    kept = sorted(path.name for path in tmp_path.glob("models/model-*/*"))
    assert kept == sorted(["bits.npy", "log.jsonl", "log.txt"] * 8)
    monkeypatch.setattr(transformer_judge._Model, "_train", None)  # none is trained again
    assert told(capsys, *asked) == first


def test_the_same_documents_twice_are_the_same_to_models(
    arms: dict[str, Path], small: None, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = arms["plain"]
    asked = (plain, plain, "--held-out", arms["held.jsonl"], "--tier", "2", "--steps", "20")
    (one,) = told(capsys, *asked)["arms"]
    assert one["difference"]["low"] == one["difference"]["high"] == 0


def test_a_model_that_is_not_trained_is_told_with_what_it_said(
    arms: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, held = arms["plain"], arms["held.jsonl"]
    monkeypatch.setitem(SHAPES, 2, replace(SMALL, heads=5))
    with pytest.raises(UsageError, match=r"32 is no even number of each of 5 heads.*log\.txt"):
        run("ablate", plain, plain, "--held-out", held, "--tier", "2", "--out", tmp_path)


def test_the_third_tier_needs_a_gpu() -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(UsageError, match="tier 3 needs a GPU, and PyTorch finds none"):
        run("ablate", "one", "two", "--tier", "3")


def test_bits_are_those_of_all_tokens_but_the_first_whatever_the_batch() -> None:
    from model import Model, ModelConfig
    from texts import text_bits

    torch.manual_seed(1)
    model = Model(ModelConfig(50, 16, 1, 2)).eval()
    draws = np.random.default_rng(3)
    texts = [draws.integers(0, 50, length) for length in (1, 2, 7, 8, 9, 17, 40)]
    found = text_bits(model, texts, 8, 3, ONE_CPU)
    for text, bits in zip(texts, found.tolist(), strict=True):
        expected = 0.0
        for start in range(0, len(text) - 1, 8):
            ids = torch.from_numpy(text[start : start + 9])[None]
            positions = torch.arange(ids.shape[1] - 1)[None]
            chances = model(ids[:, :-1], positions).log_softmax(-1).detach()
            expected -= float(chances.gather(2, ids[:, 1:, None]).sum()) / np.log(2)
        assert bits == pytest.approx(expected, rel=1e-5)
    assert np.allclose(found, text_bits(model, texts, 8, 1, ONE_CPU))
