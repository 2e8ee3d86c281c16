"""What goes of the lines that two to four pages of a site share, and what stays."""

import pytest

from pipeline.dedup.guards import kind_of
from pipeline.dedup.keys import EDGE, LEVEL_BIT, Level, key_of, line_form
from pipeline.dedup.line_cuts import boilerplate
from pipeline.dedup.looks import is_long

OWN = [
    "The miller rose before the sun and opened the gate of the dam by hand.",
    "By noon he had ground what forty farmers had brought him in a week.",
    "In the evening his daughter counted the sacks and wrote them in a book.",
]
MENU = ["- Corn", "- Rye", "- Oats", "- Wheat", "- Barley", "- Millet"]
FOOTER = ["The mill by the river, open on all days of the week", "Ask for us at the gate"]


def left(lines: list[str], *shared: str, level: Level = Level.FEW, title: str = "") -> list[str]:
    """`lines` without what is cut when few pages, half of the site's with MOST, hold `shared`."""
    keys = [key_of(line_form(line)) for line in shared]
    recurring = {key | level << LEVEL_BIT for key in keys}
    recurring |= {key | EDGE | Level.FEW << LEVEL_BIT for key in keys}
    cut = boilerplate(lines, recurring, title)
    return [line for line, gone in zip(lines, cut, strict=True) if not gone]


def between(*lines: str) -> list[str]:
    """`lines` in the middle of a long text of its own."""
    return [*OWN, *OWN, *OWN, *lines, *OWN, *OWN, *OWN]


def test_a_menu_goes_from_the_middle() -> None:
    assert left(between(*MENU), *MENU) == between()


def test_half_a_menu_stays_in_the_middle() -> None:
    assert left(between(*MENU[:5]), *MENU) == between(*MENU[:5])


def test_longer_items_of_a_list_go_with_the_menu_around_them() -> None:
    long = "- How to grind the oats"
    assert left(between(*MENU, long), *MENU, long) == between()


def test_rows_of_a_table_are_no_menu() -> None:
    rows = [f"| {line[2:]} |" for line in MENU]
    assert left(between(*rows), *rows) == between(*rows)


def test_a_footer_goes_and_one_line_below_it_may_differ() -> None:
    assert left([*OWN, *FOOTER], *FOOTER) == OWN
    assert left([*OWN, *FOOTER, "Seen by nine"], *FOOTER) == [*OWN, "Seen by nine"]


def test_a_lone_label_at_the_end_stays() -> None:
    assert left([*OWN, "Free!"], "Free!") == [*OWN, "Free!"]


def test_a_header_goes_where_most_pages_have_it() -> None:
    assert left([*FOOTER, *OWN], *FOOTER, level=Level.MOST) == OWN
    assert left([*FOOTER, *OWN], *FOOTER) == [*FOOTER, *OWN]


@pytest.mark.parametrize(
    "line",
    [
        "## What the miller has to say of the weather",
        "The miller has found out how the weather of this year ...",
        "| Place | What the miller says | of the weather of this year |",
        "> The miller says that the weather of this year is bad",
    ],
)
def test_headings_teasers_rows_and_quotations_stay_at_the_end(line: str) -> None:
    assert left([*OWN, line], line, level=Level.MOST) == [*OWN, line]


def test_the_title_of_the_page_stays() -> None:
    title = "Flour and bread and all that a miller needs"
    lines = [title, "Sorted by price, from low to high, as you wish", *OWN]
    assert left(lines, *lines[:2], level=Level.MOST, title=f"{title} - Mill")[0] == title


def test_headings_in_a_row_are_links() -> None:
    heads = ["### The old mill", "### The new mill", "### The mill that never was"]
    assert left(between(*heads), *heads, level=Level.MOST) == between()
    assert left(between(*heads), *heads) == between(*heads)
    apart = [line for pair in zip(heads, OWN, strict=True) for line in pair]
    assert left(apart, *heads, level=Level.MOST) == apart


def test_a_copy_of_another_page_loses_its_notices_alone() -> None:
    notice = "© 2026 The miller and his friends"
    assert left([*OWN, notice], *OWN, notice, level=Level.MOST) == OWN


def test_words_of_menus_go_near_an_edge() -> None:
    lines = [*OWN, "Log in", *OWN, *OWN, *OWN, *OWN]
    assert left(lines, "Log in") == [*OWN, *OWN, *OWN, *OWN, *OWN]
    assert left(between("Log in"), "Log in") == between("Log in")


def test_a_heading_of_words_of_menus_stays() -> None:
    lines = [*OWN, "## Log in", *OWN]
    assert left(lines, "## Log in") == lines


def test_a_heading_is_no_code_and_a_copyright_neither() -> None:
    assert kind_of("# The old mill") == "text"
    assert kind_of("© 2001 the group :: all times are local") == "text"
    assert kind_of("#include <mill.h>") == "code"
    assert kind_of("$ make flour") == "code"


def test_white_space_makes_no_line_long() -> None:
    assert not is_long("февраля" + "\t" * 40)
    assert is_long("磁石で着脱、無線にも有線にもなるイヤホンの特許を取得したと会社")
