"""Which of a text's recurring lines are boilerplate.

Inside a text, a line that recurs anywhere in the texts of its site is cut in a block of three or
more items of a list or lines of some length, in a block of six of any kind (a menu), or alone when
it is a sentence. So headings such as "See also", which recur between lines that do not, stay.

At the edges of texts, a header or footer is a run of recurring lines at the end, or at the
beginning (one line, the title, may come first). A run of four and more goes, one of three where it
is a list or one of its lines stands on most pages or looks like a template's (`is_telling`). A
shorter one goes line by line: a line that does not look so, "Released" or "Return value", must
stand on nearly all pages.

Lines on few pages go where they are plainly a template's (`is_plain`), or look like items of a menu
and stand in a run, or as `few_pages` says. Other sentences on few pages stay: two pages with one
text are copies, and three may show the same teaser.
"""

from collections.abc import Sequence, Set

from pipeline.dedup.few_pages import MENU_LINES, TITLE_LINES, is_copy, of_few_pages
from pipeline.dedup.guards import BLOCK_LINES, BLOCK_WORDS, guarded, kinds_of, runs, words_in
from pipeline.dedup.keys import LETTERS, Level, key_of, levels_of, line_form
from pipeline.dedup.looks import Line, is_heading, is_item, is_long, is_plain, is_telling
from pipeline.text import normalise

RUN_LINES = 4  # in a row at an edge are a header or footer, whatever they look like


def boilerplate(
    texts: Sequence[str], recurring: Set[int], title: str = "", site: str = ""
) -> list[bool]:
    """Which lines of a text (no blank ones) are cut, given the keys that recur on its site."""
    lines = _marked(texts, recurring, title)
    if lines and lines[0].titled:
        lines[0] = Line(texts[0], lines[0].kind)
    cut = _inner(lines)
    for place in (*_outer(lines, site), *of_few_pages(lines)):
        cut[place] = True
    return cut


def _marked(texts: Sequence[str], recurring: Set[int], title: str) -> list[Line]:
    """Lines with what is known of them. Those without letters between lines that recur, bullets
    and bars, are bridged.
    """
    edges, few = levels_of(recurring)
    title = normalise(title)
    lines = []
    for text, kind in zip(texts, kinds_of(texts), strict=True):
        form = line_form(text)
        key = key_of(form)
        titled = title.startswith(form)
        lines.append(Line(text, kind, key in recurring, edges.get(key), few.get(key), titled))
    for start, end in runs([LETTERS.search(text) is None for text in texts]):
        if start > 0 and end < len(lines) and lines[start - 1].recurs and lines[end].recurs:
            lines[start:end] = [line._replace(bridged=True) for line in lines[start:end]]
    return lines


def _inner(lines: Sequence[Line]) -> list[bool]:
    """What is cut anywhere in a text."""
    recurs = [line.inside or line.edge is not None or line.bridged for line in lines]
    kept = guarded([line.text for line in lines], recurs)
    cut = [False] * len(lines)
    for start, end in runs([flag and not keep for flag, keep in zip(recurs, kept, strict=True)]):
        block = _is_menu(lines[start:end])
        for at in range(start, end):
            cut[at] = lines[at].inside and (block or is_long(lines[at].text))
    return cut


def _is_menu(block: Sequence[Line]) -> bool:
    """Whether lines in a block look like a list, a table or notices, not like headings in a row.

    "Parameters", "(none)", "Return value" stand together on the pages of a manual and are content.
    """
    long = words_in([line.text for line in block]) >= BLOCK_WORDS * len(block)
    listed = all(line.kind == "list" for line in block)
    recurring = sum(line.inside for line in block)
    return recurring >= (BLOCK_LINES if long or listed else MENU_LINES)


def _outer(lines: Sequence[Line], site: str) -> list[int]:
    """The places of the lines of the header and the footer."""
    open_to = [
        (line.edge is not None and line.kind not in ("code", "quotation")) or line.kind == "none"
        for line in lines
    ]
    found: list[int] = []
    copied = is_copy(lines)
    for start, end in runs(open_to):
        if start > TITLE_LINES and end < len(lines):
            continue
        run = [at for at in range(start, end) if lines[at].edge is not None]
        first = lines[0]
        if run[:1] == [0] == run and not first.inside and not is_plain(first.text):
            continue  # a title that pages share, as far as one can see
        kept = _in_content(lines, run, start, end)
        cut = [at for at in _of_run(lines, run, site, copied) if at not in kept]
        found += cut
        if len(cut) >= BLOCK_LINES:
            found += [at for at in range(start, end) if lines[at].kind == "none"]
    return found


def _of_run(lines: Sequence[Line], run: Sequence[int], site: str, copied: bool) -> set[int]:
    plain = {at for at in run if is_plain(lines[at].text)}
    firm = [at for at in run if lines[at].edge != Level.FEW]
    if len(run) < BLOCK_LINES:
        sure = {
            at for at in firm if lines[at].edge == Level.ALL or is_telling(lines[at].text, site)
        }
        return plain | {at for at in sure if not is_heading(lines[at].text)}
    few = [at for at in run if lines[at].edge == Level.FEW]
    shown = [at for at in few if lines[at].inside and not is_long(lines[at].text)]
    items = {at for at in few if at in shown or (not copied and is_item(lines[at].text))}
    listed = all(lines[at].kind == "list" for at in run)
    known = len(shown) >= BLOCK_LINES
    weak = plain or listed or known or len(items) + len(firm) >= MENU_LINES
    return (
        plain | (items if weak else set()) | (set(firm) if _is_sure(lines, firm, site) else set())
    )


def _is_sure(lines: Sequence[Line], firm: Sequence[int], site: str) -> bool:
    """Whether lines of a run on five pages and more are a header or a footer."""
    return len(firm) > 0 and (
        len(firm) >= RUN_LINES
        or all(lines[at].kind == "list" for at in firm)
        or any(
            lines[at].edge in (Level.MOST, Level.ALL) or is_telling(lines[at].text, site)
            for at in firm
        )
    )


def _in_content(lines: Sequence[Line], run: Sequence[int], start: int, end: int) -> set[int]:
    """The few lines of a run that end or begin a list or table of content."""
    kept: set[int] = set()
    for neighbour, places in ((start - 1, run), (end, run[::-1])):
        if 0 <= neighbour < len(lines) and lines[neighbour].kind in ("list", "table"):
            same = [at for at in places if lines[at].kind == lines[neighbour].kind]
            kept.update(same if len(same) < BLOCK_LINES else [])
    return kept
