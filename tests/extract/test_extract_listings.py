"""Listings of highlighters and editors: whole, one line per line, without what is drawn beside."""

import time

import pytest
from support_extract import whole_text

from pipeline.extract.page.walk import read_blocks
from pipeline.recipe import ExtractConfig

CODE = "```\ndef grind(x):\n    return x\n```"
FIRST, SECOND = "def grind(x):", "    return x"


def fenced(code: str, language: str = "") -> str:
    return f"```{language}\n{code}\n```"


@pytest.mark.parametrize(
    "html",
    [
        f'<pre class="line-numbers">{FIRST}\n{SECOND}</pre>',
        f'<pre class="has-copy ln">{FIRST}\n{SECOND}</pre>',
        f'<pre><code class="copy">{FIRST}\n{SECOND}</code></pre>',
        f'<pre class="gutter"><code class="lineno">{FIRST}\n{SECOND}</code></pre>',
        f'<div class="highlight"><div class="lineno"><pre>{FIRST}\n{SECOND}</pre></div></div>',
        f'<div class="highlight"><pre><span class="ln">{FIRST}\n{SECOND}</span></pre></div>',
    ],
)
def test_names_of_gutters_and_buttons_take_no_code_away(html: str) -> None:
    assert whole_text(html) == CODE


@pytest.mark.parametrize(
    "name", ["line", "code-line", "token-line", "cl", "view-line", "hljs-ln-line", "ec-line"]
)
def test_lines_without_line_breaks_stay_lines(name: str) -> None:
    html = f'<pre><code><span class="{name}">{FIRST}</span><span class="{name}">{SECOND}</span>'
    assert whole_text(f"{html}</code></pre>") == CODE


@pytest.mark.parametrize("between", ["\n", "<br>"])
def test_lines_with_line_breaks_are_not_doubled(between: str) -> None:
    html = f'<span class="line">{FIRST}</span>{between}<span class="line">{SECOND}</span>'
    assert whole_text(f"<pre>{html}</pre>") == CODE


@pytest.mark.parametrize("inside", ["\n", "<br>"])
def test_lines_that_end_in_a_line_break_are_not_doubled(inside: str) -> None:
    html = "".join(
        f'<span class="line"><span class="ln">{at}</span><span class="cl">{line}</span></span>'
        for at, line in ((1, FIRST + inside), (2, SECOND))
    )
    assert whole_text(f"<pre>{html}</pre>") == CODE


def test_an_empty_line_is_a_line() -> None:
    html = '<span class="line">a</span><span class="line"></span><span class="line">b</span>'
    assert whole_text(f"<pre>{html}</pre>") == fenced("a\n\nb")
    html = '<div class="line">a\n</div>\n<div class="line">\n</div>\n<div class="line">b</div>'
    assert whole_text(f"<pre>{html}</pre>") == fenced("a\n\nb")


def rows(number: str, code: str) -> str:
    """A table with a row for each line, of two patterns for the cells."""
    lines = enumerate((FIRST, SECOND), 1)
    return "\n".join(f"<tr>\n{number.format(at)}\n{code.format(line)}\n</tr>" for at, line in lines)


@pytest.mark.parametrize(
    "html",
    [
        # SyntaxHighlighter 3
        '<div class="syntaxhighlighter"><div class="toolbar"><a href="#">?</a></div><table><tbody>'
        '<tr><td class="gutter"><div class="line number1">1</div><div class="line number2">2</div>'
        '</td><td class="code"><div class="container"><div class="line number1">'
        "<code>def</code> <code>grind(x):</code></div>"
        '<div class="line number2"><code>&nbsp;&nbsp;&nbsp;&nbsp;</code><code>return</code> '
        "<code>x</code></div></div></td></tr></tbody></table></div>",
        # CodeMirror 5 and 6
        '<div class="CodeMirror"><div class="CodeMirror-code">'
        '<div><div class="CodeMirror-gutter-wrapper"><i class="CodeMirror-linenumber">1</i></div>'
        f'<pre class="CodeMirror-line"><span>{FIRST}</span></pre></div>'
        '<div><div class="CodeMirror-gutter-wrapper"><i class="CodeMirror-linenumber">2</i></div>'
        f'<pre class="CodeMirror-line"><span>{SECOND}</span></pre></div></div></div>',
        '<div class="cm-editor"><div class="cm-gutters"><div class="cm-gutter">1</div></div><div '
        f'class="cm-content"><div class="cm-line">{FIRST}</div><div class="cm-line">{SECOND}</div>'
        "</div></div>",
        # Monaco, Ace
        f'<div class="view-lines"><div class="view-line"><span>{FIRST}</span></div>\n'
        f'<div class="view-line"><span>{SECOND}</span></div></div>',
        '<div class="ace_editor"><div class="ace_gutter"><div class="ace_gutter-cell">1</div></div>'
        f'<div class="ace_line">{FIRST}</div><div class="ace_line">{SECOND}</div></div>',
        # Crayon
        '<div class="crayon-syntax"><div class="crayon-toolbar">Python</div><textarea>x</textarea>'
        '<table><tr class="crayon-row"><td class="crayon-nums"><div class="crayon-num">1</div>'
        '<div class="crayon-num">2</div></td><td class="crayon-code"><div class="crayon-pre">'
        f'<div class="crayon-line">{FIRST}</div><div class="crayon-line">{SECOND}</div></div></td>'
        "</tr></table></div>",
        # GitHub
        "<table class='highlight'><tbody>"
        + rows('<td class="blob-num" data-line-number="{}"></td>', '<td class="blob-code">{}</td>')
        + "</tbody></table>",
        # dp.SyntaxHighlighter, GeSHi
        '<div class="dp-highlighter"><div class="bar"><div class="tools">view plain</div></div>'
        f'<ol class="dp-py"><li class="alt"><b>{FIRST}</b></li>\n<li>{SECOND}</li></ol></div>',
        f'<ol class="dp-c"><li class="alt">{FIRST}</li><li>{SECOND}</li></ol>',
        '<div class="geshi"><ol><li class="li1"><div class="de1">def grind(x):</div></li>'
        f'<li class="li1"><div class="de1">{SECOND}</div></li></ol></div>',
        f'<pre><ol><li class="li1"><div class="de1">{FIRST}</div></li>'
        f'<li class="li2"><div class="de2">{SECOND}</div></li></ol></pre>',
        # lines in divisions of an element that is called code
        f'<div class="code"><div>{FIRST}</div><div>{SECOND}</div></div>',
    ],
)
def test_highlighter_without_pre_is_a_listing(html: str) -> None:
    assert whole_text(f"<body>{html}</body>") == CODE


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("<td>{}</td>", "<td>{}</td>"),
        ('<td class="lineno">{}</td>', "<td><pre>{}</pre></td>"),
        ('<td class="line-number" data-line-number="{}"></td>', "<td><code>{}</code></td>"),
    ],
)
def test_table_of_numbered_lines_is_a_listing(number: str, code: str) -> None:
    assert whole_text(f"<table>{rows(number, code)}</table>") == CODE


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>1<td>Alice Miller<tr><td>2<td>Bob Carter</table>",
        "<table><tr><td>1<td>Alice<td>90<tr><td>2<td>Bob<td>80</table>",
        '<div class="code"><div>Rules of the house</div><div>Be kind to all</div></div>',
        '<div class="highlight"><p>News of the day</p></div>',
        '<div class="highlight"><ul><li>One thing</li><li>Other thing</li></ul></div>',
    ],
)
def test_what_no_code_is_in_is_no_listing(html: str) -> None:
    assert "```" not in whole_text(html)


def test_gutter_beside_the_code_of_a_figure_goes() -> None:
    html = (
        '<figure class="highlight"><table><tr><td class="gutter"><pre><span class="line">1</span>'
        '<br></pre></td><td class="code"><pre><span class="line">echo</span><br></pre></td></tr>'
        "</table></figure>"
    )
    assert whole_text(html) == fenced("echo")


def test_name_of_the_file_stays_out_of_the_code() -> None:
    html = '<div class="highlight"><span>main.py</span><pre>a = 1</pre></div>'
    assert whole_text(html) == "main.py\n\n" + fenced("a = 1")


def test_hint_that_shows_under_the_pointer_goes() -> None:
    hint = '<span class="hover-info"><code>Nat : Type</code></span>'
    assert whole_text(f"<pre>{hint}#check Nat</pre>") == fenced("#check Nat")
    assert whole_text('<pre>a<span style="display: none">b</span></pre>') == fenced("a")


def test_commands_and_what_they_print_are_one_listing() -> None:
    html = (
        '<div><code class="block">#check Nat</code>\n<pre>Nat : Type</pre>\n'
        '<code class="block">#eval 2</code></div>'
    )
    assert whole_text(html) == fenced("#check Nat\nNat : Type\n#eval 2")


@pytest.mark.parametrize(
    "html",
    [
        "<div class=highlight>" * 250 + "<pre>x</pre>" * 20_000,
        "<table class=highlight><tr><td>1<td>" * 60 + "word " * 100_000,
        "<div class=code>" * 250 + "<span class=line>x</span>" * 20_000,
    ],
)
def test_frames_within_frames_are_not_looked_through_for_each(html: str) -> None:
    started = time.process_time()
    read_blocks(html, ExtractConfig())
    assert time.process_time() - started < 2
