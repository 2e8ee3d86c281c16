"""Which of a text's recurring lines are boilerplate.

Inside a text, a line that recurs anywhere in the texts of its site is cut in a block of three or
more items of a list or lines of some length, in a block of six of any kind (a menu), or alone when
it is a sentence. So headings such as "See also", which recur between lines that do not, stay.

At the edges of texts, a header or footer is a run of recurring lines at the end, or at the
beginning (one line, the title, may come first). A run of four and more goes, one of three where it
is a list or one of its lines stands on most pages or looks like a template's (`_telling`). A
shorter one goes line by line: a line that does not look so, "Released" or "Return value", must
stand on nearly all pages.

Lines on few pages go where they are plainly a template's (`_plain`), or look like items of a menu
and stand in a run. Sentences on few pages stay: two pages with one text are copies, and three may
show the same teaser.
"""

import re
from collections.abc import Sequence, Set

from pipeline.dedup.guards import (
    BLOCK_LINES,
    BLOCK_WORDS,
    guarded,
    kind_of,
    kinds_of,
    runs,
    words_in,
)
from pipeline.dedup.keys import EDGE, LETTERS, LEVEL_BIT, Level, base_key, key_of, line_form
from pipeline.dedup.navigation import has_phrase, is_of_menus, turns_pages
from pipeline.text import normalise

MENU_LINES = 6  # in a row are a menu, however short they are
RUN_LINES = 4  # in a row at an edge are a header or footer, whatever they look like
ITEM_WORDS = 4
SENTENCE_WORDS = 8
SENTENCE_CHARACTERS = 24  # of a line without spaces between words
TITLE_LINES = 1  # lines of content that may stand above a header
NAME_LETTERS = 4  # of a site's name that a line may be known by

_SEPARATORS = re.compile(r"(?<=\s)[|·•»«›‹>/](?=\s)|\|")
_SENTENCE_END = re.compile(r"[.!?:。！？…][\"'”’)\]]*\s*$")
_HEADING = re.compile(r"\s*#{1,6}\s")


def boilerplate(
    lines: Sequence[str], recurring: Set[int], title: str = "", site: str = ""
) -> list[bool]:
    """Which lines of a text (no blank ones) are cut, given the keys that recur on its site."""
    levels = {base_key(key): Level((key >> LEVEL_BIT) & 3) for key in recurring if key & EDGE}
    keys = [key_of(line_form(line)) for line in lines]
    inside = [key in recurring for key in keys]
    edge = [levels.get(key) for key in keys]
    if lines and _begins(title, lines[0]):
        inside[0], edge[0] = False, None
    cut = _inner(lines, inside, [level is not None for level in edge])
    for place in _outer(lines, inside, edge, site):
        cut[place] = True
    return cut


def _inner(lines: Sequence[str], inside: Sequence[bool], edge: Sequence[bool]) -> list[bool]:
    """What is cut anywhere in a text."""
    recurs = _bridged(lines, [a or b for a, b in zip(inside, edge, strict=True)])
    kept = guarded(lines, recurs)
    cut = [False] * len(lines)
    for start, end in runs([flag and not keep for flag, keep in zip(recurs, kept, strict=True)]):
        block = _is_menu(lines[start:end], sum(inside[start:end]))
        for at in range(start, end):
            cut[at] = inside[at] and (block or _is_long(lines[at]))
    return cut


def _is_menu(block: Sequence[str], recurring: int) -> bool:
    """Whether lines in a block look like a list, a table or notices, not like headings in a row.

    "Parameters", "(none)", "Return value" stand together on the pages of a manual and are content.
    """
    long = words_in(block) >= BLOCK_WORDS * len(block)
    listed = all(kind_of(line) == "list" for line in block)
    return recurring >= (BLOCK_LINES if long or listed else MENU_LINES)


def _outer(
    lines: Sequence[str], inside: Sequence[bool], edge: Sequence[Level | None], site: str
) -> list[int]:
    """The places of the lines of the header and the footer."""
    kinds = list(kinds_of(lines))
    open_to = [
        (level is not None and kind not in ("code", "quotation")) or kind == "none"
        for level, kind in zip(edge, kinds, strict=True)
    ]
    found: list[int] = []
    copied = _is_copy(lines, edge)
    for start, end in runs(open_to):
        if start > TITLE_LINES and end < len(lines):
            continue
        run = [at for at in range(start, end) if edge[at] is not None]
        title = run[:1] == [0] == run and not inside[0] and not _plain(lines[0])
        if title:
            continue  # pages share it, as far as one can see
        kept = _in_content(kinds, run, start, end)
        cut = [at for at in _of_run(lines, inside, edge, run, site, copied) if at not in kept]
        found += cut
        if len(cut) >= BLOCK_LINES:
            found += [at for at in range(start, end) if kinds[at] == "none"]
    return found


def _of_run(
    lines: Sequence[str],
    inside: Sequence[bool],
    edge: Sequence[Level | None],
    run: Sequence[int],
    site: str,
    copied: bool,
) -> list[int]:
    plain = [at for at in run if _plain(lines[at])]
    firm = [at for at in run if edge[at] != Level.FEW]
    if len(run) < BLOCK_LINES:
        sure = [at for at in firm if edge[at] == Level.ALL or _telling(lines[at], site)]
        return sorted({*plain, *(at for at in sure if not _HEADING.match(lines[at]))})
    few = [at for at in run if edge[at] == Level.FEW]
    shown = [at for at in few if inside[at] and not _is_long(lines[at])]
    items = [at for at in few if at in shown or (not copied and _is_item(lines[at]))]
    listed = all(kind_of(lines[at]) == "list" for at in run)
    known = len(shown) >= BLOCK_LINES
    weak = items if plain or listed or known or len(items) + len(firm) >= MENU_LINES else []
    return sorted({*plain, *weak, *(firm if _is_sure(lines, edge, firm, site) else [])})


def _is_sure(
    lines: Sequence[str], edge: Sequence[Level | None], firm: Sequence[int], site: str
) -> bool:
    """Whether lines of a run on three pages and more are a header or a footer."""
    return len(firm) > 0 and (
        len(firm) >= RUN_LINES
        or all(kind_of(lines[at]) == "list" for at in firm)
        or any(edge[at] in (Level.MOST, Level.ALL) or _telling(lines[at], site) for at in firm)
    )


def _in_content(kinds: Sequence[str], run: Sequence[int], start: int, end: int) -> set[int]:
    """The few lines of a run that end or begin a list or table of content."""
    kept: set[int] = set()
    for neighbour, places in ((start - 1, run), (end, run[::-1])):
        if 0 <= neighbour < len(kinds) and kinds[neighbour] in ("list", "table"):
            same = [at for at in places if kinds[at] == kinds[neighbour]]
            kept.update(same if len(same) < BLOCK_LINES else [])
    return kept


def _is_copy(lines: Sequence[str], edge: Sequence[Level | None]) -> bool:
    """Whether more than half of a text stands on another page, and on no more, in sentences."""
    few = sum(
        len(line)
        for line, level in zip(lines, edge, strict=True)
        if level == Level.FEW and not _is_item(line)
    )
    return 2 * few > sum(map(len, lines))


def _telling(line: str, site: str) -> bool:
    """Whether a line that recurs may be a template's: plainly, or it names the site, or is long."""
    name = site.partition(".")[0].replace("-", "")
    names = len(name) >= NAME_LETTERS and name in normalise(line).replace(" ", "")
    return names or _is_long(line) or _plain(line)


def _plain(line: str) -> bool:
    """Whether a line that recurs is plainly a template's: a notice, a row of links, or made of the
    words of menus.
    """
    kind = kind_of(line)
    if kind in ("code", "quotation"):
        return False
    if len(_SEPARATORS.findall(line)) >= 2 and not line.lstrip().startswith("|"):
        return True
    normal = normalise(line)
    return "©" in line or is_of_menus(line) or has_phrase(normal) or turns_pages(normal)


def _is_long(line: str) -> bool:
    words = line.split()
    packed = len(words) < SENTENCE_WORDS and len(line) >= SENTENCE_CHARACTERS * len(words)
    return len(words) >= SENTENCE_WORDS or packed


def _is_item(line: str) -> bool:
    """Whether a line looks like an item of a menu: short, and no sentence."""
    return len(line.split()) <= ITEM_WORDS and not _is_long(line) and not _SENTENCE_END.search(line)


def _begins(title: str, line: str) -> bool:
    """Whether a page's title, which often ends with the site's name, begins with `line`."""
    return bool(title) and normalise(title).startswith(line_form(line))


def _bridged(lines: Sequence[str], recurs: Sequence[bool]) -> list[bool]:
    """`recurs`, and true for lines without letters between lines that recur: bullets, bars."""
    out = list(recurs)
    for start, end in runs([LETTERS.search(line) is None for line in lines]):
        if start > 0 and end < len(lines) and recurs[start - 1] and recurs[end]:
            out[start:end] = [True] * (end - start)
    return out
