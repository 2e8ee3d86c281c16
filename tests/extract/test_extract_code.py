"""Code blocks come out verbatim, fenced, without what is drawn beside them."""

from support_extract import whole_text


def test_pre_keeps_lines_and_indentation() -> None:
    html = "<pre>def f():\n    return 1\n\n    # end</pre>"
    assert whole_text(html) == "```\ndef f():\n    return 1\n\n    # end\n```"


def test_language_of_the_class_is_named() -> None:
    html = '<pre><code class="language-rust">fn a() {}</code></pre>'
    assert whole_text(html) == "```rust\nfn a() {}\n```"


def test_language_of_the_frame_is_named() -> None:
    html = '<div class="highlight-python"><div class="highlight"><pre>a = 1</pre></div></div>'
    assert whole_text(html) == "```python\na = 1\n```"


def test_line_number_gutter_goes() -> None:
    html = (
        '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre></td>'
        '<td class="code"><pre>a\nb</pre></td></tr></table>'
    )
    assert whole_text(html) == "```\na\nb\n```"


def test_copy_button_goes() -> None:
    assert whole_text("<pre>a<button>Copy</button></pre>") == "```\na\n```"


def test_break_in_code_is_a_line() -> None:
    assert whole_text("<pre>a<br>b</pre>") == "```\na\nb\n```"


def test_fence_is_longer_than_those_inside() -> None:
    assert whole_text("<pre>```\na\n```</pre>") == "````\n```\na\n```\n````"


def test_code_in_a_line_stands_between_backticks() -> None:
    assert whole_text("<p>call <code>f()</code> now</p>") == "call `f()` now"


def test_lines_of_code_elements_stay_lines() -> None:
    html = "<pre><code>a = 1</code><code>b = 2</code></pre>"
    assert whole_text(html) == "```\na = 1\nb = 2\n```"


def test_numbered_code_keeps_its_lines_and_loses_its_numbers() -> None:
    lines = "".join(
        f'<span data-line-number="{at}">{at}</span>x = {at}\n' for at in (1, 2)
    )  # fmt: skip
    assert whole_text(f"<pre>{lines}</pre>") == "```\nx = 1\nx = 2\n```"
    told = "".join(
        f'<span data-line-number="{at}">{line}</span>\n'
        for at, line in enumerate(("a = 1", "b = 2"))
    )
    assert whole_text(f"<pre>{told}</pre>") == "```\na = 1\nb = 2\n```"


def test_code_in_a_sentence_may_stand_on_two_source_lines() -> None:
    html = "<p>Call <code>foo(a,\n   b)</code> to begin.</p>"
    assert whole_text(html) == "Call `foo(a, b)` to begin."


def test_two_listings_in_one_frame_are_two() -> None:
    html = '<div class="highlight"><pre>a</pre><pre>b</pre></div>'
    assert whole_text(html) == "```\na\n```\n\n```\nb\n```"
