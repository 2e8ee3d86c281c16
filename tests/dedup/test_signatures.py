import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.near.minhash import (
    LEAST,
    LEAST_ROW,
    jaccard,
    minhashes,
    shingles,
    sign,
    signature_bytes,
    signed,
    similarity,
    sketch,
    stored,
)
from pipeline.document import Document, Measured
from pipeline.recipe import MinhashConfig

CONFIG = MinhashConfig()
WORDS = st.lists(st.sampled_from("abcdefghi"))


def sets(size: int, common: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of `size` random hashes of which `common` are in both."""
    chance = np.random.Generator(np.random.PCG64(seed))
    values = chance.integers(0, 1 << 64, 2 * size - common, dtype=np.uint64)
    return values[:size], np.concatenate([values[:common], values[size:]])


def test_a_signature_is_the_same_on_every_machine() -> None:
    words = ["it", "was", "the", "best", "of", "times", "it", "was", "the", "worst", "of", "times"]
    data = signed(words, CONFIG)["signature"]
    assert data is not None
    assert len(data) == signature_bytes(CONFIG) == 624
    assert data[:16].hex() == "0259e015d7419ef8ce3ec2c853087274"


def test_fewer_words_than_a_shingle_have_no_signature() -> None:
    assert signed(["only", "four", "short", "words"], CONFIG)["signature"] is None


def test_a_signed_document_keeps_its_columns_and_gains_the_signature_of_its_words() -> None:
    words = list("abcdef")
    record = Measured(Document("1", "", "crawl", "Other words."), words, {"words": 6})
    found = sign(CONFIG, record)
    assert found.columns == {"words": 6, **signed(words, CONFIG)}
    assert (found.document, found.words) == (record.document, words)
    assert record.columns == {"words": 6}


def test_a_very_short_document_is_signed_with_nothing() -> None:
    record = Measured(Document("1", "", "crawl", ""), ["few"], {})
    assert sign(CONFIG, record).columns == {"signature": None, "least_shingles": None}


def test_words_in_another_order_make_other_shingles() -> None:
    first, second = shingles(list("abcdef")), shingles(list("fedcba"))
    assert len(first) == len(second) == 2
    assert jaccard(first, second) == 0


@given(WORDS, WORDS)
def test_jaccard_of_shingles_equals_that_of_tuples(first: list[str], second: list[str]) -> None:
    a, b = ({tuple(w[i : i + 5]) for i in range(len(w) - 4)} for w in (first, second))
    expected = len(a & b) / max(1, len(a | b))
    assert jaccard(shingles(first), shingles(second)) == pytest.approx(expected)


@given(st.integers(1, 6_000))
def test_long_texts_are_permuted_in_blocks_without_a_difference(size: int) -> None:
    values, _ = sets(size, 0, seed=size)
    whole, halves = minhashes(values, CONFIG), [values[: size // 2], values[size // 2 :]]
    parts = [minhashes(half, CONFIG) for half in halves if len(half)]
    assert (whole == np.minimum.reduce(parts)).all()


def test_stored_signatures_come_back() -> None:
    texts = [["a", "b", "c", "d", "e", "f", "g"], ["h", "i", "j", "k", "l", "m", "n", "o"]]
    data = [signed(words, CONFIG)["signature"] or b"" for words in texts]
    bands, sketches = stored(b"".join(data), 2, CONFIG)
    assert bands.shape == (2, 14)
    assert (sketches[1] == sketch(shingles(texts[1]))).all()


def test_the_least_shingles_are_the_same_on_every_machine() -> None:
    words = ["it", "was", "the", "best", "of", "times", "it", "was", "the", "worst", "of", "times"]
    row = np.frombuffer(signed(words, CONFIG)["least_shingles"] or b"", dtype=LEAST_ROW)[0]
    assert row["shingles"] == 8
    assert row["least"].tolist() == [*sorted(shingles(words).tolist()), *[0] * (LEAST - 8)]


def test_of_a_long_text_the_least_shingles_are_stored() -> None:
    words = [str(at % 90) for at in range(400)]
    row = np.frombuffer(signed(words, CONFIG)["least_shingles"] or b"", dtype=LEAST_ROW)[0]
    distinct = sorted(set(shingles(words).tolist()))
    assert (row["shingles"], row["least"].tolist()) == (90, distinct[:LEAST])


@pytest.mark.parametrize("size", [60, 400, 5_000])
@pytest.mark.parametrize("share", [0.5, 0.75, 0.9])
def test_estimates_of_the_sketch_are_near_the_truth(size: int, share: float) -> None:
    common = round(2 * size * share / (1 + share))
    truth = common / (2 * size - common)
    pairs = [sets(size, common, seed) for seed in range(200)]
    errors = np.array([float(similarity(sketch(a), sketch(b))) for a, b in pairs]) - truth
    assert abs(errors.mean()) < 0.006
    assert errors.std() < 0.024


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_min_wise_hashes_agree_as_often_as_the_sets_do(share: float) -> None:
    common = round(600 * share / (1 + share))
    pairs = [sets(300, common, seed) for seed in range(150)]
    agree = np.mean([(minhashes(a, CONFIG) == minhashes(b, CONFIG)).mean() for a, b in pairs])
    assert agree == pytest.approx(common / (600 - common), abs=0.012)
