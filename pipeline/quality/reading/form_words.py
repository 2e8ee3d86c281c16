"""Lines of a form: what is asked of a visitor who logs in, signs up, writes to a shop, or pays.

English words alone: in other languages no line is one.
"""

import re

from pipeline.quality.reading.typed_lines import TypedLines

_LABEL_WORDS = 8  # of a line that may be a field
_TITLE_WEIGHT = 2  # fields that a title counts for
_FIELDS = re.compile(
    r"\b(?:log ?in|sign ?in|sign ?up|password|user ?name|e-?mail(?: address)?|register"
    r"|remember me|submit|captcha|first name|last name|forgot|required|phone|fax|zip|your name"
    r"|your message|create (?:an )?account|subject|checkout|cart)\b",
    re.IGNORECASE,
)
_TITLES = re.compile(
    r"\b(?:log ?in|sign ?in|sign ?up|register|registration|contact us|create (?:an )?account"
    r"|my account|shopping cart|checkout|password)\b",
    re.IGNORECASE,
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
