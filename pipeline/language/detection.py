"""Which language a text is in: by Google's Compact Language Detector 2, bundled with pycld2, or by
an identifier of the user's.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import pycld2

from pipeline.language.codes import is_named, language_code
from pipeline.language.natural import natural_language
from pipeline.language.neighbours import corrected

_NOT_INTERCHANGE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Bytes of letters that weigh as much as all doubt. By 15,000 sentences in 75 languages, whole and
# cut, those of CLD2's answers that it calls reliable are wrong in 5 of 100 at 40 bytes, 1 at 110,
# .3 at 400; the others in 50, 17 and 14.
_SURE, _UNSURE = 1.5, 45.0
_DOUBTFUL = 0.6  # of an answer where a close language is as likely
_CYRILLIC = re.compile("[а-я]{3}", re.IGNORECASE)


class Language(NamedTuple):
    """ISO 639-1 code ("" where unknown), and a score of 0 to 1 that rises with being right: for
    CLD2 the share of the text that is in the language, less what few letters leave in doubt; the
    chance that an identifier of the user's gives.
    """

    code: str
    score: float


UNKNOWN = Language("", 0.0)
# What CLD2 answers.
CODES = frozenset(filter(is_named, (language_code(code) for _, code in pycld2.LANGUAGES)))


@dataclass(frozen=True)
class Identifier:
    """What tells languages, the codes that it answers, and a digest of it."""

    tell: Callable[[str], Language]
    codes: frozenset[str]
    digest: str


def _by_cld2(text: str) -> Language:
    """What CLD2 finds; where it is not sure, what it takes for likely. Some Russian sentences have
    no word that it knows.
    """
    data = _encoded(text)
    code, share, size = _told(data)
    doubt = _SURE
    if not code:
        doubt = _UNSURE
        code, share, size = _told(data, bestEffort=True)
    if not code and _CYRILLIC.search(text):
        code, share, size = _told(data, bestEffort=True, hintLanguage="ru")
    if not code:
        return UNKNOWN
    code, is_doubtful = corrected(code, text, doubt == _SURE)
    score = share * size / (size + doubt)
    return Language(code, score * _DOUBTFUL if is_doubtful else score)


def _told(data: bytes, **how: Any) -> tuple[str, float, int]:
    """Code and share of the main language, and the bytes of letters."""
    _, size, ((_, code, percent, _), *_) = pycld2.detect(data, **how)
    return language_code(code), percent / 100, size


def _encoded(text: str) -> bytes:
    """A text without what CLD2 refuses: that is rare, so it is looked for only then."""
    if not text.isprintable():
        text = _NOT_INTERCHANGE.sub(" ", text)
    return _without_noncharacters(text.encode("utf-8", "replace"))


def _without_noncharacters(data: bytes) -> bytes:
    """`data` without the code points U+nFFFE and U+nFFFF of the higher planes."""
    return re.sub(rb"[\xf0-\xf4][\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]", b" ", data)


def language_share(text: str, languages: Collection[str]) -> float:
    """The share of a text's prose that is likely in one of `languages`, by CLD2."""
    _, _, found = pycld2.detect(_encoded(natural_language(text)), bestEffort=True)
    shares = [percent for _, code, percent, _ in found if language_code(code) in languages]
    return float(sum(shares)) / 100


CLD2 = Identifier(_by_cld2, CODES, "cld2")


def detect_language(text: str, identifier: Identifier = CLD2) -> Language:
    """The main language of `text`, by its prose; UNKNOWN where there is too little to tell."""
    return identifier.tell(natural_language(text))
