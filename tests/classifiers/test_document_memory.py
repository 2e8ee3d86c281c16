"""A memory of documents: chances are chances, and come from the documents a text resembles."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifiers.ngrams.document_memory import STRIDE, remember
from classifiers.ngrams.ngram_model import train

VOCABULARY, EOS = 50, 49
documents = st.lists(
    st.lists(st.integers(0, EOS - 1), min_size=1, max_size=80).map(np.array), min_size=1, max_size=8
)


def repeated(*tokens: int) -> np.ndarray:
    return np.array(tokens * (2 * STRIDE // len(tokens)))


@given(documents, st.lists(st.integers(0, EOS - 1), max_size=100).map(np.array))
def test_chances_of_all_tokens_behind_a_beginning_are_one(
    known: list[np.ndarray], beginning: np.ndarray
) -> None:
    memory = remember(known, VOCABULARY)
    whole = len(beginning) // STRIDE * STRIDE  # what a stride of its own follows
    # Every stride is weighed by what stands before it, so each token is asked for in its place.
    asked = [np.append(beginning[:whole], id) for id in range(VOCABULARY)]
    chances = memory.chances(asked).reshape(VOCABULARY, -1)[:, -1]
    assert np.isclose(chances.sum(), 1, atol=1e-4)
    assert (chances >= 0).all()


def test_a_text_expects_what_the_documents_like_its_beginning_hold() -> None:
    memory = remember([repeated(1, 2, 3), repeated(11, 12, 13), repeated(21, 22)], VOCABULARY)
    text = np.array([1, 2] * STRIDE + [3] * STRIDE)
    chances = memory.chances([text])
    assert chances[0] < 0.2  # nothing was read yet: all documents are alike
    assert (chances[-STRIDE:] > 0.3).all()
    foreign = np.where(text == 3, 13, text)
    assert (memory.chances([foreign])[-STRIDE:] < 0.01).all()


def test_what_is_read_later_changes_nothing_before() -> None:
    memory = remember([repeated(1, 2, 3), repeated(4, 5)], VOCABULARY)
    text = np.arange(100) % 6
    whole, part = memory.chances([text]), memory.chances([text[:70]])
    assert np.allclose(whole[:70], part)


def test_documents_do_not_see_each_other() -> None:
    memory = remember([repeated(1, 2, 3), repeated(4, 5)], VOCABULARY)
    one, two = np.arange(60) % 4, np.arange(80) % 5
    both = memory.chances([one, two])
    assert np.allclose(both, np.concatenate([memory.chances([one]), memory.chances([two])]))
    assert len(memory.chances([])) == 0


def test_a_model_takes_chances_from_a_memory_and_stays_a_distribution() -> None:
    known = [repeated(1, 2, 3), repeated(11, 12, 13)]
    model, memory = train(known, VOCABULARY, EOS, 3), remember(known, VOCABULARY)
    beginning = np.array([1, 2] * STRIDE)
    asked = [np.append(beginning, id) for id in range(VOCABULARY)]
    bits = model.token_bits(asked, memory.chances(asked)).reshape(VOCABULARY, -1)[:, -1]
    assert np.isclose((2**-bits).sum(), 1, atol=1e-4)


def test_what_follows_a_break_has_no_context() -> None:
    end = 7
    known = [np.array([1, end, 2] * 20 + [3, end, 4] * 20)]
    asked = [np.array([1, end, 2]), np.array([3, end, 2])]
    across = train(known, VOCABULARY, EOS, 3).token_bits(asked)
    within = train(known, VOCABULARY, EOS, 3, breaks=(end,)).token_bits(asked)
    assert across[2] < across[5]
    assert within[2] == within[5]
