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
_LETTERS = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma"
    " varsigma tau upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi"
    " Psi Omega epsilon phi vartheta"
)
_GREEK = dict(zip("αβγδεζηθικλμνξπρσςτυφχψωΓΔΘΛΞΠΣΥΦΨΩϵϕϑ", _LETTERS.split(), strict=True))
_NAMES = "sin cos tan log ln exp lim max min sup inf det dim ker gcd sinh cosh tanh arg"
_FUNCTIONS = frozenset(_NAMES.split())
_ACCENTS = {
    "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "¯": "overline", "‾": "overline",
    "→": "vec", "⃗": "vec", "˙": "dot", "¨": "ddot", "⏞": "overbrace", "_": "overline",
    "ˇ": "check", "´": "acute", "`": "grave", "˘": "breve", "―": "overline", "—": "overline",
}  # fmt: skip
_BELOW = {"⏟": "underbrace", "_": "underline", "‾": "underline", "¯": "underline", "―": "underline"}
_SCHEMATA = {
    "mroot": (2, r"\sqrt[{1}]{{{0}}}"),
    "msub": (2, "{0}_{{{1}}}"),
    "msup": (2, "{0}^{{{1}}}"),
    "msubsup": (3, "{0}_{{{1}}}^{{{2}}}"),
    "munderover": (3, "{0}_{{{1}}}^{{{2}}}"),
}
_ENCLOSED = {
    "top": "overline", "bottom": "underline", "box": "boxed", "updiagonalstrike": "cancel",
}  # fmt: skip
_MATRICES = {"()": "pmatrix", "[]": "bmatrix", "||": "vmatrix", "‖‖": "Vmatrix", "{": "cases"}
_ESCAPED = str.maketrans(
    {sign: f"\\{sign}" for sign in "%_&#${}"}
    | {"\\": r"\backslash ", "~": r"\sim ", "^": r"\hat{}", "\xa0": " "}
)
_IN_TEXT = _ESCAPED | str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
_EMPTY = frozenset(["mphantom", "mprescripts", "none", "annotation", "annotation-xml"])
_UNREAD = frozenset(["annotation", "annotation-xml"])
_TOKENS = frozenset(["mi", "mn", "mo"])


def mathml_tex(node: Any) -> str:
    """TeX of a `math` element; text alone where it nests deeper than 60."""
    return " ".join(_tex(node, 0).split())


def _children(node: Any) -> list[Any]:
    return [child for child in node.iter() if child.tag not in _UNREAD]


def _text(node: Any) -> str:
    return str(node.text() or "").strip()


def _tex(node: Any, depth: int) -> str:
    tag = node.tag
    if depth > _DEEPEST:
        return str(node.text() or "")
    if tag in _TOKENS:
        return _token(_text(node), tag)
    if tag in ("mtext", "ms"):
        return _words(str(node.text() or ""))
    if tag in _EMPTY:
        return ""
    if tag == "mspace":
        return " "
    if tag == "mtable":
        return _table(node, depth)
    children = _children(node)
    if tag in ("mrow", "math", "mstyle") and (fenced := _fenced(children, depth)):
        return fenced
    parts = [_tex(child, depth + 1) for child in children]
    if tag in _SCHEMATA and len(parts) >= _SCHEMATA[tag][0]:
        return _SCHEMATA[tag][1].format(*parts)
    return _layout(node, tag, children, parts)


def _words(text: str) -> str:
    """Text in a formula; marks alone are no text."""
    if not any(map(str.isalpha, text)):
        return text.strip().translate(_ESCAPED) or " "
    return f"\\text{{{text.translate(_IN_TEXT)}}}"


def _layout(node: Any, tag: str, children: list[Any], parts: list[str]) -> str:
    if tag == "msqrt":
        return f"\\sqrt{{{''.join(parts)}}}"
    if tag in ("mover", "munder") and len(parts) >= 2:
        known = (_ACCENTS if tag == "mover" else _BELOW).get(_text(children[1]))
        sign = "^" if tag == "mover" else "_"
        return f"\\{known}{{{parts[0]}}}" if known else f"{parts[0]}{sign}{{{parts[1]}}}"
    if tag == "mfrac" and len(parts) >= 2:
        return _fraction(node, parts)
    if tag == "mmultiscripts" and parts:
        return _scripts(children, parts)
    if tag == "menclose":
        known = _ENCLOSED.get(node.attributes.get("notation") or "")
        return f"\\{known}{{{''.join(parts)}}}" if known else "".join(parts)
    if tag == "mfenced":
        opened, closed = node.attributes.get("open") or "(", node.attributes.get("close") or ")"
        return f"\\left{_token(opened, 'mo')}{', '.join(parts)}\\right{_token(closed, 'mo')}"
    if tag in ("semantics", "maction"):
        return parts[0] if parts else ""
    return "".join(parts) if tag != "math" else " ".join(parts)


def _fraction(node: Any, parts: list[str]) -> str:
    thickness = (node.attributes.get("linethickness") or "").rstrip("ptxem%")
    if thickness and not thickness.strip("0."):
        return f"{{{parts[0]} \\atop {parts[1]}}}"
    return f"\\frac{{{parts[0]}}}{{{parts[1]}}}"


def _scripts(children: list[Any], parts: list[str]) -> str:
    """A base with pairs of scripts behind it and, after `mprescripts`, before it."""
    tags = [child.tag for child in children]
    turn = tags.index("mprescripts") if "mprescripts" in tags else len(tags)
    before = "".join(["{}" + pair for pair in _pairs(parts[turn + 1 :])])
    return before + parts[0] + "{}".join(_pairs(parts[1:turn]))


def _pairs(scripts: list[str]) -> list[str]:
    even = [*scripts, ""] if len(scripts) % 2 else scripts
    return [
        (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")
        for low, high in zip(even[::2], even[1::2], strict=True)
    ]


def _fenced(children: list[Any], depth: int) -> str:
    """A matrix, binomial or cases with the brackets around it; nothing for any other row."""
    if not 2 <= len(children) <= 3:
        return ""
    inner = children[1]
    while inner.tag in ("mrow", "mstyle", "mpadded") and len(inside := _children(inner)) == 1:
        inner = inside[0]
    marks = _text(children[0]) + "".join([_text(child) for child in children[2:]])
    if inner.tag == "mtable" and marks in _MATRICES and children[0].tag == "mo":
        return _table(inner, depth + 1, _MATRICES[marks])
    parts = _children(inner) if inner.tag == "mfrac" and marks == "()" else []
    if len(parts) == 2 and r"\atop" in (stacked := _fraction(inner, ["", ""])) and stacked:
        return f"\\binom{{{_tex(parts[0], depth + 3)}}}{{{_tex(parts[1], depth + 3)}}}"
    return ""


def _table(node: Any, depth: int, name: str = "") -> str:
    """A matrix, or equations below each other where the table is the whole formula."""
    rows = [row for row in _children(node) if row.tag in ("mtr", "mlabeledtr")]
    if len(rows) == 1 and not name:  # an equation set in columns
        return _row(rows[0], depth + 1, " ")
    parent = node.parent
    whole = parent is not None and (parent.tag == "math" or parent.parent.tag == "math")
    aligned = whole and ("columnalign" in node.attributes or "displaystyle" in node.attributes)
    name = name or ("aligned" if aligned else "matrix")
    lines = r" \\ ".join([_row(row, depth + 1, " & ") for row in rows])
    return f"\\begin{{{name}}}{lines}\\end{{{name}}}"


def _row(row: Any, depth: int, between: str) -> str:
    """The cells of a row; a label, which comes first, belongs after them as a tag."""
    cells = _children(row)
    label = ""
    if row.tag == "mlabeledtr" and cells:
        label = f" \\tag{{{_text(cells.pop(0)).strip('()').translate(_IN_TEXT)}}}"
    told = [_tex(cell, depth + 1).strip() for cell in cells]
    if between == " ":
        told = [cell for cell in told if cell]
    return between.join(told) + label


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
    return text.translate(_ESCAPED)
