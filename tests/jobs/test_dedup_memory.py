import pytest

from pipeline.errors import UsageError
from pipeline.jobs.dedup_memory import estimate, refuse_too_many
from pipeline.recipe import DedupConfig, MinhashConfig

CONFIG = DedupConfig()


def test_what_fits_is_not_refused() -> None:
    refuse_too_many(1_000_000, 0, CONFIG, available=12 * 2**30)


def test_what_does_not_fit_is_refused_with_estimate_and_remedy() -> None:
    with pytest.raises(UsageError, match=r"needs about \d+\.\d GiB and 12\.0 GiB .* --runner"):
        refuse_too_many(100_000_000, 0, CONFIG, available=12 * 2**30)


def test_the_estimate_grows_with_documents_and_bands() -> None:
    more = CONFIG.model_copy(update={"minhash": MinhashConfig(bands=100)})
    assert estimate(2_000_000, CONFIG) > estimate(1_000_000, CONFIG)
    assert estimate(1_000_000, more) > estimate(1_000_000, CONFIG)


def test_documents_of_earlier_runs_count_and_are_told() -> None:
    with pytest.raises(UsageError, match=r"1,000 documents against 99,000,000 of earlier runs"):
        refuse_too_many(1_000, 99_000_000, CONFIG, available=12 * 2**30)


def test_every_worker_beside_the_driver_counts() -> None:
    one, two = (estimate(0, CONFIG, workers) for workers in (1, 2))
    assert two == 3 * one
