"""TeX between delimiters in the text of a block: found, told from prices, written with dollars."""

import re

_DISPLAYS = "equation|align|alignat|flalign|eqnarray|gather|multline|displaymath|math"
# Formulas between delimiters; code in the text is none, whatever signs it holds.
_TEX = re.compile(
    r"(?P<code>``?(?!`)[^`]+``?)|\\\(\s*(?P<inline>(?:(?!\\[(\[]).){1,2000}?)\s*\\\)"
    r"|\s*(?:\\\[\s*(?P<display>(?:(?!\\[(\[]).){1,5000}?)\s*\\\]"
    r"|\$\$(?P<dollars>(?:(?!\$\$).){1,5000}?)\$\$"
    rf"|(?P<environment>\\begin\{{(?P<name>(?:{_DISPLAYS})\*?)\}}.{{1,5000}}?\\end\{{(?P=name)\}}))\s*",
    re.S,
)
_INLINE = r"(?<![\\$\w])\$(?P<tex>[^$\n]{1,500}?)(?<![\\$])\$(?![\w${])"
_SINGLE = re.compile(rf"(?P<code>``?(?!`)[^`]+``?)|{_INLINE}")
_SIGN = re.compile(r"[\\^_={}]|^\s*\w\s*$")  # of TeX
# What TeX has and no shell, path, price or sentence: a command, a script on one letter or bracket,
_COMMAND = re.compile(
    r"(?<![\w.:\\])\\(?:[a-zA-Z]{2,}(?![\\\w])|[,;! |{}])"
    r"|(?:(?<![^\W_])[^\W_]|\d(?=\^)|[)\]}|'])\s?[\^_]\s?(?:\{|\\|[^\W_](?![^\W_]{2}))"
)
_NAMED = re.compile(r"(?<![\w.:\\])\\[a-zA-Z]{2,}(?![\\\w])")
_LETTER = re.compile(r"[A-Za-z]'?|[A-Za-z0-9]{1,3}(?:\([A-Za-z0-9, ]{1,12}\))")
# or letters and numbers with signs of operations between.
_PLAIN = re.compile(
    r"(?=.*[A-Za-z])(?=.*[-+*/=<>|(])(?!.*[A-Za-z]{3})(?!.*[A-Za-z] [A-Za-z])"
    r"[-\w+*/=<>|()\[\],.! ']{3,80}"
)
_COMMENT = re.compile(r"(?:(?<=^)|(?<=[^\\]))%[^\n]*\n[ \t]*|\s%[^\n]*$")


def holds_formula(text: str) -> bool:
    """Whether there is TeX between delimiters; money and variables of a shell are none."""
    if "$" not in text and "\\" not in text:
        return False
    for found in _TEX.finditer(text):
        tex = found["inline"] or found["display"] or found["dollars"] or found["environment"]
        if tex and is_tex(tex):
            return True
    return "$" in text and any(_is_single(found["tex"]) for found in _SINGLE.finditer(text))


def _is_single(tex: str | None) -> bool:
    """Whether it is TeX between single dollars: with spaces at an end only where it has a command,
    else it is what stands between two prices.
    """
    if not tex or not is_tex(tex):
        return False
    return tex == tex.strip() or _NAMED.search(tex) is not None


def is_tex(text: str) -> bool:
    """Whether what stands between delimiters reads like a formula."""
    text = text.strip()
    return bool(_COMMAND.search(text) or _LETTER.fullmatch(text) or _PLAIN.fullmatch(text))


def is_formula(tex: str) -> bool:
    """Whether what stands between two pairs of dollars is TeX; a class of prices is none."""
    return _SIGN.search(tex) is not None or is_tex(tex)


def without_comments(tex: str) -> str:
    """TeX without its comments, which end where a line does: what joins the lines must know."""
    return _COMMENT.sub(" ", tex) if "%" in tex else tex


def uncommented(text: str) -> str:
    """A text that keeps its line breaks, without the comments in its formulas."""
    if "%" not in text or not ("\\" in text or "$$" in text):
        return text
    return _TEX.sub(lambda found: found[0] if found["code"] else without_comments(found[0]), text)


def with_dollars(text: str) -> str:
    """TeX between dollars, displayed formulas on lines of their own."""
    if "\\(" in text or "\\[" in text or "$$" in text or "\\begin{" in text:
        return _TEX.sub(_delimited, text).strip()
    return text


def _delimited(found: re.Match[str]) -> str:
    if found["code"]:
        return found[0]
    if found["inline"]:
        return f"${found['inline']}$"
    tex = found["display"] or found["dollars"] or found["environment"]
    if found["dollars"] and not is_formula(tex):
        return found[0]  # prices are no formula
    return f"\n\n$${tex}$$\n\n"
