"""Which lines of a text are code or a formula, and which are the marks around them.

What opens and never closes is none: a price of three dollars, a row of tildes under a title.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

Verbatim = Literal["", "mark", "code", "formula"]
_FENCE = re.compile(
    r"(?:>\s?)*\s*(?:(?P<ticks>`{3,})(?P<info>[^`]*)|(?P<waves>~{3,})(?P<rest>.*))$"
)
_PAIRS = (("$$", "$$"), ("\\[", "\\]"))
_CLOSINGS = tuple(closing for _, closing in _PAIRS)  # of two characters each
_MOST = 20  # signs of a fence that are told apart


def verbatim_lines(text: str, lines: Sequence[str]) -> Sequence[Verbatim]:
    """One answer for each of the `lines` of a `text`."""
    if not any(sign in text for sign in ("```", "~~~", "$$", "\\[")):
        return [""] * len(lines)
    return list(_answers(lines, _Closings(lines)))


def _answers(lines: Sequence[str], closings: "_Closings") -> Iterator[Verbatim]:
    fence, formula = "", ""
    for at, line in enumerate(lines):
        if fence:
            closes = closings.fences[at].startswith(fence)
            fence = "" if closes else fence
            yield "mark" if closes else "code"
            continue
        bare = line.strip()
        if formula:
            formula = "" if bare.endswith(formula) else formula
            yield "formula"
        elif (opening := _opening_fence(bare)) and closings.has_fence(opening, at):
            fence = opening
            yield "mark"
        else:
            closing = _opened_formula(bare)
            if closing and len(bare) > len(closing) and bare.endswith(closing):
                yield "formula"
            elif closing and bare.count("$$") < 2 and closings.formulas[closing] > at:
                formula = closing
                yield "formula"
            else:
                yield ""


def _fence(bare: str) -> re.Match[str] | None:
    return _FENCE.match(bare) if "```" in bare or "~~~" in bare else None


def _opening_fence(bare: str) -> str:
    found = _fence(bare)
    return (found["ticks"] or found["waves"])[:_MOST] if found else ""


def _opened_formula(bare: str) -> str:
    """What closes the formula that a line begins with."""
    return next((closing for opening, closing in _PAIRS if bare.startswith(opening)), "")


class _Closings:
    """Where fences and formulas can close, known before one opens: nothing is looked for twice."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.fences = [""] * len(lines)  # the fence that a line may close
        self.last: dict[str, int] = {}  # by fence: the last line that closes it
        self.formulas = dict.fromkeys(_CLOSINGS, -1)
        for at, line in enumerate(lines):
            bare = line.strip()
            found = _fence(bare)
            if found and not (found["info"] or found["rest"] or "").strip():
                sign = found["ticks"] or found["waves"]
                self.fences[at] = sign
                for count in range(3, min(len(sign), _MOST) + 1):
                    self.last[sign[0] * count] = at
            if bare.endswith(_CLOSINGS):
                self.formulas[bare[-2:]] = at

    def has_fence(self, fence: str, at: int) -> bool:
        """Whether a fence that opens in line `at` is closed below."""
        return self.last.get(fence, -1) > at
