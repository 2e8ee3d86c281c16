"""One small sample for all tests of this folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.sample import write_sample

PAGES, SITES = 240, 40


@pytest.fixture(scope="session")
def small_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(str(folder), PAGES, SITES)
    return folder


@pytest.fixture(scope="session")
def small_truth(small_sample: Path) -> list[dict[str, Any]]:
    lines = (small_sample / "truth.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def crawl_truth(small_truth: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in small_truth if row["source"] == "crawl"]
