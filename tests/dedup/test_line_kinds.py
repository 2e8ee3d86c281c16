"""Which recurring lines of a text are content that stays."""

from dataclasses import replace

import pytest
from support_lines import CONTENT, cut, marks, page

from pipeline.dedup.lines.cutting import apply_cuts
from pipeline.dedup.lines.line_kinds import is_long, kind_of, words_of


def test_the_beginning_of_another_pages_text_stays() -> None:
    lines = ["Meadow", "The brook runs down into the…", "Barn"]
    assert cut("\n".join([CONTENT, *lines]), *lines).split("\n")[1:] == [lines[1]]


def test_a_copy_of_another_page_is_no_template() -> None:
    goods = ["Flour, 2 cups of it", "Water, 1 cup of it", "Stir it well and let it rest."]
    text = "\n".join([*goods, "Bake it for an hour or somewhat more than an hour.", "Page 2"])
    lines = text.split("\n")[:-1]
    assert cut(text, *lines, share=0.67, pages=2) == text
    assert cut(text, *lines, share=0.67, pages=3) != text


@pytest.mark.parametrize(
    "line",
    [
        "> To be or not to be, that is the question of all questions",
        "“To be or not to be, that is the question of all questions”",
        "$ mill --grind corn --into flour",
        "for (int i = 0; i < n; i++) { sum += values of all the rows };",
    ],
)
def test_quotations_and_code_stay_wherever_they_recur(line: str) -> None:
    text = f"Title\n{CONTENT}\nMeadow\n{line}\nBarn"
    assert line in cut(text, "Meadow", line, "Barn")


def test_code_between_fences_stays_even_at_the_end() -> None:
    text = "Title\nWords\n```\nimport something\nrun this code\n```"
    assert cut(text, "import something", "run this code") == text


def test_a_headline_is_no_code() -> None:
    assert kind_of("# The free shop") == "text"
    assert kind_of("#include <mill.h>") == kind_of("$ mill") == kind_of("std::mill") == "code"


def test_the_title_of_a_page_stays_though_pages_share_it() -> None:
    text, title = f"The spring sale of shop\n{CONTENT}", "The spring sale of shop - The shop"
    keys = marks("The spring sale of shop")
    document = replace(page(text, "x"), title=title)
    assert apply_cuts(document, keys, set()).document.text == text
    assert apply_cuts(replace(document, title=""), keys, set()).document.text == CONTENT


def test_the_title_of_a_page_stays_as_a_heading_below_the_header_too() -> None:
    lines = ["The free shop of all", "# The spring sale of shop", "One more line of the shop"]
    text, title = "\n".join([*lines, CONTENT]), "The spring sale of shop - The shop"
    document = page(text, "x")
    assert apply_cuts(document, marks(*lines), set()).document.text == CONTENT
    left = apply_cuts(replace(document, title=title), marks(*lines), set()).document.text
    assert left.startswith(lines[1])


def test_a_verse_repeated_on_a_site_stays() -> None:
    text = "The song\nA verse of it\nLove love me do\nAnother verse\nYou know I love you"
    assert cut(text, "Love love me do") == text


def test_a_long_page_made_of_recurring_lines_loses_nothing() -> None:
    lines = [f"Line {'abcdefghij'[at % 10] * 3} of a page that has copies" for at in range(60)]
    text = "\n".join([*lines, "One line alone"])
    assert cut(text, *lines) == text


def test_sentences_without_spaces_are_no_menu() -> None:
    lines = [
        f"{mark}河边的磨坊在每个星期三向全村的农民开放并且免费为他们磨面粉和谷物"
        for mark in "一二三四五"
    ]
    text = "\n".join([CONTENT, CONTENT, *lines, CONTENT])
    assert cut(text, *lines, share=0.4, pages=3, edge=False) == text


def test_rows_of_numbers_below_a_header_that_recurs_stay() -> None:
    rows = [f"| {at} | {at * 7} |" for at in range(20)]
    text = "\n".join([CONTENT, "| Jan | Feb |", *rows])
    assert apply_cuts(page(text, "x"), marks("| Jan | Feb |"), set()).document.text.endswith(
        rows[-1]
    )


def test_many_numbers_at_the_end_of_a_text_stay() -> None:
    text = "\n".join([CONTENT, *map(str, range(40)), "© 2026 The miller and his friends"])
    notice = text.split("\n")[-1]
    assert apply_cuts(page(text, "x"), marks(notice), set()).document.text.endswith("\n39")


def test_a_page_with_some_lines_of_its_own_is_no_copy() -> None:
    lines = ["Meadow 1", "Brook 2", "Barn 3", "Mill 4"]
    for own, stays in ((2, True), (4, False)):
        text = "\n".join([*lines, "x" * own])
        assert (cut(text, *lines, share=0.67, pages=2) == text) is stays


def test_a_line_without_spaces_counts_as_a_sentence_from_a_length_on() -> None:
    assert words_of("磨" * 24) == 8
    assert words_of("磨" * 23) == 1
    assert is_long("a b c d e f g h")
    assert not is_long("a b c d e f g")
