"""The n-gram model beside a slow one of dictionaries, and what its bits say."""

from collections import Counter
from collections.abc import Sequence
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifiers.ngrams.ngram_model import DISCOUNTS, ORDERS, discounts, train
from pipeline.errors import UsageError

EOS, VOCABULARY = 0, 12
Ids = NDArray[np.uint16]
Gram = tuple[int, ...]


def skewed(seed: int, documents: int, vocabulary: int = VOCABULARY) -> list[Ids]:
    """Documents of a random source in which a token tells something of the next."""
    draws = np.random.default_rng(seed)
    chances = draws.dirichlet(np.full(vocabulary - 1, 0.3), size=vocabulary)
    return [_document(draws, chances) for _ in range(documents)]


def _document(draws: np.random.Generator, chances: NDArray[np.float64]) -> Ids:
    ids = [EOS]
    for _ in range(int(draws.integers(0, 25))):
        ids.append(1 + int(draws.choice(len(chances) - 1, p=chances[ids[-1]])))
    return np.array([*ids[1:], EOS], dtype=np.uint16)


def windows(document: Sequence[int], length: int) -> list[Gram]:
    """An n-gram for each token, the start of the document as end-of-text ids before it."""
    padded = [EOS] * (length - 1) + [int(one) for one in document]
    return [tuple(padded[i : i + length]) for i in range(len(document))]


class SlowModel:
    """The definition, written down: a dictionary per order."""

    def __init__(self, documents: Sequence[Sequence[int]], order: int) -> None:
        kinds = [list(one) for one in {tuple(one) for one in documents}]
        self.tables = [self._table(kinds, n, n == order) for n in range(1, order + 1)]
        self.taken = [self._discounts(table) for table in self.tables]

    @staticmethod
    def _table(documents: Sequence[Sequence[int]], length: int, own: bool) -> dict[Gram, int]:
        plain = Counter(gram for one in documents for gram in windows(one, length))
        longer = {gram for one in documents for gram in windows(one, length + 1)}
        follows = Counter(gram[1:] for gram in longer)
        return {g: plain[g] if own or EOS in g[:-1] else follows[g] for g in plain}

    @staticmethod
    def _discounts(table: dict[Gram, int]) -> tuple[float, ...]:
        n = Counter(table.values())
        if not all(n[count] for count in (1, 2, 3, 4)):
            return DISCOUNTS
        y = n[1] / (n[1] + 2 * n[2])
        found = (count - (count + 1) * y * n[count + 1] / n[count] for count in (1, 2, 3))
        return tuple(min(max(one, 0.1), most) for one, most in zip(found, (1, 2, 3), strict=True))

    def chance(self, gram: Gram) -> float:
        """Of the last token after the others."""
        if not gram:
            return 1 / VOCABULARY
        table, taken = self.tables[len(gram) - 1], self.taken[len(gram) - 1]
        lower = self.chance(gram[1:])
        counts = [count for other, count in table.items() if other[:-1] == gram[:-1]]
        if not counts:
            return lower
        count = table.get(gram, 0)
        own = count - taken[min(count, 3) - 1] if count else 0.0
        left = sum(taken[min(one, 3) - 1] for one in counts)
        return (own + left * lower) / sum(counts)

    def bits(self, document: Sequence[int]) -> float:
        return -sum(log2(self.chance(gram)) for gram in windows(document, len(self.tables)))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("seed", "documents"), [(1, 3), (2, 12), (3, 60)])
def test_bits_are_those_of_the_definition(order: int, seed: int, documents: int) -> None:
    ids = skewed(seed, documents)
    slow = SlowModel([one.tolist() for one in ids], order)
    held = [*skewed(seed, 2), *skewed(seed + 100, 4)]
    expected = [slow.bits(one.tolist()) for one in held]
    assert train(ids, VOCABULARY, EOS, order).score(held) == pytest.approx(expected, rel=1e-9)


def test_discounts_are_estimated_from_counts_of_counts_where_all_occur() -> None:
    counts = np.repeat([1, 2, 3, 4, 9], [60, 20, 10, 5, 7])
    y = 60 / 100
    assert discounts(counts) == pytest.approx([1 - 2 * y / 3, 2 - 3 * y / 2, 3 - 4 * y / 2])
    assert discounts(np.repeat([1, 2, 3, 4], [9, 1, 9, 1])).tolist()[1] == 0.1
    assert discounts(counts[counts != 3]).tolist() == list(DISCOUNTS)


@given(
    st.lists(st.integers(0, VOCABULARY - 1), max_size=6), st.integers(0, 5), st.sampled_from(ORDERS)
)
@settings(max_examples=60, deadline=None)
def test_chances_of_all_tokens_add_up_to_one(context: list[int], seed: int, order: int) -> None:
    model = train(skewed(seed, 30 * seed), VOCABULARY, EOS, order)
    nexts = [np.array([*context, one], dtype=np.uint16) for one in range(VOCABULARY)]
    ends = np.cumsum([len(one) for one in nexts]) - 1
    assert (2 ** -model.token_bits(nexts)[ends]).sum() == pytest.approx(1, abs=1e-9)


def test_a_token_never_seen_has_finite_bits_in_any_context() -> None:
    model = train([np.array([1, 2, 3, EOS], dtype=np.uint32)] * 9, 200_000, EOS)
    held = [np.array(ids, dtype=np.uint32) for ids in ([199_999], [1, 2, 150_000], [7, 7, 7, 7])]
    assert np.isfinite(model.score(held)).all()
    assert (model.score(held)[:2] > log2(100)).all()


def test_the_order_of_arrays_and_how_documents_lie_in_them_do_not_matter() -> None:
    ids = skewed(5, 40)
    one = train(ids, VOCABULARY, EOS)
    other = train([np.concatenate(ids[::-1]).astype(np.uint32)], VOCABULARY, EOS)
    held = skewed(6, 20)
    assert one.score(held).tolist() == other.score(held).tolist()


def test_an_empty_training_gives_the_uniform_distribution() -> None:
    held = [np.array([3, 4, EOS], dtype=np.uint16), np.array([], dtype=np.uint16)]
    for arrays in ([], held[1:]):
        assert train(arrays, VOCABULARY, EOS).score(held) == pytest.approx([3 * log2(12), 0])


def test_no_context_reaches_over_the_end_of_a_document() -> None:
    model = train(skewed(7, 50), VOCABULARY, EOS)
    first, second = skewed(8, 2)
    alone = model.score([first, second])
    assert model.score([np.concatenate([first, second])])[0] == pytest.approx(alone.sum())
    assert model.score([second, first]).tolist() == alone[::-1].tolist()


def test_an_end_of_text_is_a_token_that_is_scored() -> None:
    model = train(skewed(9, 50), VOCABULARY, EOS)
    document = skewed(10, 4)[3]
    whole, without = model.score([document, document[:-1]])
    assert whole - without == pytest.approx(model.token_bits([document])[-1])


def test_more_data_of_a_kind_and_a_higher_order_lower_the_bits() -> None:
    ids = skewed(11, 900)
    held, rest = ids[:100], ids[100:]
    bits = [train(rest[:n], VOCABULARY, EOS).score(held).sum() for n in (10, 40, 160, 800)]
    assert (np.diff(bits) < 0).all()
    assert train(rest, VOCABULARY, EOS, 1).score(held).sum() > 1.1 * bits[-1]


def test_copies_of_documents_change_nothing() -> None:
    ids, held = skewed(12, 80), skewed(13, 20)
    once = train(ids, VOCABULARY, EOS).score(held).tolist()
    some = [np.concatenate(ids[:50]), *ids, *ids]
    assert train(some, VOCABULARY, EOS).score(held).tolist() == once


@pytest.mark.parametrize("order", [0, 6])
def test_an_order_beyond_one_to_five_is_refused(order: int) -> None:
    with pytest.raises(UsageError, match=f"order {order}; give 1 to 5"):
        train([], VOCABULARY, EOS, order)


def test_ids_beyond_the_vocabulary_are_refused() -> None:
    beyond = [np.array([1, VOCABULARY], dtype=np.uint16)]
    with pytest.raises(UsageError, match="from 1 to 12 for a vocabulary of 12"):
        train(beyond, VOCABULARY, EOS)
    with pytest.raises(UsageError, match="from 1 to 12"):
        train([], VOCABULARY, EOS).score(beyond)
    with pytest.raises(UsageError, match="end-of-text id 12"):
        train([], VOCABULARY, VOCABULARY)
