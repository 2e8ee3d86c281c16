"""Numbers of telephones, told apart from others by a small model of our own.

A number of seven to fifteen digits is a telephone's or an order's, a date, a price; notation and
the words around it tell which.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, groupby, islice
from operator import itemgetter

from pipeline.screen.personal.clues import Clues, Spans
from pipeline.screen.personal.found import PLACEHOLDER, UNSPACED, Found
from pipeline.screen.personal.phone_notation import EXTENSION, candidates, shape

Judge = Callable[[list[str]], Iterable[float]]  # lines of features to chances
THRESHOLD = 0.75
_AT_ONCE = 32  # numbers: a text of many telephones leaves before all are judged
_ROW, _JUDGED = 10, 3  # numbers of a long row; those of it that are judged
_GAP, _LABEL = 4, 24  # characters between two of a row where nothing is said, or the same
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
        lines.append(f"{seen} {_near(tuple(words[first:at]), tuple(words[at + 1 : behind]))}")
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


@lru_cache(maxsize=1 << 12)  # a list says the same of each
def _near(before: tuple[str, ...], after: tuple[str, ...]) -> str:
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
        first = max(read, start - _BEFORE)
        part = _split(text[first:start])
        starts += [first + at for at, _ in part]
        words += [word for _, word in part]
        places.append(len(words))
        starts.append(start)
        words.append("0")
        read = min(stop, end + _AFTER)
        part = _split(text[end:read])
        starts += [end + at for at, _ in part]
        words += [word for _, word in part]
    return starts, words, places


@lru_cache(maxsize=1 << 12)
def _split(text: str) -> list[tuple[int, str]]:
    return [(match.start(), _word(match[0])) for match in _WORD.finditer(text)]


def _word(word: str) -> str:
    if word == "\n":
        return "|"
    return "0" if word[-1].isdigit() or (len(word) > 1 and word[0] == "[") else word.lower()


def phones(text: str, clues: Clues, judge: Judge) -> Iterator[Found]:
    """The numbers of `text` that `judge` takes for those of telephones. Of a long row of numbers
    with nothing or always the same said between them the first are judged, and the others are
    what these are.
    """
    likely = _Likely(text, judge).of
    few: list[tuple[int, int]] = []
    rows = groupby(candidates(text, clues), key=_Rows(text).number)
    for row in map(itemgetter(1), rows):
        first = list(islice(row, _ROW))
        if len(first) == _ROW:
            yield from _named(_of_long(first, row, likely))
            continue
        few += first
        if len(few) >= _AT_ONCE:
            yield from _named(likely(few))
            few = []
    yield from _named(likely(few))


def _named(spans: Iterable[tuple[int, int]]) -> Iterator[Found]:
    return (Found(*span, "phone") for span in spans)


def _of_long(
    first: list[tuple[int, int]],
    others: Iterator[tuple[int, int]],
    likely: Callable[[Spans], list[tuple[int, int]]],
) -> Iterator[tuple[int, int]]:
    """Telephones of a long row. The judge sees what stands behind the first too; where these are
    of both kinds it is asked of all.
    """
    known = likely(first[: _JUDGED + _RIGHT])
    told = len(set(known).intersection(first[:_JUDGED]))
    if told == _JUDGED:
        yield from chain(first, others)
    elif told:
        yield from likely(first)
        while some := list(islice(others, _AT_ONCE)):
            yield from likely(some)


class _Rows:
    """Which row of numbers of `text` a number, asked for in order, stands in: nothing is said
    between two of a row, or always the same.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._number, self._end, self._said = 0, 0, ""

    def number(self, span: tuple[int, int]) -> int:
        said = self._text[self._end : min(span[0], self._end + _LABEL)]
        is_same = said == self._said and len(said) < _LABEL
        if not is_same and (len(said) > _GAP or not _BETWEEN.fullmatch(said)):
            self._number += 1
        self._end, self._said = span[1], said
        return self._number


class _Likely:
    """What a judge takes for telephones in a text; it is asked once for each line of features."""

    def __init__(self, text: str, judge: Judge) -> None:
        self._text, self._judge = text, judge
        self._chances: dict[str, float] = {}

    def of(self, spans: Spans) -> list[tuple[int, int]]:
        """Those of `spans` that it takes for telephones."""
        lines = features(self._text, spans)
        new = list(dict.fromkeys(line for line in lines if line not in self._chances))
        if new:
            self._chances.update(zip(new, self._judge(new), strict=True))
        chances = map(self._chances.__getitem__, lines)
        return [span for span, chance in zip(spans, chances, strict=True) if chance >= THRESHOLD]
