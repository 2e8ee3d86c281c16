from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import boilerplate
from pipeline.dedup.boilerplate import (
    crowded_sites,
    line_rows,
    recurring_lines,
    site_rows,
    sure_share,
)
from pipeline.dedup.cuts import apply_cuts
from pipeline.dedup.decisions import apply_decisions
from pipeline.dedup.in_memory import exact_decisions
from pipeline.dedup.keys import (
    EDGE,
    LETTERS,
    LEVEL_BIT,
    Level,
    base_key,
    key_of,
    keys_table,
    line_form,
)
from pipeline.document import Document, digest
from pipeline.recipe import DedupConfig, LinesConfig

HEADER = "Welcome to our shop"
FOOTER = "All rights reserved by the shop"
CONFIG = DedupConfig(paragraphs=False)


def page(text: str, name: str, site: str = "shop.org", language: str = "en") -> Document:
    url = f"http://{site}/{name}"
    return Document(
        id=digest(url), url=url, source="crawl", text=text, site=site, language=language
    )


def pages(count: int, site: str = "shop.org") -> list[Document]:
    words = ("alpha", "beta", "gamma", "delta", "omega", "sigma", "kappa", "theta", "zeta", "iota")
    return [
        page(f"{HEADER}\nOn {words[at]}\nA text about {words[at]} alone.\n{FOOTER}", f"{at}", site)
        for at in range(count)
    ]


def texts(documents: list[Document], config: DedupConfig = CONFIG) -> list[str]:
    decisions = exact_decisions([keys_table(documents)], config)[0]
    return [row.text for row in apply_decisions(documents, decisions, "exact").kept]


def test_header_and_footer_of_a_site_are_cut() -> None:
    assert texts(pages(10))[0] == "On alpha\nA text about alpha alone."


def test_lines_on_fewer_pages_than_the_minimum_stay() -> None:
    assert HEADER in texts(pages(2))[0]


def test_lines_on_too_small_a_share_of_the_pages_stay() -> None:
    others = [page(f"Nothing in common with {at * 'x'}", f"other{at}") for at in range(1, 40)]
    assert HEADER in texts(pages(4) + others)[0]


def test_pages_of_other_sites_do_not_count() -> None:
    assert HEADER in texts(pages(2) + pages(2, "other.org"))[0]


def test_pages_of_another_language_do_not_count() -> None:
    shop = pages(2) + [page(f"{HEADER}\nText {at}", f"de{at}", language="de") for at in range(2)]
    assert HEADER in texts(shop)[0]


def test_documents_without_a_site_have_no_boilerplate() -> None:
    books = [replace(row, site="") for row in pages(10)]
    assert HEADER in texts(books)[0]


def test_longer_lines_than_the_recipe_says_stay() -> None:
    limits = LinesConfig(max_characters=10)
    assert HEADER in texts(pages(10), CONFIG.model_copy(update={"site_lines": limits}))[0]


def test_duplicates_that_leave_do_not_count_as_pages() -> None:
    shop = pages(2)
    copies = [page(shop[0].text, f"copy{at}") for at in range(6)]
    assert HEADER in texts(shop + copies)[0]


def test_a_page_of_notices_alone_is_dropped_for_its_length() -> None:
    shop = [*pages(9), page(f"{HEADER}\nRest\n{FOOTER}", "empty")]
    decisions = exact_decisions([keys_table(shop)], CONFIG)[0]
    applied = apply_decisions(shop, decisions, "exact", min_characters=10)
    assert [(row.id, row.reason) for row in applied.dropped] == [
        (shop[-1].id, "too_short_after_cuts")
    ]


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


@pytest.mark.parametrize(("pages", "levels"), [(2, {3}), (3, {3}), (6, {2}), (40, {2})])
def test_levels_tell_how_many_pages_agree(pages: int, levels: set[int]) -> None:
    shop = [page(f"{HEADER}\nText {'x' * at}", str(at)) for at in range(pages)]
    rows = line_rows(keys_table(shop), 0, crowded_sites(site_rows(keys_table(shop))), LinesConfig())
    found = recurring_lines(rows, LinesConfig())["line"].tolist()
    edges = [line for line in found if line & EDGE]
    assert {base_key(line) for line in edges} == {key_of(line_form(HEADER))}
    assert {(line >> LEVEL_BIT) & 3 for line in edges} == levels


def test_few_pages_must_agree_more_than_many() -> None:
    few, many = (float(sure_share(np.array([3 * n]), np.array([9 * n]))[0]) for n in (1, 100))
    assert few == pytest.approx(0.20, abs=0.01)
    assert many == pytest.approx(0.32, abs=0.01)


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


def test_a_crowded_site_is_counted_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "SAMPLE", 100)
    shop = [page(f"{HEADER}\nText {'x' * at}\n{FOOTER}", str(at)) for at in range(1_000)]
    parts = [keys_table(shop[at::4]) for at in range(4)]
    crowded = crowded_sites(np.concatenate([site_rows(part) for part in parts]))
    limits = LinesConfig()
    rows = [line_rows(part, at, crowded, limits) for at, part in enumerate(parts)]
    counted = sum(int(r["pages"][r["line"] == 0].sum()) for r in rows)
    found = recurring_lines(np.concatenate(rows), limits)
    assert 60 < counted < 150
    assert len(found) == 4 * len(parts)  # two lines, at edges and inside


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
