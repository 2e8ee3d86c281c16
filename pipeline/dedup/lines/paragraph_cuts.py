"""Which of a text's shared paragraphs are cut.

A paragraph that several sites have, a licence or a passage quoted everywhere, goes wherever it
stands. One that a single site repeats goes where templates put it, as text at the end of a page,
or where it gives a notice or breaks off as teasers do: an introduction, the description of an
option, a definition stays on every page of a manual. A text that shares more before its end than
there is nearly equal to others of its site, which is the matter of the near-duplicates.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from pipeline.dedup.lines.line_forms import LETTERS, line_form, paragraph_spans
from pipeline.dedup.lines.line_kinds import breaks_off, kind_of
from pipeline.dedup.lines.navigation import is_notice
from pipeline.dedup.packed_keys import base_key, is_marked, key_of, length, without_mark
from pipeline.text import may_reach, normalise

_FENCES = re.compile(r"(?m)^[^\S\n]*(?:```|~~~)")


@dataclass(frozen=True)
class Shared:
    """A shared paragraph of a text."""

    start: int
    end: int
    own: bool  # one site has it, and it is none of what templates say
    text: bool  # it is no table, list or quotation


def paragraphs_cut(text: str, keys: Set[int], lines: Set[int]) -> list[tuple[int, int]]:
    """Where the paragraphs lie that are cut, in order, given the keys of the shared ones and of the
    lines that recur on the site.
    """
    spans = paragraph_spans(text)
    shared = _shared(text, spans, {without_mark(key): is_marked(key) for key in keys})
    end = _end(text, spans, {each.start for each in shared}, {base_key(key) for key in lines})
    own = [each for each in shared if each.own]
    before = sum(each.end - each.start for each in own if each.start < end)
    behind = sum(each.end - each.start for each in own if each.start >= end)
    end = end if behind >= before else len(text)
    return [
        (each.start, each.end)
        for each in shared
        if not each.own or (each.text and each.start >= end)
    ]


def _shared(text: str, spans: Sequence[tuple[int, int]], own: Mapping[int, bool]) -> list[Shared]:
    """The shared paragraphs outside of code; `own` tells of their keys which are one site's."""
    fences = [match.start() for match in _FENCES.finditer(text)]
    shortest, found = min(map(length, own)), list[Shared]()
    for start, end in spans:
        part = text[start:end]
        if not may_reach(part, shortest):
            continue
        before, within = bisect_left(fences, start), bisect_left(fences, end)
        if before % 2 == 1 or within > before:
            continue  # in code
        normal = normalise(part)
        key = key_of(normal)
        if key in own:
            is_own = own[key] and not (breaks_off(part) or is_notice(part, normal))
            found.append(Shared(start, end, is_own, kind_of(part) == "text"))
    return found


def _end(text: str, spans: Sequence[tuple[int, int]], shared: Set[int], recurring: Set[int]) -> int:
    """Where the end of a text begins: no paragraph of content of its own stands behind."""
    end = len(text)
    for start, stop in reversed(spans):
        lines = [line for line in text[start:stop].split("\n") if LETTERS.search(line)]
        if start not in shared and not all(
            base_key(key_of(line_form(line))) in recurring for line in lines
        ):
            break
        end = start
    return end
