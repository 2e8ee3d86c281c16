"""Heads stay with the text below them."""

import pytest
from support_extract import page_of

from pipeline.extract.judge.heads import heads_of_text

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
