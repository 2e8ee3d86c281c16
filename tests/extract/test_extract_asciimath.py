"""AsciiMath becomes TeX on pages that load a script for it, and nowhere else."""

import pytest
from support_extract import whole_text

from pipeline.extract.formulas.asciimath import asciimath_tex

HEAD = '<head><script src="/js/ASCIIMathML.js"></script></head>'


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("x^2", "x^{2}"),
        ("x_(ij)^2", "x_{i j}^{2}"),
        ("(x+1)/2", r"\frac{x + 1}{2}"),
        ("sqrt(x)", r"\sqrt{x}"),
        ("root(3)(x)", r"\sqrt[3]{x}"),
        ("sum_(k=1)^n k", r"\sum_{k = 1}^{n} k"),
        ("((1,2),(3,4))", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("x in RR", r"x \in \mathbb{R}"),
        ('a "if" b', r"a \text{if} b"),
        ("(a", "( a"),
        ("a)", "a )"),
    ],
)
def test_asciimath_becomes_tex(text: str, tex: str) -> None:
    assert asciimath_tex(text) == tex


def test_formulas_of_a_page_are_read_but_not_its_code() -> None:
    body = r"<p>Let `x^2 &lt; 3` or \`y` hold</p><pre>`z^2`</pre>"
    assert whole_text(HEAD + body) == "Let $x^{2} < 3$ or \\`y` hold\n\n```\n`z^2`\n```"


def test_backticks_of_other_pages_stay() -> None:
    assert whole_text("<p>Let `x^2` hold</p>") == "Let `x^2` hold"


@pytest.mark.parametrize("text", ["(" * 400, "sqrt" * 100, "x^" * 200, "1/" * 200])
def test_deep_asciimath_ends(text: str) -> None:
    assert asciimath_tex(text)
