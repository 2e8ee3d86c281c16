"""C4's and RefinedWeb's line rules, asked of lines that are prose.

Headings, items, rows, code and formulas stay, and so do short lines that may introduce text: terms,
options, signatures. Only behind the last text they are cut. A heading or a colon goes whose text
was cut, a colon also where nothing follows, and a label with one at the end of its section.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.quality.lines import (
    C4_LONG_WORD,
    C4_UNFINISHED,
    LONGEST_WORD,
    REFINEDWEB_RULES,
    LineEdits,
    LineRules,
    without_citations,
)
from pipeline.quality.reading.notices import notice
from pipeline.quality.reading.typed_lines import Kind, TypedLines, typed_lines, word_count
from pipeline.text import line_words

_BARE: frozenset[Kind] = frozenset(("prose", "label", "quote"))
_ASKED: frozenset[Kind] = _BARE | {"item"}
_SPEAKING: frozenset[Kind] = frozenset(("prose", "quote", "row", "code", "formula", "item"))
_HEADS: frozenset[Kind] = frozenset(("heading", "item", "row"))
_LEVEL = re.compile(r"\s*(#{1,6})\s")
_COLONS = (":", "：")
_COLON = "colon_without_text"
_NUMBERED = re.compile(r"\s*#{1,6}\s+\W?\d")  # a heading that may be what a colon introduces
_LABEL_WORDS = 4  # of a line with a colon that is a label of its section's end
_LAST_SENTENCE = re.compile(
    r"(?<=[.!?])(?P<quote>[\"'”’»)\]]*+)\s++[^.!?]*+$|(?<=[。！？])[^。！？]*+$"
)
_CODE = frozenset("`()=<>{}_/")  # of a signature or an option, which may be a term


def edit_typed(text: str, rules: LineRules) -> tuple[LineEdits, TypedLines]:
    """`text` without the lines that `rules` cut, and its lines; the same object where none goes."""
    typed = typed_lines(text)
    if not (rules.c4 or rules.refinedweb):
        return LineEdits(text), typed
    lines = text.split("\n")
    if rules.c4 and "[" in text:
        for at, kind in enumerate(typed.kinds):
            if kind not in ("code", "formula") and "[" in lines[at]:
                lines[at] = without_citations(lines[at])
        cited = "\n".join(lines)
        typed = typed if cited == text else typed_lines(cited)
    last = typed.last_long(rules.min_line_words)
    is_open = last >= 0 and (typed.kinds[last] in _HEADS or typed.lines[last].endswith(_COLONS))
    asked = _Asked(typed, rules, len(lines) if is_open else last)
    reasons = {
        at: reason
        for at, kind in enumerate(typed.kinds)
        if kind in _ASKED and (reason := asked.reason(at))
    }
    trimmed = _leave_alone(lines, typed, reasons)
    return _edited(text, lines, typed, reasons, trimmed)


@dataclass(frozen=True)
class _Asked:
    """The rules, asked of each line; short labels are cut behind line `last` alone."""

    typed: TypedLines
    rules: LineRules
    last: int

    def reason(self, at: int) -> str:
        """The rule that cuts a line of a kind that is asked, or nothing."""
        typed, rules = self.typed, self.rules
        line, kind, words = typed.lines[at], typed.kinds[at], typed.words[at]
        if not words:
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
        if kind == "prose" and not line.endswith(_COLONS) and C4_UNFINISHED.cuts(line, [], rules):
            return C4_UNFINISHED.name
        if kind == "label" and at > self.last and not _CODE.intersection(line):
            return "short"
        return notice(line, words)


def _introduces(typed: TypedLines, at: int, rules: LineRules) -> bool:
    """Whether the next line that is not blank is text, or a label longer than a short one."""
    for after in range(at + 1, len(typed.kinds)):
        kind = typed.kinds[after]
        if kind != "blank":
            return kind in _SPEAKING or (
                kind == "label" and typed.words[after] >= rules.min_line_words
            )
    return False


def _leave_alone(lines: list[str], typed: TypedLines, reasons: dict[int, str]) -> dict[int, str]:
    """Adds headings whose text was cut, and colons that introduce nothing any more, from the end;
    of a paragraph with other sentences the last one alone goes: what it was, by line.
    """
    trimmed: dict[int, str] = {}
    following, level, was_cut = -1, 0, False  # the line below that stays, and its level
    for at in range(len(lines) - 1, -1, -1):
        if at in reasons:
            was_cut = True
            continue
        if typed.kinds[at] == "blank" and not lines[at].strip():
            continue
        own = _level(lines[at]) if typed.kinds[at] == "heading" else 0
        if own > 1 and was_cut and (following < 0 or 0 < level <= own):
            reasons[at] = "heading_without_text"
            continue
        asked = (following < 0 or level > 0) and typed.kinds[at] in _BARE
        if (
            asked
            and lines[at].rstrip().endswith(_COLONS)
            and (following < 0 or was_cut or _ends_section(lines, typed, at, following))
        ):
            shorter = _LAST_SENTENCE.sub(lambda found: found["quote"] or "", lines[at])
            if not shorter.strip() or shorter == lines[at]:
                reasons[at] = _COLON
                was_cut |= following < 0
                continue
            trimmed[at] = lines[at][len(shorter) :].strip()
            lines[at] = shorter
        following, level, was_cut = at, own, False
    return trimmed


def _ends_section(lines: Sequence[str], typed: TypedLines, at: int, following: int) -> bool:
    """Whether a line is but a label, and the heading that follows is none below its own section's.

    A numbered heading may be the first of what it introduces.
    """
    if typed.words[at] > _LABEL_WORDS or _NUMBERED.match(lines[following]):
        return False
    above = (line for line in range(at, -1, -1) if typed.kinds[line] == "heading")
    head = next(above, None)
    return head is not None and _level(lines[following]) <= _level(lines[head])


def _level(line: str) -> int:
    mark = _LEVEL.match(line)
    return len(mark[1]) if mark else 0


def _edited(
    text: str,
    lines: Sequence[str],
    typed: TypedLines,
    reasons: dict[int, str],
    trimmed: dict[int, str],
) -> tuple[LineEdits, TypedLines]:
    kept = _kept(lines, reasons) if reasons else list(range(len(lines)))
    edited = "\n".join([lines[at] for at in kept]).strip("\n")
    cut = [(at, rule, typed.lines[at]) for at, rule in reasons.items()]
    cut += [(at, _COLON, sentence) for at, sentence in trimmed.items()]
    told = tuple((rule, line) for _, rule, line in sorted(cut))
    total, gone = sum(typed.words), sum(word_count(line) for _, line in told)
    if edited == text:
        left = typed
    else:
        # No line is another kind for those that went: of code and formulas none goes, and what
        # would open or close one without its partner is none. A trimmed line may be another kind.
        left = typed_lines(edited) if trimmed or not edited else typed.taken(_inner(lines, kept))
    lorem = sum("lorem ipsum" in line.lower() for line in left.lines) if "orem" in text else 0
    return LineEdits(
        text if edited == text else edited,
        told,
        gone / total if total else 0.0,
        lorem,
        sum("{" in line for line in left.prose) if "{" in text else 0,
    ), left


def _inner(lines: Sequence[str], kept: Sequence[int]) -> Sequence[int]:
    """Those of the lines `kept` that are neither empty ones before all others nor behind them."""
    filled = [number for number, at in enumerate(kept) if lines[at]]
    return kept[filled[0] : filled[-1] + 1]


def _kept(lines: Sequence[str], reasons: dict[int, str]) -> list[int]:
    """The lines that stay; of blank lines around what went those above alone."""
    was_blank, was_cut = True, False
    kept = []
    for at, line in enumerate(lines):
        if at in reasons:
            was_cut = True
            continue
        is_blank = not line.strip()
        if not (is_blank and was_blank and was_cut):
            kept.append(at)
        was_blank = is_blank
        was_cut = was_cut and is_blank
    return kept
