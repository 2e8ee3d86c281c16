"""What stands in `pre`: prose of a whole page is prose, everything else is code."""

import time

import pytest
from support_extract import whole_text

SENTENCE = "The millrace at Oxbow was cut by three brothers, and for two years nobody\n"
SENTENCE += "believed that water would ever run in it. Then the first wheel turned.\n"
CODE = "def f(x):\n    if x > 1:\n        return g(x - 1) + 2\n    return {x: 1}\n"


@pytest.mark.parametrize("head", ["", "<h1>Notes</h1>", "<p><a href=x>List</a></p>"])
def test_page_of_wrapped_prose_becomes_paragraphs(head: str) -> None:
    text = whole_text(f"<body>{head}<pre>{SENTENCE}\n{SENTENCE}\n{SENTENCE}</pre></body>")
    paragraph = " ".join(SENTENCE.split())
    assert text.endswith("\n\n".join([paragraph] * 3))
    assert "```" not in text


def test_listing_within_a_page_of_prose_stays_a_listing() -> None:
    text = whole_text(f"<pre>{SENTENCE}\n{SENTENCE}\n{CODE}\n{SENTENCE}\n{SENTENCE}</pre>")
    assert f"\n\n```\n{CODE.strip()}\n```\n\nThe millrace" in text


@pytest.mark.parametrize(
    "html",
    [
        f"<pre>{CODE * 5}</pre>",
        f"<pre><code class='language-text'>{CODE * 5}</code></pre>",
        "<pre>" + "$ ls -l /usr/share/doc\ndrwxr-xr-x 2 root root 4096 Jan  1 doc\n" * 5 + "</pre>",
        f"<p>{SENTENCE * 5}</p><pre>{SENTENCE * 3}</pre>",
    ],
)
def test_other_pre_is_code(html: str) -> None:
    assert "```" in whole_text(html)


@pytest.mark.parametrize("inside", ["a[1] = b[2]", "    x[0]\n  y[10]"])
def test_numbers_in_brackets_stay_in_code(inside: str) -> None:
    assert "[1" in whole_text(f"<pre>{inside}</pre>")


def test_code_in_a_quote_is_a_fence_in_the_quote() -> None:
    html = "<blockquote><p>See:</p><pre>a = 1\n\nb = 2</pre></blockquote>"
    lines = whole_text(html).split("\n")
    assert [line.rstrip() for line in lines] == [
        "> See:", "", "> ```", "> a = 1", ">", "> b = 2", "> ```"
    ]  # fmt: skip


def test_indentation_of_all_lines_is_the_page_s() -> None:
    assert whole_text("<pre>\n    if a:\n        b()</pre>") == "```\nif a:\n    b()\n```"


def test_white_space_before_the_code_element_is_the_page_s() -> None:
    assert whole_text("<pre>\n\t\t<code>a\n  b</code>\n\t</pre>") == "```\na\n  b\n```"


def test_breaks_make_lines_of_a_code_element() -> None:
    html = "<div><code>Listen 80<br />\nListen 8000</code></div>"
    assert whole_text(html) == "```\nListen 80\nListen 8000\n```"


def test_words_over_two_source_lines_are_no_listing() -> None:
    html = "<table><tr><td><code>\n  public\n  static</code></td></tr></table>"
    assert whole_text(html) == "`public static`"


def test_page_of_many_listings_of_prose_is_read_once() -> None:
    started = time.process_time()
    assert whole_text(f"<pre>{SENTENCE * 2}</pre>" * 4_000).startswith("The millrace")
    assert time.process_time() - started < 3
