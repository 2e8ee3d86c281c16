"""Which recurring lines of a text are cut, and which are content that stays."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.cuts import apply_cuts
from pipeline.dedup.guards import kind_of
from pipeline.dedup.keys import LETTERS, key_of, line_form
from pipeline.dedup.known import known_keys
from pipeline.document import Document, digest


def page(text: str, name: str, site: str = "shop.org", language: str = "en") -> Document:
    url = f"http://{site}/{name}"
    return Document(
        id=digest(url), url=url, source="crawl", text=text, site=site, language=language
    )


def marks(*recurring: str, share: float = 0.9, pages: int = 5, edge: bool = True) -> set[int]:
    """The keys of lines that recur on a share of their site's pages, and on how many."""
    keys = np.array([key_of(line_form(line)) for line in recurring], dtype=np.uint64)
    every = np.ones(len(keys))
    found = known_keys(keys, share * every, (pages * every).astype(np.uint64), every * edge > 0)
    return set(found.tolist())


def cut(text: str, *recurring: str, share: float = 0.9, pages: int = 5, edge: bool = True) -> str:
    """`text` without what is cut when `recurring` recur; on nearly all pages if nothing is said."""
    keys = marks(*recurring, share=share, pages=pages, edge=edge)
    return apply_cuts(page(text, "x"), keys, set()).document.text


def seldom(text: str, *recurring: str) -> str:
    """What is left where `recurring` stand on three pages of many."""
    return cut(text, *recurring, share=0.2, pages=3)


CONTENT = "The words of the page itself, which are longer than all that stands around them"


def test_a_recurring_heading_between_content_stays() -> None:
    text = "Title here\nFirst words of it\nSee also\nThe second part of it"
    assert cut(text, "See also") == text


def test_headings_in_a_row_between_content_stay() -> None:
    text = "Title here\nWords\nParameters\n(none)\nReturn value\nMore words"
    assert cut(text, "Parameters", "(none)", "Return value") == text
    text = "Title here\nWords\n### Exceptions\n(none)"
    assert cut(text, "### Exceptions", "(none)", share=0.3, edge=False) == text


def test_a_label_that_pages_begin_with_stays() -> None:
    text = "The first album\nReleased\nIn May, with ten songs\nProduced\nby two friends"
    assert cut(text, "Released") == text


def test_a_header_needs_company_or_many_pages() -> None:
    text = f"Title\nMeadow\nBrook\nBarn\n{CONTENT}"
    assert cut(text, "Meadow", "Brook", "Barn") == f"Title\n{CONTENT}"
    assert seldom(text, "Meadow", "Brook", "Barn") == f"Title\n{CONTENT}"
    assert seldom(text, "Meadow", "Brook") == seldom(text, "Meadow") == text


def test_a_footer_needs_less_than_a_header() -> None:
    text = f"Title\n{CONTENT}\nMeadow\nBrook\nBarn"
    assert cut(text, "Meadow", "Brook", "Barn") == f"Title\n{CONTENT}"
    assert seldom(text, "Meadow", "Brook", "Barn") == f"Title\n{CONTENT}"
    text = f"Title\n{CONTENT}\nMeadow\nBrook"
    assert seldom(text, "Meadow", "Brook") == text
    assert cut(text, "Meadow", "Brook", share=0.6, pages=3) == f"Title\n{CONTENT}"


def test_a_line_beside_one_that_is_cut_needs_less() -> None:
    text = f"Title\n{CONTENT}\nMeadow\nBrook\n© The miller"
    assert seldom(text, "Meadow", "Brook") == text
    assert seldom(text, "Meadow", "Brook", "© The miller") == f"Title\n{CONTENT}"
    text = text.replace("Meadow", "## Meadow")
    assert seldom(text, "## Meadow", "Brook", "© The miller").endswith("## Meadow")


def test_neighbours_of_other_pages_do_not_count() -> None:
    text = f"Title\n{CONTENT}\nMeadow\nBrook\nBarn"
    keys = marks("Meadow", "Barn", share=0.9, pages=3) | marks("Brook", share=0.3, pages=3)
    assert apply_cuts(page(text, "x"), keys, set()).document.text == text


@pytest.mark.parametrize(
    "line",
    [
        "From shop, the free shop of all",
        "© 2026 The miller and his friends",
        "Home | Goods | Contact",
        "Next",
        "Powered by a mill",
    ],
)
def test_a_line_that_says_what_templates_say_goes_from_an_edge(line: str) -> None:
    assert seldom(f"{CONTENT}\n{line}", line) == CONTENT
    assert seldom(f"Title\nWords\n{line}\n{CONTENT}", line).count("\n") == 3


@pytest.mark.parametrize(
    "line",
    [
        "Mot de passe oublié ?",
        "Todos los derechos reservados 2015",
        "Tüm hakları saklıdır",
        "Мы используем файлы cookie",
        "利用規約に同意する",
        "Wszelkie prawa zastrzeżone",
        "Heslo",
        "تسجيل الدخول",
    ],
)
def test_notices_and_menus_are_known_in_many_languages(line: str) -> None:
    assert seldom(f"{CONTENT}\n{line}", line) == CONTENT


def test_a_line_beside_a_notice_needs_less() -> None:
    text = f"{CONTENT}\nThe mill by the brook\n© 2026 The miller"
    assert seldom(text, "The mill by the brook") == text
    assert seldom(text, "The mill by the brook", "© 2026 The miller") == CONTENT


def test_a_sentence_on_many_pages_goes_from_an_edge() -> None:
    sentence = "This text was first printed in the newspaper of our town"
    text = f"{CONTENT}\n{sentence}"
    assert cut(text, sentence, share=0.3) == CONTENT
    assert cut(text, sentence, share=0.3, pages=4) == text
    assert cut(f"{CONTENT}\nThis text", "This text", share=0.3) == f"{CONTENT}\nThis text"


def test_a_line_of_edges_is_told_from_one_inside_texts() -> None:
    text = f"Title\n{CONTENT}\nReferences"
    assert cut(text, "References", edge=True) == f"Title\n{CONTENT}"
    assert cut(text, "References", edge=False) == text


def test_a_line_on_half_of_the_pages_needs_less() -> None:
    text = f"Title\n{CONTENT}\nMeadow\nBrook"
    assert cut(text, "Meadow", "Brook", pages=4) == f"Title\n{CONTENT}"
    assert cut(text, "Meadow", "Brook", pages=4, share=0.4) == text


def test_a_heading_needs_more() -> None:
    lines = ["Meadow", "Brook", "## Barn"]
    text = "\n".join([CONTENT, *lines])
    assert cut(text, *lines, pages=4).split("\n")[1:] == ["## Barn"]
    assert cut(text.replace("## ", ""), "Meadow", "Brook", "Barn", pages=4) == CONTENT


def test_the_beginning_of_another_pages_text_stays() -> None:
    lines = ["Meadow", "The brook runs down into the…", "Barn"]
    assert cut("\n".join([CONTENT, *lines]), *lines).split("\n")[1:] == [lines[1]]


def test_a_menu_between_content_is_cut() -> None:
    menu = ["Corn", "Rye", "Oats", "Wheat", "Barley", "Millet"]
    text = "\n".join(["Title", "Words", *menu, CONTENT])
    assert cut(text, *menu) == f"Title\nWords\n{CONTENT}"
    assert cut("\n".join(["Title", "Words", *menu[:4], CONTENT]), *menu).count("\n") == 6
    verses = [f"The brook runs by the {name.lower()} and down into the vale" for name in menu]
    text = "\n".join(["Title", "Words", *verses, CONTENT])
    assert cut(text, *verses, pages=4) == text


def test_words_of_menus_between_content_are_cut() -> None:
    text = f"Title\nWords\n- Home\n- Login\n- Contact\n{CONTENT}"
    assert cut(text, "- Home", "- Login", "- Contact") == f"Title\nWords\n{CONTENT}"


def test_items_of_a_list_of_content_need_more() -> None:
    items = ["- Two cups of flour", "- Water", "- Salt"]
    text = "\n".join([CONTENT, "- Honey", *items])
    assert cut(text, *items, pages=4) == text
    assert cut(text.replace("- Honey\n", ""), *items, pages=4) == CONTENT


def test_a_copy_of_another_page_is_no_template() -> None:
    goods = ["Flour, two cups of it", "Water, one cup of it", "Stir it well and let it rest."]
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


def test_numbers_in_a_footer_go_with_it() -> None:
    text = f"{CONTENT}\nMeadow\n+351 229\nBrook\nBarn\n+351 228"
    assert cut(text, "Meadow", "Brook", "Barn") == CONTENT
    text = f"{CONTENT}\n+351 229\nBarn"
    assert cut(text, "Barn").endswith("+351 229")


def test_rows_of_links_between_pages_are_one_line() -> None:
    first = line_form("Next: fractals, Previous: f90 [Contents][Index]")
    assert first == line_form("Next: Units, Previous: The long tail [Contents][Index]")
    assert first != line_form("Next: fractals, Up: f90 [Contents][Index]")
    assert line_form("Next week the mill is closed") != line_form("Next month the mill is open")


def test_notices_lose_their_numbers_and_addresses() -> None:
    assert line_form("Copyright 2014 by us") == line_form("Copyright 2015 by us")
    first, second = (f'Retrieved from "https://a.org/{at}"' for at in ("x", "y"))
    assert line_form(first) == line_form(second)
    assert line_form("New in version 3.2") != line_form("New in version 3.3")


def test_a_verse_repeated_on_a_site_stays() -> None:
    text = "The song\nA verse of it\nLove love me do\nAnother verse\nYou know I love you"
    assert cut(text, "Love love me do") == text


def test_a_long_page_made_of_recurring_lines_loses_nothing() -> None:
    lines = [f"Line {'abcdefghij'[at % 10] * 3} of a page that has copies" for at in range(60)]
    text = "\n".join([*lines, "One line alone"])
    assert cut(text, *lines) == text


@given(
    st.lists(st.sampled_from(["Home", "- a b", "| c |", "```", "One two.", "", "> q", "x = 1;"])),
    st.sets(st.sampled_from(["Home", "- a b", "| c |", "One two.", "> q"])),
)
def test_what_is_left_of_a_text_is_lines_of_it_in_order(lines: list[str], gone: set[str]) -> None:
    text = "\n".join(lines)
    left = [line for line in cut(text, *gone).split("\n") if line]
    rest = iter(line for line in lines if line)
    assert all(line in rest for line in left)
    worded = [line for line in lines if LETTERS.search(line) and line not in gone]
    assert [line for line in left if LETTERS.search(line) and line not in gone] == worded


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
