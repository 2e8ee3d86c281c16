"""Form of the text: headings, lists, quotes, code, formulas, tables."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_extract import page_of, whole_text

CASES = sorted((Path(__file__).parents[1] / "cases" / "extract").glob("*.html"))


def test_cases_are_stored_with_their_texts() -> None:
    assert [case.stem for case in CASES] == ["article", "manual"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_text_of_a_case_is_as_stored(case: Path) -> None:
    expected = case.with_suffix(".txt").read_text(encoding="utf-8")
    assert whole_text(case.read_text(encoding="utf-8")) + "\n" == expected


def test_headings_keep_their_level() -> None:
    assert whole_text("<h1>One</h1><p>a</p><h3>Three</h3>") == "# One\n\na\n\n### Three"


def test_ordered_list_counts_from_its_start() -> None:
    assert whole_text("<ol start=3><li>a<li>b</ol>") == "3. a\n4. b"


def test_nested_list_is_indented() -> None:
    assert whole_text("<ul><li>a<ul><li>b</ul><li>c</ul>") == "- a\n  - b\n- c"


def test_quote_is_marked_on_every_line() -> None:
    assert whole_text("<blockquote><p>a</p><p>b</p></blockquote>") == "> a\n\n> b"


def test_inline_elements_do_not_break_a_block() -> None:
    assert whole_text("<p>a <b>b</b><i>c</i> <a href=x>d</a></p>") == "a bc d"


def test_data_table_becomes_rows() -> None:
    html = "<table><tr><th>a<th>b<tr><td>1<td>2</table>"
    assert whole_text(html) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_cells_stand_in_the_columns_where_they_are_drawn() -> None:
    html = (
        "<table><tr><th rowspan=2>mill<th colspan=2>grain<tr><th>rye<th>oats"
        "<tr><td rowspan=2>north<td>1<td>2<tr><td>3<td>4<tr><td colspan=2>all<td>6</table>"
    )
    assert whole_text(html).split("\n") == [
        "| mill | grain |  |",
        "| --- | --- | --- |",
        "|  | rye | oats |",
        "| north | 1 | 2 |",
        "|  | 3 | 4 |",
        "| all |  | 6 |",
    ]


@pytest.mark.parametrize("span", ["0", "-1", "x", "99999999", "1000", ""])
def test_spans_that_no_table_has_are_none(span: str) -> None:
    html = f"<table><tr><th>a<th colspan='{span}'>b<th>c<tr><td>1<td>2<td>3</table>"
    assert whole_text(html) == "| a | b | c |\n| --- | --- | --- |\n| 1 | 2 | 3 |"


@pytest.mark.parametrize(
    ("value", "span"),
    [("3", 3), ("1000", 1000), ("99999", 65534), ("100000", 1), ("2%", 1), ("0", 65534)],
)
def test_spans_are_bounded(value: str, span: int) -> None:
    page = page_of(f"<table><tr><td rowspan={value} colspan=2>a</table>")
    assert page.tables[0].spans == {(1, 1): (2, span)}


def test_a_wide_cell_leaves_what_hangs_from_above() -> None:
    html = "<table><tr><td>a<td rowspan=3>b<td>x<tr><td colspan=2>c<tr><td>d<td>e</table>"
    assert whole_text(html).split("\n")[-1] == "| d |  | e |"


@pytest.mark.parametrize("high", ["3", "0"])
def test_no_cell_reaches_beyond_its_group_of_rows(high: str) -> None:
    html = f"<table><thead><tr><th rowspan={high}>a<th>b<tr><th>c<tbody><tr><td>1<td>2</table>"
    assert whole_text(html).split("\n") == ["| a | b |", "| --- | --- |", "|  | c |", "| 1 | 2 |"]


def test_spans_do_not_fill_a_page_with_empty_places() -> None:
    rows = "".join(f"<tr><td colspan={at % 199 + 1}>x<td>y" for at in range(2000))
    assert len(whole_text(f"<table>{rows}</table>")) < 30_000


def test_columns_in_which_no_cell_begins_are_left_out() -> None:
    html = "<table><tr><th colspan=4>a<th>b<tr><td colspan=4>1<td>2</table>"
    assert whole_text(html) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_table_with_listings_is_written_as_text() -> None:
    html = "<table><tr><th>a<th>b<tr><td>1<td><pre>if x:\n    y()</pre></table>"
    assert whole_text(html) == "a\n\nb\n\n1\n\n```\nif x:\n    y()\n```"
    html = "<table><tr><th>a<th>b<tr><td>1<td><pre>y()</pre></table>"
    assert whole_text(html).endswith("| 1 | `y()` |")


def test_code_in_a_cell_keeps_its_spaces() -> None:
    html = "<table><tr><th>a<th>b<tr><td>1  2<td><pre>  x  =  y | z</pre></table>"
    assert whole_text(html).endswith("| 1 2 | `x  =  y \\| z` |")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ("<td>flour<td>-<td>what is ground", "| flour | - | what is ground |\n| --- | --- | --- |"),
        ("<td>1965<br>first<td>1967", "| 1965 first | 1967 |\n| --- | --- |"),
        ("<td>flour", "flour"),
        (f"<td>mills<td>{'a long text ' * 30}", f"mills\n\n{'a long text ' * 30}".strip()),
        ("<td><h2>flour</h2><td>rye", "## flour\n\nrye"),
        ("<td>$$x_1$$<td>(1)", "$$x_1$$\n\n(1)"),
        ("<td>$x_1$<td>(1)", "$x_1$\n\n(1)"),
        (f"<td>a{'<td>' * 300}<td>b", "a\n\nb"),
    ],
)
def test_table_of_one_row_is_data_where_its_cells_say_little(cells: str, text: str) -> None:
    assert whole_text(f"<table><tr>{cells}</tr></table>") == text


INNER = "<table><tr><td>1956<td>1958</table>"
FACTS = "".join(f"<tr><th>{name}<td>{name} of rye" for name in ("flour", "stone", "water", "sieve"))


def test_table_of_facts_may_hold_another() -> None:
    facts = whole_text(f"<table>{FACTS}<tr><td colspan=2>{INNER}</table>")
    assert "| flour | flour of rye |" in facts
    assert "| 1956 | 1958 |" in facts
    layout = whole_text(f"<table><tr><th>flour<td>rye<tr><td>{INNER}<td>oats</table>")
    assert "| flour" not in layout


def test_layout_table_stays_text() -> None:
    html = "<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>"
    assert "|" not in whole_text(html)


def test_pipe_in_a_cell_is_escaped() -> None:
    assert "a\\|b" in whole_text("<table><tr><th>x<th>y<tr><td>a|b<td>2</table>")


def test_script_and_style_are_no_text() -> None:
    assert whole_text("<style>p{}</style><script>var a</script><p>a</p>") == "a"


def test_text_of_noscript_is_read() -> None:
    assert (
        whole_text("<noscript><p>shown without scripts</p></noscript>") == "shown without scripts"
    )


@given(st.text(alphabet="<>/pdivtablr =\"'ax&;#1 \n", max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_markup_gives_a_text_or_a_reason(html: str) -> None:
    assert isinstance(whole_text(html), str)


def test_heading_in_a_button_is_a_heading() -> None:
    html = "<h2><button>What is a river?</button></h2><p>Water that flows.</p>"
    assert whole_text(html) == "## What is a river?\n\nWater that flows."


def test_tags_of_word_processors_do_not_part_a_sentence() -> None:
    html = "<p>He went to <st1:place>Paris</st1:place> with <noindex>her</noindex>.</p>"
    assert whole_text(html) == "He went to Paris with her."


def test_very_wide_table_is_no_table_of_data() -> None:
    html = "<table><tr><th>h" + "<td>c" * 300 + "</tr><tr><td>x</table>"
    assert "|" not in whole_text(html)


@pytest.mark.parametrize(
    ("code", "written"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("`a`", "`` `a` ``"), ("a ``b`` c", "```a ``b`` c```")],
)
def test_backticks_in_code_do_not_end_it(code: str, written: str) -> None:
    assert whole_text(f"<p><code>{code}</code></p>") == written
