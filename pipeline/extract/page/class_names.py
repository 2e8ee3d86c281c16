"""What class, id, role and itemprop names say of an element.

Readability (Arc90) and its heirs judge containers by such names; here they are evidence beside the
rest. A *sense* is a use that page authors name alike (comments, teasers, sidebars, ...); it holds
for everything inside the element.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import repeat
from typing import Any

import re2

from pipeline.extract.formulas.math import MATH_NAMES
from pipeline.extract.listings.frames import CODE_NAMES

_SENSES = {
    # Not a commentary, nor a section whose id is its heading ("about-responses").
    "comments": r"comment(?:$|[^ai]|[ai](?:$|[^nr]|re|n[^g]))|disqus|discuss|livefyre"
    r"|(?:^| )respond(?:$| )|kommentar|coment"
    r"|(?:^| )(?:(?:post|thread|topic|forum|blog|user|js|bbp)[-_])?(?:repl(?:y|ies)|responses?)"
    r"(?:$|[ _-])",
    "related": r"related|recommend|similar|suggest|(?:read|up)[-_]?(?:next|more|also)|\bmore[-_]"
    r"|popular|trend|most[-_]?(?:read|view|shared)|latest|recent|outbrain|taboola|recirc",
    "promotion": r"promo|advert|(?:^|[ _-])ads?(?:$|[ _-])|sponsor|newsletter|subscri|sign[-_]?up"
    r"|paywall|donat|(?:^|[ _-])cta(?:$|[ _-])|mailing|banner",
    "sharing": r"shar(?:e|ing)|social|follow|facebook|twitter|addthis|whatsapp",
    "byline": r"byline|author|(?:^|[ _-])(?:meta|date)|timestamp|breadcrumb|categor|credit|caption"
    r"|(?:^|[ _-])tags?(?:$|[ _-])",
    "sidebar": r"side[-_]?bar|(?:^|[ _-])rail|widget|aside|secondary|(?:right|left)[-_]?col"
    r"|col[-_]?right",
    "concealed": r"hidden|(?:^|[ _-])hide|d-none|sr-only|screen-reader|modal|pop-?up|overlay"
    r"|lightbox|cookie|consent|gdpr|tooltip|dropdown",
    "menu": r"nav|menu|header|footer|top-?bar|tool-?bar|masthead|pagina|pager",
    "body": r"(?:article|post|story|entry|page|main|news|blog)[-_]*(?:body|content|text|copy|inner)"
    r"|body-?(?:text|copy)|content[-_]?(?:body|main|inner|text)|prose|markdown|rich-?text",
    "teaser": r"teaser|card|excerpt|snippet|grid|tile|carousel|slide|swiper|thumb|feed|listing"
    r"|gallery",
}
SENSES = tuple(_SENSES)
# States and layouts, not uses: `comments-open`, `has-sidebar`, `category-news` on a page's body.
_STATE = (
    r"(?:(?:has|no|not|overflow|with|without|is|category|tag|author|single|postid|status|format"
    r"|layout)[-_]|[^ ]*[-_](?:open|closed|enabled|disabled|active|layout|template)(?:$| ))"
)
_IS_STATE = re.compile(_STATE)
_IS_MATH = re.compile(MATH_NAMES)
_WAY_NAMES = r"\bbread-?crumb"
# MediaWiki's boxes of links and of what an article lacks, lines below the title, cppreference's
# menu; notices of cookies.
_BOX_NAMES = (
    r"(?:^| )(?:navbox|vertical-navbox|catlinks|printfooter|sitesub|contentsub|ambox|mw-editsection"
    r"|t-navbar|mw-jump[\w-]*|(?:[\w-]+[-_])?cookies?[-_]?"
    r"(?:notice|banner|consent|bar|popup|message|alert|law)(?:[-_][\w-]*)?)(?:$| )"
)
_NUMBER = re.compile(r"\d+")
_LETTERS = re.compile(r"[a-z]{2,24}")
_MOST_NAMES, _MOST_CHARACTERS = 16, 80
_MOST_SUMS = 1 << 14
_ZEROS = repeat(0)
MOST_READ = 1_000  # characters of an element's names; the caller cuts them
MAY_BE_MATH, MAY_BE_CODE, WAY, BOX = 1, 2, 4, 8
_ALL_SENSES = (1 << len(SENSES)) - 1
_ALL_USES = MAY_BE_MATH | MAY_BE_CODE | WAY | BOX
_OF_NO_STATE = _ALL_SENSES | (WAY | BOX) << len(SENSES)
_STATE_BIT = (_ALL_USES + 1) << len(SENSES)


@dataclass(slots=True)
class Names:
    """What an element's names say; not to be changed, for elements share it."""

    plain: str = ""  # with every number as 0, so that `post-17` and `post-18` are of one kind
    senses: int = 0  # bit i for SENSES[i]
    uses: int = 0  # MAY_BE_MATH, MAY_BE_CODE, WAY to the page, BOX that is no part of its text


@cache
def _name_set() -> Any:
    """All patterns in one automaton; a match gives the indices of those found."""
    options = re2.Options()
    options.log_errors = False
    patterns = re2.Set.SearchSet(options)
    uses = (MATH_NAMES, CODE_NAMES, _WAY_NAMES, _BOX_NAMES)
    for pattern in (*_SENSES.values(), *uses, f"(?:^| ){_STATE}"):
        patterns.Add(pattern)
    patterns.Compile()
    return patterns


@lru_cache(maxsize=1 << 14)
def read_names(names: str) -> Names:
    """What class, id, role and itemprop names say, given as words of one text."""
    first = names.split()[:_MOST_NAMES]
    is_long = len(names) > _MOST_CHARACTERS
    if is_long:
        first = [word[:_MOST_CHARACTERS] for word in first]
    found = _read_plain(_NUMBER.sub("0", " ".join(first)))
    # A use is read in all names, senses in the first.
    return Names(found.plain, found.senses, uses_of(names)) if is_long else found


@lru_cache(maxsize=1 << 14)
def _read_plain(plain: str) -> Names:
    """The same, of names without their numbers: a page repeats them with many."""
    lower = plain.lower()
    found = _found(lower)
    if found & _STATE_BIT and found & _OF_NO_STATE:
        rest = _found(" ".join([name for name in lower.split() if not _IS_STATE.match(name)]))
        found &= rest | ~_OF_NO_STATE
    return Names(plain, found & _ALL_SENSES, found >> len(SENSES) & _ALL_USES)


def name_tokens(plain: str) -> list[str]:
    """Each name whole, and all runs of letters: some twice."""
    lower = plain.lower()
    return lower.split() + _LETTERS.findall(lower)


class NameWeights:
    """The weights of tokens, each an integer, summed over the distinct tokens of an element's
    names; sums are kept, for sites name their elements alike.
    """

    def __init__(self, tokens: Mapping[str, int]) -> None:
        self.tokens = dict(tokens)
        self._sums: dict[str, int] = {}

    def of(self, plain: str) -> int:
        """The sum for `Names.plain`."""
        found = self._sums.get(plain)
        if found is None:
            if len(self._sums) >= _MOST_SUMS:
                self._sums.clear()
            found = sum(map(self.tokens.get, set(name_tokens(plain)), _ZEROS))
            self._sums[plain] = found
        return found


def _found(lower: str) -> int:
    found = 0
    for at in _name_set().Match(lower.encode("ascii", "ignore")) or ():
        found |= 1 << at
    return found


def uses_of(names: str | None) -> int:
    """What class names may be used for: a formula's, a highlighter's, no part of the text."""
    lower = " ".join(names[:MOST_READ].lower().split()) if names else ""
    return _found(lower) >> len(SENSES) & _ALL_USES


def may_be_math(names: str) -> bool:
    """Whether class names may be a formula's: this alone is asked of what stands within a line."""
    return _IS_MATH.search(names[:MOST_READ].lower()) is not None
