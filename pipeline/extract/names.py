"""What class, id, role and itemprop names say of an element.

Readability (Arc90) and its heirs judge containers by such names; here they are evidence beside the
rest. A *sense* is a use that page authors name alike (comments, teasers, sidebars, ...); it holds
for everything inside the element.
"""

import re
from functools import cache, lru_cache
from typing import Any

import re2

_SENSES = {
    "comments": r"comment|disqus|discuss|livefyre|respond|responses?(?:$|[_-])|\brepl(?:y|ies)"
    r"|kommentar|coment",
    "related": r"related|recommend|similar|suggest|(?:read|up)[-_]?(?:next|more|also)|\bmore[-_]"
    r"|popular|trend|most[-_]?(?:read|view|shared)|latest|recent|outbrain|taboola|recirc",
    "promotion": r"promo|advert|(?:^|[_-])ads?(?:$|[_-])|sponsor|newsletter|subscri|sign[-_]?up"
    r"|paywall|donat|(?:^|[_-])cta(?:$|[_-])|mailing|banner",
    "sharing": r"shar(?:e|ing)|social|follow|facebook|twitter|addthis|whatsapp",
    "byline": r"byline|author|(?:^|[_-])(?:meta|date)|timestamp|breadcrumb|categor|credit|caption"
    r"|(?:^|[_-])tags?(?:$|[_-])",
    "sidebar": r"side[-_]?bar|(?:^|[_-])rail|widget|aside|secondary|(?:right|left)[-_]?col"
    r"|col[-_]?right",
    "concealed": r"hidden|(?:^|[_-])hide|d-none|sr-only|screen-reader|modal|pop-?up|overlay"
    r"|lightbox|cookie|consent|gdpr|tooltip|dropdown",
    "menu": r"nav|menu|header|footer|top-?bar|tool-?bar|masthead|pagina|pager",
    "body": r"(?:article|post|story|entry|page|main|news|blog)[-_]*(?:body|content|text|copy|inner)"
    r"|body-?(?:text|copy)|content[-_]?(?:body|main|inner|text)|prose|markdown|rich-?text",
    "teaser": r"teaser|card|excerpt|snippet|grid|tile|carousel|slide|swiper|thumb|feed|listing"
    r"|gallery",
}
SENSES = tuple(_SENSES)
# States and layouts, not uses: `comments-open`, `has-sidebar`, `category-news` on a page's body.
_STATE = re.compile(
    r"(?:has|no|not|overflow|with|without|is|category|tag|author|single|postid|status|format|layout)[-_]"
    r"|.*[-_](?:open|closed|enabled|disabled|active|layout|template)$",
)
_NUMBER = re.compile(r"\d+")
_LONGEST_RUN = 24
_LETTERS = re.compile(r"[a-z]{2,24}")
_MOST_NAMES, _MOST_CHARACTERS = 16, 80


@cache
def _sense_set() -> Any:
    """All senses in one automaton; a match gives the indices of those found."""
    options = re2.Options()
    options.log_errors = False
    patterns = re2.Set.SearchSet(options)
    for pattern in _SENSES.values():
        patterns.Add(pattern)
    patterns.Compile()
    return patterns


@lru_cache(maxsize=1 << 14)
def read_names(names: str) -> tuple[str, int, tuple[str, ...]]:
    """The names with every number as 0, so that `post-17` and `post-18` are of one kind; their
    senses, bit i for SENSES[i]; their distinct tokens: each name whole, and its runs of letters.
    """
    read = [_read(name[:_MOST_CHARACTERS]) for name in names.split()[:_MOST_NAMES]]
    if len(read) == 1:
        return read[0]
    senses = 0
    tokens: list[str] = []
    for _, found, more in read:
        senses |= found
        tokens += more
    return " ".join([plain for plain, _, _ in read]), senses, tuple(dict.fromkeys(tokens))


@lru_cache(maxsize=1 << 15)
def _read(name: str) -> tuple[str, int, tuple[str, ...]]:
    """One name: without numbers, its senses, its tokens."""
    if name.isalpha() and name.isascii() and len(name) <= _LONGEST_RUN:
        return name, _senses(name.lower()), (name.lower(),)
    plain = _NUMBER.sub("0", name)
    lower = plain.lower()
    tokens = tuple(dict.fromkeys((lower, *_LETTERS.findall(lower))))
    if _STATE.match(lower):
        return plain, 0, tokens
    return plain, _senses(lower), tokens


def _senses(lower: str) -> int:
    found = _sense_set().Match(lower.encode("ascii", "ignore")) or ()
    return sum([1 << at for at in found])
