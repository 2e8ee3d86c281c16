"""The loader's promises: order, elasticity, resume, whole epochs, corruption found."""

from pathlib import Path

import numpy as np
import pytest
import small_dataset

from pipeline.loader.plan import MixPlan, Phase
from pipeline.loader.token_loader import TokenLoader
from pipeline.tokenize.manifest import read_manifest

ONE_PASS = Phase("main", None, dict.fromkeys(small_dataset.DOCUMENTS, 1.0))
MAIN = Phase("main", 40_000, {"main-web-0": 0.7, "main-code-1": 0.3})
ANNEAL = Phase("anneal", 12_000, {"anneal-math-0": 0.6, "main-code-1": 0.4})


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    small_dataset.write(folder)
    return folder


def plan_of(folder: Path, *phases: Phase, seq_len: int = 64, seed: int = 11) -> MixPlan:
    return MixPlan(str(folder), read_manifest(str(folder)), phases, seq_len, seed)


def test_loader_one_pass_reads_every_token_once(dataset: Path) -> None:
    plan = plan_of(dataset, ONE_PASS)
    loader = TokenLoader(plan, 16, drop_last=False)
    seen = np.sort(np.concatenate([batch.tokens[batch.labels != -100] for batch in loader]))
    groups = small_dataset.documents()
    streams = [np.concatenate([ids for _, ids in made]) for made in groups.values()]
    ends = np.full(len(groups), small_dataset.CARD.eos)
    wanted = np.sort(np.concatenate(streams))
    np.testing.assert_array_equal(np.sort(np.concatenate([seen, ends])), wanted)
