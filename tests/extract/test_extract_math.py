"""Formulas become TeX, once."""

import pytest
from support_extract import whole_text

from pipeline.extract.formulas.tex import holds_formula

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


def mathml(inside: str) -> str:
    return whole_text(f"<p><math>{inside}</math></p>")


ROW = "<mtr><mtd><mi>a</mi></mtd><mtd><mo>=</mo><mi>b</mi></mtd></mtr>"
MATRIX = "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr>{}</mtable>"


@pytest.mark.parametrize(
    ("inside", "tex"),
    [
        (f"<mtable>{ROW}</mtable>", "$a =b$"),
        (f"<mrow><mtable columnalign='right left'>{ROW}</mtable></mrow>", "$a =b$"),
        (f"<mtable>{ROW}{ROW}</mtable>", r"$\begin{matrix}a & =b \\ a & =b\end{matrix}$"),
        (
            f"<mrow><mo>(</mo>{MATRIX.format('')}<mo>)</mo></mrow>",
            r"$\begin{pmatrix}1 & 2\end{pmatrix}$",
        ),
        (f"<mo>[</mo>{MATRIX.format(ROW)}<mo>]</mo>",
         r"$\begin{bmatrix}1 & 2 \\ a & =b\end{bmatrix}$"),
        ("<mtable><mlabeledtr><mtd><mtext>(3)</mtext></mtd><mtd><mi>a</mi></mtd></mlabeledtr></mtable>",
         r"$a \tag{3}$"),
    ],
)  # fmt: skip
def test_ampersands_stand_in_environments_alone(inside: str, tex: str) -> None:
    assert mathml(inside) == tex


@pytest.mark.parametrize(
    ("scripts", "tex"),
    [
        ("<mprescripts/><mn>6</mn><mn>12</mn>", "{}_{6}^{12}C"),
        ("<mi>a</mi><mi>b</mi>", "C_{a}^{b}"),
        ("<mi>a</mi><none/><mprescripts/><none/><mi>b</mi>", "{}^{b}C_{a}"),
        ("<mi>a</mi><mi>b</mi><mi>c</mi><mi>d</mi>", "C_{a}^{b}{}_{c}^{d}"),
    ],
)
def test_scripts_stand_before_and_behind(scripts: str, tex: str) -> None:
    assert mathml(f"<mmultiscripts><mi>C</mi>{scripts}</mmultiscripts>") == f"${tex}$"


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("50% & more_x", r"\text{50\% \& more\_x}"),
        ("a#b$c", r"\text{a\#b\$c}"),
        ("{a}", r"\text{\{a\}}"),
        ("5%", r"5\%"),
    ],
)
def test_text_in_a_formula_is_escaped(text: str, tex: str) -> None:
    assert mathml(f"<mtext>{text}</mtext>") == f"${tex}$"


@pytest.mark.parametrize(
    "inside",
    [
        "<semantics><mrow><mi>a</mi><mo>+</mo><semantics><mi>b</mi>{inner}</semantics></mrow>{outer}"
        "</semantics>",
        "<mrow><semantics><semantics><mi>b</mi>{inner}</semantics>{outer}</semantics></mrow>",
        "<mstyle><mrow><semantics><mi>a</mi>{outer}</semantics></mrow></mstyle>",
        "<mi>a</mi><mo>+</mo><semantics><mi>b</mi>{inner}</semantics>",
    ],
)
def test_annotation_of_the_whole_counts(inside: str) -> None:
    inner, outer = (
        f'<annotation encoding="application/x-tex">{tex}</annotation>' for tex in ("c", "a+b")
    )
    assert mathml(inside.format(inner=inner, outer=outer)).replace(" ", "") == "$a+b$"


def test_annotation_in_another_notation_is_not_read() -> None:
    inside = (
        '<semantics><mi>a</mi><annotation encoding="text/mathematica">A</annotation></semantics>'
    )
    assert mathml(inside) == "$a$"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (f"so {ANNOTATED} is", "so $x_1$ is"),
        (f"so {ANNOTATED.replace('<math', '<math display=inline')} is", "so $x_1$ is"),
        ('so <img class="mwe-math-fallback-image-inline" alt="{\\displaystyle x}"> is',
         "so ${\\displaystyle x}$ is"),
        ('so <span class="math inline" data-tex="x">x</span> is', "so $x$ is"),
        (f"so {ANNOTATED.replace('<math', '<math display=block')} is", "so\n\n$$x_1$$\n\nis"),
    ],
)  # fmt: skip
def test_formula_is_displayed_where_it_says_so(html: str, text: str) -> None:
    assert whole_text(f"<p>{html}</p>") == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>so $$a % one\n+ b$$ is</p>", "so\n\n$$a + b$$\n\nis"),
        ("<p>so \\[a % one\n+ 5\\% b\\] is</p>", "so\n\n$$a + 5\\% b$$\n\nis"),
        ('<p><script type="math/tex">a % one\n+ b % two</script></p>', "$a + b$"),
        ("<p>about 5 % of \\(x\\) and\n7 % of \\(y\\)</p>", "about 5 % of $x$ and 7 % of $y$"),
    ],
)
def test_comment_ends_with_its_line(html: str, text: str) -> None:
    assert whole_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>so <d-math>x_1</d-math> is</p>", "so $x_1$ is"),
        ("<p>so <d-math block>x_1</d-math> is</p>", "so\n\n$$x_1$$\n\nis"),
        ("<p>so <math-renderer>$x_1$</math-renderer> is</p>", "so $x_1$ is"),
        ("<mjx-container display=true><formula>x_1</formula></mjx-container>", "$$x_1$$"),
        ('<p class="tex" data-entry="x_1"><math><mi>x</mi></math></p>', "$x_1$"),
    ],
)
def test_tex_as_the_text_of_an_element_is_a_formula(html: str, text: str) -> None:
    assert whole_text(html) == text


@pytest.mark.parametrize("name", ["equation", "align*", "gather"])
def test_environment_without_delimiters_is_displayed(name: str) -> None:
    tex = rf"\begin{{{name}}} a = b \end{{{name}}}"
    assert whole_text(f"<p>so {tex} is</p>") == f"so\n\n$${tex}$$\n\nis"


@pytest.mark.parametrize(
    "text",
    [
        "Set $PATH to $HOME_DIR/bin:$PATH and export it.",
        "It costs $5 and $10, or US$5M_a-$6.",
        "`$x^2$` is code, and so is `${shlibs_a}`",
        r"Escape it as \[un]restrict or \(",
        "$(DEB_HOST) and ${VAR_a}$ and $foo_bar->$baz_q",
        r"C:\$Recycle.Bin\$a_b",
    ],
)
def test_variables_and_prices_hold_no_formula(text: str) -> None:
    assert not holds_formula(text)


@pytest.mark.parametrize(
    "text",
    ["the loss $L$ of", "as $n=1$ is", r"function $ f(x) \approx x $ to", "$(a+b)(c+d)$", "$10^3$"],
)
def test_short_formulas_are_formulas(text: str) -> None:
    assert holds_formula(text)
