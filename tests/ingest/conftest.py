"""Fixtures of the tests of ingest."""

from collections.abc import Iterator
from typing import Any

import pytest
from support_inputs import STEP
from support_stores import moto_store, rclone_store

from pipeline.ingest import index
from pipeline.ingest.remote import file_ends


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte of a recipe is STEP bytes, and a unit of an index 100 rows."""
    monkeypatch.setattr("pipeline.ingest.sources.MEGABYTE", STEP)
    monkeypatch.setattr(index, "ROWS", 100)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are opened to be planned."""
    found: list[str] = []

    def counted(path: str, *arguments: Any) -> Any:
        found.append(path)
        return file_ends.open_ends(path, *arguments)

    monkeypatch.setattr("pipeline.ingest.planning.look.open_ends", counted)
    return found


@pytest.fixture(params=["moto", pytest.param("rclone", marks=pytest.mark.slow)])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    start = {"moto": moto_store, "rclone": rclone_store}[request.param]
    with start(tmp_path_factory.mktemp("store")) as url:
        yield url
