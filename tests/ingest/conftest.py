"""Fixtures of the tests of ingest."""

from collections.abc import Iterator

import pytest
from support_stores import moto_store, rclone_store


@pytest.fixture(params=["moto", pytest.param("rclone", marks=pytest.mark.slow)])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    start = {"moto": moto_store, "rclone": rclone_store}[request.param]
    with start(tmp_path_factory.mktemp("store")) as url:
        yield url
