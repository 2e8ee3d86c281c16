"""What a line that recurs on a site looks like: a notice, an item of a menu, a sentence."""

import re
from typing import NamedTuple

from pipeline.dedup.guards import kind_of
from pipeline.dedup.keys import Level
from pipeline.dedup.navigation import has_phrase, is_of_menus, turns_pages
from pipeline.text import normalise

ITEM_WORDS = 4
SENTENCE_WORDS = 8
SENTENCE_CHARACTERS = 24  # of a line without spaces between words
NAME_LETTERS = 4  # of a site's name that a line may be known by

_SEPARATORS = re.compile(r"(?<=\s)[|·•»«›‹>/](?=\s)|\|")
_SENTENCE_END = re.compile(r"[.!?:。！？…][\"'”’)\]]*\s*$")
_ELIDED = re.compile(r"(?:\.\.\.|…)[\])]*\s*$")
_HEADING = re.compile(r"\s*#{1,6}\s")


class Line(NamedTuple):
    """A line of a text and what is known of it on the pages of its site."""

    text: str
    kind: str  # as `kind_of`, or code inside a fence
    inside: bool = False  # recurs anywhere in texts
    edge: Level | None = None  # recurs at edges of texts
    few: Level | None = None  # recurs on two to four pages: MOST where they are half, else FEW
    titled: bool = False  # the page's title begins with it
    bridged: bool = False  # has no letters, and stands between lines that recur

    @property
    def recurs(self) -> bool:
        return self.inside or self.edge is not None or self.few is not None


def is_notice(line: str) -> bool:
    """Whether a line is a notice, or a row of links."""
    kind = kind_of(line)
    if kind in ("code", "quotation"):
        return False
    if len(_SEPARATORS.findall(line)) >= 2 and not line.lstrip().startswith("|"):
        return True
    normal = normalise(line)
    return "©" in line or has_phrase(normal) or turns_pages(normal)


def is_plain(line: str) -> bool:
    """Whether a line that recurs is plainly a template's: a notice, a row of links, or made of the
    words of menus.
    """
    return is_notice(line) or (is_of_menus(line) and kind_of(line) not in ("code", "quotation"))


def is_telling(line: str, site: str) -> bool:
    """Whether a line that recurs may be a template's: plainly, or it names the site, or is long."""
    name = site.partition(".")[0].replace("-", "")
    names = len(name) >= NAME_LETTERS and name in normalise(line).replace(" ", "")
    return names or is_long(line) or is_plain(line)


def is_long(line: str) -> bool:
    """Whether a line has as many words as a sentence."""
    words = line.split()
    packed = sum(map(len, words)) >= SENTENCE_CHARACTERS * len(words) > 0
    return len(words) >= SENTENCE_WORDS or packed


def is_item(line: str) -> bool:
    """Whether a line looks like an item of a menu: short, and no sentence."""
    return len(line.split()) <= ITEM_WORDS and not is_long(line) and not ends_sentence(line)


def ends_sentence(line: str) -> bool:
    return _SENTENCE_END.search(line) is not None


def is_elided(line: str) -> bool:
    """Whether a line breaks off, as the teaser of another page does."""
    return _ELIDED.search(line) is not None


def is_heading(line: str) -> bool:
    return _HEADING.match(line) is not None
