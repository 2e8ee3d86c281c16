"""Which recurring lines of a text are cut, and what each point of evidence does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_lines import CONTENT, cut, marks, page, seldom

from pipeline.dedup.lines.cutting import apply_cuts
from pipeline.dedup.lines.line_forms import LETTERS


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


@pytest.mark.parametrize(("share", "alike"), [(0.74, True), (0.70, False)])
def test_neighbours_on_somewhat_fewer_pages_count(share: float, alike: bool) -> None:
    text = f"Title\n{CONTENT}\nMeadow\nBrook\nBarn"
    keys = marks("Meadow", "Barn", share=0.9, pages=3) | marks("Brook", share=share, pages=3)
    left = apply_cuts(page(text, "x"), keys, set()).document.text
    assert ("Barn" not in left) is alike


@pytest.mark.parametrize(("site", "goes"), [("corn.org", True), ("rye.org", False)])
def test_the_name_of_a_site_speaks_unless_it_is_short(site: str, goes: bool) -> None:
    line = f"All about {site.partition('.')[0]}"
    document = page(f"{CONTENT}\n{line}", "x", site=site)
    left = apply_cuts(document, marks(line, share=0.2, pages=3), set()).document.text
    assert (line not in left) is goes


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


def test_numbers_in_a_footer_go_with_it() -> None:
    text = f"{CONTENT}\nMeadow\n+351 229\nBrook\nBarn\n+351 228"
    assert cut(text, "Meadow", "Brook", "Barn") == CONTENT
    text = f"{CONTENT}\n+351 229\nBarn"
    assert cut(text, "Barn").endswith("+351 229")


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
