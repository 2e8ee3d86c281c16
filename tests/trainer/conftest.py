"""A dataset with a plan and a tokenizer, for trainers of several processes."""

from pathlib import Path

import mixed_dataset
import pytest
from support_launched import SEQ_LEN

from pipeline.loader.dataset import Dataset
from pipeline.loader.plan import MixPlan

SIZES = {("main", "books", 0): 80, ("main", "news", 0): 200, ("main", "forum", 0): 60}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("for-trainers")
    mixed_dataset.write(folder, SIZES)
    return folder


@pytest.fixture(scope="session")
def plan(folder: Path) -> MixPlan:
    return Dataset(str(folder)).plan(SEQ_LEN)
