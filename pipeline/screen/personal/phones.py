"""Telephone numbers: what may be one by its notation, told apart by a small model of our own.

A number of seven to fifteen digits is a telephone's or an order's, a date, a price; notation and
the words around it tell which. What can be told without the model is told first.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from pipeline.screen.personal.clues import Clues, matches
from pipeline.screen.personal.found import PLACEHOLDER, Found, says

Judge = Callable[[list[str]], Iterable[float]]  # lines of features to chances
THRESHOLD = 0.75

_UNIT = r"(?:[mck]?m|[km]?g|ml|[kmg]?b|k[wh]|[mg]?hz|lbs?|sq\.?|°)\b"
_CANDIDATE = re.compile(
    r"(?<!\w)(?<!\d[.,:])(?<![#=$€£%&?+/_\u2010-\u2015-])(?!\d{1,2}(?:[ \u00a0.,/-]\d{1,2}){8})"
    r"(?:\+|\()?\(?\d(?:[ \u00a0()./\u2010-\u2015-]{0,3}\d){6,16}"
    rf"(?: ?(?:x|ext\.?|extension) ?\d{{1,6}})?(?![\w%€$£°]|[.,:/=+]\d|[ \u00a0-]\d| ?{_UNIT})"
)
_EXTENSION = re.compile(r" ?(?:x|ext\.?|extension) ?")
_LEAST, _MOST = 7, 15  # digits, by E.164
_DIGIT = re.compile(r"\d")
# Dates and spans of years, which are most of what looks like a number of a telephone.
_NEVER = re.compile(
    r"(?:1[5-9]|20)\d\d ?[-/.\u2010-\u2015] ?"
    r"(?:(?:1[5-9]|20)\d\d$|(?:0?[1-9]|1[0-2])[-/. ]\d{1,2}(?:$|[^\d]))"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:1[5-9]|20)\d\d"
    r"|97[89][ -]?\d"  # ISBN
    r"|\d+\.\d+$"  # a decimal
    r"|.*\. ?(?:1[5-9]|20)\d\d$"  # a sentence that ends in a number, and a year
    r"|\d{1,3}(?:\.\d{1,3}){3}$"  # four numbers
    r"|(?:.*?(?<!\d)\d(?!\d)){3}"  # single digits
    r"|\d{2,} \d{2,} (?:\d{2,} )*\d(?: |$)"  # groups of any length
    r"|(?:0+\D+)+0+$"
    r"|\d{3}-\d\d-\d{4}$"  # social security numbers
    r"|.*555\D{0,2}01\d\d$"  # kept for fiction
)
_UP, _DOWN = "01234567890123456789", "98765432109876543210"
_ALIKE = re.compile(r"\D*((\d)\2*\D+)+(\d)\3*$")  # 111-222-3333
_RANGE = re.compile(
    r"\s[\u2010-\u2015]|[\u2010-\u2015]\s|^(?=.{7,13}$)(\d{3,6})[\u2010-\u2015]\d{3,6}$"
)
# What must be said near digits without any mark, which are mostly the number of something.
_PHONE_WORDS = re.compile(
    r"\b(?:phones?|tel|telephone|telefon\w*|téléphone|tél|fax|telefax|mobile?|mobil|cell|cellular|celular|handy"
    r"|call|calls|called|calling|dial|ring|sms|text|whatsapp|viber|contact|hotline|helpline|voicemail|messages?"
    r"|gsm|puh|puhelin|tlf|fono|fone|móvil|portable|numbers? is|reach|answering|registered|toll)\b"
    r"|телефон|тел\b|моб\b|電話|电话|☎|📞"
)
_AREA = re.compile(r"\(?(?:0\d{1,4}|\+\d{1,3} ?\d{1,4}|\d{3})\)? ?/ ?\d")
_WORD = re.compile(r"[^\W\d_]+|[+(]{0,2}\d+(?:[ ().,:/-]{0,2}\d)*|[^\w\s]")
_LEFT, _RIGHT = 6, 4  # words that the model sees
_BEFORE, _AFTER = 90, 50  # characters that hold them


def candidates(text: str, clues: Clues) -> Iterator[tuple[int, int]]:
    """Where telephone numbers may stand by their notation."""
    for match in matches(_CANDIDATE, text, clues.numbers):
        start, end = match.span()
        start += match[0][0] == "(" and ")" not in match[0]
        number = text[start:end]
        is_bare = number.isdigit() and number[0] != "0"
        if _may_be_phone(number) and (not is_bare or says(_PHONE_WORDS, text, start, end)):
            yield start, end


def _may_be_phone(number: str) -> bool:
    """Whether a notation is one of telephones: brackets in pairs, a slash behind an area, no points
    beside other marks, and digits that nobody types for want of a number.
    """
    if number.count("(") != number.count(")") or _NEVER.match(number) or _RANGE.search(number):
        return False
    main = _EXTENSION.split(number)[0]
    if "/" in main and not _AREA.match(main):
        return False
    if "." in main and ("/" in main or "-" in main or ".." in main):
        return False
    digits = "".join(_DIGIT.findall(main))
    is_typed = digits in _UP or digits in _DOWN or _ALIKE.match(number)
    return _LEAST <= len(digits) <= _MOST and not is_typed


def features(text: str, start: int, end: int) -> str:
    """A line for the model: notation, words before and behind, none of what was replaced."""
    return " ".join((*_notation(text[start:end]), *_before(text, start), *_after(text, end)))


def _notation(number: str) -> Iterator[str]:
    main, *extension = _EXTENSION.split(number)
    shape = re.sub(r"\d", "d", main)
    groups = re.findall(r"\d+", main)
    yield f"shape{shape.replace(' ', '_')}"
    yield "groups" + "-".join(str(len(group)) for group in groups)
    yield f"digits{sum(map(len, groups))}"
    yield "signs" + "".join(sorted(set(re.sub(r"\d", "", main)))).replace(" ", "_")
    yield f"first{groups[0][:2]}" if not main.startswith("+") else f"country{groups[0][:2]}"
    if extension:
        yield "extension"


def _before(text: str, start: int) -> Iterator[str]:
    words = _words(text[max(0, start - _BEFORE) : start])[-_LEFT:]
    for at, word in enumerate(reversed(words)):
        yield f"b{word}"
        if at < 2:
            yield f"b{at}{word}"
    yield f"start{len(words) == 0 or words[-1] == '|'}"


def _after(text: str, end: int) -> Iterator[str]:
    words = _words(text[end : end + _AFTER])[:_RIGHT]
    for at, word in enumerate(words):
        yield f"a{word}"
        if at < 1:
            yield f"a{at}{word}"


def _words(part: str) -> list[str]:
    """Words in lower case; numbers and what stands for them as one sign, line breaks as another."""
    part = PLACEHOLDER.sub(" 0 ", part).replace("\n", " | ").lower()
    return ["0" if word[-1].isdigit() else word for word in _WORD.findall(part)]


def phones(text: str, clues: Clues, judge: Judge) -> Iterator[Found]:
    """The numbers of `text` that `judge` takes for those of telephones."""
    spans = list(candidates(text, clues))
    lines = [features(text, *span) for span in spans]
    distinct = list(dict.fromkeys(lines))
    chances = dict(zip(distinct, judge(distinct), strict=True)) if distinct else {}
    for span, line in zip(spans, lines, strict=True):
        if chances[line] >= THRESHOLD:
            yield Found(*span, "phone")
