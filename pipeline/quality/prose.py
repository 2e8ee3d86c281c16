"""The prose of a text that also holds code or formulas.

In: text in which code stands between ``` fences and formulas between $, $$, \\( \\) or \\[ \\].
Out: the text without them, lines kept apart. Rules made for prose then judge prose: the reference
page of a function is not dropped for its brackets, and a page that is nothing but a script has no
words left.
"""

import re

# A fence closes with as many backticks as it opened with; one that never closes is no fence.
_FENCED = re.compile(r"^[^\S\n]*(`{3,}|~{3,})[^\n]*\n.*?^[^\S\n]*\1[`~]*[^\S\n]*$", re.M | re.S)
_DISPLAY = re.compile(r"\$\$.+?\$\$|\\\[.+?\\\]|\\begin\{(\w+\*?)\}.+?\\end\{\1\}", re.S)
# As in Pandoc's Markdown: no space inside the dollars and no digit after them, so prices stay.
_INLINE = re.compile(r"(?<![\\$\w])\$(?=[^\s$])[^$\n]{0,400}?(?<=[^\s\\$])\$(?![\d$])|\\\(.+?\\\)")


_HEADING = re.compile(r"^#{1,6}[^\S\n]+", re.M)


def prose(text: str) -> str:
    """`text` without fenced code, formulas and heading marks; the same object if it has none."""
    left = text
    if "```" in left or "~~~" in left:
        left = _FENCED.sub("", left)
    if "$" in left or "\\" in left:
        left = _INLINE.sub(" ", _DISPLAY.sub(" ", left))
    if "#" in left:
        left = _HEADING.sub("", left)
    return left if left != text else text
