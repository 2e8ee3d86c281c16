"""Edit lines before the document is judged: the line rules of C4 and RefinedWeb.

In: a text. Out: the text that is left and how much was cut. Lines inside fenced code and display
formulas stay as they are.

Sources: Raffel et al. 2020 and the TFDS builder of C4; Penedo et al. 2023, appendix G.2. C4's
document rules on `lorem ipsum` and `{` look at lines while it cuts, so their counts are made here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from pipeline.text import TERMINAL_MARKS, count_line_words, line_words

# Bracketed numbers of notes and the editing links of Wikipedia, which C4 strips; in code between
# backticks they are places of a list.
_CITATION = re.compile(
    r"(?P<code>(?<!`)(`+)(?!`).{1,1000}?(?<!`)\2(?!`))|\[\d*\]|\[edit\]|\[citation needed\]"
)
_C4_TERMINAL = ('"', "'", *TERMINAL_MARKS)  # C4 has . ? ! of these
POLICY = "terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies"
_POLICY = re.compile(POLICY)
LONGEST_WORD = 1000  # characters, C4

# What opens code and displayed formulas where a line begins.
_OPENING = re.compile(r"`{3,}|\$\$|\\\[")
_MARK = re.compile(r"```|\$\$|\\[\[\]]")

_COUNTER = re.compile(
    r"\W*\d[\d.,]*\s?[kKmM]?\W+(?:likes?|shares?|comments?|retweets?|reposts?|quotes?|bookmarks?"
    r"|upvotes?|downvotes?|downloads?|views?|followers?)\W*",
    re.IGNORECASE,
)
_PHRASE = re.compile(r"^\W*sign[ -]?in\b|\bread more\W*$|\bitems in cart\b", re.IGNORECASE)
_PHRASE_WORDS = 10  # up to which length of line RefinedWeb's phrases count


@dataclass(frozen=True, slots=True)
class LineRules:
    """Which line rules apply."""

    c4: bool = False
    terminal_punctuation: bool = False  # C4's rule; FineWeb leaves it out
    min_line_words: int = 3  # C4 as in datatrove; 5 in the paper and in T5's code
    refinedweb: bool = False


@dataclass(frozen=True, slots=True)
class LineEdits:
    """A text after line edits, and what they did."""

    text: str
    cut: tuple[tuple[str, str], ...] = ()  # rule and line, in order
    cut_word_share: float = 0.0  # of the words before
    lorem_ipsum_lines: int = 0
    curly_bracket_lines: int = 0

    @property
    def cuts(self) -> tuple[tuple[str, int], ...]:
        """Lines by the name of the rule, sorted."""
        return tuple(sorted(Counter(rule for rule, _ in self.cut).items()))

    @property
    def cut_lines(self) -> int:
        return len(self.cut)


NO_EDITS = LineEdits("")


@dataclass(frozen=True, slots=True)
class LineRule:
    """Cut a line for which `cuts` holds; it is given the stripped line and its words."""

    name: str
    cuts: Callable[[str, list[str], LineRules], bool]


def _is_capitals(line: str, words: list[str], _: LineRules) -> bool:
    """More than half of the characters are capitals (the limit is DCLM's and datamap's)."""
    return sum(map(str.isupper, line)) > 0.5 * sum(map(len, words))


# Penedo et al. 2023, appendix G.2.
REFINEDWEB_RULES = (
    LineRule("capitals", _is_capitals),
    LineRule("digits", lambda line, words, _: line.isdigit()),
    LineRule("single_word", lambda line, words, _: len(words) == 1),
    LineRule(
        "counter",
        lambda line, words, _: len(line) <= 80 and _COUNTER.fullmatch(line) is not None,
    ),
    LineRule(
        "phrase",
        lambda line, words, _: len(words) <= _PHRASE_WORDS and _PHRASE.search(line) is not None,
    ),
)

# Raffel et al. 2020 and the builder. Between the two halves stands the search for lorem ipsum, and
# before `policy` that for curly brackets: what a line goes for first is not held against the page.
C4_LONG_WORD = LineRule(
    "long_word",
    lambda line, words, _: len(line) > LONGEST_WORD and max(map(len, words)) > LONGEST_WORD,
)
C4_UNFINISHED = LineRule(
    "unfinished",
    lambda line, words, rules: (
        rules.terminal_punctuation and (not line.endswith(_C4_TERMINAL) or line.endswith("..."))
    ),
)
_SHORT = LineRule("short", lambda line, words, rules: len(words) < rules.min_line_words)
_JAVASCRIPT = LineRule("javascript", lambda line, words, _: "javascript" in line.lower())
_POLICIES = LineRule("policy", lambda line, words, _: _POLICY.search(line.lower()) is not None)
C4_RULES = (C4_LONG_WORD, C4_UNFINISHED, _SHORT, _JAVASCRIPT, _POLICIES)

_Mark = Literal["lorem_ipsum", "curly_bracket"]


class _Searches(NamedTuple):
    """Which of C4's phrases a text holds at all, so that not every line is searched for each."""

    citation: bool
    lorem_ipsum: bool
    javascript: bool
    curly_bracket: bool
    policy: bool


def _searches(text: str) -> _Searches:
    lower = text.lower()
    return _Searches(
        "[" in text,
        "lorem ipsum" in lower,
        "javascript" in lower,
        "{" in text,
        _POLICY.search(lower) is not None,
    )


def edit_lines(text: str, rules: LineRules, is_structured: bool = False) -> LineEdits:
    """`text` without the lines that `rules` cut; the same object where nothing is cut or changed.

    Args:
        text: the document's text.
        rules: which rules apply.
        is_structured: whether fenced code and display formulas are to be left alone.
    """
    if not (rules.c4 or rules.refinedweb):
        return LineEdits(text)
    kept, cut = list[str](), list[tuple[str, str]]()
    marks: dict[_Mark, int] = {"lorem_ipsum": 0, "curly_bracket": 0}
    cut_words = total = 0
    searches, lines = _searches(text), text.splitlines()
    fenced = is_structured or (searches.citation and "```" in text)
    in_code = searches._replace(citation=False)
    for start, stop, is_code in _stretches(text, lines) if fenced else [(0, len(lines), False)]:
        if is_code and is_structured:
            kept += lines[start:stop]
            total += count_line_words(lines[start:stop])
            continue
        asked = in_code if is_code else searches
        for line in lines[start:stop]:
            words = line_words(line)
            total += len(words)
            left = _edited(line, words, rules, marks, asked) if words else line
            if isinstance(left, LineRule):
                cut.append((left.name, line))
                cut_words += len(words)
            else:
                kept.append(left)
    edited = "\n".join(kept).strip("\n") if rules.c4 or cut else text
    return LineEdits(
        text if edited == text else edited,
        tuple(cut),
        cut_words / total if total else 0.0,
        marks["lorem_ipsum"],
        marks["curly_bracket"],
    )


def _edited(
    line: str, words: list[str], rules: LineRules, marks: dict[_Mark, int], searches: _Searches
) -> str | LineRule:
    """The line that is left, or the rule that cuts it."""
    bare = line.strip()
    if rules.refinedweb:
        for rule in REFINEDWEB_RULES:
            if rule.cuts(bare, words, rules):
                return rule
    return _c4_edited(bare, words, rules, marks, searches) if rules.c4 else line


def _c4_edited(
    line: str, words: list[str], rules: LineRules, marks: dict[_Mark, int], searches: _Searches
) -> str | LineRule:
    if C4_LONG_WORD.cuts(line, words, rules):
        return C4_LONG_WORD
    if searches.citation and "[" in line:
        line = without_citations(line).strip()
    for rule in (C4_UNFINISHED, _SHORT):
        if rule.cuts(line, words, rules):
            return rule
    if searches.lorem_ipsum:
        marks["lorem_ipsum"] += "lorem ipsum" in line.lower()
    if searches.javascript and _JAVASCRIPT.cuts(line, words, rules):
        return _JAVASCRIPT
    if searches.curly_bracket:
        marks["curly_bracket"] += "{" in line
    return _POLICIES if searches.policy and _POLICIES.cuts(line, words, rules) else line


def without_citations(line: str) -> str:
    """A line without numbers of notes and editing links; what stands between backticks stays."""
    return _CITATION.sub(lambda found: found["code"] or "", line)


def _stretches(text: str, lines: Sequence[str]) -> Iterator[tuple[int, int, bool]]:
    """[start, stop) of runs of lines, and whether they are code or formulas: of ``` and of $$, in
    quotes too, the marks included.
    """
    done, opened, closing = 0, 0, ""
    for number in _marked(text):
        bare = lines[number].lstrip("> \t").rstrip()
        if closing:
            if bare == closing if closing[0] == "`" else bare.endswith(closing):
                yield opened, number + 1, True
                done, closing = number + 1, ""
        elif opening := _OPENING.match(bare):
            if done < number:
                yield done, number, False
            mark = opening[0]
            opened, closing = number, "\\]" if mark == "\\[" else mark
            if len(bare) > len(mark) and bare.endswith(closing):
                yield number, number + 1, True
                done, closing = number + 1, ""
    yield (opened, len(lines), True) if closing else (done, len(lines), False)


def _marked(text: str) -> Iterable[int]:
    """Numbers of the lines that hold a mark, rising: no other line opens or closes."""
    places = [match.start() for match in _MARK.finditer(text)]
    if not places:
        return ()
    ends = np.cumsum(list(map(len, text.splitlines(keepends=True))))
    return dict.fromkeys(ends.searchsorted(places, side="right").tolist())
