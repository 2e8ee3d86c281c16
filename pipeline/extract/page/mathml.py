"""Presentation MathML as TeX, for formulas that carry no TeX of their own."""

from typing import Any

_DEEPEST = 60
_OPERATORS = {
    "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∮": r"\oint", "∞": r"\infty", "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne", "≈": r"\approx", "≡": r"\equiv", "→": r"\to", "⇒": r"\Rightarrow",
    "⇔": r"\Leftrightarrow",
    "←": r"\leftarrow", "∈": r"\in", "∉": r"\notin", "⊂": r"\subset", "⊆": r"\subseteq",
    "∪": r"\cup",
    "∩": r"\cap", "∀": r"\forall", "∃": r"\exists", "∂": r"\partial", "∇": r"\nabla", "±": r"\pm",
    "∓": r"\mp", "×": r"\times", "·": r"\cdot", "⋅": r"\cdot", "…": r"\dots", "⋯": r"\cdots",
    "∘": r"\circ",
    "⊗": r"\otimes", "⊕": r"\oplus", "∧": r"\wedge", "∨": r"\vee", "¬": r"\neg", "∼": r"\sim",
    "∝": r"\propto",
    "⟨": r"\langle", "⟩": r"\rangle", "‖": r"\|", "−": "-", "′": "'", "\u2061": "", "\u2062": "",
    "\u2063": "",
    "\u2064": "", "\u00a0": " ", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#",
    "↦": r"\mapsto",
    "√": r"\surd", "⊥": r"\perp", "∥": r"\parallel", "ℝ": r"\mathbb{R}", "ℕ": r"\mathbb{N}",
    "ℤ": r"\mathbb{Z}", "ℚ": r"\mathbb{Q}", "ℂ": r"\mathbb{C}", "ℏ": r"\hbar", "ℓ": r"\ell",
    "∅": r"\emptyset",
}  # fmt: skip
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρσςτυφχψωΓΔΘΛΞΠΣΥΦΨΩϵϕϑ",
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "varsigma",
            "tau",
            "upsilon",
            "varphi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Pi",
            "Sigma",
            "Upsilon",
            "Phi",
            "Psi",
            "Omega",
            "epsilon",
            "phi",
            "vartheta",
        ],
        strict=True,
    )
)
_FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "log",
        "ln",
        "exp",
        "lim",
        "max",
        "min",
        "sup",
        "inf",
        "det",
        "dim",
        "ker",
        "gcd",
        "sinh",
        "cosh",
        "tanh",
        "arg",
    ]
)
_ACCENTS = {
    "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "¯": "overline", "‾": "overline",
    "→": "vec",
    "˙": "dot", "¨": "ddot", "⏞": "overbrace", "_": "overline",
}  # fmt: skip


def mathml_tex(node: Any) -> str:
    """TeX of a `math` element; text alone where it nests deeper than 60."""
    return " ".join(_tex(node, 0).split())


def _children(node: Any) -> list[Any]:
    return [child for child in node.iter() if child.tag not in ("annotation", "annotation-xml")]


def _tex(node: Any, depth: int) -> str:
    tag = node.tag
    if depth > _DEEPEST:
        return str(node.text() or "")
    if tag in ("mi", "mn", "mo", "ms"):
        return _token(str(node.text() or "").strip(), tag)
    if tag == "mtext":
        text = str(node.text() or "")
        return f"\\text{{{text}}}" if text.strip() else " "
    if tag == "mspace":
        return " "
    if tag in ("mphantom", "mprescripts", "none"):
        return ""
    parts = [_tex(child, depth + 1) for child in _children(node)]
    if tag in _SCHEMATA and len(parts) >= _SCHEMATA[tag][0]:
        return _SCHEMATA[tag][1].format(*parts)
    return _layout(node, tag, parts)


_SCHEMATA = {
    "mfrac": (2, r"\frac{{{0}}}{{{1}}}"),
    "mroot": (2, r"\sqrt[{1}]{{{0}}}"),
    "msub": (2, "{0}_{{{1}}}"),
    "msup": (2, "{0}^{{{1}}}"),
    "msubsup": (3, "{0}_{{{1}}}^{{{2}}}"),
    "munderover": (3, "{0}_{{{1}}}^{{{2}}}"),
}


def _layout(node: Any, tag: str, parts: list[str]) -> str:
    if tag == "msqrt":
        return f"\\sqrt{{{''.join(parts)}}}"
    if tag == "mover" and len(parts) >= 2:
        accent = _ACCENTS.get(str(_children(node)[1].text() or "").strip())
        return f"\\{accent}{{{parts[0]}}}" if accent else f"{parts[0]}^{{{parts[1]}}}"
    if tag == "munder" and len(parts) >= 2:
        return f"{parts[0]}_{{{parts[1]}}}"
    if tag == "mtable":
        return _table(node, parts)
    if tag == "mlabeledtr":  # the label comes first and belongs after the formula
        return " & ".join(parts[1:]) + " " + parts[0] if parts else ""
    if tag == "mtr":
        return " & ".join(parts)
    if tag == "mfenced":
        opened, closed = node.attributes.get("open") or "(", node.attributes.get("close") or ")"
        return f"\\left{_token(opened, 'mo')}{', '.join(parts)}\\right{_token(closed, 'mo')}"
    return "".join(parts) if tag != "math" else " ".join(parts)


def _table(node: Any, parts: list[str]) -> str:
    """A matrix, or equations below each other where the table is the whole formula."""
    if len(parts) == 1:
        return parts[0]
    parent = node.parent
    whole = parent is not None and (parent.tag == "math" or parent.parent.tag == "math")
    name = "aligned" if whole and "columnalign" in node.attributes else "matrix"
    return f"\\begin{{{name}}}" + r" \\ ".join(parts) + f"\\end{{{name}}}"


def _token(text: str, tag: str) -> str:
    if text in _OPERATORS:
        return _OPERATORS[text] + " " if _OPERATORS[text].startswith("\\") else _OPERATORS[text]
    if text in _GREEK:
        return f"\\{_GREEK[text]} "
    if text in _FUNCTIONS:
        return f"\\{text} "
    if tag == "mi" and len(text) > 1 and text.isalpha():
        return f"\\mathrm{{{text}}}"
    if tag == "mo" and len(text) > 1 and text.isalpha():
        return f"\\operatorname{{{text}}}"
    return text
