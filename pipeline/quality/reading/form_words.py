"""Lines of a form: what is asked of a visitor who logs in, signs up, writes to a shop, or pays.

English words alone: of other languages the page's address tells, which is often English.
"""

import re

from pipeline.document import Document
from pipeline.quality.reading.typed_lines import TypedLines
from pipeline.urls import split_url

_TEXT_WORDS = 150  # of content, from which a text with a form beside it is no form
_NAMED_WORDS = 100  # from which a page that is named after a form says something about it
_LABEL_WORDS = 8  # of a line that may be a field
_BESIDE, _NAMED = 2, 3  # fields that a title counts for, and a name where little is said
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
_NAME = re.compile(
    r"(?:log[-_]?(?:in|on)|sign[-_]?(?:in|on|up)|(?:log[-_]?in)?register|registration"
    r"|(?:forgot|forgotten|lost|reset|change)?[-_]?password(?:[-_]?reset)?|create[-_]?account"
    r"|check[-_]?out|(?:view|shopping)?[-_]?cart|contact(?:[-_]?us)?|(?:un)?subscribe|add[-_]?post)"
    r"(?:\.[a-z]{2,5})?",
    re.IGNORECASE,
)
_ACTION = re.compile(r"(?:^|&)(?:action|act|do|mode|page|view)=([^&]*)", re.IGNORECASE)
# Where a word names what a page is about: `/wiki/register`, `/docs/checkout`.
_ABOUT = frozenset(
    ("wiki", "docs", "doc", "man", "manual", "reference", "api", "tutorial", "keyword", "questions")
)


def form_lines(document: Document, typed: TypedLines, content: int) -> int:
    """How many lines are fields of a form; none beside `content` words that say something.

    A heading among the first that names a form is two; of a page without code that says little it
    is three, and so is the page's address.
    """
    if content >= _TEXT_WORDS:
        return 0
    filled = [
        (line, kind) for line, kind in zip(typed.lines, typed.kinds, strict=True) if kind != "blank"
    ]
    named = any(kind == "heading" and _TITLES.search(line) for line, kind in filled[:_TITLE_LINES])
    fields = sum(
        kind in ("label", "item") and words < _LABEL_WORDS and _FIELDS.search(line) is not None
        for line, kind, words in zip(typed.lines, typed.kinds, typed.words, strict=True)
    )
    if content < _NAMED_WORDS and not (document.has_code or document.has_math):
        return fields + _NAMED * (named or _is_form(document.url))
    return fields + _BESIDE * named


def _is_form(url: str) -> bool:
    """Whether an address is that of a form: a part of its path is the name of one, or an action."""
    parts = split_url(url)
    if parts is None:
        return False
    segments = parts.path.split("/")
    if not _ABOUT.isdisjoint(segments):
        return False
    return any(_NAME.fullmatch(one) for one in (*segments, *_ACTION.findall(parts.query)))
