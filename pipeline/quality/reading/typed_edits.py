"""C4's and RefinedWeb's line rules, asked of lines that are prose.

Headings, items, rows, code and formulas stay, and so do short lines that may introduce text: terms,
options, signatures. Only behind the last text they are cut. A heading or a colon goes whose text
was cut, a colon also where nothing follows.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.quality.lines import (
    C4_LONG_WORD,
    C4_UNFINISHED,
    LONGEST_WORD,
    POLICY,
    REFINEDWEB_RULES,
    LineEdits,
    LineRules,
    without_citations,
)
from pipeline.quality.reading.typed_lines import Kind, TypedLines, typed_lines
from pipeline.text import line_words

_NOTICE_WORDS = 25  # up to which a line is a notice, not a text about one
_COLON_WORDS = 30  # of a line that goes with what it introduced; of a longer one its last sentence
_SCRIPTS = re.compile(
    r"\bjavascript\b(?=.*\b(?:enabled?|disabled?|required?|requires|supports?|browsers?|turn(?:ed)?"
    r"|needs?|without|off|working)\b)"
    r"|\b(?:enabled?|disabled?|required?|requires|turn(?:ed)?|needs?|without|activate)\b.*\bjavascript\b",
    re.IGNORECASE,
)
_POLICIES = re.compile(rf"\b(?:{POLICY})\b", re.IGNORECASE)
_BARE: frozenset[Kind] = frozenset(("prose", "label", "quote"))
_ASKED: frozenset[Kind] = _BARE | {"item"}
_SPEAKING: frozenset[Kind] = frozenset(("prose", "quote", "row", "code", "formula", "item"))
_HEADS: frozenset[Kind] = frozenset(("heading", "item", "row"))
_LEVEL = re.compile(r"\s*(#{1,6})\s")
_COLONS = (":", "：")
_LAST_SENTENCE = re.compile(r"(?<=[.!?])\s+[^.!?]*$")


def edit_typed(text: str, rules: LineRules) -> tuple[LineEdits, TypedLines]:
    """`text` without the lines that `rules` cut, and its lines; the same object where none goes."""
    typed = typed_lines(text)
    if not (rules.c4 or rules.refinedweb):
        return LineEdits(text), typed
    lines = text.split("\n")
    reasons: dict[int, str] = {}
    for at, kind in enumerate(typed.kinds):
        if reason := _reason(typed, at, kind, rules):
            reasons[at] = reason
        elif rules.c4 and kind not in ("code", "formula") and "[" in lines[at]:
            lines[at] = without_citations(lines[at])
    reasons |= dict(_left_alone(lines, typed, reasons))
    return _edited(text, lines, typed, reasons)


def _reason(typed: TypedLines, at: int, kind: Kind, rules: LineRules) -> str:
    """The rule that cuts a line, or nothing."""
    line, words = typed.lines[at], typed.words[at]
    if kind not in _ASKED or not words:
        return ""
    if rules.refinedweb and kind in _BARE and not _introduces(typed, at, rules):
        parts = line_words(line)
        for rule in REFINEDWEB_RULES:
            if rule.cuts(line, parts, rules):
                return rule.name
    if not rules.c4:
        return ""
    if len(line) > LONGEST_WORD and C4_LONG_WORD.cuts(line, line_words(line), rules):
        return C4_LONG_WORD.name
    if kind == "prose" and C4_UNFINISHED.cuts(line, [], rules):
        return C4_UNFINISHED.name
    if kind == "label" and words < rules.min_line_words and _is_stray(typed, at):
        return "short"
    return _notice(line) if words <= _NOTICE_WORDS else ""


def _notice(line: str) -> str:
    """Whether a short line is a notice on scripts or policies."""
    lower = line.lower()
    if "javascript" in lower and _SCRIPTS.search(lower):
        return "javascript"
    return "policy" if _POLICIES.search(lower) else ""


def _is_stray(typed: TypedLines, at: int) -> bool:
    """Whether a label stands behind the last prose of a text; behind a heading or an item it is
    what that has to say, before other lines it may be their head.
    """
    last = typed.last_line
    return at > last and (last < 0 or typed.kinds[last] not in _HEADS)


def _introduces(typed: TypedLines, at: int, rules: LineRules) -> bool:
    """Whether the next line that is not blank is text, or a label longer than a short one."""
    for after in range(at + 1, len(typed.kinds)):
        kind = typed.kinds[after]
        if kind != "blank":
            return kind in _SPEAKING or (
                kind == "label" and typed.words[after] >= rules.min_line_words
            )
    return False


def _left_alone(
    lines: list[str], typed: TypedLines, reasons: dict[int, str]
) -> Iterator[tuple[int, str]]:
    """Headings whose text was cut, and colons that introduce nothing any more, from the end; of a
    long paragraph the last sentence alone goes.
    """
    following, level, was_cut = -1, 0, False  # the line below that stays, and its level
    for at in range(len(lines) - 1, -1, -1):
        if at in reasons:
            was_cut = True
            continue
        if typed.kinds[at] == "blank" and not lines[at].strip():
            continue
        mark = _LEVEL.match(lines[at]) if typed.kinds[at] == "heading" else None
        own = len(mark[1]) if mark else 0
        ends = following < 0 or level > 0
        if own > 1 and was_cut and ends and (following < 0 or level <= own):
            yield at, "heading_without_text"
            continue
        over = following < 0 or (was_cut and level > 0)
        if over and typed.kinds[at] in _BARE and lines[at].rstrip().endswith(_COLONS):
            shorter = _LAST_SENTENCE.sub("", lines[at])
            if typed.words[at] <= _COLON_WORDS or shorter == lines[at]:
                yield at, "colon_without_text"
                was_cut = True
                continue
            lines[at] = shorter
        following, level, was_cut = at, own, False


def _edited(
    text: str, lines: Sequence[str], typed: TypedLines, reasons: dict[int, str]
) -> tuple[LineEdits, TypedLines]:
    kept = list[int]()
    blank = False  # whether the last line kept is blank, and what stood between is cut
    for at, kind in enumerate(typed.kinds):
        if at in reasons:
            blank = blank or not kept or not lines[kept[-1]].strip()
        elif not (blank and kind == "blank" and not lines[at].strip()):
            kept.append(at)
            blank = False
    edited = "\n".join([lines[at] for at in kept]).strip("\n")
    cuts: dict[str, int] = {}
    for reason in reasons.values():
        cuts[reason] = cuts.get(reason, 0) + 1
    total, gone = sum(typed.words), sum(typed.words[at] for at in reasons)
    left = typed.of(kept) if cuts else typed
    lorem = sum("lorem ipsum" in line.lower() for line in left.prose) if "orem" in text else 0
    cut = tuple((reason, typed.lines[at]) for at, reason in sorted(reasons.items()))
    return LineEdits(
        text if edited == text else edited,
        tuple(sorted(cuts.items())),
        gone / total if total else 0.0,
        lorem,
        sum("{" in line for line in left.prose) if "{" in text else 0,
        cut,
    ), left
