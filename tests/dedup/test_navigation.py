"""What the lines of templates say."""

from pipeline.dedup.lines.line_forms import line_form
from pipeline.dedup.lines.navigation import is_notice


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


def test_rows_of_links_are_notices_and_rows_of_tables_are_not() -> None:
    links, row = "Corn | Rye | Oats", "| Corn | Rye |"
    assert is_notice(links, links.lower())
    assert is_notice("Corn · Rye · Oats", "corn · rye · oats")
    assert not is_notice("Corn | Rye", "corn | rye")
    assert not is_notice(row, row.lower())
    assert not is_notice("corn|rye|oats", "")


def test_a_lone_surrogate_does_no_harm() -> None:
    assert line_form("corn \ud800 rye") == "corn \ud800 rye"
