"""Splitting and the forms in which texts and lines count as the same."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import (
    Split,
    lines,
    may_reach,
    ngrams,
    normalise,
    paragraphs,
    visible,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop, l’eau!", ["Don't", "stop", "l’eau"]),
        ("state-of-the-art", ["state", "of", "the", "art"]),
        ("costs $3.14 or 1,000", ["costs", "3.14", "or", "1,000"]),
        ("snake_case v2", ["snake_case", "v2"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("我喜欢", ["我", "喜", "欢"]),
        ("カタカナとひらがな", ["カタカナ", "と", "ひ", "ら", "が", "な"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("한국어 문서", ["한국어", "문서"]),
        ("عربي، نص", ["عربي", "نص"]),
        ("| - * |", []),
    ],
)
def test_words_of_a_script_are_split_as_stated(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_symbols_counts_runs_of_punctuation_that_stand_alone() -> None:
    assert Split("+ a, b = -- (c) …").symbols == 3


def test_symbols_leaves_out_the_marks_of_tables_and_lists() -> None:
    assert Split("- a\n| b | c |\n|---|:--|").symbols == 0


def test_lines_blank_and_padded_are_stripped() -> None:
    assert lines(" a \n\n\t\nb\r\n") == ["a", "b"]


def test_paragraphs_are_parted_by_blank_lines() -> None:
    assert paragraphs("a\nb\n \n\n\nc\n") == ["a\nb", "c"]


def test_ngrams_of_a_short_list_are_none() -> None:
    assert ngrams(["a", "b"], 3) == []
    assert ngrams(["a", "b", "c"], 2) == [("a", "b"), ("b", "c")]


def test_normalise_ignores_case_width_and_space_but_not_numbers() -> None:
    assert normalise("ＦＵＬＬ  width\n Straße\u00ad") == "full width strasse"
    assert normalise("page 1") != normalise("page 2")


@given(st.text())
def test_normalise_twice_is_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet="aA\u0308\u0301İß\u00ad\u200dé\u3099か ﬁ\n\r\u2028\x85ς"))
def test_normalise_by_line_is_normalise_of_the_whole(text: str) -> None:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    folded = re.sub("[\u00ad\u200d]", "", folded).casefold()
    assert normalise(text) == " ".join(unicodedata.normalize("NFKC", folded).split())


@given(st.text(alphabet="aé½ﷺ\u0390\u0301\u200b "))
def test_normalise_lengthens_no_text_beyond_what_may_be(text: str) -> None:
    assert may_reach(text, len(normalise(text)))


@given(st.text())
def test_words_stand_in_the_text_in_order_and_hold_a_word_character(text: str) -> None:
    at = 0
    for word in words(text):
        at = text.index(word, at) + len(word)
        assert any(c.isalnum() or c == "_" for c in word) or not word.isascii()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("co\u00adopera\u00adtive", "cooperative"),
        ("a\u2060joiner, zero\u200bwidth, \ufeffmark", "ajoiner, zerowidth, mark"),
        ("anna@mill\u200c.net Auf\u200clage", "anna@mill.net Auflage"),
        ("f\u2061(x\u2062y)", "f(xy)"),
        ("a\u200eb\u202ec\u202c", "abc"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("Han\u200b汉\u200b字", "Han汉字"),
        ("text\ufe0f 5\ufe0f\u20e3", "text 5\ufe0f\u20e3"),
        ("м\u00adельница", "мельница"),
        ("שלום anna\u200e@mill\u200f.net", "שלום anna@mill.net"),
        ("one\u200e\nשלום", "one\nשלום"),
        ("1\u200d92.168.1.1", "192.168.1.1"),
        ("the \u0093mill\u0094\u0085 \u0081", "the “mill”… "),
        ("می\u00ad\u200cخ", "می\u200cخ"),
        ("5\ufe0f a\U000e0100\U000e0101", "5 a"),
    ],
)
def test_format_characters_without_meaning_go(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्\u200dष क्\u200cष",
        "ශ්\u200dරී",
        "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "ภาษา\u200bไทย",
        "שלום\u200f (mill)\u200e",
        "葛\U000e0100",
        "plain words",
    ],
)
def test_format_characters_with_meaning_stay(text: str) -> None:
    assert visible(text) == text


@given(st.text(alphabet="aب\u00ad\u200b\u200c\u200d\ufe0f👨 ก"))
def test_visible_takes_out_format_characters_alone(text: str) -> None:
    hidden = "\u00ad\u200b\u200c\u200d\ufe0f"
    left = str.maketrans("", "", hidden)
    assert visible(text).translate(left) == text.translate(left)


@given(st.text(alphabet="ab我ท\u0301\u0e31 .'1"))
def test_split_agrees_with_the_functions(text: str) -> None:
    split = Split(text)
    assert list(split.words) == words(text)
    assert [word.lower() for word in split.words] == list(split.lower_words)
