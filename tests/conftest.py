"""Fixtures that more than one folder of tests needs."""

import os
from pathlib import Path

import pytest

from classifiers import EXTRACTOR
from pipeline.extract.judge.model import BlockModel, load_model


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with the longest tests begin, so that no worker is left with one of them at the end."""
    items.sort(key=lambda item: "proofs" not in item.path.parts)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real web data; tests that ask for it are marked `shared`."""
    folder = os.environ.get("GRISTMILL_DATA")
    if not folder:
        pytest.skip("GRISTMILL_DATA does not name a folder of real web data")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def model() -> BlockModel:
    """The block model that is shipped."""
    return load_model(EXTRACTOR)
