"""Recall and precision on English documents of a real crawl, edited by rule to known similarity."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.dedup.near.curve import judge_pair, theory
from pipeline.dedup.near.minhash import jaccard, shingles
from pipeline.recipe import MinhashConfig
from pipeline.text import lines, words

pytestmark = [pytest.mark.shared, pytest.mark.slow]

CONFIG = MinhashConfig()
PAIRS = 2_000  # in each tenth of similarity from 0.5 to 1
Chance = np.random.Generator


def edited(text: str, target: float, chance: Chance) -> str:
    """`text` with words replaced, sentences moved and a header added, aimed at a similarity."""
    sentences = lines(text)
    for _ in range(int(chance.integers(0, 3))):
        moved = sentences.pop(int(chance.integers(len(sentences))))
        sentences.insert(int(chance.integers(len(sentences) + 1)), moved)
    if chance.random() < 0.5:
        header = [f"menu{chance.integers(10**6)}" for _ in range(int(chance.integers(2, 12)))]
        sentences.insert(0, " ".join(header))
    tokens = " ".join(sentences).split(" ")
    count = round(len(tokens) * (1 - target) / (5 * (1 + target)))
    for at in chance.choice(len(tokens), min(count, len(tokens)), replace=False):
        tokens[at] = f"other{chance.integers(10**6)}"
    return " ".join(tokens)


def measured_pairs(texts: list[str]) -> Iterator[tuple[float, bool, bool]]:
    """(true similarity, candidate, removed) until every tenth has its pairs."""
    chance = np.random.Generator(np.random.PCG64(42))
    wanted = dict.fromkeys(range(5, 10), PAIRS)
    originals = [shingles([word.lower() for word in words(text)]) for text in texts]
    while any(wanted.values()):
        at = int(chance.integers(len(texts)))
        text = edited(texts[at], float(chance.uniform(0.5, 1.0)), chance)
        copy = shingles([word.lower() for word in words(text)])
        truth = jaccard(originals[at], copy)
        tenth = min(int(truth * 10), 9)
        if wanted.get(tenth, 0):
            wanted[tenth] -= 1
            yield truth, *judge_pair(originals[at], copy, CONFIG)


@pytest.fixture(scope="module")
def measured(data: Path) -> np.ndarray:
    from support_crawl import english_texts

    return np.array(list(measured_pairs(english_texts(data, 400))), dtype=np.float64)


def test_candidates_are_as_frequent_as_the_theory_says(measured: np.ndarray) -> None:
    for tenth in range(5, 10):
        rows = measured[np.minimum((measured[:, 0] * 10).astype(int), 9) == tenth]
        expected = np.mean([theory(truth, CONFIG) for truth in rows[:, 0]])
        print(f"0.{tenth}: {len(rows)} pairs, theory {expected:.3f}, found {rows[:, 1].mean():.3f}")
        assert len(rows) >= PAIRS
        assert rows[:, 1].mean() == pytest.approx(expected, abs=0.03)


def test_judged_pairs_lie_on_their_side_of_the_threshold(measured: np.ndarray) -> None:
    above = measured[measured[:, 0] >= CONFIG.threshold + 0.05]
    below = measured[measured[:, 0] <= CONFIG.threshold - 0.05]
    near_below = below[below[:, 0] >= CONFIG.threshold - 0.06]
    print(f"above: {above[:, 1].mean():.4f} candidates, {above[:, 2].mean():.4f} removed")
    print(f"below: {below[:, 2].mean():.4f} removed, at the edge {near_below[:, 2].mean():.4f}")
    assert above[:, 2].sum() >= 0.995 * above[:, 1].sum()
    assert below[:, 2].mean() <= 0.02
    assert near_below[:, 2].mean() <= 0.02
