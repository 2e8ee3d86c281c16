"""Fixtures that more than one folder of tests needs."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support_store import Store, serving_store

from classifiers import EXTRACTOR
from pipeline.extract.judge.model import BlockModel, load_model

# A shell that has the tests run in the background has them ignore Ctrl-C, and all that they start.
for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)

# A busy machine takes longer over an example, which says nothing of what is tested; a test that
# never ends has pytest's own limit.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


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


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Store]:
    with serving_store() as server:
        yield server


@pytest.fixture
def store(s3_server: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An S3 server with an empty bucket, reached from this process and those that it starts."""
    from s3fs import S3FileSystem

    S3FileSystem.clear_instance_cache()  # it would go on asking the store of a test before
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    s3_server.new_bucket()
    return s3_server
