"""Formulas become TeX, once."""

import pytest
from support_extract import whole_text

from pipeline.extract.page.tex import holds_formula

ANNOTATED = (
    "<math><semantics><mi>x</mi>"
    '<annotation encoding="application/x-tex">x_1</annotation></semantics></math>'
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (f"<p>so {ANNOTATED} is</p>", "so $x_1$ is"),
        ("<p><math><msup><mi>a</mi><mn>2</mn></msup></math></p>", "$a^{2}$"),
        ("<p><math><mfrac><mi>a</mi><mi>b</mi></mfrac></math></p>", r"$\frac{a}{b}$"),
        ("<p><math alttext='E=mc^2'><mi>E</mi></math></p>", "$E=mc^2$"),
        ('<p>a <script type="math/tex">x^2</script></p>', "a $x^2$"),
        ('<p>a</p><script type="math/tex; mode=display">x^2</script>', "a\n\n$$x^2$$"),
        (
            f'<p><span class="katex">{ANNOTATED}<span class="katex-html">x1</span></span></p>',
            "$x_1$",
        ),
        (
            '<span class="MathJax_Preview">x1</span><span class="MathJax">x1</span>'
            '<script type="math/tex">x_1</script>',
            "$x_1$",
        ),
        ('<p><span class="mjx-chtml" aria-label="x_1">x1</span></p>', "$x_1$"),
        ('<p><img class="latex" src="a.png" alt="x_1"></p>', "$x_1$"),
        ('<p><img src="a.png" alt="\\frac{a}{b}"></p>', r"$\frac{a}{b}$"),
        (r"<p>so \(x\) is</p>", "so $x$ is"),
        (r"<p>so \[x\] is</p>", "so\n\n$$x$$\n\nis"),
    ],
)
def test_formula_becomes_tex_once(html: str, text: str) -> None:
    assert whole_text(html) == text


def test_picture_with_prose_in_its_alt_is_no_formula() -> None:
    assert whole_text('<p>a <img src="a.png" alt="Our house {front}"></p>') == "a"


def test_deep_mathml_ends_in_text() -> None:
    depth = 150
    html = f"<p><math>{'<mrow>' * depth}<mi>x</mi>{'</mrow>' * depth}</math></p>"
    assert whole_text(html) == "$x$"


def test_dollars_of_code_are_no_formula() -> None:
    html = (
        r"<p>Give <code>--a=\$${p}/lib</code> and <code>--b=\$${p}/bin</code>, where \(x=1\).</p>"
    )
    assert whole_text(html) == r"Give `--a=\$${p}/lib` and `--b=\$${p}/bin`, where $x=1$."


@pytest.mark.parametrize(
    "text", ["It costs $20 here and $30 there.", "Price range: $$ - $$$ for the dinner"]
)
def test_prices_are_no_formula(text: str) -> None:
    assert whole_text(f"<p>{text}</p>") == text
    assert not holds_formula(text)


@pytest.mark.parametrize("text", ["where $x^2$ is", r"so \(x\) is", r"$$\frac{a}{b}$$"])
def test_tex_between_delimiters_is_a_formula(text: str) -> None:
    assert holds_formula(text)


@pytest.mark.parametrize("names", ["post katex", "math", "article-text tex"])
def test_container_of_prose_is_no_formula(names: str) -> None:
    inside = "<p>Long prose of an article.</p><p>It goes on here.</p>"
    html = f'<div class="{names}" data-math="true">{inside}</div>'
    assert whole_text(html) == "Long prose of an article.\n\nIt goes on here."


def test_image_of_one_letter_is_its_letter() -> None:
    image = '<img class="latex" src="/latex.php?latex=n" alt="n">'
    assert whole_text(f"<p>Let {image} be an integer.</p>") == "Let $n$ be an integer."


def test_inline_formula_brings_no_spaces() -> None:
    html = "<p>On the <math><mi>x</mi></math>-axis (<math><mi>y</mi></math>).</p>"
    assert whole_text(html) == "On the $x$-axis ($y$)."
