"""The small dataset, written once."""

from pathlib import Path

import pytest
import small_dataset


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    small_dataset.write(folder)
    return folder
