"""Heads stay with the text below them."""

import numpy as np
import pytest
from support_extract import page_of

from pipeline.extract.judge.heads import heads_of_text, without_bare_heads

TEXT = "<p>The millrace was cut in 1742 by three brothers, who came from the north.</p>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<h2>Rye</h2>{TEXT}", [True, False]),
        (f"<h2>Rye</h2><p>May 2</p><p>By A. Miller</p>{TEXT}", [True, False, False, False]),
        (f"<h2>Rye</h2>{'<p>May 2</p>' * 4}{TEXT}", [False] * 6),
        (f"<h2>Rye</h2><h3>Dark</h3>{TEXT}", [False, True, False]),
        (f"<div class=title>Rye</div>{TEXT}", [True, False]),
        (f"<dl><dt>Rye<dd>{TEXT}<dt>Oats<dd>None</dl>", [True, False, False, False]),
        (f"<p>Rye</p>{TEXT}", [False, False]),
        ("<p>Rye</p><h2>Wheat</h2>", [False, False]),
    ],
    ids=["heading", "lines between", "too many", "two", "title", "term", "line", "no text"],
)
def test_head_above_text_that_stays_is_found(html: str, expected: list[bool]) -> None:
    page = page_of(html)
    assert heads_of_text(page, page.sizes() > 40).tolist() == expected


@pytest.mark.parametrize(
    ("html", "kept", "expected"),
    [
        (f"{TEXT}<h2>See also</h2><p>Oats</p>", [0, 1], [0]),
        (f"<h2>See also</h2><p>Oats</p><h2>Rye</h2>{TEXT}", [0, 2, 3], [2, 3]),
        (f"<h2>Rye</h2><p>May</p><h3>Dark</h3>{TEXT}", [0, 2, 3], [0, 2, 3]),
        (f"{TEXT}<h2>Rye</h2><h2>Oats</h2>", [0, 1, 2], [0, 1, 2]),
        (f"{TEXT}<h2><a href=/rye>Rye</a></h2><p>May</p>", [0, 1], [0, 1]),
        (f"{TEXT}<h1>Rye</h1><p>May</p>", [0, 1], [0, 1]),
    ],
    ids=["last", "between", "lower", "no section", "link", "title"],
)
def test_heading_whose_section_went_goes_too(
    html: str, kept: list[int], expected: list[int]
) -> None:
    page = page_of(html)
    assert without_bare_heads(page, kept, np.zeros(len(page.texts), np.bool_)) == expected


def test_heading_of_an_item_stays_without_its_text() -> None:
    page = page_of(f"{TEXT}<h2>Rye</h2><p>May</p>")
    assert without_bare_heads(page, [0, 1], np.array([False, True, True])) == [0, 1]
