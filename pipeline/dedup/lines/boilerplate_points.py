"""Which of a text's recurring lines are boilerplate: those for which enough speaks.

Every line that recurs on its site gets points: for its place in the text, for its neighbours, for
its words, for the pages that it is known from. One reason alone never cuts a line: a notice at the
end of a text goes, and so do the middle of a footer, a menu, and a header on many pages. Content
that many pages share, "See also" or "Return value", stands alone between lines that do not recur.

Code, quotations, verses and the page's title are kept whatever speaks against them.
"""

import re
from collections.abc import Sequence, Set

from pipeline.dedup.lines.line_forms import line_form
from pipeline.dedup.lines.line_kinds import (
    breaks_off,
    is_heading,
    is_long,
    kinds_of,
    runs,
    runs_of,
    words_of,
)
from pipeline.dedup.lines.navigation import is_notice
from pipeline.dedup.lines.shared_sentences import (
    Found,
    shared_sentences,
    stay_everywhere,
    with_text_kept,
)
from pipeline.dedup.lines.verses import verses
from pipeline.dedup.packed_keys import LEAST, MOST, Recurrence, base_key, key_of, recurrence
from pipeline.text import normalise

NEEDED = 7  # points of a line that is cut,
BESIDE = 5  # or beside such a line, on about as many pages

AT_END = 4  # no line of content stands below it
AT_BEGINNING = 3  # one, the title, at most stands above it
OF_EDGES = 1  # there, as on five other pages and more
MENU = 4  # in a row of short lines that recur
AMONG_CONTENT = -3  # an item of a list or row of a table with others that do not recur

ALIKE = 2  # for each neighbour that stands on about as many pages and is no heading

NOTICE = 4  # says what templates say
NEAR_NOTICE = 2  # beside a line that does
NAME = 3  # names the site
HEADING = -3  # may be of a section that many pages have
TEASER = -5  # breaks off: the beginning of another page's text

OFTEN = 1  # on half of the pages
MANY = 1  # on five pages and more
LONG = 2  # a long line on so many
COPY = -3  # on two pages alone, in a text of which nearly all recurs

MENU_LINES, MENU_WORDS = 5, 6  # so many lines of so many words on average
TITLE_LINES = 1
BRIDGED_LINES = 3  # lines without letters that go with those around them
NAME_LETTERS = 4  # of a site's name that a line may be known by
SIMILAR = 0.8  # the lower of two shares is this part of the higher
HALF, NEARLY_ALL = 0.5, 0.9

_FACTS = re.compile(r"[|$¢£¤¥€₩₪₫₱₴₹₺₽₿]|[\d\s](?:zł|kr|Kč|Ft|лв)\b")


def boilerplate(
    lines: Sequence[str], recurring: Set[int], title: str = "", site: str = ""
) -> list[bool]:
    """Which lines of a text (no blank ones) are cut, given the keys that recur on its site."""
    kinds = list(kinds_of(lines))
    found = _found(lines, kinds, recurring, title)
    if not any(found):
        return [False] * len(lines)
    normal = [normalise(line) if each else "" for line, each in zip(lines, found, strict=True)]
    notices = [is_notice(line, each) for line, each in zip(lines, normal, strict=True)]
    sentences = shared_sentences(lines, found, notices)
    stays = stay_everywhere(kinds, found, sentences)
    points = _points(lines, kinds, found, normal, notices, site)
    sums = [0 if stay else each for each, stay in zip(points, stays, strict=True)]
    sure = [each >= NEEDED for each in sums]
    beside = [
        sums[at] >= BESIDE
        and _is_beside(at, found, sure)
        and not (is_heading(line) or (breaks_off(line) and not notices[at]) or sentences[at])
        for at, line in enumerate(lines)
    ]
    cut = _bridged(lines, kinds, [a or b for a, b in zip(sure, beside, strict=True)])
    return with_text_kept(lines, cut, found, sentences)


def _points(
    lines: Sequence[str],
    kinds: Sequence[str],
    found: Found,
    normal: Sequence[str],
    notices: Sequence[bool],
    site: str,
) -> list[int]:
    """What speaks for each line of a template, summed up; nothing does for verses."""
    points = zip(
        _for_place(lines, kinds, found),
        _for_neighbours(lines, found),
        _for_words(lines, normal, notices, site),
        _for_pages(lines, found),
        strict=True,
    )
    stays = verses(lines, kinds, found, notices)
    return [
        sum(four) if each and not verse else 0
        for each, four, verse in zip(found, points, stays, strict=True)
    ]


def _is_beside(at: int, found: Found, sure: Sequence[bool]) -> bool:
    """Whether a line stands beside one that is cut and is known from about as many pages."""
    beside = (other for other in (at - 1, at + 1) if 0 <= other < len(found))
    return any(sure[other] and _are_alike(found[at], found[other]) for other in beside)


def _found(lines: Sequence[str], kinds: Sequence[str], recurring: Set[int], title: str) -> Found:
    by_key = {base_key(key): recurrence(key) for key in recurring}
    begins = normalise(title)
    known: dict[str, Recurrence | None] = {}  # by line, as many a text repeats its lines
    found: list[Recurrence | None] = []
    for at, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        if line not in known:
            known[line] = by_key.get(base_key(key_of(line_form(line))))
        each = None if kind in ("code", "quotation", "none") else known[line]
        titled = each and (at == 0 or is_heading(line)) and _begins(begins, line_form(line))
        found.append(None if titled else each)
    return found


def _begins(title: str, form: str) -> bool:
    """Whether a page's title, which often ends with the site's name, begins with a line."""
    return title.startswith(form) and not title[len(form) : len(form) + 1].isalnum()


def _for_place(lines: Sequence[str], kinds: Sequence[str], found: Found) -> list[int]:
    points = [0] * len(lines)
    recurs = [each is not None or kind == "none" for each, kind in zip(found, kinds, strict=True)]
    for start, end in runs(recurs):
        at_edge = AT_END if end == len(lines) else AT_BEGINNING * (start <= TITLE_LINES)
        menu = MENU * _is_menu(lines[start:end], found[start:end])
        for at in range(start, end):
            points[at] = menu + at_edge + OF_EDGES * (at_edge > 0 and _is_of_edges(found[at]))
    for start, end in runs_of(_with_rules(lines, kinds)):
        told = zip(found[start:end], kinds[start:end], strict=True)
        if kinds[start] in ("list", "table") and not all(e or k == "none" for e, k in told):
            points[start:end] = [worth + AMONG_CONTENT for worth in points[start:end]]
    return points


def _with_rules(lines: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """The kinds, with the rules of tables among their rows."""
    return [
        "table" if kind == "none" and "|" in line else kind
        for line, kind in zip(lines, kinds, strict=True)
    ]


def _is_of_edges(found: Recurrence | None) -> bool:
    return found is not None and found.pages == MOST and found.edge


def _is_menu(block: Sequence[str], found: Found) -> bool:
    known_lines = sum(each is not None for each in found)
    return known_lines >= MENU_LINES and sum(map(words_of, block)) <= MENU_WORDS * len(block)


def _for_neighbours(lines: Sequence[str], found: Found) -> list[int]:
    """A heading says nothing of what it stands above: "Exceptions" and "(none)" recur together."""
    beside = [
        None if each is None or is_heading(line) else each
        for line, each in zip(lines, found, strict=True)
    ]
    above, below = [None, *beside[:-1]], [*beside[1:], None]
    return [
        ALIKE * (_are_alike(each, one) + _are_alike(each, two))
        for each, one, two in zip(found, above, below, strict=True)
    ]


def _are_alike(one: Recurrence | None, two: Recurrence | None) -> bool:
    if one is None or two is None:
        return False
    return min(one.share, two.share) >= SIMILAR * max(one.share, two.share)


def _for_words(
    lines: Sequence[str], normal: Sequence[str], notices: Sequence[bool], site: str
) -> list[int]:
    """For lines that recur; of others the normal form is empty."""
    name = site.partition(".")[0].replace("-", "")
    name = name if len(name) >= NAME_LETTERS else "\n"  # which no line has
    return [
        NOTICE * notices[at]
        + NEAR_NOTICE * any((*notices[max(0, at - 1) : at], *notices[at + 1 : at + 2]))
        + NAME * (name in form.replace(" ", ""))
        + HEADING * is_heading(lines[at])
        + TEASER * (breaks_off(lines[at]) and not notices[at])
        if form
        else 0
        for at, form in enumerate(normal)
    ]


def _for_pages(lines: Sequence[str], found: Found) -> list[int]:
    recurring = sum(len(line) for line, each in zip(lines, found, strict=True) if each)
    copied = recurring > NEARLY_ALL * sum(map(len, lines))
    return [
        _for_pages_of(line, each, copied) if each else 0
        for line, each in zip(lines, found, strict=True)
    ]


def _for_pages_of(line: str, found: Recurrence, copied: bool) -> int:
    many = found.pages == MOST
    return (
        OFTEN * (found.share >= HALF)
        + MANY * many
        + LONG * (many and is_long(line))
        + COPY * (copied and found.pages == LEAST)
    )


def _bridged(lines: Sequence[str], kinds: Sequence[str], cut: Sequence[bool]) -> list[bool]:
    """`cut`, and true for a few lines without letters between lines that are cut, or below the
    last: bullets, telephones. Rows of numbers are a table's, and prices are content.
    """
    out = list(cut)
    bare = [
        kind == "none" and not _FACTS.search(line) for kind, line in zip(kinds, lines, strict=True)
    ]
    for start, end in runs(bare):
        below = end == len(cut) or cut[end]
        if start > 0 and cut[start - 1] and below and end - start <= BRIDGED_LINES:
            out[start:end] = [True] * (end - start)
    return out
