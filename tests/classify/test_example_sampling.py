"""Training examples chosen over columns: capped, bounded, and the same however parts are merged."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.sampling import (
    SampleLimits,
    is_sampled,
    merge_samples,
    sample_rows,
)
from pipeline.document import digest

LIMITS = SampleLimits(per_site=3, positives=10, negatives=15)
IDS = [digest(str(i)) for i in range(200)]
SITES = [f"site{i * i % 13}.org" for i in range(200)]
CLASS = np.arange(200) % 3  # 0 negative, 1 positive, 2 neither


def rows(start: int, stop: int) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
    part = slice(start, stop)
    return sample_rows(IDS[part], SITES[part], CLASS[part] == 1, CLASS[part] == 0, 5, LIMITS)


@settings(deadline=None)
@given(st.lists(st.integers(0, 200), max_size=6))
def test_merge_of_any_parts_equals_the_sample_of_the_whole(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 200]
    parts = [rows(a, b) for a, b in pairwise(edges)]
    nested = merge_samples([merge_samples(parts[:2], LIMITS), *parts[2:]], LIMITS)
    assert nested.tolist() == rows(0, 200).tolist()


def test_sample_is_capped_by_site_and_bounded_by_class() -> None:
    sample = rows(0, 200)
    for positive, bound in ((1, 10), (0, 15)):
        of_class = sample[sample["positive"] == positive]
        assert len(of_class) == bound
        assert np.unique(of_class["site"], return_counts=True)[1].max() <= 3


def test_is_sampled_marks_the_documents_of_the_sample() -> None:
    sample = rows(0, 200)
    marked = is_sampled(IDS, sample)
    assert marked.sum() == len(sample)
    assert not marked[CLASS == 2].any()


def test_sample_of_no_candidates_is_empty() -> None:
    assert len(rows(0, 0)) == 0
    assert not is_sampled(IDS, rows(0, 0)).any()
