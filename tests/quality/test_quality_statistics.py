"""What is measured agrees with a plain count, and does not depend on how it is reached."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quality.quality_corpus import statistics_columns

from pipeline.quality.counts import repeated_ngrams
from pipeline.quality.counts.repeated_ngrams import Ints, repeated
from pipeline.quality.counts.repetition import (
    DUPLICATE_LENGTHS,
    TOP_LENGTHS,
    ngram_characters,
    repeated_items,
)
from pipeline.quality.prose import prose, without_marks
from pipeline.quality.statistics import OF_STRUCTURE, measure
from pipeline.quality.statistics_record import STATISTICS_SCHEMA, QualityStatistics
from pipeline.text import Split, given_split

WORDS = st.lists(st.sampled_from(["a", "bb", "ccc", "dddd"]), max_size=60)


def _top(words: list[str], n: int) -> int:
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    if not grams:
        return 0
    gram, count = Counter(grams).most_common(1)[0]
    return len(" ".join(gram)) * count


def _duplicate(words: list[str], n: int) -> int:
    seen, characters, at = set(), 0, 0
    while at + n <= len(words):
        gram = tuple(words[at : at + n])
        if gram in seen:
            characters += sum(map(len, gram))
            at += n
        else:
            seen.add(gram)
            at += 1
    return characters


def numbered(words: list[str]) -> tuple[Ints, Ints]:
    """A number for each word, and its characters."""
    numbers = {word: i for i, word in enumerate(dict.fromkeys(words))}
    ids = np.array([numbers[word] for word in words], np.int64)
    return ids, np.array([len(word) for word in words], np.int64)


@given(WORDS)
def test_ngram_characters_agree_with_a_plain_count(words: list[str]) -> None:
    found = ngram_characters(*numbered(words))
    assert found.top == tuple(_top(words, n) for n in TOP_LENGTHS)
    assert found.duplicate == tuple(_duplicate(words, n) for n in DUPLICATE_LENGTHS)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), min_size=1, max_size=8))
def test_ngram_characters_of_stretches_that_recur_agree_too(cuts: list[tuple[int, int]]) -> None:
    source = [f"w{at * at % 23}" for at in range(80)]
    words = [word for start, length in cuts for word in source[start : start + length]]
    found = ngram_characters(*numbered(words))
    assert found.duplicate == tuple(_duplicate(words, n) for n in DUPLICATE_LENGTHS)


@pytest.mark.parametrize(("dense", "many"), [(1_000, 0), (0, 0), (0, 1_000)])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=40))
def test_repeated_ngrams_are_those_that_occur_twice(
    dense: int, many: int, pairs: list[tuple[int, int]]
) -> None:
    pairs += [(gram, min(gram, 2)) for gram, _ in pairs]  # each shorter one occurs twice
    grams, follow = np.array(pairs, np.int64).reshape(-1, 2).T
    none = np.zeros(0, np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeated_ngrams, "_DENSE", dense)
        patch.setattr(repeated_ngrams, "_MANY", many)
        again = repeated(grams, 6, follow, 3, ended=none)
    places = [at for at, pair in enumerate(pairs) if pairs.count(pair) > 1]
    assert again.places.tolist() == places
    named = {(pairs[at], number) for at, number in zip(places, again.numbers.tolist(), strict=True)}
    assert len(named) == len({pairs[at] for at in places}) == len({number for _, number in named})


@pytest.mark.parametrize("many", [0, 1_000])
@given(words=WORDS)
def test_ngrams_are_the_same_however_they_are_counted(many: int, words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeated_ngrams, "_DENSE", 0)
        patch.setattr(repeated_ngrams, "_MANY", many)
        found = ngram_characters(*numbered(words))
    assert found == ngram_characters(*numbered(words))


def test_repeated_items_counts_the_second_and_later_copies() -> None:
    assert repeated_items(["ab", "c", "ab", "ab"]) == (2, 4)


def test_measure_counts_a_small_text_as_by_hand() -> None:
    text = "- One #two three...\nFour five, and the 6 + sixes.\n\nEnd to it…"
    statistics = measure(Split(text), "en")
    assert statistics.words == 12
    assert statistics.mean_word_length == pytest.approx(38 / 12)
    assert statistics.median_word_length == 3
    assert statistics.hash_word_ratio == 1 / 13  # words and a plus
    assert statistics.ellipsis_word_ratio == 2 / 13
    assert statistics.alphabetic_word_share == 11 / 13
    assert statistics.newline_word_ratio == 3 / 13
    assert (statistics.lines, statistics.paragraphs, statistics.sentences) == (3, 2, 3)
    assert statistics.bullet_line_share == 1 / 3
    assert statistics.ellipsis_line_share == 2 / 3
    assert statistics.punctuated_line_share == 2 / 3
    assert statistics.stop_words == 3
    assert statistics.stop_word_occurrences == 3


def test_measure_nothing_has_zeros_and_no_outlier_statistics() -> None:
    statistics = measure(Split(""), "en")
    assert (statistics.words, statistics.mean_word_length, statistics.lines) == (0, 0, 0)
    assert statistics.compression_ratio is None


@given(st.text())
def test_measure_any_text_has_shares_between_zero_and_one(text: str) -> None:
    statistics = measure(Split(text), "en")
    shares = [n for n in STATISTICS_SCHEMA.names if n.endswith("_share") and "top" not in n]
    assert len(shares) > 15
    for name in set(shares) - {"frequent_word_share", *OF_STRUCTURE}:
        assert 0 <= getattr(statistics, name) <= 1, name


def test_measure_with_given_words_uses_them() -> None:
    split = given_split("a, b", frozenset({","}), words=["a", ",", "b"], symbols=0)
    statistics = measure(split, "en")
    assert statistics.words == 2
    assert statistics.alphabetic_word_share == 2 / 3


def test_statistics_columns_have_the_schema() -> None:
    rows = [measure(Split("The mill."), "en"), measure(Split("Mühle."), "xx")]
    table = pa.table(statistics_columns(rows), schema=STATISTICS_SCHEMA)
    assert table.column("stop_words").to_pylist() == [1, None]
    assert QualityStatistics(**table.to_pylist()[0]) == rows[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Before\n```py\nx = {1}\n```\nafter", "Before\n\nafter"),
        ("Before\n~~~\nx\n~~~\nafter", "Before\n\nafter"),
        ("An open fence\n```\nstays", "An open fence\n```\nstays"),
        ("## A heading\n#!x", "A heading\n#!x"),
        ("Let $x^2$ be \\(y\\) or $$z$$.", "Let   be   or  ."),
        ("It costs $5 or $6 now.", "It costs $5 or $6 now."),
        ("\\begin{align}a&=b\\end{align} holds", "  holds"),
        ("\\[ never closed", "\\[ never closed"),
    ],
)
def test_prose_of_structured_text_is_what_stands_between(text: str, expected: str) -> None:
    assert prose(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| a | b. |\n| --- | :-: |\n| c |  |", "a | b.\n\nc"),
        ("|  |  |\nText | stays", "\nText | stays"),
        ("# Title\n#!x #", "Title\n#!x #"),
        ("a|b", "a|b"),
    ],
)
def test_marks_of_the_extractor_are_not_measured(text: str, expected: str) -> None:
    assert without_marks(text) == expected
