"""A page's title, and a text that begins with it, once."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.extract.page.page_blocks import CODE, PLACE, PageBlocks
from pipeline.text import visible

_MOST_TITLE = 300  # characters
_SIGNS = 40  # characters around a title that is said once more
_FIRST = 6  # blocks in which a line of the title's words is the title once more
_ALIKE = 0.7  # share of words that a heading and the title have in common
_PARTS = re.compile(r"\s+[|–—·•»«›‹:-]+\s+|\s*\|\s*|\s*»\s*|\s+::\s+")
_NUMBERING = re.compile(r"^\W*(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)+)\.?\s+")  # of a section
_WORD = re.compile(r"\w+")


def page_title(page: PageBlocks) -> str:
    """The h1 that the title tag holds (of several one that is no link, then the one that it holds
    first), else OpenGraph's title, else the part of the title tag that names the page, else an h1.
    On one line; "" where there is none.
    """
    title = next(filter(None, _titles(page)), "")
    return visible(title)[:_MOST_TITLE].strip()


def _titles(page: PageBlocks) -> Iterator[str]:
    """What may be the title, the likeliest first."""
    metadata = page.metadata
    places = page.place_rows()
    found = np.flatnonzero(places[PLACE["level"]] == 1)
    heads = [page.texts[at] for at in found.tolist()]
    linked = (2 * places[PLACE["linked"]][found] > page.sizes()[found]).tolist()
    held = [
        (is_link, metadata.title.index(head), at)
        for at, (head, is_link) in enumerate(zip(heads, linked, strict=True))
        if head in metadata.title
    ]
    if held:
        yield heads[min(held)[2]]
    yield _named(metadata.social_title, page)
    yield _named(metadata.title, page)
    yield from heads


def _named(title: str, page: PageBlocks) -> str:
    """The part of a title that names the page: one that is a heading too, or not the site's name,
    else the first of more than one word, else the longest.
    """
    parts = [part for part in _PARTS.split(title) if part.strip()]
    if len(parts) < 2:
        return title
    site = page.metadata.site_name.casefold()
    if site:
        parts = [part for part in parts if part.casefold() != site] or parts
        if len(parts) == 1:
            return parts[0]
    levels = page.place_rows()[PLACE["level"]]
    heads = {_key(page.texts[at]) for at in np.flatnonzero(levels > 0).tolist()}
    of_heads = [part for part in parts if _key(part) in heads]
    longer = [part for part in parts if len(_WORD.findall(part)) > 1]
    return [*of_heads, *longer[:1], max(parts, key=len)][0]


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def without_title(page: PageBlocks, kept: Sequence[int], title: str) -> list[int]:
    """The blocks `kept` without the headings, and the first lines, that say the title."""
    wanted = _key(title)
    places = page.place_rows()
    levels, forms = places[PLACE["level"]], places[PLACE["form"]]
    left = []
    for number, at in enumerate(kept):
        may_be = forms[at] != CODE and (levels[at] > 0 or number < _FIRST)
        if not (
            may_be
            and len(page.texts[at]) <= 2 * len(title) + _SIGNS
            and _key(page.texts[at]) == wanted
        ):
            left.append(at)
    return left


def first_title(page: PageBlocks, kept: Sequence[int]) -> str:
    """The title that the text of the blocks `kept` begins with: the first heading among them, where
    it says nearly the same as the page's title.
    """
    title = page_title(page)
    levels = page.place_rows()[PLACE["level"]]
    key = _key(title)
    wanted = set(key.split())
    for at in kept[:_FIRST]:
        found = set(_key(page.texts[at]).split()) if levels[at] > 0 else set()
        if found and len(found & wanted) >= _ALIKE * len(found | wanted):
            return page.texts[at]
        if found and _is_numbered(page.texts[at], key):
            return page.texts[at]  # whose title names what it is a part of too
    return title


def _is_numbered(heading: str, title_key: str) -> bool:
    """Whether a numbered heading has the words that the title begins with."""
    words = _NUMBERING.sub("", heading)
    return words != heading and f"{title_key} ".startswith(f"{_key(words) or heading} ")


def with_title(title: str, text: str) -> str:
    """The text below its title."""
    return f"# {title}\n\n{text}" if title else text
