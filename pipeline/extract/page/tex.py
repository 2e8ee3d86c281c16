"""TeX between delimiters in the text of a block: found, told from prices, written with dollars."""

import re

# Formulas between delimiters; code in the text is none, whatever signs it holds.
_TEX = re.compile(
    r"(?P<code>``?(?!`)[^`]+``?)|\\\(\s*(?P<inline>(?:(?!\\[(\[]).){1,2000}?)\s*\\\)"
    r"|\s*(?:\\\[\s*(?P<display>(?:(?!\\[(\[]).){1,5000}?)\s*\\\]|\$\$(?P<dollars>(?:(?!\$\$).){1,5000}?)\$\$)\s*"
)
_SIGN = re.compile(r"[\\^_={}]|^\s*\w\s*$")  # of TeX
_FORMULA = re.compile(r"\$[^$]{0,500}(?:\\[a-zA-Z]|[\^_{])[^$]{0,500}\$|\\\(|\\\[")


def holds_formula(text: str) -> bool:
    """Whether there is TeX between delimiters; amounts of money are none."""
    return ("$" in text or "\\" in text) and _FORMULA.search(text) is not None


def is_formula(tex: str) -> bool:
    """Whether what stands between two pairs of dollars is TeX; a class of prices is none."""
    return _SIGN.search(tex) is not None


def with_dollars(text: str) -> str:
    """TeX between dollars, displayed formulas on lines of their own."""
    if "\\(" in text or "\\[" in text or "$$" in text:
        return _TEX.sub(_delimited, text).strip()
    return text


def _delimited(found: re.Match[str]) -> str:
    if found["code"]:
        return found[0]
    if found["inline"]:
        return f"${found['inline']}$"
    tex = found["display"] or found["dollars"]
    if found["dollars"] and not is_formula(tex):
        return found[0]  # prices are no formula
    return f"\n\n$${tex}$$\n\n"
