"""Whether lines read like code or like prose, and the paragraphs of prose that is in a `pre`."""

import re
from collections.abc import Sequence

_SIGN = re.compile(
    r"[{}<>\\|=;`]|\w\(|\w\[|->|::|&&"
    r"|^\s*(?:[#$%>*]|//|--|def |class |import |from |let |var |end\b)"
    r"|[:,(]\s*$(?<=[\w)\]][:(])|\S(?: {3,}|\t)\S|[-+_.~]{4,}|[─-╿]"
)
_ENDS = re.compile(r"[.!?][\"')\]]*(?:\s|$)|[。！？؟।]")
_BLANK = re.compile(r"\n[ \t]*\n[ \t\n]*")
_LEAST_CHARACTERS = 200
_LEAST_WIDTH = 30  # characters of a line of wrapped prose, in the mean; signs of CJK count twice
_MOST_CODE = 0.25  # of the lines
_LEAST_LETTERS, _MOST_LETTERS = 0.7, 0.85  # of a text of prose, of a listing in one
_MOST_SENTENCE = 400  # characters to a full stop


def code_share(lines: Sequence[str]) -> float:
    """The share of the lines with text that bear a sign of code."""
    told = [line for line in lines if line.strip()]
    return sum(_SIGN.search(line) is not None for line in told) / max(len(told), 1)


def _letters(text: str) -> float:
    """The share of letters in what is no white space."""
    return sum(map(str.isalpha, text)) / max(len("".join(text.split())), 1)


def _is_prose(text: str) -> bool:
    """Whether a text is sentences, wrapped into lines."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    size = sum(map(len, lines))
    wide = size + sum("\u2e80" <= sign <= "\u9fff" for sign in text)
    if len(lines) < 2 or wide < _LEAST_CHARACTERS or wide < _LEAST_WIDTH * len(lines):
        return False
    if _letters(text) < _LEAST_LETTERS or code_share(lines) > _MOST_CODE:
        return False
    return len(_ENDS.findall(text)) * _MOST_SENTENCE >= size


def prose_pieces(text: str) -> list[tuple[str, bool]]:
    """(Paragraph or listing, whether it is a listing) of prose in a `pre`; nothing for code.

    A listing amid the prose, or a drawing, keeps its lines; those in a row are one.
    """
    least = _LEAST_WIDTH if text.isascii() else _LEAST_WIDTH // 2
    if len(text) < max(_LEAST_CHARACTERS // 2, least * text.count("\n")):
        return []
    if len(_ENDS.findall(text)) * _MOST_SENTENCE < len(text) // 2:
        return []  # a quick look, for every listing is asked
    pieces: list[tuple[str, bool]] = []
    prose: list[str] = []
    for chunk in _BLANK.split(text):
        if code_share(chunk.split("\n")) <= 0.5 or _letters(chunk) > _MOST_LETTERS:
            pieces.append((" ".join(chunk.split()), False))
            prose.append(chunk)
        elif pieces and pieces[-1][1]:
            pieces[-1] = f"{pieces[-1][0]}\n\n{chunk}", True
        else:
            pieces.append((chunk.strip("\n"), True))
    told = "\n\n".join(prose)
    if 10 * len(told) < 6 * len(text) or not _is_prose(told):
        return []
    return [piece for piece in pieces if piece[0]]
