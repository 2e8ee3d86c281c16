"""The prose of a text that also holds code or formulas.

In: text in which code stands between ``` fences and formulas between $, $$, \\( \\) or \\[ \\].
Out: the text without them, lines kept apart. Rules made for prose then judge prose: the reference
page of a function is not dropped for its brackets, and a page that is nothing but a script has no
words left.

Every search goes forward only, so that no text makes it slow.
"""

import re

_FENCES = ("```", "~~~")
_FENCED = re.compile(r"(?m)^(?:>|[^\S\n])*((`{3,}|~{3,})[^\n]*)")  # in a quote too
# As in Pandoc's Markdown: no space inside the dollars and no digit after them, so prices stay.
_INLINE = re.compile(r"(?<![\\$\w])\$(?=[^\s$])[^$\n]{0,400}?(?<=[^\s\\$])\$(?![\d$])")
_HEADING = re.compile(r"^#{1,6}[^\S\n]+", re.M)
_ENVIRONMENTS = ("equation", "align", "eqnarray", "gather", "multline", "displaymath")
_PAIRS = (
    ("$$", "$$"),
    ("\\[", "\\]"),
    ("\\(", "\\)"),
    *((f"\\begin{{{name}}}", f"\\end{{{name}}}") for name in _ENVIRONMENTS),
    *((f"\\begin{{{name}*}}", f"\\end{{{name}*}}") for name in _ENVIRONMENTS),
)


def prose(text: str) -> str:
    """`text` without fenced code, formulas and the extractor's marks; itself if it has none."""
    left = text
    if any(fence in left for fence in _FENCES):
        left = _without_fences(left)
    for opening, closing in _PAIRS:
        left = _without_between(left, opening, closing)
    if "$" in left:
        left = _INLINE.sub(" ", left)
    return without_marks(left)


def without_marks(text: str) -> str:
    """`text` without what extractors write and no author did; the same object if there is none.

    Hash signs before headings, bars at both ends of a table's rows, rows of bars and hyphens alone:
    counted, they drop pages for hash signs, for lines without a full stop, for repeated lines.
    """
    left = _HEADING.sub("", text) if "#" in text else text
    if "|" in left:
        left = "\n".join(map(_without_bars, left.split("\n")))
    return left if left != text else text


def _without_bars(line: str) -> str:
    """A table's row without the bars at its ends, nothing for a row of marks; any other line."""
    bare = line.strip()
    if not bare.startswith("|"):
        return line
    return bare.strip("| \t") if bare.strip("|-: \t") else ""


def _without_fences(text: str) -> str:
    """Without the lines from one fence to the next of its kind; one that never closes is none."""
    kept: list[str] = []
    done, opened, fence = 0, 0, ""
    for match in _FENCED.finditer(text):
        if not fence:
            opened, fence = match.start(), match[2]
        elif match[2].startswith(fence) and not match[1].rstrip().strip(fence[0]):
            kept.append(text[done:opened])
            done, fence = match.end(), ""
    return "".join((*kept, text[done:]))


def _without_between(text: str, opening: str, closing: str) -> str:
    """A space for what stands between the two marks, and for the marks."""
    start = text.find(opening)
    parts, done = [], 0
    while start >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        parts.append(text[done:start])
        done = end + len(closing)
        start = text.find(opening, done)
    return " ".join((*parts, text[done:])) if parts else text
