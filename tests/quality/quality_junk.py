"""Eleven kinds of junk text, made by a seed: what an outlier test must find."""

import base64
from collections.abc import Callable

import numpy as np

Generator = np.random.Generator


_SPAM = "cheap buy best price online shop deal discount sale free shipping order now"
_MENU = (
    "Home|About us|Contact|Products|Services|News|Blog|Login|Register|Cart|Checkout|FAQ|Help"
    "|Support|Careers|Press|Terms|Privacy|Cookies|Sitemap|Search|Archive|Categories|Tags|RSS"
    "|Facebook|Twitter|Instagram|Next|Previous|Back to top|English|Deutsch|Share|Print"
)
_NAMES = "a b c d e n t r i o this fn el arr obj cb opts"


def _base64(good: str, chance: Generator) -> str:
    code = base64.b64encode(chance.bytes(3 * len(good) // 4)).decode()
    return "\n".join(code[i : i + 76] for i in range(0, len(code), 76))


def _repeated_line(good: str, chance: Generator) -> str:
    lines = [line for line in good.split("\n") if len(line) > 20] or [good[:80]]
    line = lines[chance.integers(len(lines))][:200]
    return "\n".join([line] * max(2, len(good) // len(line)))


def _keyword_spam(good: str, chance: Generator) -> str:
    names = ["watches", "shoes", "pills", "handbags", "insurance", "loans", "hotels", "flights"]
    chosen = [*_SPAM.split(), *names[chance.integers(8) :]]
    return " ".join(chosen[i] for i in chance.integers(len(chosen), size=len(good) // 6))


def _random_words(good: str, chance: Generator) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    sizes = chance.integers(2, 11, size=len(good) // 7)
    return " ".join("".join(letters[i] for i in chance.integers(26, size=n)) for n in sizes)


def _number_table(good: str, chance: Generator) -> str:
    rows = chance.integers(0, 100_000, size=(max(2, len(good) // 40), 6)) / 100
    return "\n".join(" | ".join(f"{value:.2f}" for value in row) for row in rows)


def _mojibake(good: str, chance: Generator) -> str:
    shifted = "".join(chr(ord(c) + 0x3B0) if c.isalpha() and ord(c) < 128 else c for c in good)
    return shifted.encode("utf-8").decode("cp1252", "replace")


def _navigation(good: str, chance: Generator) -> str:
    items = _MENU.split("|")
    return "\n".join(items[i] for i in chance.integers(len(items), size=max(9, len(good) // 9)))


def _code_soup(good: str, chance: Generator) -> str:
    names = _NAMES.split()
    forms = [
        "function({0},{1}){{return {0}.{2}({1})}}",
        "var {0}={1}[{2}]||{{}};",
        "if({0}!=={1}&&!{2}.length){{{0}++}}",
        "for(let {0}=0;{0}<{1}.length;{0}+=1){{{2}[{0}]={1}({0})}}",
        "{0}.prototype.{1}=function(){{return this.{2}}};",
        ";({0}=>{1}({2},{0}))();",
    ]
    parts = []
    for form in chance.integers(len(forms), size=max(9, len(good) // 35)):
        parts.append(forms[form].format(*(names[i] for i in chance.integers(len(names), size=3))))
    return "".join(parts)


def _hex_ids(good: str, chance: Generator) -> str:
    return "\n".join(chance.bytes(16).hex() for _ in range(max(4, len(good) // 33)))


def _no_spaces(good: str, chance: Generator) -> str:
    return "".join(good.split())


def _shuffled_words(good: str, chance: Generator) -> str:
    words = good.split()
    return " ".join(words[i] for i in chance.permutation(len(words)))


JUNK: dict[str, Callable[[str, Generator], str]] = {
    "base64": _base64,
    "repeated_line": _repeated_line,
    "keyword_spam": _keyword_spam,
    "random_words": _random_words,
    "number_table": _number_table,
    "mojibake": _mojibake,
    "navigation": _navigation,
    "code_soup": _code_soup,
    "hex_ids": _hex_ids,
    "no_spaces": _no_spaces,
    "shuffled_words": _shuffled_words,
}


def junk(kind: str, good: str, seed: int) -> str:
    """A text of `kind`, about as long as `good` and made of it where the kind is a damage."""
    return JUNK[kind](good, np.random.Generator(np.random.PCG64(seed)))
