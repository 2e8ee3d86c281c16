"""What people write for a language, as one code; what means none is refused with the nearest."""

import pytest

from pipeline.language.codes import known_code, language_code
from pipeline.language.detection import CODES

WRITTEN = {
    "en": ["en", "EN", " en ", "eng", "en-GB", "en_US", "english", "English"],
    "no": ["no", "nb", "nob", "nb-NO", "Norwegian"],
    "nn": ["nn", "nno", "nn-NO"],
    "he": ["he", "iw", "heb", "Hebrew"],
    "zh": ["zh", "zh-Hant", "zh-TW", "zh_CN", "cmn", "zho", "chi", "Chinese"],
    "pt": ["pt-BR", "por", "Portuguese"],
    "de": ["de", "deu", "ger", "de-AT", "German"],
    "id": ["in", "ind", "Indonesian"],
    "yi": ["ji", "yid"],
    "jv": ["jw", "jav"],
    "ro": ["mo", "ron", "rum"],
    "tl": ["tl", "fil", "tgl"],
    "ar": ["arb", "ara"],
    "fa": ["fas", "per", "fa-IR"],
    "sr": ["sr-Latn", "srp", "sr_RS"],
    "ga": ["ga", "gle"],
    "": ["", "und", "zxx", "un"],
}


@pytest.mark.parametrize(
    ("written", "code"), [(one, code) for code, forms in WRITTEN.items() for one in forms]
)
def test_what_is_written_means_a_code(written: str, code: str) -> None:
    assert language_code(written) == code


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_means_itself(code: str) -> None:
    assert language_code(code) == code


@pytest.mark.parametrize(
    ("written", "nearest"),
    [("englsh", "english"), ("frenche", "french"), ("gernam", "german"), ("", "")],
)
def test_what_is_no_language_is_refused_with_the_nearest(written: str, nearest: str) -> None:
    with pytest.raises(ValueError, match=f"the nearest is '{nearest}"):
        known_code(written, CODES)
