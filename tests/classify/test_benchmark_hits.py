"""Benchmark items in documents: found whole, found in part, and not found."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.benchmarks import (
    Item,
    build_index,
    load_benchmarks,
    rolling_hashes,
    word_hashes,
)
from pipeline.errors import UsageError
from pipeline.recipe_types import BenchmarkTable

QUESTION = (
    "A farmer walks twelve miles to the market with nine baskets of plums "
    "and sells every second one. How many baskets does he carry home in the evening?"
)
LONG = Item("farm", 7, QUESTION, "Nine halves, so four or five.")
SHORT = Item("facts", 3, "Which metal melts in a warm hand?", "Gallium")
INDEX = build_index([LONG, SHORT], 13)


def numbers(text: str) -> list[int]:
    return [hit.number for hit in INDEX.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        "Before it. " + QUESTION.upper() + " After it.",
        QUESTION.replace(" ", "\n").replace("?", " ?!"),
        "x " + " ".join(QUESTION.split()[4:17]) + " y",
    ],
    ids=["whole", "in capitals inside a page", "other space and punctuation", "13 words of it"],
)
def test_long_item_is_hit_by_thirteen_words(text: str) -> None:
    assert numbers(text) == [7]


def test_long_item_is_not_hit_by_twelve_words() -> None:
    assert numbers("x " + " ".join(QUESTION.split()[4:16]) + " y") == []


def test_short_item_needs_question_and_answer() -> None:
    assert numbers("Quiz: which metal melts in a warm hand? Gallium! Next.") == [3]
    assert numbers("Quiz: which metal melts in a warm hand? Mercury! Next.") == []


def test_item_below_five_words_is_counted_and_not_looked_for() -> None:
    index = build_index([Item("tiny", 0, "Two plus two?", "4")], 13)
    assert index.left_out == 1
    assert index.find("Two plus two? 4") == []


def test_enumerations_of_numbers_are_not_looked_for() -> None:
    digits = "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, A, B, C, D, E, F"
    index = build_index([Item("code", 0, f"The digits in use here are {digits}", "hex")], 13)
    assert index.find(f"A table: {digits}") == []
    assert index.find(f"The digits in use here are {digits}") != []


def test_passage_is_hit_by_half_of_it_and_not_by_a_phrase() -> None:
    passage = [f"word{chr(97 + i)}" for i in range(26)] + [f"more{chr(97 + i)}" for i in range(26)]
    item = Item("reading", 0, "What is the fifth word of it?", "worde", " ".join(passage))
    index = build_index([LONG, item], 13)
    assert [str(hit) for hit in index.find(" ".join(passage))] == ["reading:0"]
    assert [str(hit) for hit in index.find("x " + " ".join(passage[:33]))] == ["reading:0"]
    assert index.find("x " + " ".join(passage[:20])) == []


def test_hits_name_the_clearest_item_first() -> None:
    hits = INDEX.find(f"{SHORT.question} {SHORT.answer} {QUESTION}")
    assert [str(hit) for hit in hits] == ["farm:7", "facts:3"]


@given(st.lists(st.sampled_from("abcdef"), max_size=60), st.integers(1, 8))
def test_gram_hashes_are_equal_exactly_where_the_words_are(words: list[str], n: int) -> None:
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    found = dict(rolling_hashes(word_hashes(words), [n, n + 1]))
    hashes = found[n].tolist() if grams else []
    assert len(hashes) == len(grams)
    assert len(set(zip(hashes, grams, strict=True))) == len(set(hashes)) == len(set(grams))


@given(st.text(max_size=300))
def test_find_in_any_text_raises_nothing(text: str) -> None:
    INDEX.find(text + "\ud800")


def test_index_without_items_finds_nothing() -> None:
    assert build_index([], 13).find(QUESTION) == []


def test_load_reads_gzip_and_the_named_fields(tmp_path: Path) -> None:
    path = tmp_path / "quiz-test.jsonl.gz"
    rows = [{"prompt": "Why?", "options": ["a", "b"], "text": None}, {"prompt": 12}]
    path.write_bytes(gzip.compress("\n\n".join(map(json.dumps, rows)).encode()))
    table = BenchmarkTable(path=str(path), question="prompt", answer="options", passage="text")
    items = load_benchmarks((table,))
    assert items == [Item("quiz-test", 0, "Why?", "a\nb"), Item("quiz-test", 2, "12")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "line 1 is no JSON"),
        ('{"q": "x"}', "line 1 has no field 'question'"),
        ("[1]", "line 1 has no field 'question'"),
    ],
)
def test_load_of_another_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "quiz.jsonl"
    path.write_text(content)
    with pytest.raises(UsageError, match=message):
        load_benchmarks((str(path),))


def test_load_of_a_missing_file_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_benchmarks(("nowhere.jsonl",))


@pytest.mark.shared
def test_published_benchmarks_are_found_in_themselves(data: Path) -> None:
    tables = (
        str(data / "benchmarks/gsm8k-test.jsonl.gz"),
        str(data / "benchmarks/mmlu_test-1.jsonl.gz"),
        BenchmarkTable(
            path=str(data / "benchmarks/HumanEval.jsonl.gz"),
            question="prompt",
            answer="canonical_solution",
        ),
    )
    items = load_benchmarks(tables)
    index = build_index(items, 13)
    long = [item for item in items[::50] if len((item.question + " " + item.answer).split()) >= 13]
    missed = [item for item in long if not index.find(f"x\n{item.question}\n{item.answer}\ny")]
    assert len(long) > 250
    assert missed == []
    assert index.left_out / len(items) < 0.02
    assert min(len(grams.hashes) for grams in index.grams) > 20
    assert all((np.diff(grams.hashes) > 0).all() for grams in index.grams)
