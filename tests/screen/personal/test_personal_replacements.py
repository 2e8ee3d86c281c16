"""What stands in place of values: one for one, nobody's, and different where rows must differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import PERSONAL_DATA
from classifiers.fasttext_model import FasttextModel
from pipeline.document import REDACTION_KINDS, Document, Dropped
from pipeline.recipe import ScreenConfig
from pipeline.screen.personal.found import TOKENS
from pipeline.screen.personal.replacements import Harmless
from pipeline.screen.personal_data import personal_data, redact

JUDGE = FasttextModel(str(PERSONAL_DATA)).score
# One of each kind, as they stand in a text.
VALUES = {
    "card": "My card 4692 0615 9775 5021",
    "crypto": "Donate 16BLfW7CQaEkyonpCiXFJy9k3XgCBUa4hz",
    "email": "Mail joe@firm.com",
    "iban": "IBAN DE32 9458 0730 2157 3681 93",
    "ipv4": "Host 100.200.7.8",
    "ipv6": "Host 2001:4860:4860::8888",
    "national_id": "CPF 450.749.528-83",
    "phone": "Phone: (212) 736-5000",
    "secret": "key glpat-" + "JZXMmmoFNMpFqgrws3dV",
    "ssn": "SSN 494-33-0748",
}
CONFIGS = {
    mode: ScreenConfig(personal_data=mode, personal_data_share=1_000)
    for mode in ("redact", "replace")
}
SENTENCES = st.lists(st.sampled_from(sorted(VALUES.values())), min_size=1, max_size=9)


def redacted(text: str, mode: str) -> Document:
    found = redact(Document("1", "", "", text), CONFIGS[mode], JUDGE)
    assert isinstance(found, Document)
    return found


def test_every_kind_has_a_column_and_a_token() -> None:
    assert tuple(VALUES) == tuple(TOKENS) == REDACTION_KINDS == tuple(sorted(REDACTION_KINDS))


@pytest.mark.parametrize("mode", CONFIGS)
def test_every_kind_is_counted(mode: str) -> None:
    found = redacted(". ".join(VALUES.values()), mode)
    assert found.redactions == tuple((kind, 1) for kind in REDACTION_KINDS)


@given(SENTENCES, st.sampled_from(sorted(CONFIGS)), st.sampled_from([". ", "\n", ", "]))
def test_a_second_time_changes_nothing(sentences: list[str], mode: str, between: str) -> None:
    once = redacted(between.join(sentences), mode).text
    assert redacted(once, mode).text == once


@pytest.mark.parametrize("kind", VALUES)
def test_a_replacement_is_found_by_no_search(kind: str) -> None:
    for seed in range(50):
        made = Harmless(seed).value(kind, VALUES[kind].split(maxsplit=1)[1].split(": ")[-1])
        assert personal_data(f"Phone: {made}", JUDGE) == []


@pytest.mark.parametrize("kind", VALUES)
def test_rows_in_code_stay_different(kind: str) -> None:
    value = "2001:4860::{:x}" if kind == "ipv6" else "value {}"
    harmless = Harmless().value
    assert len({harmless(kind, value.format(at)) for at in range(100)}) == 100


def test_values_in_code_never_become_the_name_of_their_kind() -> None:
    rows = "```\njoe@firm.com,1\nann@firm.com,2\n```"
    text = redacted(f"Mail bob@firm.com.\n\n{rows}\n\nMail eve@firm.com.", "redact").text
    assert text.count("[email]") == 2
    assert text.count("@example.com") == 2
    assert len(set(text.split("\n")[3:5])) == 2


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("iban", "DE32 9458 0730 2157 3681 93", "de32945807302157368193"),
        ("card", "4692 0615 9775 5021", "4692-0615-9775-5021"),
        ("phone", "(212) 736-5000", "212 736 5000"),
        ("email", "joe (at) firm (dot) com", "JOE@firm.com"),
        ("ipv6", "2001:4860:4860::8888", "2001:4860:4860:0:0:0:0:8888"),
    ],
)
def test_one_value_has_one_replacement_however_it_is_written(
    kind: str, one: str, other: str
) -> None:
    harmless = Harmless().value
    assert harmless(kind, one) == harmless(kind, other)


def test_another_seed_has_other_replacements() -> None:
    assert len({Harmless(seed).value("email", "joe@firm.com") for seed in range(9)}) == 9


@pytest.mark.parametrize(
    "numbers",
    [
        ["4692061597755021", "5425233430109903", "4012888888881881", "4539623543957220"] * 9,
        ["494-33-0748", "518-27-3649"] * 9,
        ["7365000", "7365001", "7365002"] * 9,
    ],
)
def test_a_list_is_redacted_whole(numbers: list[str]) -> None:
    text = f"Stolen card numbers, SSNs, phones to call: {', '.join(numbers)} and no other."
    once = redacted(text, "redact").text
    assert redacted(once, "redact").text == once


def test_a_row_of_two_notations_is_redacted_whole() -> None:
    numbers = [f"807-719-{at}" if at % 3 else f"636.585.{at}" for at in range(8300, 8364)]
    once = redacted(" | ".join(numbers), "redact").text
    assert personal_data(once, JUDGE) == []


def page(values: int, words: int) -> Document:
    text = " ".join(["word"] * words + [f"joe{at}@firm.com" for at in range(values)])
    return Document("1", "", "", text)


@pytest.mark.parametrize(
    ("values", "words", "stays"), [(5, 5, True), (6, 100, False), (6, 700, True)]
)
def test_a_text_that_is_mostly_personal_data_is_dropped(
    values: int, words: int, stays: bool
) -> None:
    found = redact(page(values, words), ScreenConfig(), JUDGE)
    assert isinstance(found, Document) == stays
    if isinstance(found, Dropped):
        assert (found.stage, found.reason) == ("screen", "much_personal_data")
        assert found.detail == "more than 5"


def test_rows_of_sample_data_in_code_are_no_reason_to_drop() -> None:
    rows = "\n".join(f"joe{at}@firm.com" for at in range(20))
    found = redact(Document("1", "", "", f"Some rows:\n\n```\n{rows}\n```"), ScreenConfig(), JUDGE)
    assert isinstance(found, Document)
    assert found.redactions == (("email", 20),)


def test_no_value_stands_in_the_detail_of_a_drop() -> None:
    found = redact(page(9, 9), ScreenConfig(), JUDGE)
    assert isinstance(found, Dropped)
    assert "firm" not in repr(found)
