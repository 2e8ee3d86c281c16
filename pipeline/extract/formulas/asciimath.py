"""AsciiMath between backticks, on pages that load a script for it, as TeX.

The grammar is that of asciimath.org: a formula is simple expressions, each with a script below and
above, a slash between two makes a fraction, and brackets around an argument are not drawn.
"""

import re
from html import escape, unescape

_LOADED = (b"sciimath", b"SCIIMath", b"sciiMath", b"AM_CHTML", b"AM_HTMLorMML")
_SPANS = re.compile(r"<(?P<tag>/?[a-zA-Z]*)[^<>]*>|\\`|`(?P<ascii>[^`<>]{1,400})`")
_VERBATIM = frozenset(["script", "style", "pre", "code", "textarea"])
_MOST_BRACKETS = 40
_SAME = (  # names that TeX has as well
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi"
    " pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi"
    " Psi Omega sum prod int oint pm mp times div cdot ast star circ oplus otimes wedge vee cap cup"
    " in notin subset supset subseteq supseteq le ge lt gt ne equiv cong approx prec succ propto"
    " neg implies iff forall exists top bot vdash models to rightarrow leftarrow mapsto infty"
    " partial nabla emptyset therefore because ldots cdots vdots ddots quad angle triangle aleph"
    " sin cos tan sec csc cot sinh cosh tanh arcsin arccos arctan log ln exp lim det dim mod gcd"
    " lcm min max perp parallel langle rangle setminus bullet"
)
_SYMBOLS = {name: f"\\{name}" for name in _SAME.split()} | {
    "+-": r"\pm", "xx": r"\times", "-:": r"\div", "**": r"\ast", "***": r"\star", "*": r"\cdot",
    "@": r"\circ", "//": "/", "\\\\": r"\setminus", "o+": r"\oplus", "ox": r"\otimes",
    "^^": r"\wedge", "vv": r"\vee", "nn": r"\cap", "uu": r"\cup", "!=": r"\ne", "<=": r"\le",
    ">=": r"\ge", "-<": r"\prec", ">-": r"\succ", "!in": r"\notin", "sub": r"\subset",
    "sup": r"\supset", "sube": r"\subseteq", "supe": r"\supseteq", "-=": r"\equiv", "~=": r"\cong",
    "~~": r"\approx", "prop": r"\propto", "not": r"\neg", "=>": r"\Rightarrow", "<=>": r"\iff",
    "AA": r"\forall", "EE": r"\exists", "_|_": r"\bot", "->": r"\to", "|->": r"\mapsto",
    "rarr": r"\rightarrow", "larr": r"\leftarrow", "oo": r"\infty", "del": r"\partial",
    "grad": r"\nabla", "O/": r"\emptyset", "...": r"\ldots", ":.": r"\therefore",
    "NN": r"\mathbb{N}", "ZZ": r"\mathbb{Z}", "QQ": r"\mathbb{Q}", "RR": r"\mathbb{R}",
    "CC": r"\mathbb{C}", "\\": "",
    "and": r"\text{ and }", "or": r"\text{ or }", "if": r"\text{ if }", "\\ ": r"\ ",
    "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "dx": "dx", "dy": "dy",
}  # fmt: skip
_UNARY = {
    "sqrt": r"\sqrt", "hat": r"\hat", "bar": r"\overline", "vec": r"\vec", "dot": r"\dot",
    "ddot": r"\ddot", "ul": r"\underline", "bb": r"\mathbf", "bbb": r"\mathbb", "cc": r"\mathcal",
    "tt": r"\mathtt", "fr": r"\mathfrak", "sf": r"\mathsf",
}  # fmt: skip
_BINARY = {
    "frac": r"\frac{{{}}}{{{}}}",
    "root": r"\sqrt[{}]{{{}}}",
    "stackrel": r"\stackrel{{{}}}{{{}}}",
}
_OPEN = {"(": "(", "[": "[", "{": r"\{", "{:": "", "(:": r"\langle", "<<": r"\langle"}
_CLOSE = {")": ")", "]": "]", "}": r"\}", ":}": "", ":)": r"\rangle", ">>": r"\rangle"}
_NAMES = sorted({*_SYMBOLS, *_UNARY, *_BINARY, *_OPEN, *_CLOSE}, key=len, reverse=True)
_TOKEN = re.compile(
    r"text\([^)]*\)|\"[^\"]*\"|\d+(?:\.\d+)?|" + "|".join(map(re.escape, _NAMES)) + r"|\S"
)
_ROW = r"\( (?:[^()]|\([^()]*\))* \)"
_ROWS = re.compile(rf"{_ROW}(?: , {_ROW})+")
_SPACES = re.compile(r"^(?:\\(?: |$)|\s)+|(?:\s|\s\\)+$")
_MATRICES = {"()": "pmatrix", "[]": "bmatrix", r"\{": "cases", "": "matrix"}


def with_asciimath(html: bytes) -> bytes:
    """HTML in UTF-8 with its AsciiMath as TeX between `\\(` and `\\)`; as it is where no script
    asks.
    """
    if b"`" not in html or not any([name in html for name in _LOADED]):
        return html
    return _SPANS.sub(_Translation().piece, html.decode()).encode()


class _Translation:
    """From tag to tag: what stands in code or a script is none."""

    within = ""

    def piece(self, found: re.Match[str]) -> str:
        tag = (found["tag"] or "").lower()
        if self.within:
            self.within = "" if tag == f"/{self.within}" else self.within
            return found[0]
        if tag in _VERBATIM:
            self.within = tag
        tex = asciimath_tex(unescape(found["ascii"])) if found["ascii"] else ""
        if not tex:
            return found[0]  # what is no formula, and one of spaces
        return f"\\({escape(tex, quote=False)}\\)"


def asciimath_tex(text: str) -> str:
    """TeX of an AsciiMath formula; itself where it nests more than 40 brackets."""
    tokens = _TOKEN.findall(text)
    if sum([token in _OPEN for token in tokens]) > _MOST_BRACKETS:
        return text
    parser = _Parser(tokens)
    parts = []
    while parser.tokens:
        parts.append(parser.expression())
        if parser.tokens:  # a bracket that closes nothing
            parts.append(_CLOSE[parser.take()])
    return _SPACES.sub("", " ".join(" ".join(parts).split()))


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens[::-1]

    def take(self) -> str:
        return self.tokens.pop()

    def peek(self) -> str:
        return self.tokens[-1] if self.tokens else ""

    def expression(self) -> str:
        """All up to a bracket that closes."""
        parts: list[str] = []
        while self.tokens and self.peek() not in _CLOSE:
            part, bare = self.scripted()
            if self.peek() == "/" and len(self.tokens) > 1:
                self.take()
                part = f"\\frac{{{bare}}}{{{self.scripted()[1]}}}"
            parts.append(part)
        return " ".join(parts)

    def scripted(self) -> tuple[str, str]:
        """A simple expression with its scripts: as it stands, and without its outer brackets."""
        part, bare = self.simple()
        for sign in "_^":
            if self.peek() == sign and len(self.tokens) > 1:
                self.take()
                part = bare = f"{part}{sign}{{{self.simple()[1]}}}"
        return part, bare

    def simple(self) -> tuple[str, str]:
        if not self.tokens or self.peek() in _CLOSE:
            return "", ""
        token = self.take()
        if token in _OPEN:
            return self.bracketed(token)
        if token in _UNARY:
            tex = f"{_UNARY[token]}{{{self.simple()[1]}}}"
        elif token in _BINARY:
            tex = _BINARY[token].format(self.simple()[1], self.simple()[1])
        elif token[0] == '"' or token.startswith("text("):
            tex = f"\\text{{{token.removeprefix('text')[1:-1]}}}"
        else:
            tex = _SYMBOLS.get(token, token)
        return tex, tex

    def bracketed(self, opening: str) -> tuple[str, str]:
        inner = self.expression()
        closing = _CLOSE[self.take()] if self.tokens else ""
        left = _OPEN[opening]
        rows = re.fullmatch(
            r"\( (?:[^()]|\([^()]*\))* \)(?: , \( (?:[^()]|\([^()]*\))* \))+", inner
        )
        if rows and (name := _MATRICES.get(left + closing)):
            inside = [row.strip(" ") for row in re.split(r" \) , \( ", inner[2:-2])]
            cells = r" \\ ".join([row.replace(" , ", " & ") for row in inside])
            tex = f"\\begin{{{name}}} {cells} \\end{{{name}}}"
            return tex, tex
        return f"{left} {inner} {closing}", inner
