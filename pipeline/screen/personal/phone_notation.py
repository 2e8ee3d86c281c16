"""What may be the number of a telephone by its notation: what can be told without a model."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from pipeline.screen.personal.clues import Clues, Spans, matches, without
from pipeline.screen.personal.found import UNSPACED
from pipeline.screen.personal.said import Said, names

_UNIT = r"(?:[mck]?m|[km]?g|ml|[kmg]?b|k[wh]|[mg]?hz|lbs?|sq\.?|°)\b"
_MORE = r"(?: ?(?:x|ext\.?|extension) ?\d{1,6})"
# Of North America, where it is plain that the number ends: "212-736-5000 24 hours a day".
_WHOLE = r"(?:(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[.-]\d{4}|\+1 \d{3} \d{3} \d{4})(?!\d)"
_SIGN = rf"[^\W{UNSPACED}]|[%€$£°]|-[A-Z]\b"  # that no number of a telephone stands beside
_CANDIDATE = re.compile(
    rf"(?<![^\W{UNSPACED}])(?<!\d[.,:])(?<!::)(?<![#=$€£%&?+/\u2010-\u2015-])"
    r"(?!\d{1,2}(?:[ \u00a0.,/-]\d{1,2}){8})"
    rf"(?:{_WHOLE}{_MORE}?(?!{_SIGN}|[.,:=+-]\d| ?{_UNIT})"
    r"|(?:\+|\()?\(?\d(?:[ \u00a0()./\u2010-\u2015-]{0,3}\d){6,16}"
    rf"{_MORE}?(?!{_SIGN}|[.,:/=+]\d|[ \u00a0-]\d| ?{_UNIT}))"
)
EXTENSION = re.compile(r" ?(?:x|ext\.?|extension) ?")
_LEAST, _MOST = 7, 15  # digits, by E.164
_PIECE, _SEEN = 1_000, 300  # characters judged at once, and those that are looked at
_MOSTLY = 0.75  # of the digits: those of a list of telephones
_LISTED = re.compile(r"[\n,;|] ?\+\d\d")  # a number of another country, in a list
_ALIKE_LEAST, _ALIKE_SHARE = 3, 4  # numbers written alike that are no chance; one of so many
# Notations of other things, where d is any digit.
_NEVER = re.compile(
    r"d{5}-d{4}$"  # a post office
    r"|d+\.d+$"  # a decimal
    r"|.*--"  # a contract
    r"|(?:.*?(?<!d)d(?!d)){3}"  # single digits
    r"|d{2,} d{2,} (?:d{2,} )*d(?: |$)"  # groups of any length
    r"|d{3}-dd-d{4}$"  # social security numbers
    r"|.*(?:\s[\u2010-\u2015]|[\u2010-\u2015]\s)|(?=.{7,13}$)d{3,6}[\u2010-\u2015]d{3,6}$"  # ranges
)
# Dates and spans of years, which are most of what looks like a number of a telephone, and others.
_NEVER_SUCH = re.compile(
    r"(?:1[5-9]|20)\d\d ?[-/.\u2010-\u2015] ?"
    r"(?:(?:1[5-9]|20)\d\d$|(?:0?[1-9]|1[0-2])[-/. ]\d{1,2}(?:$|[^\d]))"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:1[5-9]|20)\d\d"
    r"|\d{1,4} ?\((?!0\))\d{1,2}\)"  # of a journal
    r"|97[89][ -]?\d"  # ISBN
    r"|[1-9]\d{0,3}(?:\.\d{1,4}){3}$"  # a version
    r"|(\d{4,}) \1$|(?:0+\D+)+0+$"
)
_NEVER_HOLDS = re.compile(
    r".*(?:\((?:1[89]|20)\d\d\)"  # of a journal
    r"|\. ?(?:1[5-9]|20)\d\d$"  # a sentence that ends in a number, and a year
    r"|555\D{0,2}01\d\d$)"  # kept for fiction
)
_LENGTH_OF_YEARS = 9
_YEARS = re.compile(r"(?<!\d)(?:1[89]|20)\d\d[ -](?:1[89]|20)\d\d$")
_NO_DIGITS = re.compile(r"\D+")
_UP, _DOWN = "01234567890123456789", "98765432109876543210"
_UP_OR_DOWN = _UP + _DOWN
_ALIKE = re.compile(r"\D*((\d)\2*\D+)+(\d)\3*$")  # 111-222-3333
# What must be said near digits without any mark, which are mostly the number of something.
_PHONE_WORDS = names(
    r"phones?|tel|telephone|telefon\w*|téléphone|tél|fax|telefax|mobile?|mobil|cell|cellular|celular"
    r"|handy|call|calls|called|calling|dial|ring|sms|text|whatsapp|viber|contact|hotline|helpline"
    r"|voicemail|messages?|gsm|puh|puhelin|tlf|fono|fone|móvil|portable|numbers? is|reach|answering"
    r"|registered|toll|ph|mob|wa|hub|hubungi|zalo|telp|hp|reservas|tfno|teléfonos?"
    r"|[а-яё]{0,12}телефон\w*|тел|моб|電話|ダイヤル|お問い合わせ|ご予約|电话|手机|手机号|热线|咨询"
    r"|微信|联系|联系人|전화|연락처|โทร|สอบถาม|फोन|मोबाइल|☎|📞"
)
# What names a number directly before it as that of a thing, to be read backwards.
_THINGS = (
    "part", "model", "serial", "sku", "item", "drawing", "dwg", "product", "lot", "catalog", "cat",
    "stock", "asset", "isbn", "issn", "pmid", "docket", "invoice", "patent", "policy", "account",
    "case", "order", "ssn", "sin", "nhs", "bsn", "cpf", "fnr", "pesel", "aadhaar", "iban",
)  # fmt: skip
_OF_THING_BACKWARDS = re.compile(
    r"(?:(?: ?[0-9A-Z]{4})+ ?[0-9]{2}[A-Z]{2}"  # the rest of an IBAN
    r"|(?!\s?\d)(?:\W{0,3}+(?i:on|mun|s?rebmun|rn|di|edoc)\W{0,2}+|\W{0,5}+)(?=[A-Za-z])(?i:s?(?:"
    + "|".join(thing[::-1] for thing in _THINGS)
    + r")))(?![^\W_])"
)
_LABEL = 24  # characters that hold one
_PAIRS = re.compile(r"\d\d(?:-\d\d){3,}")  # scores, years, mostly
_AREA = re.compile(r"\(?(?:0\d{1,4}|\+\d{1,3} ?\d{1,4}|\d{3}(?=/\d{3}-))\)? ?/ ?\d")
_SHAPE = str.maketrans("0123456789０１２３４５６７８９", 20 * "d")


def candidates(text: str, clues: Clues) -> Iterator[tuple[int, int]]:
    """Where telephone numbers may stand by their notation."""
    said = Said(_PHONE_WORDS, text)
    for match in matches(_CANDIDATE, text, _outside_tables(text, clues)):
        start, end = match.span()
        start += text[start] == "(" and ")" not in match[0]
        number = text[start:end]
        if _is_of_thing(text, start):
            continue
        is_bare = (number.isdigit() and number[0] != "0") or _PAIRS.fullmatch(number)
        if (not is_bare or said.of(start, end)) and _may_be_phone(number):
            yield start, end


def _outside_tables(text: str, clues: Clues) -> Spans:
    """The numbers, but for those of tables."""
    tables = [piece for span in clues.bare for piece in _tables(text, *span)]
    return list(without(clues.numbers, tables)) if tables else clues.numbers


def _tables(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The pieces of a stretch without words that are tables; none where the first one is not."""
    for at in range(start, end, _PIECE):
        piece = at, min(at + _PIECE, end)
        if _is_table(text, *piece):
            yield piece
        elif at == start:
            return


def _is_table(text: str, start: int, end: int) -> bool:
    """Whether what looks like telephones in a stretch without words does so by chance: many
    digits are of other numbers, and hardly two are written alike. Its beginning tells.
    """
    if len(_LISTED.findall(text, start, end)) >= _ALIKE_LEAST:
        return False
    end = min(end, start + _SEEN)
    likely = [match[0] for match in _CANDIDATE.finditer(text, start, end)]
    shapes = Counter(shape(number) for number in likely if _may_be_phone(number))
    digits = sum(shape.count("d") * count for shape, count in shapes.items())
    if digits > _MOSTLY * shape(text[start:end]).count("d"):
        return False
    return max(shapes.values(), default=0) < max(_ALIKE_LEAST, shapes.total() / _ALIKE_SHARE)


def shape(number: str) -> str:
    """A notation: d for any digit."""
    return number.translate(_SHAPE)


def _is_of_thing(text: str, start: int) -> bool:
    return _OF_THING_BACKWARDS.match(text[max(0, start - _LABEL) : start][::-1]) is not None


def _may_be_phone(number: str) -> bool:
    """Whether a number is written as those of telephones are, and its digits are none that
    somebody types for want of a number.
    """
    main = EXTENSION.split(number)[0] if "x" in number else number
    if not _is_notation(shape(main)) or _NEVER_SUCH.match(main):
        return False
    if main[-5] in " -" and _YEARS.match(main, max(0, len(main) - _LENGTH_OF_YEARS)):
        return False
    if ("." in main or "(" in main or "555" in main) and _NEVER_HOLDS.match(main):
        return False
    if "/" in main and not _AREA.match(main):
        return False
    if _ALIKE.match(number):
        return False
    if main[-2:] in _UP_OR_DOWN or not main[-2].isdigit():
        digits = _NO_DIGITS.sub("", main)
        return digits not in _UP and digits not in _DOWN
    return True


@lru_cache(maxsize=1 << 14)
def _is_notation(written: str) -> bool:
    """Whether so many digits are written as those of telephones are: brackets in pairs, no points
    beside other marks.
    """
    if written.count("(") != written.count(")") or _NEVER.match(written):
        return False
    if "." in written and ("/" in written or "-" in written or ".." in written):
        return False
    return _LEAST <= written.count("d") <= _MOST
