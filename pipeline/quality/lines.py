"""Edit lines before the document is judged: the line rules of C4 and RefinedWeb.

In: a text. Out: the text that is left and how much was cut. Lines inside fenced code and display
formulas stay as they are.

Sources: Raffel et al. 2020 and the TFDS builder of C4; Penedo et al. 2023, appendix G.2. C4's
document rules on `lorem ipsum` and `{` look at lines while it cuts, so their counts are made here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

# Bracketed numbers of notes and the editing links of Wikipedia, which C4 strips.
_CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
_C4_TERMINAL = (".", "?", "!", '"', "'")
_POLICY = re.compile(
    "terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies"
)
_LONGEST_WORD = 1000  # characters, C4

_COUNTER = re.compile(
    r"\W*\d[\d.,]*\s?[kKmM]?\W+(?:likes?|shares?|comments?|retweets?|reposts?|quotes?|bookmarks?"
    r"|upvotes?|downvotes?|downloads?|views?|followers?)\W*",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(r"\W*sign[ -]?in\b", re.IGNORECASE)
_READ_MORE = re.compile(r"\bread more\W*$", re.IGNORECASE)
_CART = re.compile(r"\bitems in cart\b", re.IGNORECASE)
_SHORT = 10  # words, the length to which RefinedWeb's phrases count


@dataclass(frozen=True, slots=True)
class LineEdits:
    """A text after line edits, and what they did."""

    text: str
    cut_lines: int = 0
    cut_word_share: float = 0.0  # words at spaces, of those before
    lorem_ipsum_lines: int = 0
    curly_bracket_lines: int = 0


NO_EDITS = LineEdits("")


@dataclass(frozen=True, slots=True)
class LineRules:
    """Which line rules apply."""

    c4: bool = False
    terminal_punctuation: bool = False  # C4's rule; FineWeb leaves it out
    min_line_words: int = 3  # C4 as in datatrove; 5 in the paper and in T5's code
    refinedweb: bool = False


def edit_lines(text: str, rules: LineRules, is_structured: bool = False) -> LineEdits:
    """`text` without the lines that `rules` cut; the same object where nothing is cut or changed.

    Args:
        text: the document's text.
        rules: which rules apply.
        is_structured: whether fenced code and display formulas are to be left alone.
    """
    if not (rules.c4 or rules.refinedweb):
        return LineEdits(text)
    kept: list[str] = []
    counts = {"lorem_ipsum": 0, "curly_bracket": 0}
    cut_lines = cut_words = words = 0
    verbatim = _verbatim_lines(text) if is_structured else frozenset()
    for number, line in enumerate(text.splitlines()):
        size = len(line.split())
        words += size
        left = line if number in verbatim or not size else _edited(line, rules, counts)
        if left is None:
            cut_lines, cut_words = cut_lines + 1, cut_words + size
        else:
            kept.append(left)
    edited = "\n".join(kept).strip("\n") if rules.c4 or cut_lines else text
    return LineEdits(
        text if edited == text else edited,
        cut_lines,
        cut_words / words if words else 0.0,
        counts["lorem_ipsum"],
        counts["curly_bracket"],
    )


def _verbatim_lines(text: str) -> frozenset[int]:
    """Numbers of the lines inside ``` fences and $$ formulas, the marks included."""
    inside: set[int] = set()
    closing = ""
    for number, line in enumerate(text.splitlines()):
        bare = line.strip()
        if closing:
            inside.add(number)
            closing = "" if bare.endswith(closing) else closing
            continue
        mark = next((mark for mark in ("```", "$$", "\\[") if bare.startswith(mark)), "")
        if mark:
            inside.add(number)
            end = "\\]" if mark == "\\[" else mark
            closing = "" if len(bare) > len(mark) and bare.endswith(end) else end
    return frozenset(inside)


def _edited(line: str, rules: LineRules, counts: dict[str, int]) -> str | None:
    if rules.refinedweb and refinedweb_cuts(line):
        return None
    return _c4_line(line, rules, counts) if rules.c4 else line


def _c4_line(line: str, rules: LineRules, counts: dict[str, int]) -> str | None:
    """The line without citation marks, or None where C4 cuts it.

    The order is that of the C4 builder: a line that goes for its length or end is not searched for
    what would drop the whole page.
    """
    words = line.split()
    if any(len(word) > _LONGEST_WORD for word in words):
        return None
    line = _CITATION.sub("", line).strip() if "[" in line else line.strip()
    if rules.terminal_punctuation and not _ends_well(line):
        return None
    if len(words) < rules.min_line_words:
        return None
    lower = line.lower()
    counts["lorem_ipsum"] += "lorem ipsum" in lower
    if "javascript" in lower:
        return None
    counts["curly_bracket"] += "{" in line
    return None if _POLICY.search(lower) else line


def _ends_well(line: str) -> bool:
    return line.endswith(_C4_TERMINAL) and not line.endswith("...")


def refinedweb_cuts(line: str) -> bool:
    """Whether RefinedWeb's line rules cut `line`: capitals, digits, counters, one word, phrases."""
    checks: tuple[Callable[[str], bool], ...] = (
        _is_upper,
        _is_number,
        _is_single_word,
        _is_counter,
        _is_phrase,
    )
    return any(check(line) for check in checks)


def _is_upper(line: str) -> bool:
    """More than half of the characters are capitals (the limit is DCLM's and datamap's)."""
    bare = "".join(line.split())
    return sum(map(str.isupper, bare)) > 0.5 * len(bare)


def _is_number(line: str) -> bool:
    return line.strip().isdigit()


def _is_single_word(line: str) -> bool:
    return len(line.split()) == 1


def _is_counter(line: str) -> bool:
    return _COUNTER.fullmatch(line.strip()) is not None


def _is_phrase(line: str) -> bool:
    if len(line.split()) > _SHORT:
        return False
    return any(phrase(line) for phrase in (_SIGN_IN.match, _READ_MORE.search, _CART.search))
