"""The prose of the sample: different on every page, in bounds, recognisable."""

import re
from itertools import combinations

import pytest

from pipeline.language.detection import detect_language
from pipeline.sample.authors import LANGUAGES, TOPICS, Author, Foreigner, typographic
from pipeline.sample.chance import Chance
from pipeline.sample.formulas import make_formula
from pipeline.sample.grammar import Grammar, inflect
from pipeline.sample.technical import program
from pipeline.sample.words import load


def _article(topic: str, register: float, number: int) -> str:
    return " ".join(Author(topic, register, Chance("test", topic, number)).paragraphs(400))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def test_articles_on_one_topic_share_few_five_grams() -> None:
    texts = [_shingles(_article("glass", i / 7, i)) for i in range(8)]
    for left, right in combinations(texts, 2):
        assert len(left & right) / len(left | right) < 0.3


def test_registers_differ_but_share_most_words() -> None:
    chatty = set(_article("clocks", 0.0, 1).lower().split())
    learned = set(_article("clocks", 1.0, 2).lower().split())
    assert {"the", "of", "and"} <= chatty & learned
    assert chatty - learned
    assert learned - chatty


@pytest.mark.parametrize("topic", TOPICS)
def test_every_slot_of_a_topic_is_filled(topic: str) -> None:
    author = Author(topic, 0.5, Chance("slots", topic))
    text = " ".join(author.sentence() for _ in range(300)) + " ".join(author.story(300))
    assert len(text.split()) > 2_000
    assert not re.search(r"[\[\]|]", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_foreign_text_is_recognised_as_its_language(language: str) -> None:
    text = "\n".join(Foreigner(language, Chance("foreign", language)).paragraphs(16))
    assert not re.search(r"[\[\]|]", text)
    assert detect_language(text).code == language


@pytest.mark.parametrize("language", list(load("programs")))
def test_program_has_no_open_place(language: str) -> None:
    text = program(language, Chance("program", language), 5)
    assert text.count("\n") >= 10
    assert not re.search(r"@[abcANM]\b", text)


def test_python_programs_compile() -> None:
    for number in range(20):
        text = program("python", Chance("compiles", number), 5)
        assert text.count("\n") >= 10
        compile(text, "sample.py", "exec")


@pytest.mark.parametrize(
    ("entry", "form", "expected"),
    [
        ("loaf|loaves", "s", "loaves"),
        ("ferry", "s", "ferries"),
        ("buoy", "s", "buoys"),
        ("blow|blew|blown", "en", "blown"),
        ("bake", "ing", "baking"),
        ("dye", "ing", "dyeing"),
        ("tow", "ed", "towed"),
    ],
)
def test_inflection(entry: str, form: str, expected: str) -> None:
    assert inflect(entry, form) == expected


def test_article_before_a_vowel_is_an() -> None:
    grammar = Grammar({"thing": ["anchor"]}, {}, Chance("an"))
    assert grammar.say("a [thing] and a unit") == "An anchor and a unit"


def test_quotes_become_typographic() -> None:
    assert typographic('"It\'s here," he said.') == "“It’s here,” he said."


def test_formula_has_balanced_braces_and_tags() -> None:
    formulas = [make_formula(Chance("formula", number), 3) for number in range(50)]
    for formula in formulas:
        assert formula.tex.count("{") == formula.tex.count("}")
        assert len(re.findall(r"<m\w+>", formula.mathml)) == formula.mathml.count("</m") > 0
    assert sum(formula.tex.count("{") for formula in formulas) > 50
