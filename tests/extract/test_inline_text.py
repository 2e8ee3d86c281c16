"""Within a line: unknown elements, readings, exponents, notes, icons, what is hidden."""

import time

import pytest
from support_extract import page_of, whole_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>The <gl-term>leat</gl-term> of <relative-time>1742</relative-time>.</p>",
         "The leat of 1742."),
        ("<p>A <foo>word</foo>, <blink>two</blink>.</p>", "A word, two."),
        ("<p>See <my-link><a href=/x>this</a></my-link> here.</p>", "See this here."),
        ("<p>H<x-sub>2</x-sub>O</p>", "H2O"),
        ("<ul><li>one <x-note>note</x-note></li></ul>", "- one note"),
    ],
)  # fmt: skip
def test_unknown_element_within_a_line_does_not_end_it(html: str, text: str) -> None:
    assert whole_text(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<my-app><p>one</p><p>two</p></my-app>",
        "<my-item style='display: block'>one</my-item><my-item style='display:block'>two</my-item>",
        "<x-a><x-b><div>one</div></x-b><x-b><div>two</div></x-b></x-a>",
        "<my-list><my-item><h2>one</h2></my-item><p>two</p></my-list>",
    ],
)
def test_unknown_element_is_a_block_where_its_markup_says_so(html: str) -> None:
    assert whole_text(html).replace("## ", "").split("\n\n") == ["one", "two"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>の</p>", "東京(とうきょう)の"),
        ("<p><ruby>水車<rt>すいしゃ</rt></ruby>小屋</p>", "水車(すいしゃ)小屋"),
        ("<p><ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby></p>", "漢(かん)字(じ)"),
        ("<p><ruby><rb>本</rb><rt><span>ほん</span></rt></ruby>を</p>", "本(ほん)を"),
        ("<p><ruby>空<rt></rt></ruby>です</p>", "空です"),
    ],
)
def test_readings_stand_in_parentheses(html: str, text: str) -> None:
    assert whole_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("in 1742<sup class='footnote'><a href='#f1'>1</a></sup>,", "in 1742[1],"),
        ("for £300<sup><a href='#f2'>2</a></sup>.", "for £300[2]."),
        ("the mill<sup>3</sup> stood", "the mill[3] stood"),
        ("the end.<sup>12</sup> Next", "the end.[12] Next"),
        (
            "so it is<sup id='cite_ref-1' class='reference'><a href='#c'>[4]</a></sup>",
            "so it is[4]",
        ),
        ("he said”<sup>1,2</sup>", "he said”[1,2]"),
        ("again<sup role='doc-noteref'>5</sup>", "again[5]"),
        ("again<sup>(6)</sup>", "again[6]"),
    ],
)
def test_numbers_of_notes_are_set_apart(html: str, text: str) -> None:
    assert whole_text(f"<p>{html}</p>") == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("3 × 10<sup>4</sup> kg", "3 × 10^4 kg"),
        ("2<sup>10</sup> turns", "2^10 turns"),
        ("10<sup>−3</sup> m", "10^{−3} m"),
        ("5 m<sup>2</sup>, 3 km<sup>2</sup>", "5 m^2, 3 km^2"),
        ("x<sup>n</sup> + y<sup>n+1</sup>", "x^n + y^{n+1}"),
        ("Ca<sup>2+</sup>", "Ca^{2+}"),
    ],
)
def test_exponents_are_raised(html: str, text: str) -> None:
    assert whole_text(f"<p>{html}</p>") == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("the 1<sup>st</sup> and 22<sup>nd</sup>", "the 1st and 22nd"),
        ("le XIX<sup>e</sup> siècle, M<sup>me</sup> B.", "le XIXe siècle, Mme B."),
        ("Mill<sup>®</sup> and Flour<sup>TM</sup>", "Mill® and FlourTM"),
        ("CO<sub>2</sub>", "CO2"),
        ("a<sup>longer piece of small text above</sup>", "alonger piece of small text above"),
    ],
)
def test_other_raised_text_is_text(html: str, text: str) -> None:
    assert whole_text(f"<p>{html}</p>") == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<span style='display:none'>HIDDEN</span>",
        "<span style='visibility: hidden'>HIDDEN</span>",
        "<span hidden>HIDDEN</span>",
        "<i aria-hidden='true'>HIDDEN</i>",
        "<span class='sr-only'>HIDDEN</span>",
        "<a class='visually-hidden' href=/>HIDDEN</a>",
        "<x-tip hidden>HIDDEN</x-tip>",
        "<span class='mw-editsection'>[HIDDEN]</span>",
        "<label class='screen-reader-text'><b>HIDDEN</b></label>",
    ],
)
def test_hidden_text_within_a_shown_block_is_gone(hidden: str) -> None:
    assert whole_text(f"<p>The leat {hidden} was dug.</p>") == "The leat was dug."
    assert whole_text(f"<ul><li>{hidden}1742</li></ul>") == "- 1742"


@pytest.mark.parametrize(
    "mark",
    [
        "<a class='headerlink' href='#m' title='Permalink'>¶</a>",
        "<a href='#m'>#</a>",
        "<a class='anchor' href='#m'>Link</a>",
        "<span class='octicon'>🔗</span>",
        "<a href='/src'><span class='viewcode-link'>[source]</span></a>",
        "<span class='mw-editsection'>[<a href=/e>edit</a>]</span>",
        "<i class='material-icons'>content_copy</i>",
        "<span class='icon icon-link'>link</span>",
        "<button>Copy</button>",
        "<a href='#m'>Permalink</a>",
    ],
)
def test_marks_of_a_heading_leave_it(mark: str) -> None:
    assert whole_text(f"<h2>The mill {mark}</h2><p>Text.</p>") == "## The mill\n\nText."


@pytest.mark.parametrize(
    "heading",
    [
        "<a href=/l>Link</a>",
        "<span>C#</span> 9",
        "<a href=/s>Source</a> code",
        "<span class='icon-text'>Our long story of the mill</span>",
    ],
)
def test_words_of_a_heading_stay(heading: str) -> None:
    expected = heading.replace("</a>", "").replace("</span>", "").split(">", 1)[1]
    assert whole_text(f"<h2>{heading}</h2><p>Text.</p>") == f"## {expected}\n\nText."


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("<strong>grain</strong><span class=classifier>str</span>", "grain : str"),
        ("<strong>grain</strong> : <span class=classifier>str</span>", "grain : str"),
        ("<span class=classifier>str</span>", "str"),
    ],
)
def test_type_of_a_parameter_stands_behind_a_colon(term: str, text: str) -> None:
    assert page_of(f"<dl><dt>{term}<dd>Its kind.</dl>").texts[0] == text


def test_source_link_leaves_a_term() -> None:
    html = (
        "<dl><dt>grind(x)<a href=/s>[source]</a></dt><dd>See the <a href=/s>source</a>.</dd></dl>"
    )
    assert whole_text(html) == "grind(x)\n\nSee the source."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol><li>a</li><li value=5>b</li><li>c</li></ol>", "1. a\n5. b\n6. c"),
        ("<ol start=3><li>a</li><li value=x>b</li></ol>", "3. a\n4. b"),
        ("<ul><li value=3>a</li></ul>", "- a"),
        ("<ol><li value=0>a</li><li>b</li></ol>", "0. a\n1. b"),
    ],
)
def test_items_have_the_numbers_that_a_browser_draws(html: str, text: str) -> None:
    assert whole_text(html) == text


@pytest.mark.parametrize(
    "html",
    ["<p>" + "<sup>" * 400, "<h1>" + "<span class=a>" * 400, "<dl><dt>" + "<x-a id=b>" * 400],
)
def test_text_within_many_elements_is_not_read_for_each(html: str) -> None:
    started = time.process_time()
    assert whole_text(html + "word " * 200_000) != "no_text"
    assert time.process_time() - started < 2
