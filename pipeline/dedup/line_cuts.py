"""Which of a text's recurring lines are boilerplate: those for which enough speaks.

Every recurring line gets points: for its place, its neighbours, its words and the pages that it is
known from. Nothing alone is enough to cut a line on few pages; a notice at the end of a text is, and
so is the middle of a footer. What is content wherever it recurs is kept before points are counted:
code, quotations, the page's title, and words that stand alone between lines of content.
"""

import re
from collections.abc import Sequence, Set

from pipeline.dedup.guards import kinds_of, runs, runs_of
from pipeline.dedup.keys import LEAST, MOST, Known, base_key, key_of, known, line_form
from pipeline.dedup.navigation import has_phrase, is_of_menus, turns_pages
from pipeline.text import normalise

NEEDED = 7  # points of a line that is cut
AT_END = 4  # no line of content below it
AT_BEGINNING = 3  # one such line, the title, at most above it
ALIKE = 2  # for each neighbour that stands on about as many pages
NOTICE = 4  # says what templates say
NEAR_NOTICE = 2  # beside such a line
NAME = 3  # names the site
MOSTLY = 4  # more than half of the text recurs
MENU = 4  # in a run of MENU_LINES
OFTEN = 1  # on half of the pages
MANY = 1  # on five pages and more
OF_EDGES = 1  # on so many, and mostly at edges
SENTENCE = 2  # a long line on so many pages
TWO_PAGES = -1  # may be a copy
HEADING = -3  # may be of a section that many pages have
TEASER = -5  # breaks off: the beginning of another page's text
AMONG_CONTENT = -3  # an item of a list or table with others that do not recur

MENU_LINES = 6
SENTENCE_WORDS = 8
SENTENCE_CHARACTERS = 24  # of a line without spaces between words
HALF = 0.5
TITLE_LINES = 1
NAME_LETTERS = 4  # of a site's name that a line may be known by
NEARLY = 0.8  # as many pages: the lower of two shares is this part of the higher

_SEPARATORS = re.compile(r"(?<=\s)[|·•»«›‹>/](?=\s)|\|")
_HEADING = re.compile(r"\s*#{1,6}\s")
_BREAKS_OFF = re.compile(r"(?:\.\.\.|…)\W*$")


def boilerplate(
    lines: Sequence[str], recurring: Set[int], title: str = "", site: str = ""
) -> list[bool]:
    """Which lines of a text (no blank ones) are cut, given the keys that recur on its site."""
    by_key = {base_key(key): known(key) for key in recurring}
    found = [by_key.get(base_key(key_of(line_form(line)))) for line in lines]
    kinds = list(kinds_of(lines))
    for at, kind in enumerate(kinds):
        if kind in ("code", "quotation") or (at == 0 and _begins(title, lines[0])):
            found[at] = None
    if not any(found):
        return [False] * len(lines)
    points = [
        sum(parts)
        for parts in zip(
            _of_places(lines, kinds, found),
            _of_neighbours(found),
            _of_words(lines, found, site),
            _of_company(lines, kinds, found),
            strict=True,
        )
    ]
    cut = [each is not None and sum_ >= NEEDED for each, sum_ in zip(found, points, strict=True)]
    return _bridged(kinds, cut)


def _of_places(
    lines: Sequence[str], kinds: Sequence[str], found: Sequence[Known | None]
) -> list[int]:
    """Points for lines that no content stands below or above, and for those of a menu."""
    points = [0] * len(lines)
    mostly = _recurs_mostly(lines, found)
    recurs = [line is not None or kind == "none" for line, kind in zip(found, kinds, strict=True)]
    for start, end in runs(recurs):
        last, first = end == len(lines), start <= TITLE_LINES
        menu = sum(each is not None for each in found[start:end]) >= MENU_LINES
        worth = MENU * menu + (AT_END if last else AT_BEGINNING * first)
        for at in range(start, end):
            more = (first or last) and mostly and found[at] is not None and found[at].pages > LEAST
            points[at] = worth + MOSTLY * more
    return points


def _recurs_mostly(lines: Sequence[str], found: Sequence[Known | None]) -> bool:
    recurring = sum(len(line) for line, each in zip(lines, found, strict=True) if each)
    return 2 * recurring > sum(map(len, lines))


def _of_neighbours(found: Sequence[Known | None]) -> list[int]:
    """Points for neighbours that stand on about as many pages."""
    alike = [_are_alike(one, two) for one, two in zip(found, found[1:], strict=False)]
    return [ALIKE * sum(pair) for pair in zip([False, *alike], [*alike, False], strict=True)]


def _are_alike(one: Known | None, two: Known | None) -> bool:
    if one is None or two is None:
        return False
    return min(one.share, two.share) >= NEARLY * max(one.share, two.share)


def _of_words(lines: Sequence[str], found: Sequence[Known | None], site: str) -> list[int]:
    """Points for what a line says, and what its neighbours say."""
    name = site.partition(".")[0].replace("-", "")
    notices = [each is not None and _is_notice(line) for line, each in zip(lines, found, strict=True)]
    beside = [a or b for a, b in zip([False, *notices[:-1]], [*notices[1:], False], strict=True)]
    return [
        NOTICE * notice
        + NEAR_NOTICE * near
        + NAME * _names(name, line)
        + HEADING * (_HEADING.match(line) is not None)
        + TEASER * (_BREAKS_OFF.search(line) is not None)
        if each
        else 0
        for line, each, notice, near in zip(lines, found, notices, beside, strict=True)
    ]


def _names(name: str, line: str) -> bool:
    return len(name) >= NAME_LETTERS and name in normalise(line).replace(" ", "")


def _of_company(
    lines: Sequence[str], kinds: Sequence[str], found: Sequence[Known | None]
) -> list[int]:
    """Points for the pages that a line is known from, and for how much else recurs."""
    points = [_of_pages(line, each) for line, each in zip(lines, found, strict=True)]
    for start, end in runs_of(kinds):
        if kinds[start] in ("list", "table") and not all(found[start:end]):
            for at in range(start, end):
                points[at] += AMONG_CONTENT
    return points


def _of_pages(line: str, found: Known | None) -> int:
    if found is None:
        return 0
    many = found.pages == MOST
    return (
        OFTEN * (found.share >= HALF)
        + MANY * many
        + OF_EDGES * (many and found.edge)
        + SENTENCE * (many and _is_long(line))
        + TWO_PAGES * (found.pages == LEAST)
    )


def _is_long(line: str) -> bool:
    words = line.split()
    packed = len(words) < SENTENCE_WORDS and len(line) >= SENTENCE_CHARACTERS * len(words)
    return len(words) >= SENTENCE_WORDS or packed


def _is_notice(line: str) -> bool:
    """Whether a line says what templates say: a notice, a row of links, the words of menus."""
    if len(_SEPARATORS.findall(line)) >= 2 and not line.lstrip().startswith("|"):
        return True
    normal = normalise(line)
    return "©" in line or is_of_menus(line) or has_phrase(normal) or turns_pages(normal)


def _begins(title: str, line: str) -> bool:
    """Whether a page's title, which often ends with the site's name, begins with `line`."""
    return bool(title) and normalise(title).startswith(line_form(line))


def _bridged(kinds: Sequence[str], cut: Sequence[bool]) -> list[bool]:
    """`cut`, and true for lines without letters between lines that are cut: bullets, telephones."""
    out = list(cut)
    for start, end in runs([kind == "none" for kind in kinds]):
        above, below = start == 0 or out[start - 1], end == len(out) or cut[end]
        if above and below and end - start < len(out):
            out[start:end] = [True] * (end - start)
    return out
