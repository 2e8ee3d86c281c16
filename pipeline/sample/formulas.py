"""Formulas as small random trees, written as TeX, as MathML and as plain characters."""

from dataclasses import dataclass

from pipeline.sample.chance import Chance

_GREEK = {"alpha": "α", "beta": "β", "lambda": "λ", "mu": "μ", "sigma": "σ", "theta": "θ"}
_RELATIONS = {"=": "=", "\\le": "≤", "\\ge": "≥", "\\neq": "≠", "\\approx": "≈"}


@dataclass(frozen=True, slots=True)
class Formula:
    """The same formula in three notations."""

    tex: str
    mathml: str
    plain: str


def _row(tex: str, mathml: str, plain: str, *parts: Formula) -> Formula:
    """A formula from one pattern per notation, with {0}, {1}, ... for its parts."""

    def filled(pattern: str, notation: str) -> str:
        for i, part in enumerate(parts):
            pattern = pattern.replace(f"<{i}>", getattr(part, notation))
        return pattern

    return Formula(filled(tex, "tex"), filled(mathml, "mathml"), filled(plain, "plain"))


def _leaf(chance: Chance) -> Formula:
    if chance.happens(0.3):
        number = str(chance.between(2, 12))
        return Formula(number, f"<mn>{number}</mn>", number)
    if chance.happens(0.3):
        name = chance.pick(list(_GREEK))
        return Formula(f"\\{name}", f"<mi>{_GREEK[name]}</mi>", _GREEK[name])
    letter = chance.pick("abcfgnpqtuvxyz")
    return Formula(letter, f"<mi>{letter}</mi>", letter)


_PATTERNS = (
    ("\\frac{<0>}{<1>}", "<mfrac><mrow><0></mrow><mrow><1></mrow></mfrac>", "<0>/<1>"),
    ("<0>^{<1>}", "<msup><mrow><0></mrow><mrow><1></mrow></msup>", "<0>^<1>"),
    ("<0> + <1>", "<0><mo>+</mo><1>", "<0> + <1>"),
    ("<0> - <1>", "<0><mo>−</mo><1>", "<0> − <1>"),
    ("\\sqrt{<0>}", "<msqrt><mrow><0></mrow></msqrt>", "√<0>"),
    (
        "\\sum_{k=1}^{n} <0>",
        "<munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><0>",
        "∑<0>",
    ),
    (
        "\\int_{0}^{1} <0>\\,dx",
        "<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup><0><mi>d</mi><mi>x</mi>",
        "∫<0>dx",
    ),
    ("\\left(<0>\\right)", "<mo>(</mo><0><mo>)</mo>", "(<0>)"),
)


def _tree(chance: Chance, depth: int) -> Formula:
    if depth == 0:
        return _leaf(chance)
    parts = [_tree(chance, chance.between(0, depth - 1)) for _ in range(2)]
    return _row(*chance.pick(_PATTERNS), *parts)


def make_formula(chance: Chance, depth: int) -> Formula:
    """A relation between two expressions of at most that depth."""
    sign = chance.pick(list(_RELATIONS))
    shown = _RELATIONS[sign]
    left, right = _tree(chance, depth), _tree(chance, depth - 1)
    return _row(f"<0> {sign} <1>", f"<0><mo>{shown}</mo><1>", f"<0> {shown} <1>", left, right)
