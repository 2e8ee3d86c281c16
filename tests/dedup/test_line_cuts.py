"""Which recurring lines of a text are cut, and which are content that stays."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.cuts import apply_cuts
from pipeline.dedup.keys import (
    EDGE,
    LETTERS,
    LEVEL_BIT,
    Level,
    key_of,
    line_form,
)
from pipeline.document import Document, digest


def page(text: str, name: str, site: str = "shop.org", language: str = "en") -> Document:
    url = f"http://{site}/{name}"
    return Document(
        id=digest(url), url=url, source="crawl", text=text, site=site, language=language
    )


def marks(*recurring: str, level: Level = Level.ALL) -> set[int]:
    """The keys of lines that recur inside of the site's texts, and at edges as `level` says."""
    keys = {key_of(line_form(line)) for line in recurring}
    return keys | {at_edge(key, level) for key in keys}


def at_edge(key: int, level: Level) -> int:
    return key | EDGE | (level << LEVEL_BIT)


def cut(text: str, *recurring: str) -> str:
    """`text` without what is cut when `recurring` recur on nearly all pages of the site."""
    return apply_cuts(page(text, "x"), marks(*recurring), set()).document.text


def cut_at_edges(text: str, *recurring: str, level: Level = Level.SOME) -> str:
    """`text` without what is cut when `recurring` recur at the edges of the site's texts alone."""
    keys = {at_edge(key_of(line_form(line)), level) for line in recurring}
    return apply_cuts(page(text, "x"), keys, set()).document.text


def test_a_recurring_heading_between_content_stays() -> None:
    text = "Title here\nFirst words of it\nSee also\nThe second part of it"
    assert cut(text, "See also") == text


def test_a_line_under_the_title_is_cut() -> None:
    assert cut("Title here\nFrom the wiki\nThe words", "From the wiki") == "Title here\nThe words"


def test_a_menu_between_content_is_cut() -> None:
    text = "Title here\nWords\n- Home\n- Shop\n- Contact\nMore words"
    assert cut(text, "- Home", "- Shop", "- Contact") == "Title here\nWords\nMore words"


def test_headings_in_a_row_between_content_stay() -> None:
    text = "Title here\nWords\nParameters\n(none)\nReturn value\nMore words"
    assert cut(text, "Parameters", "(none)", "Return value") == text


def test_a_notice_between_content_is_cut() -> None:
    notice = "We use cookies to make this site better for you"
    assert cut(f"Title\nWords\n{notice}\nMore words", notice) == "Title\nWords\nMore words"


@pytest.mark.parametrize(
    "line",
    [
        "> To be or not to be, that is the question of all questions",
        "“To be or not to be, that is the question of all questions”",
        "- the item of a list that is long enough to be a sentence",
        "| a row | of a table | that is long enough | to be a sentence |",
        "for (int i = 0; i < n; i++) { sum += values of all the rows };",
    ],
)
def test_content_of_a_guarded_kind_stays(line: str) -> None:
    text = (
        f"Title\nWords\n{line}\n{line[:2]}something else of the same kind {line[-2:]}\nMore words"
    )
    assert cut(text, line) == text


def test_the_title_of_a_page_stays_though_pages_share_it() -> None:
    text, title = "Spring sale\nPage of goods", "Spring sale - The shop"
    keys = marks("Spring sale")
    document = replace(page(text, "x"), title=title)
    assert apply_cuts(document, keys, set()).document.text == text
    assert apply_cuts(replace(document, title=""), keys, set()).document.text == "Page of goods"


def test_a_line_that_recurs_inside_texts_only_stays_at_an_edge() -> None:
    text = "Title\nWords of it\nReferences"
    keys = {key_of(line_form("References"))}
    assert apply_cuts(page(text, "x"), keys, set()).document.text == text


def test_a_label_that_few_pages_begin_with_stays() -> None:
    text = "The first album\nReleased\nIn May, with ten songs\nProduced\nby two friends"
    assert cut_at_edges(text, "Released") == text
    assert cut_at_edges(text, "Released", level=Level.MOST) == text


@pytest.mark.parametrize(
    "line",
    [
        "From shop, the free shop of all",
        "© 2026 The miller and his friends",
        "Home | Goods | Contact",
        "Next",
        "Powered by a mill",
        "This text was first printed in the newspaper of our town",
    ],
)
def test_a_line_that_looks_like_a_templates_goes_from_an_edge(line: str) -> None:
    assert cut_at_edges(f"Title\n{line}\nWords of it", line) == "Title\nWords of it"
    assert cut_at_edges(f"Title\nWords of it\n{line}", line) == "Title\nWords of it"


def test_a_run_of_four_lines_goes_from_an_edge() -> None:
    lines = ["Meadow", "Brook", "Barn", "Gate"]
    text = "\n".join(["Title", "Words of the page itself", *lines])
    assert cut_at_edges(text, *lines) == "Title\nWords of the page itself"
    assert cut_at_edges("\n".join(["Title", "Words", *lines[:2]]), *lines).endswith("Brook")


def test_numbers_in_a_footer_go_with_it() -> None:
    text = "Title\nWords of it\nMeadow\nBrook\nBarn\nGate\n+351 229\n+351 228"
    assert cut_at_edges(text, "Meadow", "Brook", "Barn", "Gate") == "Title\nWords of it"


def test_lines_of_few_pages_go_only_as_items_of_a_menu() -> None:
    menu = ["- Meadow", "- Brook", "- Barn"]
    text = "\n".join([*menu, "The words of this page, which are longer than its menu"])
    assert cut_at_edges(text, *menu, level=Level.FEW) == text.split("\n")[-1]
    verses = ["The brook runs down into the vale", "And turns the mill", "Where barley waits"]
    poem = "\n".join(["The mill", *verses, "A last line that is new"])
    assert cut_at_edges(poem, *verses, level=Level.FEW) == poem


def test_a_copy_of_another_page_is_no_template() -> None:
    goods = "Flour, two cups\nWater\nSalt\nYeast\nButter\nHoney"
    text = (
        f"{goods}\nStir it well and let it rest all night.\nBake it for an hour or somewhat more."
    )
    assert cut_at_edges(text, *text.split("\n"), level=Level.FEW) == text


def test_a_menu_of_short_lines_between_content_is_cut() -> None:
    menu = ["Corn", "Rye", "Oats", "Wheat", "Barley", "Millet"]
    text = "\n".join(["Title", "Words", *menu, "More words of the page"])
    assert cut(text, *menu) == "Title\nWords\nMore words of the page"


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


def test_code_between_fences_stays_even_at_the_end() -> None:
    text = "Title\nWords\n```\nimport something\nrun this code\n```"
    assert cut(text, "import something", "run this code") == text


def test_a_verse_repeated_on_a_site_stays() -> None:
    text = "The song\nA verse of it\nLove love me do\nAnother verse\nYou know I love you"
    assert cut(text, "Love love me do") == text


def test_a_menu_as_a_whole_list_is_cut() -> None:
    text = "- Home\n- Shop\n- Contact\nThe words of the page"
    assert cut(text, "- Home", "- Shop", "- Contact") == "The words of the page"


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
