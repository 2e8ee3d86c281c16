"""A small dataset of three components, and texts that it does not hold."""

from pathlib import Path

import mixed_dataset
import pytest


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mixed")
    mixed_dataset.write(folder, mixed_dataset.SIZES)
    return folder


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("held") / "held.jsonl"
    mixed_dataset.write_held_out(path)
    return path
