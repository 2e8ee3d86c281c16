"""The real crawl: every response is kept or dropped once, counted from the files alone."""

from collections import Counter
from pathlib import Path

import pytest
from support import dataset, funnel, gristmill
from warcio.archiveiterator import ArchiveIterator

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def crawl_run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawl")
    recipe = folder / "recipe.toml"
    recipe.write_text(f'[[sources]]\nname = "crawl"\npaths = ["{data}/crawl/*.warc.gz"]\n')
    gristmill("run", recipe, "--out", folder / "run")
    return folder / "run"


def test_every_response_of_the_crawl_is_kept_or_dropped_once(crawl_run: Path, data: Path) -> None:
    responses: Counter[str] = Counter()
    for path in sorted((data / "crawl").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    responses[record.rec_headers.get_header("WARC-Record-ID")] += 1
    kept = dataset(crawl_run, "extract", "documents", ["record_id"])["record_id"].to_pylist()
    dropped = dataset(crawl_run, "extract", "dropped")
    assert Counter(kept + dropped["record_id"].to_pylist()) == responses
    assert set(responses.values()) == {1}


def test_every_drop_of_the_crawl_names_its_record(crawl_run: Path) -> None:
    rows = dataset(crawl_run, "extract", "dropped").to_pylist()
    assert len(rows) > 1_000
    for row in rows:
        assert len(row["id"]) == 32
        assert all(row[name] for name in ("stage", "reason", "record_id", "warc_file"))
        assert row["warc_offset"] >= 0


def test_every_job_of_the_crawl_adds_up(crawl_run: Path) -> None:
    jobs = funnel(crawl_run)
    assert {counts["state"] for counts in jobs.values()} == {"complete"}
    for job, counts in jobs.items():
        assert counts["in"] == counts["kept"] + sum(counts["dropped"].values()), job
        assert counts["in"] > 0, job
