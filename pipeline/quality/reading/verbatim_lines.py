"""Which lines of a text are code or a formula, and which are the marks around them.

What opens and never closes is none: a price of three dollars, a row of tildes under a title.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

Verbatim = Literal["", "mark", "code", "formula"]
_FENCE = re.compile(
    r"(?:>\s?)*\s*(?:(?P<ticks>`{3,})(?P<info>[^`]*)|(?P<waves>~{3,})(?P<rest>.*))$"
)
_PAIRS = (("$$", "$$"), ("\\[", "\\]"))
_CLOSINGS = tuple(closing for _, closing in _PAIRS)  # of two characters each
_OPENINGS = ("```", "~~~", *(opening for opening, _ in _PAIRS))
_MOST = 20  # signs of a fence that are told apart


def verbatim_lines(text: str, lines: Sequence[str]) -> Sequence[Verbatim]:
    """One answer for each of the `lines` of a `text`."""
    answers: list[Verbatim] = [""] * len(lines)
    if any(sign in text for sign in _OPENINGS):
        # Written out, as this is asked of every line: what has none of them is as those around it.
        signed = [
            at
            for at, line in enumerate(lines)
            if "```" in line or "$$" in line or "\\[" in line or "\\]" in line or "~~~" in line
        ]
        bare = {at: lines[at].strip() for at in signed}
        for start, stop, answer in _spans(bare, _Closings(bare)):
            answers[start:stop] = [answer] * (stop - start)
    return answers


def _spans(bare: Mapping[int, str], closings: "_Closings") -> Iterator[tuple[int, int, Verbatim]]:
    """(first, behind last) lines that are something, of the lines that hold a sign."""
    fence, formula, opened = "", "", 0
    for at, line in bare.items():
        if fence:
            if closings.fences.get(at, "").startswith(fence):
                yield opened + 1, at, "code"
                yield at, at + 1, "mark"
                fence = ""
        elif formula:
            if line.endswith(formula):
                yield opened, at + 1, "formula"
                formula = ""
        elif (fence := _opening_fence(line)) and closings.has_fence(fence, at):
            opened = at
            yield at, at + 1, "mark"
        else:
            fence, closing = "", _opened_formula(line)
            if closing and len(line) > len(closing) and line.endswith(closing):
                yield at, at + 1, "formula"
            elif closing and line.count("$$") < 2 and closings.formulas[closing] > at:
                opened, formula = at, closing


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

    def __init__(self, bare: Mapping[int, str]) -> None:
        self.fences: dict[int, str] = {}  # by line: the fence that it may close
        self.last: dict[str, int] = {}  # by fence: the last line that closes it
        self.formulas = dict.fromkeys(_CLOSINGS, -1)
        for at, line in bare.items():
            found = _fence(line)
            if found and not (found["info"] or found["rest"] or "").strip():
                sign = found["ticks"] or found["waves"]
                self.fences[at] = sign
                for count in range(3, min(len(sign), _MOST) + 1):
                    self.last[sign[0] * count] = at
            if line.endswith(_CLOSINGS):
                self.formulas[line[-2:]] = at

    def has_fence(self, fence: str, at: int) -> bool:
        """Whether a fence that opens in line `at` is closed below."""
        return self.last.get(fence, -1) > at
