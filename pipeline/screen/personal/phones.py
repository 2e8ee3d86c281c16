"""Numbers of telephones, told apart from others by a small model of our own.

A number of seven to fifteen digits is a telephone's or an order's, a date, a price; notation and
the words around it tell which.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice

from pipeline.screen.personal.clues import Clues, Spans
from pipeline.screen.personal.found import PLACEHOLDER, UNSPACED, Found
from pipeline.screen.personal.phone_notation import EXTENSION, candidates, shape

Judge = Callable[[list[str]], Iterable[float]]  # lines of features to chances
THRESHOLD = 0.75
_AT_ONCE = 16  # rows: a text of many telephones leaves before all are judged
_LONGEST_ROW = 64  # numbers
_ROW, _JUDGED = 10, 3  # numbers of a long row; those of it that are judged
_GAP = 4  # characters between two of a row
_BETWEEN = re.compile(r"[^\w$€£#=]+")
# Words, which in scripts without spaces are signs; numbers and what stands for them; ends of lines.
_WORD = re.compile(
    rf"[{UNSPACED}]|[^\W\d_{UNSPACED}]+|[+(]{{0,2}}\d+(?:[ ().,:/-]{{0,2}}\d)*"
    rf"|{PLACEHOLDER.pattern}|\n|[^\w\s]"
)
_LEFT, _RIGHT = 6, 4  # words that the model sees
_BEFORE, _AFTER = 90, 50  # characters that hold them


def features(text: str, spans: Spans) -> list[str]:
    """A line for the model for each of the numbers at `spans`, in order: notation, and the words
    before and behind, of which those that were replaced look like those that stood there.
    """
    starts, words, places = _words(text, spans)
    lines = []
    for (start, end), at in zip(spans, places, strict=True):
        first, behind = at - min(at, _LEFT), at + 1
        while starts[first] < start - _BEFORE:
            first += 1
        while behind < len(words) and behind <= at + _RIGHT and starts[behind] < end + _AFTER:
            behind += 1
        number = text[start:end]
        seen = _notation(shape(number), number.lstrip("+( ")[:2])
        lines.append(f"{seen} {_near(words[first:at], words[at + 1 : behind])}")
    return lines


@lru_cache(maxsize=1 << 14)
def _notation(written: str, first: str) -> str:
    """What the model sees of a number itself; `first` two digits are those of a country or area."""
    main, *extension = EXTENSION.split(written)
    groups = [len(group) for group in re.findall("d+", main)]
    seen = (
        f"shape{main}",
        "groups" + "-".join(map(str, groups)),
        f"digits{sum(groups)}",
        "signs" + "".join(sorted(set(main.replace("d", "")))),
        f"country{first}" if main.startswith("+") else f"first{first}",
        *(["extension"] if extension else []),
    )
    return " ".join(part.replace(" ", "_") for part in seen)


def _near(before: list[str], after: list[str]) -> str:
    """What the model sees of the words around: the nearest with their places."""
    seen = f"start{not before or before[-1] == '|'}"
    if before:
        seen += f" b{' b'.join(before)} b0{before[-1]}"
    if len(before) > 1:
        seen += f" b1{before[-2]}"
    return f"{seen} a{' a'.join(after)} a0{after[0]}" if after else seen


def _words(text: str, spans: Spans) -> tuple[list[int], list[str], list[int]]:
    """Words around numbers in lower case, numbers and what stands for them as one sign, ends of
    lines as another: where they begin, what they are, and which of them are the numbers.
    """
    starts: list[int] = []
    words: list[str] = []
    places: list[int] = []
    read = 0
    ends = [*(start for start, _ in spans[1:]), len(text)]
    for (start, end), stop in zip(spans, ends, strict=False):
        for match in _WORD.finditer(text, max(read, start - _BEFORE), start):
            starts.append(match.start())
            words.append(_word(match[0]))
        places.append(len(words))
        starts.append(start)
        words.append("0")
        read = min(stop, end + _AFTER)
        for match in _WORD.finditer(text, end, read):
            starts.append(match.start())
            words.append(_word(match[0]))
    return starts, words, places


def _word(word: str) -> str:
    if word == "\n":
        return "|"
    return "0" if word[-1].isdigit() or (len(word) > 1 and word[0] == "[") else word.lower()


def phones(text: str, clues: Clues, judge: Judge) -> Iterator[Found]:
    """The numbers of `text` that `judge` takes for those of telephones. Of a long row of numbers
    with nothing said between them the first are judged, and the others are what these are.
    """
    rows = _rows(text, candidates(text, clues))
    while some := list(islice(rows, _AT_ONCE)):
        yield from _judged(text, some, judge)


def _rows(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Numbers by the rows that they stand in."""
    row: list[tuple[int, int]] = []
    for start, end in spans:
        if row and (start - row[-1][1] > _GAP or not _BETWEEN.fullmatch(text, row[-1][1], start)):
            yield row
            row = []
        row.append((start, end))
        if len(row) == _LONGEST_ROW:
            yield row
            row = []
    if row:
        yield row


def _judged(text: str, rows: list[list[tuple[int, int]]], judge: Judge) -> Iterator[Found]:
    """What `judge` takes for telephones. Of a long row it sees what stands behind the first too;
    where these are of both kinds it is asked of all.
    """
    seen = [row if len(row) < _ROW else row[: _JUDGED + _RIGHT] for row in rows]
    likely = _likely(text, [span for row in seen for span in row], judge)
    for row, part in zip(rows, seen, strict=True):
        first = row[:_JUDGED]
        if part is not row and likely.issuperset(first):
            found = row
        elif part is not row and likely.isdisjoint(first):
            found = []
        else:
            known = likely if part is row else _likely(text, row, judge)
            found = [span for span in row if span in known]
        yield from (Found(*span, "phone") for span in found)


def _likely(text: str, spans: Spans, judge: Judge) -> set[tuple[int, int]]:
    """Those of `spans` that `judge` takes for telephones."""
    lines = features(text, spans)
    distinct = list(dict.fromkeys(lines))
    chances = dict(zip(distinct, judge(distinct), strict=True))
    return {span for span, line in zip(spans, lines, strict=True) if chances[line] >= THRESHOLD}
