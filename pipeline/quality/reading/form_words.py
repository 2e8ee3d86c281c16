"""Lines of a form: what is asked of a visitor who logs in, signs up, writes to a shop, or pays.

English words alone: in other languages no line is one.
"""

import re

from pipeline.quality.reading.typed_lines import TypedLines

_LABEL_WORDS = 8  # of a line that may be a field
_TITLE_WEIGHT = 2  # fields that a title counts for
_BOTH = "log ?in|sign ?in|sign ?up|register|password|create (?:an )?account|checkout"
_FIELDS = re.compile(
    rf"\b(?:{_BOTH}|user ?name|e-?mail(?: address)?|remember me|submit|captcha|first name|last name"
    r"|forgot|required|phone|fax|zip|your name|your message|subject|cart)\b",
    re.IGNORECASE,
)
_TITLES = re.compile(
    rf"\b(?:{_BOTH}|registration|contact us|my account|shopping cart)\b", re.IGNORECASE
)
_TITLE_LINES = 3


def form_lines(typed: TypedLines) -> int:
    """How many lines are fields of a form; a heading among the first that names one is two."""
    filled = [
        (line, kind) for line, kind in zip(typed.lines, typed.kinds, strict=True) if kind != "blank"
    ]
    titled = any(kind == "heading" and _TITLES.search(line) for line, kind in filled[:_TITLE_LINES])
    fields = sum(
        kind in ("label", "item") and words < _LABEL_WORDS and _FIELDS.search(line) is not None
        for line, kind, words in zip(typed.lines, typed.kinds, typed.words, strict=True)
    )
    return fields + _TITLE_WEIGHT * titled
