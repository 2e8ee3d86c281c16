import pytest

from pipeline.dedup.near.curve import curve, theory
from pipeline.recipe import MinhashConfig


@pytest.mark.parametrize(
    ("bands", "rows", "jaccard", "published"),
    [(14, 8, 0.8, 0.924), (20, 13, 0.8, 0.677), (26, 11, 0.75, 0.674), (9, 13, 0.9, 0.929)],
)
def test_theory_gives_the_published_settings(
    bands: int, rows: int, jaccard: float, published: float
) -> None:
    config = MinhashConfig(bands=bands, rows=rows)
    assert theory(jaccard, config) == pytest.approx(published, abs=0.001)


def test_measured_candidates_follow_the_theory() -> None:
    points = list(curve(MinhashConfig(), [0.5, 0.6, 0.7, 0.8, 0.9], pairs=600))
    assert len(points) == 5
    for point in points:
        assert point.candidates == pytest.approx(point.theory, abs=0.05)


def test_removed_pairs_lie_above_the_threshold() -> None:
    below, above, equal = curve(MinhashConfig(), [0.75, 0.85, 1.0], pairs=600)
    assert below.removed <= 0.02
    assert above.removed == pytest.approx(above.candidates, abs=0.005)
    assert (equal.candidates, equal.removed) == (1.0, 1.0)
