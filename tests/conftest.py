"""Fixtures that more than one folder of tests needs."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real web data; tests that ask for it are marked `shared`."""
    folder = os.environ.get("GRISTMILL_DATA")
    if not folder:
        pytest.skip("GRISTMILL_DATA does not name a folder of real web data")
    return Path(folder).resolve()
